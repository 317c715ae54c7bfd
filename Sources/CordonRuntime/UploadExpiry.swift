import CordonGateway
import CordonLedger
import CordonModel
import CordonStore
import Foundation
import Logging

/// Removes uploads in parts that nobody finished: they take a project's room and no listing of objects shows them.
struct UploadExpiry: Sendable {
  /// How old an unfinished upload becomes.
  static let age: TimeInterval = 7 * 86_400

  let store: ObjectStore
  let log: any DecisionLog
  let logger: Logger

  /// Removes what is too old, recorded before it goes. Returns how many went; one that does not go stays alone.
  @discardableResult
  func sweep(at now: Date) async throws -> Int {
    let findings = try await store.uploads(begunBefore: now.addingTimeInterval(-Self.age))
    for damaged in findings.damaged {
      logger.error("an unfinished upload cannot be read", metadata: ["error": "\(damaged)"])
    }
    let old = findings.found.map(\.upload)
    guard !old.isEmpty else { return 0 }
    try await log.append(
      DecisionRecord(
        eventSource: "s3.amazonaws.com", eventName: "AbortMultipartUpload", source: nil,
        resources: old.map { "arn:aws:s3:::\($0.bucket)/\($0.key)" }, outcome: .allowed,
        control: "storage limit", reason: "the uploads were not completed within 7 days",
        requestID: RequestID.random(), details: ["uploads": String(old.count)]))
    var count = 0
    for upload in old {
      do {
        try await store.expireUpload(upload)
        count += 1
      } catch {
        logger.error(
          "an unfinished upload was not removed",
          metadata: ["bucket": "\(upload.bucket)", "upload": "\(upload.id)", "error": "\(error)"])
      }
    }
    return count
  }
}
