import CordonLedger
import CordonModel
import CordonStore
import Foundation
import Synchronization
import Testing

@testable import CordonRuntime

@Suite struct `Old versions` {
  /// A clock that a test moves.
  private final class Clock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_767_225_600))
    var now: Date { time.withLock { $0 } }
    func pass(days: Double) { time.withLock { $0 += days * 86_400 } }
  }

  /// A versioned store and a ledger on one clock.
  private struct Bench {
    let scratch: Scratch
    let clock: Clock
    let ledger: Ledger
    let store: ObjectStore
    let bucket: BucketName
    let lines = LoggedLines()

    init() async throws {
      let (scratch, clock) = (try Scratch(), Clock())
      (self.scratch, self.clock) = (scratch, clock)
      bucket = try BucketName("lab-store")
      ledger = try Ledger.open(
        folder: scratch.path + "/ledger",
        scope: LedgerScope(
          environment: try Slug("unit"), region: try Region("eu-west-1"),
          account: try AccountID("111122223333")), now: { clock.now })
      store = try ObjectStore.open(folder: scratch.path + "/store", now: { clock.now })
      try await store.declareBucket(bucket, project: try Slug("lab"), versioned: true, readOnly: false)
    }

    func expiry(keepVersions: Int?) throws -> VersionExpiry {
      var project = Project(
        name: try Slug("lab"), buckets: [Bucket(name: bucket)], store: bucket, workspaces: [])
      project.storage.keepVersions = keepVersions
      return VersionExpiry(
        store: store, log: LedgerLog(ledger: ledger), projects: [project], logger: lines.logger)
    }

    @discardableResult
    func put(_ key: String, _ bytes: [UInt8] = [1]) async throws -> String {
      let writer = try await store.beginPut(bucket, ObjectKey(key))
      try await writer.write(bytes)
      return try await writer.finish(ObjectMetadata()).versionID
    }

    func delete(_ key: String) async throws { _ = try await store.delete(bucket, ObjectKey(key)) }

    /// Each version as its key, with `*` where it is the newest and `-` where it is a delete marker.
    func left() async throws -> [String] {
      try await store.listVersions(bucket).versions.map {
        $0.key.text + ($0.isLatest ? "*" : "") + ($0.isDeleteMarker ? "-" : "")
      }.sorted()
    }

    func records() throws -> [String] {
      try LedgerReader(folder: scratch.path + "/ledger").entries(LedgerFilter()).map(\.json)
    }

    func close() async throws {
      try await ledger.close()
      try store.close()
    }
  }

  @Test func `go when they were replaced or deleted long enough ago, recorded before`() async throws {
    let bench = try await Bench()
    let expiry = try bench.expiry(keepVersions: 30 * 86_400)
    let first = try await bench.put("replaced")
    try await bench.put("gone")
    try await bench.put("young")
    bench.clock.pass(days: 100)
    // However old a version is: what counts is since when it is not the newest.
    try await bench.put("replaced")
    try await bench.delete("gone")
    #expect(try await expiry.sweep(at: bench.clock.now) == 0)
    bench.clock.pass(days: 20)
    try await bench.put("young")
    bench.clock.pass(days: 10.5)
    #expect(try await bench.left() == ["gone", "gone*-", "replaced", "replaced*", "young", "young*"])
    // The marker of a key goes once nothing is left below it.
    #expect(try await expiry.sweep(at: bench.clock.now) == 3)
    #expect(try await bench.left() == ["replaced*", "young", "young*"])
    #expect(try await expiry.sweep(at: bench.clock.now) == 0)
    let records = try bench.records()
    #expect(records.count == 2 && records.allSatisfy { $0.contains("ExpireObjectVersions") }, "\(records)")
    #expect(records[0].contains("arn:aws:s3:::lab-store/replaced") && records[0].contains(first))
    try await bench.close()
  }

  @Test func `stay for good where the spec says so`() async throws {
    let bench = try await Bench()
    try await bench.put("kept")
    try await bench.delete("kept")
    bench.clock.pass(days: 3_000)
    #expect(try await bench.expiry(keepVersions: nil).sweep(at: bench.clock.now) == 0)
    #expect(try await bench.left() == ["kept", "kept*-"])
    try await bench.close()
  }

  @Test func `free the room that they took, so that a full store is emptied by deleting`() async throws {
    let bench = try await Bench()
    let expiry = try bench.expiry(keepVersions: 86_400)
    let lab = try Slug("lab")
    bench.store.setLimit(StoreCapacity(bytes: 3 << 20, entries: 100), of: lab)
    let block = [UInt8](repeating: 7, count: 1 << 20)
    try await bench.put("a", block)
    try await bench.put("b", block)
    await #expect(throws: StoreError.self) { try await bench.put("c", block) }
    try await bench.delete("a")
    try await bench.delete("b")
    await #expect(throws: StoreError.self) { try await bench.put("c", block) }
    bench.clock.pass(days: 1.1)
    #expect(try await expiry.sweep(at: bench.clock.now) == 4)
    // The room is there when the files are gone from the disk, which is a moment later.
    let end = ContinuousClock.now + .seconds(60)
    while bench.store.account(of: lab).reserved != .none, ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(5))
    }
    try await bench.put("c", block)
    #expect(try await bench.left() == ["c*"])
    try await bench.close()
  }

  @Test func `that cannot be removed or read keep no other from going, and are said`() async throws {
    let bench = try await Bench()
    for key in ["a", "b", "c", "d"] {
      try await bench.put(key)
      try await bench.put(key)
    }
    bench.clock.pass(days: 31)
    try bench.store.tamper(
      """
      CREATE TRIGGER stuck BEFORE DELETE ON versions WHEN OLD.key = CAST('b' AS BLOB)
      BEGIN SELECT RAISE(ABORT, 'stuck'); END;
      UPDATE versions SET sealed = CAST('x' AS BLOB) WHERE key = CAST('c' AS BLOB) AND latest = 1
      """)
    let expiry = try bench.expiry(keepVersions: 30 * 86_400)
    #expect(try await expiry.sweep(at: bench.clock.now) == 2)
    let lines = bench.lines.all
    #expect(lines.count == 2)
    #expect(lines.contains { $0.contains("1 old versions were not removed") && $0.contains("stuck") })
    #expect(lines.contains { $0.contains("cannot be read") && $0.contains("'c' is damaged") }, "\(lines)")
    try bench.store.tamper("DROP TRIGGER stuck")
    #expect(try await expiry.sweep(at: bench.clock.now) == 1)
    try await bench.close()
  }

  @Test func `that are the newest again meanwhile stay`() async throws {
    let bench = try await Bench()
    try await bench.put("back")
    let above = try await bench.put("back")
    bench.clock.pass(days: 31)
    let old = try await bench.store.versions(of: bench.bucket, goneBefore: bench.clock.now)
    #expect(old.found.count == 1)
    _ = try await bench.store.delete(bench.bucket, ObjectKey("back"), version: above)
    #expect(await bench.store.expire(old.found).isEmpty)
    #expect(try await bench.left() == ["back*"])
    try await bench.close()
  }
}
