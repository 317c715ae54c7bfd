import CordonModel
import FoundationEssentials
import GRDB
import Synchronization
import Testing

@testable import CordonStore

@Suite struct `What a project may hold` {
  private static func fixture(bytes: Int64 = 100_000, entries: Int64 = 100) async throws -> StoreFixture {
    let fixture = try await StoreFixture()
    fixture.store.setLimit(StoreCapacity(bytes: bytes, entries: entries), of: "churn")
    return fixture
  }

  private func refusal<R>(_ body: () async throws(StoreError) -> R) async -> StoreRefusal? {
    do {
      _ = try await body()
      return nil
    } catch {
      guard case .overLimit(let refusal) = error else { return nil }
      return refusal
    }
  }

  /// What the account says must be what the rows say, whatever happened before.
  private func expectCounted(_ fixture: StoreFixture, sourceLocation: SourceLocation = #_sourceLocation)
    throws
  {
    let (held, counted) = try fixture.store.database.pool.writeWithoutTransaction { database in
      let held = try Catalog(database, keyring: fixture.store.keyring).usage()
      // The same sums from nothing, undone again.
      var counted: [String: StoreCapacity] = [:]
      try database.inTransaction {
        for trigger in try String.fetchAll(
          database, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        {
          try database.execute(sql: "DROP TRIGGER \(trigger)")
        }
        try database.execute(sql: "DROP TABLE usage; \(StoreTables.usage)")
        counted = try Catalog(database, keyring: fixture.store.keyring).usage()
        return .rollback
      }
      return (held, counted)
    }
    #expect(held == counted, sourceLocation: sourceLocation)
    for (project, amount) in held {
      #expect(
        fixture.store.meter.account(of: project).held == amount, "\(project)", sourceLocation: sourceLocation)
    }
  }

  @Test func `a write over the limit is refused, stores nothing and says what to do`() async throws {
    let fixture = try await Self.fixture()
    try await fixture.store.put("plain", "a", pattern(60_000))
    let refused = await refusal { () async throws(StoreError) in
      try await fixture.store.put("plain", "b", pattern(60_000))
    }
    let words = try #require(refused).description
    for word in ["'churn'", "97 KiB", "version id", "abort unfinished uploads", "projects[].storage"] {
      #expect(words.contains(word), "\(words)")
    }
    await #expect(throws: StoreError.noSuchKey("b", deleteMarker: nil)) {
      try await fixture.store.head("plain", "b")
    }
    #expect(try fixture.dataFiles().count == 1)
    #expect(fixture.store.account(of: "churn").reserved == .none)
    try expectCounted(fixture)
  }

