import CordonModel
import CordonPolicy
import CordonWire
import Crypto
import NIOCore

public import struct FoundationEssentials.Date

/// Answers the Security Token Service's query protocol: who am I, and stepping into a role.
///
/// Every answer is recorded first. A foreign key, an unsigned call and a role outside of the environment are refused;
/// nobody learns whether a role exists.
public struct STSResponder: Responder {
  /// More than the longest AssumeRole has.
  private static let longestBody = 64 << 10
  /// The caller's own identity is the one thing that no policy can deny (STS API Reference, GetCallerIdentity).
  private static let identityAction = "GetCallerIdentity"

  let gatekeeper: Gatekeeper
  let issuer: SessionIssuer
  private let callers: CallerCheck
  private let now: @Sendable () -> Date

  /// An endpoint over an issuer's sessions, which it also adds to.
  public init(gatekeeper: Gatekeeper, issuer: SessionIssuer, now: @escaping @Sendable () -> Date = { Date() })
  {
    self.gatekeeper = gatekeeper
    self.issuer = issuer
    self.now = now
    // The global endpoint's signatures name us-east-1, whatever the region (AWS SDKs Guide, "AWS STS Regional endpoints").
    let regions = [gatekeeper.environment.region.text, "us-east-1"]
    callers = CallerCheck(
      issuer: issuer, verifier: SigV4.Verifier(service: "sts", regions: regions),
      environment: gatekeeper.environment)
  }

  /// Answers a call, or refuses it. Either is recorded before.
  public func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    guard let bytes = try await body.collect(upTo: Self.longestBody) else {
      return try await refuse(
        request, AWSError("RequestEntityTooLarge", 413, "The request is longer than any STS call."),
        control: "request rules")
    }
    let moment = now()
    let call: Call
    switch try read(request, bytes, at: moment) {
    case .success(let read): call = read
    case .failure(let refusal):
      return try await refuse(
        request, refusal.error, control: refusal.control, name: refusal.name,
        accessKeyID: refusal.accessKeyID, route: refusal.route, reason: refusal.reason)
    }
    switch call.action {
    case Self.identityAction: return try await callerIdentity(call)
    case "AssumeRole": return try await assumeRole(call)
    default: return try await other(call)
    }
  }

  /// A call whose caller is known.
  struct Call {
    var request: GatewayRequest
    var action: String
    var query: URLQuery
    var caller: Caller
    var moment: Date
  }

  private struct ReadRefusal: Error {
    var error: AWSError
    var control: String
    var name = "Unknown"
    var accessKeyID: String?
    var route = "sts"
    var reason: String?
  }

  private func read(
    _ request: GatewayRequest, _ body: ByteBuffer, at moment: Date
  ) throws -> Result<Call, ReadRefusal> {
    let form = "request rules"
    guard request.method == "POST" || request.method == "GET" else {
      return .failure(
        ReadRefusal(error: AWSError("MethodNotAllowed", 405, "Use GET or POST."), control: form))
    }
    let signed: SigV4.Request
    do {
      signed = try request.sigV4Request()
    } catch {
      return .failure(ReadRefusal(error: error.queryError, control: form))
    }
    let text = String(validating: body.readableBytesView, as: UTF8.self)
    guard let query = request.method == "POST" ? text.flatMap({ URLQuery(parsing: $0) }) : signed.query else {
      return .failure(ReadRefusal(error: .validation("The parameters are malformed."), control: form))
    }
    let action = query.values("Action").count == 1 ? query["Action"] : nil
    let name = action.flatMap { Self.known.contains($0) ? $0 : nil } ?? "Unknown"
    let digest = Array(SHA256.hash(data: Array(buffer: body)))
    switch callers.check(signed, from: request.source, hash: .body(digest), at: moment) {
    case .refused(let refusal):
      return .failure(
        ReadRefusal(
          error: refusal.queryError, control: "credential check", name: name,
          accessKeyID: refusal.accessKeyID,
          route: "sts-\(refusal.route)", reason: refusal.reason))
    case .caller(let caller):
      guard let action, name == action else {
        return .failure(
          ReadRefusal(
            error: AWSError("InvalidAction", 400, "The action is missing or not one of STS."), control: form,
            accessKeyID: caller.accessKeyID))
      }
      if case .anonymous = caller.identity {
        return .failure(
          ReadRefusal(
            error: AWSError("MissingAuthenticationToken", 403, "Request is missing Authentication Token"),
            control: "credential check", name: name, route: "sts-anonymous",
            reason: "the request is not signed"))
      }
      return .success(Call(request: request, action: action, query: query, caller: caller, moment: moment))
    }
  }

  private static let known: Set<String> = [
    identityAction, "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot",
    "DecodeAuthorizationMessage", "GetAccessKeyInfo", "GetDelegatedAccessToken", "GetFederationToken",
    "GetSessionToken", "GetWebIdentityToken",
  ]
}

