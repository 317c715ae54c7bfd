import CordonModel
import CordonPolicy
import CordonWire

/// What policy and the spec say about an admitted outside host.
struct ProxyAdmission: Sendable, Equatable {
  var inspection: AllowedHost.Inspection
  var pinnedAddress: String?
  /// Off only for a host that is let through because the allowlist itself is off for a drill.
  var requiresPublicAddress = true
}

/// Judges which outside hosts a workspace reaches, and records it.
struct ProxyPolicy: Sendable {
  let source: SourcePosition
  let gatekeeper: Gatekeeper
  let repeats: RepeatedDecisions

  /// Admits a host and port, or says why not; either way a record stands for the decision when this returns.
  func admit(
    _ target: HostPort, isTLS: Bool, requestID: String, details: [String: String] = [:]
  ) async throws -> ProxyAdmission {
    let resource = "host/\(target.host)/\(target.port)"
    let decision = gatekeeper.decide(action: "cordon:Connect", resource: resource, from: source)
    let admission = decision.isAllowed ? listed(target) : nil
    let refusal = Refusal.hostNotListed(target, isTLS: isTLS)
    var record = gatekeeper.record(
      "Connect", service: "proxy.cordon", from: source, resource: resource, path: refusal.path,
      route: admission == nil ? refusal.route : "listed-host", requestID: requestID, details: details)
    record.outcome = admission == nil ? .denied : .allowed
    record.control = refusal.control
    record.reason = decision.isAllowed && admission == nil ? refusal.explanation : decision.because.text
    record.errorCode = admission == nil ? refusal.id : nil
    try await repeats.keep(record)
    guard let admission else { throw refusal }
    return admission
  }

  /// The spec's entry for a host; an exact one stands before a wildcard.
  private func listed(_ target: HostPort) -> ProxyAdmission? {
    let entries = gatekeeper.environment.allowedHosts.filter { $0.admits(target.host, port: target.port) }
    if let entry = entries.first(where: { $0.pattern == .exact(target.host) }) ?? entries.first {
      return ProxyAdmission(inspection: entry.inspection, pinnedAddress: entry.pinnedAddress)
    }
    guard gatekeeper.environment.weakenedForDrill.contains(.proxyAllowlist) else { return nil }
    return ProxyAdmission(inspection: .intercept, requiresPublicAddress: false)
  }
}
