import CordonGateway
import CordonModel
import CordonStore
import Foundation
import Logging

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
  let logger: Logger

  /// Removes what is too old, recorded before it goes. Returns how many went; one that does not go stays alone.
  ///
  /// - Throws: Where the ledger does not take a record: nothing goes without one.
  @discardableResult
  func sweep(at now: Date) async throws -> Int {
    var count = 0
    for project in projects {
      guard let seconds = project.storage.keepVersions else { continue }
      for bucket in project.buckets where !Task.isCancelled {
        count += try await sweep(bucket.name, seconds, at: now)
      }
    }
    return count
  }

  private func sweep(_ bucket: BucketName, _ seconds: Int, at now: Date) async throws -> Int {
    let last = now.addingTimeInterval(-TimeInterval(seconds))
    var (count, failed, damaged) = (0, Set<OldVersion>(), Set<String>())
    while !Task.isCancelled {
      let findings: StoreFindings<OldVersion>
      do {
        findings = try await store.versions(of: bucket, goneBefore: last, limit: Self.batch + failed.count)
      } catch {
        note("the old versions of a bucket cannot be read", in: bucket, "\(error)")
        break
      }
      damaged.formUnion(findings.damaged)
      let old = findings.found.filter { !failed.contains($0) }
      if old.isEmpty { break }
      try await log.append(record(old, in: bucket, days: seconds / 86_400))
      let errors = await store.expire(old)
      // One line says it: a disk that does not write fails for all of them.
      if let (version, error) = errors.first {
        note("\(errors.count) old versions were not removed", in: bucket, "\(version.versionID): \(error)")
      }
      failed.formUnion(errors.keys)
      count += old.count - errors.count
    }
    for words in damaged.sorted() { note("an old version cannot be read", in: bucket, words) }
    return count
  }

  private func note(_ message: String, in bucket: BucketName, _ why: String) {
    logger.error("\(message)", metadata: ["bucket": "\(bucket)", "error": "\(why)"])
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
