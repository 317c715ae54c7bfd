import CordonModel
import CordonWire
import NIOCore
import NIOHTTP1
import NIOSSL

/// Serves one endpoint of one workspace over HTTP/1.1, plain or inside TLS.
struct EndpointService: StreamService {
  var source: SourcePosition
  var responder: any Responder
  var refusals: RefusalLog
  var limits: ServerLimits
  /// Shared by all of the workspace's connections.
  var allowance: AnswerAllowance
  /// Speaks TLS where it is there.
  var authority: CertificateAuthority?
  /// Which TLS server names belong to this endpoint.
  var serves: @Sendable (DomainName) -> Bool
  /// Whether the host inside TLS must be the server's name; off in drills only.
  var checksHost: Bool

  func serve(_ connection: AcceptedConnection) async { await serve(connection, replaying: ByteBuffer()) }

  /// Serves a connection of which `bytes` were read already.
  func serve(_ connection: AcceptedConnection, replaying bytes: ByteBuffer) async {
    do {
      if let authority {
        try await serveTLS(connection, after: bytes, authority)
      } else {
        let channel = try await connection.channel.replaced(by: HTTPServerRequestPart.self, replaying: bytes)
        {
          [limits] channel in try HTTPPipeline.addServer(to: channel, limits: limits)
        }
        await HTTPConnection(channel, door: door(.anyHost, connection.lease)).serve()
      }
    } catch let refusal as Refusal {
      try? await refusals.keep(refusal, from: source, event: "Handshake", requestID: RequestID.random())
      if refusal != .notTLS {
        try? await connection.channel.write([TLSHello.unrecognizedName], within: limits.idleDeadline)
      }
    } catch {
      // The client is gone or says nothing.
    }
  }

  func turnedAway() async { await refusals.keepTurnedAway(from: source) }

  private func serveTLS(
    _ connection: AcceptedConnection, after bytes: ByteBuffer, _ authority: CertificateAuthority
  ) async throws {
    let hello = try await TLSHello.read(from: connection.channel, after: bytes, within: limits.headerDeadline)
    guard let name = hello.hello.sni else { throw Refusal.serverNameMissing }
    guard serves(name) else { throw Refusal.serverNameNotServed }
    let context = try authority.context(for: name)
    let channel = try await connection.channel.replaced(
      by: HTTPServerRequestPart.self, replaying: hello.bytes
    ) {
      [limits] channel in
      try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
      try HTTPPipeline.addServer(to: channel, limits: limits)
    }
    await HTTPConnection(channel, door: door(checksHost ? .host(name) : .anyHost, connection.lease)).serve()
  }

  private func door(_ form: RequestRules.Form, _ lease: ConnectionLease) -> HTTPConnection.Door {
    HTTPConnection.Door(
      source: source, isSecure: authority != nil, rules: RequestRules(form: form, limits: limits),
      responder: responder, refusals: refusals, lease: lease, allowance: allowance,
      requestIDField: source.endpoint.isService ? "x-amz-request-id" : "x-cordon-request-id")
  }
}