extension STSResponder {
  private func callerIdentity(_ call: Call) async throws -> GatewayResponse {
    let reason = Reason(.alwaysAllowed, in: .builtin)
    try await keep(Decision(outcome: .allowed, because: reason), call, resources: [])
    let account = call.caller.account(in: gatekeeper.environment) ?? ""
    return STSAnswer.callerIdentity(
      arn: call.caller.arn ?? "", userID: call.caller.session?.userID ?? "AIDAFOREIGN", account: account,
      requestID: call.request.requestID)
  }

  /// Actions that are not served are judged all the same, so that a policy which opens one is seen in the ledger.
  private func other(_ call: Call) async throws -> GatewayResponse {
    var context = gatekeeper.context(of: call.request, caller: call.caller, at: call.moment)
    gatekeeper.setResource(account: call.caller.account(in: gatekeeper.environment), in: &context)
    let access = AccessRequest(
      principal: try call.caller.principal(), action: "sts:\(call.action)", resource: "*", context: context)
    let layers = gatekeeper.policies.layers(
      role: call.caller.role, door: call.request.source, session: call.caller.session?.policies ?? [])
    let decision = layers.decide(access)
    let error =
      decision.isAllowed
      ? AWSError("NotImplemented", 501, "This action is not served here.")
      : AWSError("AccessDenied", 403, denial(call, action: access.action, resource: "*", decision))
    try await keep(decision, call, resources: [], errorCode: error.code)
    return STSAnswer.failure(error, requestID: call.request.requestID)
  }

  /// Says who was refused what, by which statement of which layer, in AWS's words.
  func denial(_ call: Call, action: String, resource: String, _ decision: Decision) -> String {
    "User: \(call.caller.arn ?? "anonymous") is not authorized to perform: \(action) on resource: \(resource) because "
      + "\(decision.because.text). \(gatekeeper.advice(decision.because, source: call.request.source, bucket: nil))"
  }

  /// Records a decision about a known caller.
  func keep(
    _ decision: Decision, _ call: Call, resources: [String], route: String = "sts", errorCode: String? = nil,
    details: [String: String] = [:]
  ) async throws {
    let record = DecisionRecord(
      eventSource: "sts.amazonaws.com", eventName: call.action, source: call.request.source,
      person: gatekeeper.person(call.request.source), principal: call.caller.arn,
      accessKeyID: call.caller.accessKeyID, resources: resources, path: .crossAccountCopy, route: route,
      outcome: .denied, control: "", reason: "", errorCode: errorCode, requestID: call.request.requestID,
      details: details)
    try await gatekeeper.keep(decision, control: decision.because.control, record: record)
  }

  /// Records a refusal that no policy made, and answers with it.
  func refuse(
    _ request: GatewayRequest, _ error: AWSError, control: String, name: String = "Unknown",
    principal: String? = nil, accessKeyID: String? = nil, route: String = "sts", reason: String? = nil
  ) async throws -> GatewayResponse {
    try await gatekeeper.keep(
      DecisionRecord(
        eventSource: "sts.amazonaws.com", eventName: name, source: request.source,
        person: gatekeeper.person(request.source), principal: principal, accessKeyID: accessKeyID,
        path: .crossAccountCopy, route: route, outcome: .denied, control: control,
        reason: reason ?? error.message, errorCode: error.code,
        requestID: request.requestID))
    return STSAnswer.failure(error, requestID: request.requestID)
  }
}
