import CordonLedger
import CordonModel
import CordonStore
import Foundation
import Synchronization
import Testing

@testable import CordonRuntime

@Suite struct `Unfinished uploads` {
  @Test func `are removed when they are too old, recorded before`() async throws {
    let scratch = try Scratch()
    let clock = Mutex(Date(timeIntervalSince1970: 1_767_225_600))
    let now: @Sendable () -> Date = { clock.withLock { $0 } }
    let ledger = try Ledger.open(
      folder: scratch.path + "/ledger",
      scope: LedgerScope(
        environment: try Slug("unit"), region: try Region("eu-west-1"), account: try AccountID("111122223333")
      ),
      now: now)
    let store = try ObjectStore.open(folder: scratch.path + "/store", now: now)
    let bucket = try BucketName("lab-store")
    try await store.declareBucket(bucket, project: try Slug("lab"), versioned: true, readOnly: false)
    _ = try await store.beginUpload(bucket, ObjectKey("old"), ObjectMetadata())
    clock.withLock { $0 += UploadExpiry.age }
    let young = try await store.beginUpload(bucket, ObjectKey("young"), ObjectMetadata())
    clock.withLock { $0 += 1 }
    let expiry = UploadExpiry(store: store, log: LedgerLog(ledger: ledger), logger: LoggedLines().logger)
    #expect(try await expiry.sweep(at: now()) == 1)
    #expect(try await expiry.sweep(at: now()) == 0)
    #expect(try await store.listUploads(bucket).uploads.map(\.upload) == [young])
    let records = try LedgerReader(folder: scratch.path + "/ledger").entries(LedgerFilter())
    #expect(records.count == 1 && records[0].json.contains("arn:aws:s3:::lab-store/old"))
    try await ledger.close()
    try store.close()
  }

  @Test func `that cannot be removed or read keep no other from going, and are said`() async throws {
    let scratch = try Scratch()
    let clock = Mutex(Date(timeIntervalSince1970: 1_767_225_600))
    let now: @Sendable () -> Date = { clock.withLock { $0 } }
    let ledger = try Ledger.open(
      folder: scratch.path + "/ledger",
      scope: LedgerScope(
        environment: try Slug("unit"), region: try Region("eu-west-1"), account: try AccountID("111122223333")
      ),
      now: now)
    let store = try ObjectStore.open(folder: scratch.path + "/store", now: now)
    let bucket = try BucketName("lab-store")
    try await store.declareBucket(bucket, project: try Slug("lab"), versioned: true, readOnly: false)
    for key in ["a", "b", "c", "d"] {
      _ = try await store.beginUpload(bucket, ObjectKey(key), ObjectMetadata())
    }
    clock.withLock { $0 += UploadExpiry.age + 1 }
    try store.tamper(
      """
      CREATE TRIGGER stuck BEFORE DELETE ON uploads WHEN OLD.key = CAST('a' AS BLOB)
      BEGIN SELECT RAISE(ABORT, 'stuck'); END;
      UPDATE uploads SET sealed = CAST('x' AS BLOB) WHERE key = CAST('b' AS BLOB)
      """)
    let lines = LoggedLines()
    let expiry = UploadExpiry(store: store, log: LedgerLog(ledger: ledger), logger: lines.logger)
    #expect(try await expiry.sweep(at: now()) == 2)
    #expect(lines.all.contains { $0.contains("was not removed") && $0.contains("stuck") }, "\(lines.all)")
    #expect(lines.all.contains { $0.contains("cannot be read") && $0.contains("damaged") })
    try await ledger.close()
    try store.close()
  }
}
