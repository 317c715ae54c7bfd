import CordonModel
import CordonPolicy
import CordonStore
import CordonWire

/// DeleteObjects: up to a thousand keys, each judged by itself.
extension S3Exchange {
  private struct Item: Sendable {
    var object: DeleteObjectsRequest.Object
    var question: S3Question
    var decision: Decision
  }

  private enum Outcome: Sendable {
    case deleted(Deletion)
    case failed(S3Fault)
    /// The project's limit leaves no room for the delete marker.
    case overLimit(StoreRefusal)
  }

  /// A key, and what became of it: all that is kept until the answer is read.
  private struct Result: Sendable {
    var object: DeleteObjectsRequest.Object
    var outcome: Outcome
  }

  /// Deletions at the same time: they share the store's commits.
  private static let width = 32

  func deleteObjects() async throws -> GatewayResponse {
    let bucket = try bucket()
    try await admitNobody(to: bucket)
    let (delete, lease) = try await request(in: bucket)
    let quiet = delete.quiet
    var rest = try await results(of: delete, in: bucket)[...]
    var xml = S3XMLWriter()
    xml.open("DeleteResult", namespace: S3XMLWriter.s3Namespace)
    return try await S3Pieces(allowance: request.raw.allowance, answer: answer, held: lease)
      .respond(xml) { xml in
        while !xml.isFull, let result = rest.popFirst() { Self.write(result, quiet: quiet, to: &xml) }
        return !rest.isEmpty
      }
  }

  /// What the keys, their results and a piece of the answer take: the keys are the list's own, and are held twice while
  /// they are judged.
  private var answerBytes: Int {
    let longest = DeleteObjectsRequest.maximumLength
    let length = request.header("content-length").flatMap { Int($0) } ?? longest
    return 2 * min(max(0, length), longest) + S3Pieces.longest
  }

  /// Nobody's list is not read for as long as nobody may delete just any object: the question is asked once, of all
  /// objects of the bucket. A policy that lets nobody delete some of them only is not enough, which is stricter than S3.
  private func admitNobody(to bucket: BucketName) async throws {
    guard case .anonymous = visit.caller.identity else { return }
    let every = bucket.arn(key: "*")
    try await responder.admit(
      S3Question(
        action: "s3:DeleteObject", resource: every, bucket: bucket, owner: visit.owner,
        resources: [bucket.arn, every]), visit)
  }

  private func results(of delete: DeleteObjectsRequest, in bucket: BucketName) async throws -> [Result] {
    let items = try delete.objects.map { try judged($0, in: bucket) }
    try await record(items, in: bucket)
    let outcomes = try await outcomes(of: items, in: bucket)
    try await recordRefusals(Array(zip(items, outcomes)), in: bucket)
    return zip(items, outcomes).map { Result(object: $0.object, outcome: $1) }
  }

  /// Reserves the answer and reads the body. Nothing was judged so far, so a list that cannot be taken, or is none, is
  /// recorded as what it is.
  private func request(in bucket: BucketName) async throws -> (DeleteObjectsRequest, AnswerLease) {
    let fault: S3Fault
    do {
      let lease = try await request.raw.allowance.reserveForS3(answerBytes)
      let bytes = try await document(upTo: DeleteObjectsRequest.maximumLength)
      return (try DeleteObjectsRequest(parsing: bytes), lease)
    } catch let error as S3Fault {
      fault = error
    } catch is S3XMLError {
      fault = .malformedXML
    }
    try await responder.judge.keepRefusal(
      fault, of: visit.request.raw, name: visit.request.call.name, control: "request rules",
      accessKeyID: visit.caller.accessKeyID, resources: [bucket.arn])
    throw fault
  }

  private func judged(_ object: DeleteObjectsRequest.Object, in bucket: BucketName) throws -> Item {
    let arn = bucket.arn(key: object.key)
    let version = Self.version(of: object)
    let question = S3Question(
      action: version == nil ? "s3:DeleteObject" : "s3:DeleteObjectVersion", resource: arn, bucket: bucket,
      owner: visit.owner, version: version, resources: [bucket.arn, arn])
    return Item(object: object, question: question, decision: try responder.judge.decide(question, of: visit))
  }