  @Test func `one project's limit is not another's`() async throws {
    let fixture = try await Self.fixture()
    try await fixture.store.put("plain", "a", pattern(80_000))
    #expect(
      await refusal { () async throws(StoreError) in
        try await fixture.store.put("kept", "b", pattern(80_000))
      } != nil)
    try await fixture.store.put("foreign", "b", pattern(800_000))
  }

  @Test func `writers at the same time cannot overshoot together, and an aborted one gives its room back`()
    async throws
  {
    let fixture = try await Self.fixture()
    let first = try await fixture.store.beginPut("plain", "a", size: 60_000)
    #expect(
      await refusal { () async throws(StoreError) in
        try await fixture.store.beginPut("plain", "b", size: 60_000)
      } != nil)
    await first.abort()
    let second = try await fixture.store.beginPut("plain", "b", size: 60_000)
    try await second.write(pattern(60_000))
    _ = try await second.finish(ObjectMetadata())
    #expect(fixture.store.account(of: "churn").reserved == .none)
    try expectCounted(fixture)
  }

  @Test func `a writer that is dropped gives its room back`() async throws {
    let fixture = try await Self.fixture()
    do {
      let writer = try await fixture.store.beginPut("plain", "a", size: 60_000)
      try await writer.write(pattern(30_000))
    }
    try await wait { (try? await fixture.store.beginPut("plain", "b", size: 60_000)) != nil }
  }

  /// What is let go of goes at the end of its scope, which is the optimiser's to choose.
  private func wait(until holds: () async -> Bool) async throws {
    for _ in 0..<1_000 {
      if await holds() { return }
      try await Task.sleep(for: .milliseconds(1))
    }
    Issue.record("it did not come to hold")
  }

  @Test func `bytes that nobody announced count as they come`() async throws {
    let fixture = try await Self.fixture()
    let writer = try await fixture.store.beginPut("plain", "a")
    let refused = await refusal { () async throws(StoreError) in
      for _ in 0..<10 { try await writer.write(pattern(20_000)) }
    }
    #expect(refused != nil)
    await writer.abort()
    #expect(try fixture.dataFiles().isEmpty)
  }

  @Test(arguments: [Int64.max, 6 << 40, -1])
  func `a length that no object has is refused`(size: Int64) async throws {
    let fixture = try await Self.fixture()
    await #expect(throws: StoreError.tooLarge) { try await fixture.store.beginPut("plain", "a", size: size) }
    #expect(fixture.store.account(of: "churn").reserved == .none)
  }

  @Test func `versions, markers, tags, uploads and parts all count`() async throws {
    let fixture = try await Self.fixture(bytes: 1 << 30)
    let store = fixture.store
    for _ in 0..<3 { try await store.put("kept", "a", pattern(10_000)) }
    _ = try await store.delete("kept", "a")
    try await store.put("kept", "b", pattern(10))
    _ = try await store.setTags(["k": String(repeating: "v", count: 200)], of: "b", in: "kept")
    try expectCounted(fixture)
    let upload = try await store.beginUpload("kept", "c", ObjectMetadata())
    let parts = [
      try await store.uploadPart(upload, 1, pattern(5_000)),
      try await store.uploadPart(upload, 2, pattern(7)),
    ]
    _ = try await store.uploadPart(upload, 2, pattern(7))
    // Three versions of a, its marker and b, a part each; b's marker to come; an upload with its own, and two parts.
    #expect(store.account(of: "churn").held.entries == 14)
    try expectCounted(fixture)
    let before = store.account(of: "churn").held
    _ = try await store.completeUpload(
      upload, parts.map { CompletedPart(number: $0.number, etag: $0.etag) })
    #expect(store.account(of: "churn").held.fits(in: before), "completing an upload needs no room")
    _ = try await store.copy(from: "kept", "c", to: "kept", "d")
    _ = try await store.copy(from: "kept", "c", to: "foreign", "d")
    try expectCounted(fixture)
  }

  @Test func `entries have a limit of their own, and removing versions makes room`() async throws {
    let fixture = try await Self.fixture(bytes: 1 << 30, entries: 6)
    let info = try await fixture.store.put("kept", "a", [1])
    for _ in 0..<4 { _ = try await fixture.store.delete("kept", "a") }
    let refused = await refusal { () async throws(StoreError) in try await fixture.store.delete("kept", "a") }
    #expect(try #require(refused).description.contains("6 versions, delete markers and parts"))
    _ = try await fixture.store.delete("kept", "a", version: info.versionID)
    _ = try await fixture.store.delete("kept", "a")
    try expectCounted(fixture)
  }

  @Test func `what is shown can always be deleted, and shown again, in a store without any room`()
    async throws
  {
    let fixture = try await Self.fixture(bytes: 1 << 30)
    let store = fixture.store
    let keys = try ["a", "b", String(repeating: "k", count: 1_024)].map { try ObjectKey($0) }
    for key in keys { for size in [10, 20] { try await store.put("kept", key, pattern(size)) } }
    let full = store.account(of: "churn").held
    // Not a byte, not an entry more: as where the operator lowered the limit.
    for limit in [full, StoreCapacity(bytes: 1, entries: 1)] {
      store.setLimit(limit, of: "churn")
      #expect(
        await refusal { () async throws(StoreError) in try await store.put("kept", "new", []) } != nil)
      var markers: [(ObjectKey, String?)] = []
      for key in keys { markers.append((key, try await store.delete("kept", key).versionID)) }
      #expect(try await store.list("kept").objects.isEmpty)
      #expect(store.account(of: "churn").held == full, "the room was the marker's all along")
      try expectCounted(fixture)
      #expect(
        await refusal { () async throws(StoreError) in try await store.delete("kept", keys[0]) } != nil,
        "what is deleted already needs no other marker")
      for (key, marker) in markers { _ = try await store.delete("kept", key, version: marker) }
      #expect(try await store.list("kept").objects.count == keys.count)
      #expect(store.account(of: "churn").held == full)
      try expectCounted(fixture)
    }
  }

  @Test func `a bucket that keeps versions no longer gets its markers too`() async throws {
    let fixture = try await Self.fixture(bytes: 1 << 30)
    for _ in 0..<2 { try await fixture.store.put("kept", "a", pattern(10)) }
    try await fixture.store.declareBucket("kept", project: "churn", versioned: false, readOnly: false)
    try await fixture.store.put("kept", "b", pattern(10))
    fixture.store.setLimit(fixture.store.account(of: "churn").held, of: "churn")
    for key: ObjectKey in ["a", "b"] { _ = try await fixture.store.delete("kept", key) }
    #expect(try await fixture.store.list("kept").objects.isEmpty)
    try expectCounted(fixture)
  }

  @Test func `metadata counts`() async throws {
    let fixture = try await Self.fixture(bytes: 60_000)
    var metadata = ObjectMetadata()
    metadata.user = ["k": String(repeating: "x", count: 50_000)]
    let refused = await refusal { () async throws(StoreError) in
      try await fixture.store.put("plain", "a", pattern(10_000), metadata)
    }
    #expect(refused != nil)
    // Files go on a queue of their own.
    try await wait { (try? fixture.dataFiles().isEmpty) == true }
  }

  @Test func `what a reader keeps of deleted objects still counts`() async throws {
    let fixture = try await Self.fixture()
    try await fixture.store.put("plain", "a", pattern(60_000))
    var reader: ObjectReader? = try await fixture.store.get("plain", "a")
    _ = try await reader?.next()
    _ = try await fixture.store.delete("plain", "a")
    #expect(fixture.store.account(of: "churn").held == .none)
    #expect(
      await refusal { () async throws(StoreError) in
        try await fixture.store.put("plain", "b", pattern(60_000))
      } != nil)
    reader = nil
    try await wait { (try? await fixture.store.put("plain", "b", pattern(60_000))) != nil }
  }

  @Test func `who reads slowly keeps nothing of another project's`() async throws {
    let fixture = try await Self.fixture()
    try await fixture.store.put("foreign", "a", pattern(60_000))
    try await fixture.store.put("plain", "a", pattern(60_000))
    let reader = try await fixture.store.get("foreign", "a")
    _ = try await reader.next()
    _ = try await fixture.store.delete("plain", "a")
    try await wait { fixture.store.account(of: "churn").reserved == .none }
    try await fixture.store.put("plain", "b", pattern(60_000))
    _ = try await fixture.store.delete("foreign", "a")
    #expect(fixture.store.account(of: "fraud").reserved != .none, "its own files it keeps")
    withExtendedLifetime(reader) {}
  }

  @Test func `a disk that is nearly full takes deletions and nothing that grows`() throws {
    let free = Mutex<Int64>(1_000_000)
    let meter = StoreMeter(
      held: [:], standard: StoreCapacity(bytes: .max, entries: .max), floor: 900_000
    ) { free.withLock { $0 } }
    let small = StoreCapacity(bytes: 100_000, entries: 1)
    #expect(throws: Never.self) { _ = try meter.reserve(small, for: "churn") }
    #expect(throws: StoreError.noSpace) {
      _ = try meter.reserve(StoreCapacity(bytes: 100_001, entries: 1), for: "churn")
    }
    free.withLock { $0 = 0 }
    #expect(throws: StoreError.noSpace) { try meter.admit(["churn": small], buried: [:], within: nil) }
    #expect(throws: Never.self) {
      _ = try meter.admit(["churn": StoreCapacity.none - small], buried: ["churn": small], within: nil)
    }
  }

  @Test func `a restart finds what was held, and nothing reserved`() async throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.path + "/store"
    var held = StoreCapacity.none
    do {
      let store = try StoreFixture.open(folder)
      try await store.declareBucket("plain", project: "churn", versioned: true, readOnly: false)
      try await store.put("plain", "a", pattern(60_000))
      held = store.account(of: "churn").held
      let writer = try await store.beginPut("plain", "b", size: 30_000)
      try await writer.write(pattern(30_000))
      try store.close()
    }
    let store = try StoreFixture.open(folder)
    #expect(store.account(of: "churn").held == held && held.bytes > 60_000)
    #expect(store.account(of: "churn").reserved == .none)
  }

  /// Makes a database what an older version of this program left.
  private static func age(_ fixture: StoreFixture, toFormat format: Int) throws {
    try fixture.tamper("DROP INDEX versions_shown; DROP INDEX versions_order")
    try fixture.tamper("CREATE INDEX versions_order ON versions (bucket, key, seq)")
    try fixture.tamper("UPDATE store SET format = \(format)")
    // Format 2 charged less; format 1 nothing.
    guard format == 1 else { return try fixture.tamper("UPDATE usage SET bytes = 1, entries = 1") }
    let triggers = try fixture.store.database.pool.read {
      try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    }
    for trigger in triggers { try fixture.tamper("DROP TRIGGER \(trigger)") }
    try fixture.tamper("DROP TABLE usage")
  }

  @Test(arguments: [1, 2])
  func `a store of a format before is indexed and counted when it is opened`(format: Int) async throws {
    let fixture = try await Self.fixture(bytes: 1 << 30)
    for number in 0..<5 { try await fixture.store.put("kept", "k", pattern(1_000 * number)) }
    _ = try await fixture.store.beginUpload("plain", "u", ObjectMetadata())
    let held = fixture.store.account(of: "churn").held
    try Self.age(fixture, toFormat: format)
    try fixture.store.close()
    let store = try StoreFixture.open(fixture.folder)
    #expect(store.account(of: "churn").held == held)
    try await store.put("kept", "k", pattern(10))
    #expect(store.account(of: "churn").held.entries == held.entries + 2)
    #expect(try await store.list("kept").objects.map(\.key.text) == ["k"])
    try store.close()
    #expect(throws: Never.self) { _ = try StoreFixture.open(fixture.folder) }
  }
}

@Suite struct `Unfinished uploads` {
  @Test func `those begun before a time are found, and expire with their parts`() async throws {
    let temporary = try TemporaryFolder()
    let clock = Mutex(StoreFixture.start)
    let store = try ObjectStore.open(folder: temporary.path + "/store") { clock.withLock { $0 } }
    try await store.declareBucket("plain", project: "churn", versioned: false, readOnly: false)
    let old = try await store.beginUpload("plain", "old", ObjectMetadata())
    _ = try await store.uploadPart(old, 1, pattern(50_000))
    clock.withLock { $0 += 7 * 86_400 }
    let young = try await store.beginUpload("plain", "young", ObjectMetadata())
    try await store.declareBucket("plain", project: "churn", versioned: false, readOnly: true)
    let found = try await store.uploads(begunBefore: StoreFixture.start + 86_400)
    #expect(found.found.map(\.upload) == [old] && found.damaged.isEmpty)
    for upload in found.found { try await store.expireUpload(upload.upload) }
    try await store.expireUpload(old)
    await #expect(throws: StoreError.noSuchUpload(old.id)) { try await store.upload(old) }
    #expect(try await store.upload(young).upload == young)
    #expect(store.account(of: "churn").held.entries == 2)
  }
}
