import CordonModel
import CordonPolicy
import CordonWire

/// Judges S3 calls and records what was decided.
struct S3Judge: Sendable {
  let gatekeeper: Gatekeeper
  private let openPolicy: PolicyDocument
  private let openIdentity: PolicyDocument

  init(gatekeeper: Gatekeeper) throws {
    self.gatekeeper = gatekeeper
    openPolicy = try ForeignAccount.openPolicy()
    openIdentity = try ForeignAccount.openIdentity()
  }

  /// What the policies say. Nothing is recorded yet.
  func decide(_ question: S3Question, of visit: S3Visit) throws -> Decision {
    let environment = gatekeeper.environment
    var context = gatekeeper.context(of: visit.request.raw, caller: visit.caller, at: visit.request.moment)
    // A call of the service is about the caller's own account.
    let account = question.owner.map { $0.account(in: environment) } ?? visit.caller.account(in: environment)
    gatekeeper.setResource(account: account, in: &context)
    if let account { context["s3:ResourceAccount"] = [account] }
    visit.request.setKeys(in: &context, caller: visit.caller)
    if let version = question.version { context["s3:VersionId"] = [version] }
    if case .success(let tags)? = visit.bodyTags { visit.request.setTags(tags, in: &context) }
    for tag in question.existingTags { context["s3:ExistingObjectTag/\(tag.key)"] = [tag.value] }
    let access = AccessRequest(
      principal: try visit.caller.principal(), action: question.action, resource: question.resource,
      resourceAccount: account, context: context)
    return layers(question, of: visit).decide(access)
  }

  /// The environment's own documents; on the foreign side of a call, those of a hostile owner.
  private func layers(_ question: S3Question, of visit: S3Visit) -> PolicySet {
    var layers = gatekeeper.policies.layers(
      role: visit.caller.role, door: visit.source, bucket: question.bucket,
      session: visit.caller.session?.policies ?? [])
    if case .foreign = visit.caller.identity {
      layers.identity = [openIdentity]
      layers.scps = []
    }
    switch question.owner {
    case .foreign?, .unknown?:
      layers.resource = openPolicy
      layers.rcps = []
    case .project?, nil: break
    }
    return layers
  }

  /// Decides and records; returns once the record is durable.
  func judge(_ question: S3Question, of visit: S3Visit, details: [String: String] = [:]) async throws
    -> Decision
  {
    let decision = try decide(question, of: visit)
    try await keep(decision, on: question, of: visit, details: details)
    return decision
  }

  /// Records a decision on one question.
  func keep(
    _ decision: Decision, on question: S3Question, of visit: S3Visit, details: [String: String] = [:]
  ) async throws {
    var details = details
    details["action"] = question.action
    let route = S3Route(visit.request, caller: visit.caller, owner: question.owner, source: visit.source)
    let record = DecisionRecord(
      eventSource: "s3.amazonaws.com", eventName: visit.request.call.name, source: visit.source,
      person: gatekeeper.person(visit.source), principal: visit.caller.arn,
      accessKeyID: visit.caller.accessKeyID, resources: question.resources, path: .crossAccountCopy,
      route: route.rawValue, outcome: .denied, control: "", reason: "",
      errorCode: decision.isAllowed ? nil : S3Fault.accessDenied.code, requestID: visit.requestID,
      details: details)
    try await gatekeeper.keep(decision, control: decision.because.control, record: record)
  }

  /// Records that a request was refused before any policy could judge it.
  func keepRefusal(
    _ fault: S3Fault, of request: GatewayRequest, name: String, control: String, reason: String? = nil,
    accessKeyID: String? = nil, resources: [String] = [], route: S3Route = .own,
    details: [String: String] = [:]
  ) async throws {
    try await gatekeeper.keep(
      DecisionRecord(
        eventSource: "s3.amazonaws.com", eventName: name, source: request.source,
        person: gatekeeper.person(request.source), accessKeyID: accessKeyID, resources: resources,
        path: .crossAccountCopy, route: route.rawValue, outcome: .denied, control: control,
        reason: reason ?? fault.message, errorCode: fault.code, requestID: request.requestID,
        details: details))
  }

  /// The answer to a denial: who, what, by which statement of which layer, and what to do.
  ///
  /// Of a bucket that is not the project's own it says the same whatever the reason is: which policy denied would tell
  /// another project's bucket from one that does not exist. The ledger has the reason.
  func denial(_ decision: Decision, on question: S3Question, of visit: S3Visit) -> S3Fault {
    let why: String
    if question.owner == nil || question.owner == .project(visit.source.project) {
      why =
        "because \(decision.because.text). "
        + gatekeeper.advice(decision.because, source: visit.source, bucket: question.bucket)
    } else {
      why =
        "because the bucket is not one of this project's, or does not exist. Which buckets a workspace may use, see "
        + "'cordon explain role/\(visit.source.project)-workspace' and "
        + "'cordon explain endpoint/\(visit.source.project)/\(visit.source.endpoint.rawValue)'."
    }
    var fault = S3Fault.accessDenied
    fault.message =
      "User: \(visit.caller.arn ?? "anonymous") is not authorized to perform: \(question.action) on resource: "
      + "\"\(question.resource)\" \(why) Request id: \(visit.requestID)."
    return fault
  }
}
