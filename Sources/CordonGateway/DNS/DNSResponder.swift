import CordonModel
import CordonPolicy
import CordonWire

/// Answers the DNS questions of one workspace: judge, record, then reply.
struct DNSResponder: Sendable {
  let source: SourcePosition
  let firewall: DNSFirewall
  let gatekeeper: Gatekeeper
  let repeats: RepeatedDecisions
  /// There only while the control `dns-allowlist` is switched off for a drill.
  let forwarding: ForwardingResolverForDrill?

  private static let control = "DNS allowlist"

  /// The reply to one message; nil where the right answer is silence.
  func reply(to message: [UInt8], over transport: DNSTransport) async -> [UInt8]? {
    let query: DNSQuery
    do throws(DNSRefusal) {
      query = try DNSQuery(parsing: message)
    } catch {
      return await refuse(error, over: transport)
    }
    do {
      return try await answer(query, message, over: transport)
    } catch {
      // The ledger could not write: nothing is answered but that.
      return DNSReply(.failure(.serverFailure)).encoded(for: query, over: transport)
    }
  }

  private func answer(_ query: DNSQuery, _ message: [UInt8], over transport: DNSTransport) async throws
    -> [UInt8]?
  {
    let name = query.question.text
    let verdict = firewall.judge(query.question)
    let decision = gatekeeper.decide(action: "cordon:ResolveName", resource: "name/\(name)", from: source)
    let isServed = verdict != .unlisted || forwarding != nil
    var record = gatekeeper.record(
      "ResolveName", service: "dns.cordon", from: source, resource: "name/\(name)", path: .tunnel,
      route: "dns-label", requestID: RequestID.random(), details: ["type": "\(query.question.type)"])
    record.control = Self.control
    record.outcome = decision.isAllowed && isServed ? .allowed : .denied
    // The policy's reason tells which statement lists the name; a name that it lists and nobody serves is
    // said so.
    record.reason = decision.isAllowed && !isServed ? "no endpoint serves this name" : decision.because.text
    record.errorCode = record.outcome == .denied ? "NXDOMAIN" : nil
    try await repeats.keep(record)
    guard record.outcome == .allowed else { return encode(.nameError, for: query, over: transport) }
    switch verdict {
    case .address(let address): return encode(.addresses([address]), for: query, over: transport)
    case .noData: return encode(.noData, for: query, over: transport)
    case .unlisted: return await forwarding?.reply(to: message, over: transport)
    }
  }

  private func encode(_ answer: DNSReply.Answer, for query: DNSQuery, over transport: DNSTransport) -> [UInt8]
  {
    DNSReply(answer).encoded(for: query, over: transport)
  }

  private func refuse(_ refusal: DNSRefusal, over transport: DNSTransport) async -> [UInt8]? {
    var record = gatekeeper.record(
      "ResolveName", service: "dns.cordon", from: source, path: .tunnel, route: "dns-malformed",
      requestID: RequestID.random(), details: ["fault": "\(refusal.fault)"])
    record.control = "DNS rules"
    record.reason = "the message is not one question of class IN"
    record.errorCode = "FORMERR"
    do {
      try await repeats.keep(record)
      return refusal.encodedReply(over: transport)
    } catch {
      return nil
    }
  }
}
