import CordonModel
import CordonPolicy
import CordonWire
import NIOCore

/// Hands a workspace the short-lived credentials of its own role, where SDKs look for them.
///
/// SDKs read `AWS_CONTAINER_CREDENTIALS_FULL_URI` by themselves and ask again before the credentials end. Who asks is
/// the listener, so there is no token to steal: what another workspace would get here is its own.
public struct CredentialsResponder: Responder {
  /// The only path.
  public static let path = "/credentials"

  private let gatekeeper: Gatekeeper
  private let issuer: SessionIssuer
  private let lifetime: Int

  /// An endpoint that hands out sessions of `lifetime` seconds.
  public init(gatekeeper: Gatekeeper, issuer: SessionIssuer, lifetime: Int = 3_600) {
    self.gatekeeper = gatekeeper
    self.issuer = issuer
    self.lifetime = lifetime
  }

  /// Answers with credentials, or refuses. The decision is recorded before anything is handed out.
  public func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    let source = request.source
    let (role, _) = gatekeeper.workspacePrincipal(source)
    if let refusal = Self.refusal(of: request) {
      var record = record(request, role: role, session: nil)
      record.control = "request rules"
      record.reason = "the request is not one for credentials (answered \(refusal.status))"
      try await gatekeeper.keep(record)
      return refusal
    }
    let resource = "role/\(role.name)"
    let decision = gatekeeper.decide(action: "cordon:GetCredentials", resource: resource, from: source)
    guard decision.isAllowed else {
      try await gatekeeper.keep(
        decision, control: decision.because.control, record: record(request, role: role, session: nil))
      return Self.answer(
        403, "AccessDenied", "This workspace may not have credentials: \(decision.because.text).")
    }
    let (session, isNew) = issuer.workspaceSession(
      SessionRequest(
        role: role, name: gatekeeper.sessionName(source), source: source, seconds: lifetime))
    var record = record(request, role: role, session: session)
    record.details["issued"] = isNew ? "new" : "again"
    try await gatekeeper.keep(decision, control: decision.because.control, record: record)
    return Self.document(session, withBody: request.method == "GET")
  }

  private func record(_ request: GatewayRequest, role: ProjectRole, session: IssuedSession?) -> DecisionRecord
  {
    var record = DecisionRecord(
      eventSource: "credentials.cordon", eventName: "GetCredentials", source: request.source,
      person: gatekeeper.person(request.source), principal: gatekeeper.workspacePrincipal(request.source).arn,
      resources: [role.arn], path: .crossAccountCopy, route: "credentials", outcome: .denied, control: "",
      reason: "", requestID: request.requestID)
    record.accessKeyID = session?.accessKeyID
    if let session { record.details["expires"] = AWSDate.extended(session.expires) }
    if session == nil { record.errorCode = "AccessDenied" }
    return record
  }

  /// A page that makes a browser or a proxy call this address carries another Host or the mark of a forwarder.
  private static func refusal(of request: GatewayRequest) -> GatewayResponse? {
    guard request.method == "GET" || request.method == "HEAD" else {
      return answer(405, "MethodNotAllowed", "Only GET and HEAD.")
    }
    guard request.path == path else {
      return answer(404, "NotFound", "Credentials are at \(path).")
    }
    guard ["127.0.0.1", "localhost"].contains(request.host), request.header("x-forwarded-for") == nil else {
      return answer(
        403, "Forbidden", "Call this address directly, as AWS_CONTAINER_CREDENTIALS_FULL_URI names it.")
    }
    return nil
  }

  /// AWS SDKs and Tools Reference Guide, "Container credential provider".
  private static func document(_ session: IssuedSession, withBody: Bool) -> GatewayResponse {
    let text = json([
      ("RoleArn", session.role.arn), ("AccessKeyId", session.accessKeyID),
      ("SecretAccessKey", session.secretAccessKey), ("Token", session.sessionToken),
      ("Expiration", AWSDate.extended(session.expires)),
    ])
    return GatewayResponse(
      status: 200, headers: [("content-type", "application/json"), ("cache-control", "no-store")],
      body: withBody ? .bytes(ByteBuffer(string: text)) : .none)
  }

  private static func answer(_ status: Int, _ code: String, _ message: String) -> GatewayResponse {
    .text(status, json([("code", code), ("message", message)]), type: "application/json")
  }

  /// One object of texts.
  private static func json(_ members: [(name: String, value: String)]) -> String {
    "{" + members.map { "\"\($0.name)\": \"\(escaped($0.value))\"" }.joined(separator: ", ") + "}"
  }

  /// RFC 8259 §7.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": escaped += "\\\(scalar)"
      case "\u{0}"..."\u{1F}": escaped += " "
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
