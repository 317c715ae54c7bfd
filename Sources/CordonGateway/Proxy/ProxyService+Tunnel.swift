import CordonModel
import CordonWire
import NIOCore
import NIOHTTP1
import NIOSSL

// What happens after the checks: the host is resolved and dialled, and bytes begin to flow.
extension ProxyService {
  func tunnel(to target: HostPort, _ hello: ClientHello, _ context: Context) async throws {
    guard let admission = context.admission else { throw Refusal.hostNotListed(target, isTLS: true) }
    let volume = TunnelVolume()
    let began = ContinuousClock.now
    switch admission.inspection {
    case .intercept: try await intercept(target, hello, admission, volume, context)
    case .splice: try await splice(target, admission, volume, context)
    }
    var record = policy.record(
      "Disconnect", "host/\(target.host)/\(target.port)", requestID: context.requestID,
      details: volume.details)
    record.outcome = .allowed
    record.control = "proxy allowlist"
    record.reason = "the tunnel has ended"
    record.details["seconds"] = String((ContinuousClock.now - began).components.seconds)
    record.details["inspection"] = admission.inspection.rawValue
    if hello.offersECH { record.details["encryptedClientHello"] = "offered" }
    try await policy.gatekeeper.keep(record)
  }

  /// Ends TLS here with the environment's CA, reads each request, and sends it on over a connection of its
  /// own.
  private func intercept(
    _ target: HostPort, _ hello: ClientHello, _ admission: ProxyAdmission, _ volume: TunnelVolume,
    _ context: Context
  ) async throws {
    // With the server name check off, the client authenticates the name it asked for, so that is the host it
    // may name.
    let name = checksServerName ? target.host : hello.sni ?? target.host
    let tls = try authority.context(for: name)
    let limits = limits
    let channel = try await context.channel.replaced(
      by: HTTPServerRequestPart.self, replaying: context.opening.bytes
    ) { channel in
      try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
      try HTTPPipeline.addServer(to: channel, limits: limits)
    }
    let address: Result<SocketAddress, Refusal>
    do throws(Refusal) {
      address = .success(try await dialer.address(of: target, as: admission))
    } catch {
      address = .failure(error)
    }
    let responder = ForwardingResponder(
      target: target, address: address, serverName: target.host, dialer: dialer,
      eventLoop: channel.channel.eventLoop, limits: limits, volume: volume, policy: policy)
    let form: RequestRules.Form = checksHost ? .host(name) : .anyHost
    await HTTPConnection(channel, door: door(form, responder, isSecure: true, context)).serve()
  }

  /// Passes bytes both ways without reading them; the hello was checked, what is inside cannot be.
  private func splice(
    _ target: HostPort, _ admission: ProxyAdmission, _ volume: TunnelVolume, _ context: Context
  ) async throws {
    let address = try await dialer.address(of: target, as: admission)
    let near = context.channel.channel
    let far = try await dialer.connect(to: address, on: near.eventLoop)
    let idle = TimeAmount(limits.tunnelIdleDeadline)
    do {
      try await context.channel.handingOver(replaying: context.opening.bytes) { near in
        let ends = RelayEnd.pair(volume: volume)
        try far.pipeline.syncOperations.addHandler(ends.far)
        try near.pipeline.syncOperations.addHandler(IdleStateHandler(allTimeout: idle))
        try near.pipeline.syncOperations.addHandler(ends.near)
      }
      try await near.setOption(.autoRead, value: true).get()
      try await far.setOption(.autoRead, value: true).get()
    } catch {
      far.close(promise: nil)
      throw error
    }
    try? await near.closeFuture.get()
    try? await far.closeFuture.get()
  }
}
