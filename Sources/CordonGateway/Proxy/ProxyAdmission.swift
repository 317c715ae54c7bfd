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

/// Judges which outside hosts a workspace, or the browser of a session, reaches, and records it.
struct ProxyPolicy: Sendable {
  let source: SourcePosition
  let gatekeeper: Gatekeeper
  let repeats: RepeatedDecisions
  /// Whose browser calls; nil at a workspace's own door.
  var seat: BrowserSeat?
  /// Keeps what Chromium asks for by itself; nil at a workspace's own door.
  var background: RepeatedDecisions?

  /// Admits a host and port, or says why not; either way a record stands for the decision when this returns.
  func admit(
    _ target: HostPort, isTLS: Bool, requestID: String, details: [String: String] = [:]
  ) async throws -> ProxyAdmission {
    let resource = "host/\(target.host)/\(target.port)"
    let decision = decide(resource)
    let admission = decision.isAllowed ? listed(target) : nil
    let refusal =
      seat == nil
      ? Refusal.hostNotListed(target, isTLS: isTLS) : .hostNotListedForBrowser(target)
    var record = record("Connect", resource, requestID: requestID, details: details)
    record.path = refusal.path
    record.route = admission == nil ? refusal.route : "listed-host"
    record.outcome = admission == nil ? .denied : .allowed
    record.control = refusal.control
    record.reason = decision.isAllowed && admission == nil ? refusal.explanation : decision.because.text
    record.errorCode = admission == nil ? refusal.id : nil
    try await keep(record, of: target)
    guard let admission else { throw refusal }
    return admission
  }

  /// The beginnings of a record about an outside host.
  func record(
    _ event: String, _ resource: String, requestID: String, details: [String: String] = [:]
  ) -> DecisionRecord {
    var record = gatekeeper.record(
      event, service: "\(source.endpoint.rawValue).cordon", from: source, resource: resource,
      path: .externalUpload, route: "listed-host", requestID: requestID, details: details)
    if let seat { record.attribute(to: seat, in: gatekeeper.environment) }
    return record
  }

  private func decide(_ resource: String) -> Decision {
    guard let seat else {
      return gatekeeper.decide(action: "cordon:Connect", resource: resource, from: source)
    }
    return gatekeeper.decide(action: "cordon:Connect", resource: resource, person: seat.person, from: source)
  }

  private func keep(_ record: DecisionRecord, of target: HostPort) async throws {
    guard let background, record.outcome == .denied, BackgroundHosts.contains(target.host) else {
      return try await repeats.keep(record)
    }
    var record = record
    record.route = BackgroundHosts.route
    record.details["tag"] = BackgroundHosts.tag
    try await background.keep(record)
  }

  /// The spec's entry for a host; an exact one stands before a wildcard.
  private func listed(_ target: HostPort) -> ProxyAdmission? {
    let environment = gatekeeper.environment
    let hosts = seat == nil ? environment.allowedHosts : environment.browser.hosts
    let entries = hosts.filter { $0.admits(target.host, port: target.port) }
    if let entry = entries.first(where: { $0.pattern == .exact(target.host) }) ?? entries.first {
      return ProxyAdmission(inspection: entry.inspection, pinnedAddress: entry.pinnedAddress)
    }
    let control: Control = seat == nil ? .proxyAllowlist : .browserDoor
    guard environment.weakenedForDrill.contains(control) else { return nil }
    return ProxyAdmission(inspection: .intercept, requiresPublicAddress: false)
  }
}
