import CordonModel
import CordonPolicy
public import CordonStore
import CordonWire

public import struct FoundationEssentials.Date

/// Answers S3: what a call is, who sent it, whether it may happen, and only then what it does.
///
/// Each call is judged by the same documents as on AWS (endpoint, identity, session, bucket and organisation policies)
/// and recorded before anything of it happens. A call that policies allow and nobody here does answers
/// `NotImplemented`. Whether a bucket exists is told only to those who may use it.
public struct S3Responder: Responder {
  let gatekeeper: Gatekeeper
  let store: ObjectStore
  let judge: S3Judge
  let documents = DocumentAllowance()
  private let callers: CallerCheck
  private let names: ServiceNames
  private let now: @Sendable () -> Date
  /// Whether a policy asks for tags that an object has already; only then are they read before judging.
  private let readsExistingTags: Bool

  /// An endpoint over a store, for the sessions of an issuer.
  ///
  /// - Throws: `PolicyError` where the documents that stand for a foreign owner cannot be compiled.
  public init(
    gatekeeper: Gatekeeper, issuer: SessionIssuer, store: ObjectStore,
    now: @escaping @Sendable () -> Date = { Date() }
  ) throws {
    let environment = gatekeeper.environment
    self.gatekeeper = gatekeeper
    self.store = store
    self.now = now
    judge = try S3Judge(gatekeeper: gatekeeper)
    names = ServiceNames(region: environment.region)
    callers = CallerCheck(
      issuer: issuer, verifier: SigV4.Verifier(service: "s3", regions: [environment.region.text]),
      environment: environment)
    readsExistingTags = gatekeeper.policies.titled.contains {
      $0.document.json.lowercased().contains("s3:existingobjecttag/")
    }
  }

  /// Answers a call, or refuses it. Either is recorded before.
  public func respond(to raw: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
    let answer = S3Answer(to: raw, region: gatekeeper.environment.region.text)
    let request: S3Request
    do {
      request = try S3Request(raw, names: names, at: now())
    } catch {
      let route: S3Route = error == .invalidBucketName ? .foreignBucket : .own
      try await judge.keepRefusal(error, of: raw, name: "Unknown", control: "request rules", route: route)
      return answer.fault(error, resource: raw.path)
    }
    switch callers.check(request.signed, from: raw.source, at: request.moment) {
    case .refused(let refusal):
      try await keep(refusal, of: request)
      return answer.fault(refusal.s3Fault, resource: request.resource)
    case .caller(let caller):
      return try await respond(to: request, from: caller, body: body, answer)
    }
  }

  private func respond(
    to request: S3Request, from caller: Caller, body: RequestBody, _ answer: S3Answer
  ) async throws -> GatewayResponse {
    do {
      let visit = try await visit(request, caller, body)
      try await admit(visit)
      guard case .served(let operation) = request.call.kind else { throw S3Fault.notImplemented }
      return try await S3Exchange(responder: self, visit: visit, body: body, answer: answer).perform(
        operation)
    } catch let fault as S3Fault {
      return answer.fault(fault, resource: request.resource)
    } catch let error as StoreError {
      if case .overLimit(let refusal) = error { try await keep(refusal, of: request, from: caller) }
      return answer.fault(S3Fault(error), resource: request.resource)
    }
  }

  /// Policies allowed the call and were recorded; that it was not done is recorded as well.
  private func keep(_ refusal: StoreRefusal, of request: S3Request, from caller: Caller) async throws {
    try await judge.keepRefusal(
      S3Fault(.overLimit(refusal)), of: request.raw, name: request.call.name, control: "storage limit",
      accessKeyID: caller.accessKeyID, resources: Self.resources(of: request))
  }

  private static func resources(of request: S3Request) -> [String] {
    request.bucket.map { bucket in
      [bucket.arn] + (request.address.key.map { [bucket.arn(key: $0)] } ?? [])
    } ?? []
  }

  private func keep(_ refusal: CallerRefusal, of request: S3Request) async throws {
    try await judge.keepRefusal(
      refusal.s3Fault, of: request.raw, name: request.call.name, control: "credential check",
      reason: refusal.reason, accessKeyID: refusal.accessKeyID, resources: Self.resources(of: request),
      route: S3Route(rawValue: "s3-\(refusal.route)") ?? .invalidCredentials)
  }

