import CordonGateway
import CordonModel
import CordonStore
import Foundation

/// Removes versions that were replaced or deleted long ago: a workspace's role may not delete versions, so that nobody
/// in it can destroy what is kept, and a full store could otherwise be emptied by nobody who works in it.
struct VersionExpiry: Sendable {
  /// So many versions have one record.
  private static let batch = 1_000
  /// Of so few, the record has the version ids themselves.
  private static let named = 10

  let store: ObjectStore
  let log: any DecisionLog
  let projects: [Project]

  /// Removes what is too old, recorded before it goes. Returns how many went.
  @discardableResult
  func sweep(at now: Date) async throws -> Int {
    var count = 0
    for project in projects {
      guard let seconds = project.storage.keepVersions else { continue }
      for bucket in project.buckets {
        while !Task.isCancelled {
          let old = try await store.versions(
            of: bucket.name, goneBefore: now.addingTimeInterval(-TimeInterval(seconds)), limit: Self.batch)
          if old.isEmpty { break }
          try await log.append(record(old, in: bucket.name, days: seconds / 86_400))
          try await store.expire(old)
          count += old.count
        }
      }
    }
    return count
  }

  private func record(_ old: [OldVersion], in bucket: BucketName, days: Int) -> DecisionRecord {
    let evidence = S3KeyEvidence(old.map { ($0.key.text, $0.versionID) }, in: bucket)
    var details = evidence.details
    details["versions"] = String(old.count)
    if old.count <= Self.named { details["versionIDs"] = old.map(\.versionID).joined(separator: " ") }
    return DecisionRecord(
      eventSource: "s3.amazonaws.com", eventName: "ExpireObjectVersions", source: nil,
      resources: evidence.resources, outcome: .allowed, control: "storage limit",
      reason: "the versions were replaced or deleted more than \(days) days ago",
      requestID: RequestID.random(),
      details: details)
  }
}
