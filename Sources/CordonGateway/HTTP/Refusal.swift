public import CordonModel

/// Why the gateway itself turned a request away, before or beside any policy.
///
/// The client gets constant text with the reason's id; nothing that it sent comes back to it.
public struct Refusal: Error, Sendable, Equatable {
  /// The reason's id, e.g. `host-mismatch`; also in the `x-cordon-reason` field.
  public var id: String
  /// The status of the answer, where there is one.
  public var status: Int
  /// The control that refused.
  public var control: String
  /// What was wrong, in one sentence.
  public var explanation: String
  /// What the reader can do about it.
  public var advice: String
  /// The egress path that the request may have been after.
  public var path: EgressPath?
  /// The route of that path.
  public var route: String?

  /// Describes a refusal.
  public init(
    id: String, status: Int, control: String, explanation: String, advice: String, path: EgressPath? = nil,
    route: String? = nil
  ) {
    self.id = id
    self.status = status
    self.control = control
    self.explanation = explanation
    self.advice = advice
    self.path = path
    self.route = route
  }
}

extension GatewayResponse {
  /// The answer that explains a refusal and ends the connection.
  public static func refusing(_ refusal: Refusal, requestID: String) -> GatewayResponse {
    let text = """
      Cordon refused this request: \(refusal.explanation).
      reason: \(refusal.id)
      rule: \(refusal.control)
      what to do: \(refusal.advice)
      request id: \(requestID)

      """
    return .text(
      refusal.status, text, headers: [("x-cordon-reason", refusal.id), ("x-cordon-request-id", requestID)],
      closes: true)
  }
}

// MARK: What is wrong with a request's form

extension Refusal {
  private static func form(
    _ id: String, status: Int = 400, _ explanation: String, _ advice: String, route: String? = nil
  ) -> Refusal {
    Refusal(
      id: id, status: status, control: "HTTP rules", explanation: explanation, advice: advice,
      path: route == nil ? nil : .tunnel, route: route)
  }

  static let malformed = form(
    "request-malformed", "the request is not well-formed HTTP/1.1",
    "send the request with an ordinary HTTP client")
  static let headTooLarge = form(
    "head-too-large", status: 431, "the request's head has too many bytes or fields",
    "send fewer or shorter header fields")
  static let headTooSlow = form(
    "head-too-slow", status: 408, "the request's head did not arrive in time", "send the whole head at once")
  static let hostMissing = form(
    "host-not-single", "a request names its host in exactly one Host field", "send one Host field",
    route: "request-smuggling")
  static let lengthAmbiguous = form(
    "length-ambiguous", "the length of the body can be read in more than one way",
    "send either one Content-Length or 'Transfer-Encoding: chunked', and no trailers",
    route: "request-smuggling")
  static let targetMalformed = form(
    "target-malformed", "the request target is not of a form that is served here",
    "send an origin-form target to an endpoint, and CONNECT or 'http://HOST/' to the proxy")
  static let expectationUnknown = form(
    "expectation-unknown", status: 417, "the only expectation that is met is 100-continue",
    "leave the Expect field out")
  static let upgradeRefused = form(
    "upgrade-refused", status: 403, "the connection keeps speaking HTTP/1.1",
    "leave the Upgrade field out; WebSocket, h2c and other protocols are not served", route: "upgrade")
  static let hostMismatch = Refusal(
    id: "host-mismatch", status: 421, control: "host check: one authority a connection",
    explanation: "the Host field does not name the host that this connection was opened for",
    advice: "open a connection of its own for each host", path: .tunnel, route: "domain-fronting")
}

// MARK: What is wrong with a TLS connection; these close it, there is nobody to answer

extension Refusal {
  private static func hello(_ id: String, _ explanation: String, _ advice: String, route: String) -> Refusal {
    Refusal(
      id: id, status: 400, control: "server name check", explanation: explanation, advice: advice,
      path: .tunnel,
      route: route)
  }

  static let notTLS = hello(
    "not-tls", "the connection does not begin with a TLS client hello", "speak TLS here", route: "raw-bytes")
  static let serverNameMissing = hello(
    "server-name-missing", "the TLS client hello names no server",
    "use a client that sends a server name (SNI)",
    route: "sni-missing")
  static let serverNameMalformed = hello(
    "server-name-malformed", "the TLS server name is not a host name in its canonical spelling",
    "ask for a host by its lower-case name", route: "sni-mismatch")
  static let serverNameMismatch = hello(
    "server-name-mismatch", "the TLS server name is not the host that the connection was opened for",
    "ask for the host that is meant", route: "sni-mismatch")
  static let serverNameNotServed = hello(
    "server-name-not-served", "no endpoint serves this TLS server name here",
    "use the name that resolves to this address", route: "sni-mismatch")
}