  // MARK: Whose, and whether

  private func visit(_ request: S3Request, _ caller: Caller, _ body: RequestBody) async throws -> S3Visit {
    var visit = S3Visit(request: request, caller: caller)
    if request.call.kind == .served(.putObjectTagging) {
      visit.bodyTags = try await tags(in: body, of: visit)
    }
    if let bucket = request.bucket { visit.owner = try await owner(of: bucket, for: visit) }
    if let copy = request.copySource {
      visit.sourceOwner = try await owner(of: BucketName(copy.bucket), for: visit)
    }
    return visit
  }

  /// Reads the tags that a policy may ask for. What is wrong with them is told only to a caller who may set tags.
  private func tags(in body: RequestBody, of visit: S3Visit) async throws -> Result<[S3Tag], S3Fault> {
    do {
      let bytes = try await S3Document(visit: visit, body: body, allowance: documents)
        .bytes(upTo: S3Tagging.longestDocument)
      return .success(try TaggingRequest(parsing: bytes).tags.map { S3Tag(key: $0.key, value: $0.value) })
    } catch let fault as S3Fault {
      return .failure(fault)
    } catch is S3XMLError {
      return .failure(.malformedXML)
    }
  }

  /// Whose bucket it is. All but the project's own are looked up in the same way, so that the time of an answer does
  /// not tell which of them exist.
  private func owner(of bucket: BucketName, for visit: S3Visit) async throws -> S3BucketOwner {
    let named = gatekeeper.environment.owner(of: bucket)?.name
    if named == visit.source.project { return .project(visit.source.project) }
    do {
      let stored = try await store.bucket(bucket)
      let project = named ?? stored.project
      let isOwn = gatekeeper.environment.projects.contains { $0.name == project }
      return isOwn ? .project(project) : .foreign
    } catch {
      guard error.isAbsence else { throw error }
      return named.map { .project($0) } ?? .unknown
    }
  }

  /// Judges everything that the call needs. Each decision is recorded; the first denial ends it.
  private func admit(_ visit: S3Visit) async throws {
    var permissions = visit.request.call.permissions
    if visit.request.call.scope == .object, ["PUT", "POST"].contains(visit.request.call.method) {
      permissions += S3Call.permissions(header: visit.request.header)
    }
    for permission in permissions {
      guard var question = visit.question(permission) else { throw S3Fault.invalidBucketName }
      if readsExistingTags { question.existingTags = try await existingTags(permission, visit) }
      try await admit(question, visit)
    }
    try checkExpectedOwners(visit)
  }

  /// S3 User Guide, "Verifying bucket ownership with bucket owner condition".
  private func checkExpectedOwners(_ visit: S3Visit) throws {
    for (field, owner) in [
      ("x-amz-expected-bucket-owner", visit.owner), ("x-amz-source-expected-bucket-owner", visit.sourceOwner),
    ] {
      guard let expected = visit.request.header(field), let owner else { continue }
      guard owner.account(in: gatekeeper.environment) == expected else { throw S3Fault.accessDenied }
    }
  }

  /// Judges one question and records the decision; a denial is thrown as the answer that explains it.
  func admit(_ question: S3Question, _ visit: S3Visit) async throws {
    let decision = try await judge.judge(question, of: visit)
    guard decision.isAllowed else { throw judge.denial(decision, on: question, of: visit) }
  }

  private func existingTags(_ permission: S3Call.Permission, _ visit: S3Visit) async throws -> [S3Tag] {
    let info: ObjectInfo?
    switch permission.target {
    case .object:
      guard let bucket = visit.request.bucket, let key = visit.request.address.key else { return [] }
      info = try await find(bucket, key, visit.request.version)
    case .copySource:
      guard let copy = visit.request.copySource else { return [] }
      info = try await find(BucketName(copy.bucket), copy.key, copy.version)
    case .everything, .bucket: return []
    }
    return info?.metadata.tags.map { S3Tag(key: $0.key, value: $0.value) } ?? []
  }

  private func find(_ bucket: BucketName, _ key: String, _ version: String?) async throws -> ObjectInfo? {
    do {
      return try await store.head(bucket, ObjectKey(key), version: version)
    } catch let error as StoreError where error.isAbsence {
      return nil
    }
  }
}