  /// An empty version is none: what is judged and what is done must read it alike.
  private static func version(of object: DeleteObjectsRequest.Object) -> String? {
    object.versionID.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// One record for the keys that were judged alike. All are durable before the first key is deleted.
  private func record(_ items: [Item], in bucket: BucketName) async throws {
    var groups: [(decision: Decision, question: S3Question, keys: [DeleteObjectsRequest.Object])] = []
    for item in items {
      let same = groups.lastIndex {
        $0.decision == item.decision && $0.question.action == item.question.action
      }
      if let same {
        groups[same].keys.append(item.object)
      } else {
        groups.append((item.decision, item.question, [item.object]))
      }
    }
    for group in groups {
      let evidence = S3KeyEvidence(group.keys.map { ($0.key, Self.version(of: $0)) }, in: bucket)
      var question = group.question
      question.resources = Array(question.resources.prefix(1)) + evidence.resources
      try await responder.judge.keep(group.decision, on: question, of: visit, details: evidence.details)
    }
  }

  /// Policies allowed these and were recorded; that they were not done is recorded as well, in one record.
  private func recordRefusals(_ results: [(item: Item, outcome: Outcome)], in bucket: BucketName) async throws
  {
    var first: StoreRefusal?
    var keys: [(String, String?)] = []
    for (item, outcome) in results {
      guard case .overLimit(let refusal) = outcome else { continue }
      first = first ?? refusal
      keys.append((item.object.key, Self.version(of: item.object)))
    }
    guard let first else { return }
    let evidence = S3KeyEvidence(keys, in: bucket)
    try await responder.judge.keepRefusal(
      S3Fault(.overLimit(first)), of: visit.request.raw, name: visit.request.call.name,
      control: "storage limit", accessKeyID: visit.caller.accessKeyID,
      resources: [bucket.arn] + evidence.resources, details: evidence.details)
  }

  private func outcomes(of items: [Item], in bucket: BucketName) async throws -> [Outcome] {
    try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
      var outcomes = [Outcome?](repeating: nil, count: items.count)
      for (index, item) in items.enumerated() {
        if index >= Self.width, let (done, outcome) = try await group.next() { outcomes[done] = outcome }
        let fault = refusal(of: item)
        group.addTask { [store] in
          if let fault { return (index, .failed(fault)) }
          return (index, try await Self.delete(item.object, in: bucket, from: store))
        }
      }
      for try await (done, outcome) in group { outcomes[done] = outcome }
      return outcomes.map { $0 ?? .failed(.internalError) }
    }
  }

  /// The same for every key, so that a list makes no answer many times its size. The ledger has the reason.
  private static let denied = S3Fault(
    "AccessDenied", 403, "Access Denied. The ledger has the reason under this answer's request id.")

  private func refusal(of item: Item) -> S3Fault? {
    guard item.decision.isAllowed else { return Self.denied }
    return item.object.eTag == nil ? nil : .notImplemented
  }

  @concurrent
  private static func delete(
    _ object: DeleteObjectsRequest.Object, in bucket: BucketName, from store: ObjectStore
  ) async throws -> Outcome {
    guard let key = try? ObjectKey(object.key) else { return .failed(.keyTooLong) }
    do {
      return .deleted(try await store.delete(bucket, key, version: version(of: object)))
    } catch {
      switch error {
      case .noSuchBucket: throw error
      case .overLimit(let refusal): return .overLimit(refusal)
      default: return .failed(S3Fault(error))
      }
    }
  }

  private static func write(_ result: Result, quiet: Bool, to xml: inout S3XMLWriter) {
    switch result.outcome {
    case .deleted where quiet: break
    case .deleted(let deletion):
      xml.element("Deleted") { deleted in
        deleted.element("Key", result.object.key)
        deleted.element("VersionId", ifPresent: result.object.versionID)
        if deletion.isDeleteMarker {
          deleted.element("DeleteMarker", true)
          deleted.element("DeleteMarkerVersionId", ifPresent: deletion.versionID)
        }
      }
    case .overLimit(let refusal): write(S3Fault(.overLimit(refusal)), of: result.object, to: &xml)
    case .failed(let fault): write(fault, of: result.object, to: &xml)
    }
  }

  private static func write(
    _ fault: S3Fault, of object: DeleteObjectsRequest.Object, to xml: inout S3XMLWriter
  ) {
    xml.element("Error") { error in
      error.element("Key", object.key)
      error.element("VersionId", ifPresent: object.versionID)
      error.element("Code", fault.code)
      error.element("Message", fault.message)
    }
  }
}
