import CordonModel
import CordonWire
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Opens connections to outside hosts: resolved once, to a public or pinned address, verified against the
/// machine's trust store.
final class OutsideDialer: Sendable {
  private let resolver: any HostResolver
  private let limits: ServerLimits
  private let additionalTrust: [NIOSSLCertificate]
  private let trust = Mutex<NIOSSLContext?>(nil)

  /// - Parameter trustedCA: PEM of authorities beside the machine's own; drills have one.
  init(resolver: any HostResolver, trustedCA: String?, limits: ServerLimits) throws {
    self.resolver = resolver
    self.limits = limits
    additionalTrust = try trustedCA.map { try NIOSSLCertificate.fromPEMBytes(Array($0.utf8)) } ?? []
  }

  /// The one address that connections of a tunnel go to.
  func address(of target: HostPort, as admission: ProxyAdmission) async throws(Refusal) -> SocketAddress {
    if let pinned = admission.pinnedAddress {
      guard let address = try? SocketAddress(ipAddress: pinned, port: Int(target.port)) else {
        throw .unresolvable
      }
      return address
    }
    let address: SocketAddress
    do {
      address = try await resolver.address(of: target)
    } catch {
      throw .unresolvable
    }
    guard PublicAddress.contains(address) || !admission.requiresPublicAddress else { throw .addressNotPublic }
    return address
  }

  /// A bare connection on the event loop of the connection that it serves.
  func connect(to address: SocketAddress, on eventLoop: any EventLoop) async throws(Refusal) -> any Channel {
    do {
      return try await bootstrap(eventLoop).connect(to: address).get()
    } catch {
      throw .unreachable
    }
  }

  /// A connection that speaks HTTP/1.1, inside verified TLS where `serverName` is there.
  func openHTTP(
    to address: SocketAddress, serverName: DomainName?, on eventLoop: any EventLoop
  ) async throws(Refusal) -> PulledChannel<HTTPClientResponsePart> {
    do {
      let context = try serverName.map { _ in try clientContext() }
      let limits = limits
      return try await bootstrap(eventLoop).connect(to: address) { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context, let serverName {
            let tls = try NIOSSLClientHandler(context: context, serverHostname: serverName.text)
            try channel.pipeline.syncOperations.addHandler(tls)
          }
          try HTTPPipeline.addClient(to: channel, limits: limits)
          return try PulledChannel(attachingTo: channel, readsToFirst: true)
        }
      }
    } catch {
      throw .unreachable
    }
  }

  private func bootstrap(_ eventLoop: any EventLoop) -> ClientBootstrap {
    ClientBootstrap(group: eventLoop)
      .connectTimeout(TimeAmount(limits.connectDeadline))
      .channelOption(.autoRead, value: false)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
  }

  /// Made when the first host is dialled: reading the machine's trust store takes memory that an environment
  /// without outside hosts never needs.
  private func clientContext() throws -> NIOSSLContext {
    try trust.withLock { trust in
      if let trust { return trust }
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.minimumTLSVersion = .tlsv12
      configuration.applicationProtocols = ["http/1.1"]
      configuration.shutdownTimeout = .seconds(1)
      if !additionalTrust.isEmpty { configuration.additionalTrustRoots = [.certificates(additionalTrust)] }
      let context = try NIOSSLContext(configuration: configuration)
      trust = context
      return context
    }
  }
}
