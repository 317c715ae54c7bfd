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
  }

  /// Resources of one record, so that none grows without bound.
  private static let keysPerRecord = 100
  /// Deletions at the same time: they share the store's commits.
  private static let width = 32

  func deleteObjects() async throws -> GatewayResponse {
    let bucket = try bucket()
    let delete = try await request(in: bucket)
    let items = try delete.objects.map { try judged($0, in: bucket) }
    try await record(items)
    let outcomes = try await outcomes(of: items, in: bucket)
    var xml = S3XMLWriter()
    xml.open("DeleteResult", namespace: S3XMLWriter.s3Namespace)
    for (item, outcome) in zip(items, outcomes) {
      Self.write(outcome, of: item, quiet: delete.quiet, to: &xml)
    }
    return answer.document(xml)
  }

  /// Reads the body. Nothing was judged so far, so a body that is no such list is recorded as what it is.
  private func request(in bucket: BucketName) async throws -> DeleteObjectsRequest {
    let fault: S3Fault
    do {
      return try DeleteObjectsRequest(parsing: try await document(upTo: DeleteObjectsRequest.maximumLength))
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
  private func record(_ items: [Item]) async throws {
    var groups: [(decision: Decision, question: S3Question, keys: [String])] = []
    for item in items {
      let same = groups.lastIndex {
        $0.decision == item.decision && $0.question.action == item.question.action
          && $0.keys.count < Self.keysPerRecord
      }
      if let same {
        groups[same].keys.append(item.question.resource)
      } else {
        groups.append((item.decision, item.question, [item.question.resource]))
      }
    }
    for group in groups {
      var question = group.question
      question.resources = Array(question.resources.prefix(1)) + group.keys
      try await responder.judge.keep(group.decision, on: question, of: visit)
    }
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

  private func refusal(of item: Item) -> S3Fault? {
    guard item.decision.isAllowed else {
      return responder.judge.denial(item.decision, on: item.question, of: visit)
    }
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
      if case .noSuchBucket = error { throw error }
      return .failed(S3Fault(error))
    }
  }

  private static func write(_ outcome: Outcome, of item: Item, quiet: Bool, to xml: inout S3XMLWriter) {
    switch outcome {
    case .deleted where quiet: break
    case .deleted(let deletion):
      xml.element("Deleted") { deleted in
        deleted.element("Key", item.object.key)
        deleted.element("VersionId", ifPresent: item.object.versionID)
        if deletion.isDeleteMarker {
          deleted.element("DeleteMarker", true)
          deleted.element("DeleteMarkerVersionId", ifPresent: deletion.versionID)
        }
      }
    case .failed(let fault):
      xml.element("Error") { error in
        error.element("Key", item.object.key)
        error.element("VersionId", ifPresent: item.object.versionID)
        error.element("Code", fault.code)
        error.element("Message", fault.message)
      }
    }
  }
}
