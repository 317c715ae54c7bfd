import CordonModel
import Dispatch
import FoundationEssentials
import GRDB
import Glibc
import Testing

@testable import CordonStore

@Suite struct `A store whose process is killed` {
  /// The child notes each acknowledged object in a file of its own, then dies by SIGKILL at a random moment.
  @Test(arguments: 0..<4)
  func `keeps every object that was acknowledged, and no half of another`(round: Int) async throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.path + "/store"
    let notes = temporary.path + "/acknowledged"
    for generation in 0..<3 {
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [folder = folder as String, notes = notes as String, generation = generation as Int] in
        try await putUntilKilled(folder: folder, notes: notes, generation: generation)
      }
    }
    let store = try StoreFixture.open(folder)
    let acknowledged = try String(contentsOfFile: notes, encoding: .utf8).split(separator: "\n").map(
      String.init)
    #expect(acknowledged.count >= 30)
    for key in acknowledged {
      let read = try await store.read("plain", ObjectKey(key))
      #expect(read == content(of: key), "\(key)")
    }
    // What was not acknowledged may be there or not, but never in part.
    for object in try await store.list("plain").objects {
      let read = try await store.read("plain", object.key)
      #expect(read == content(of: object.key.text), "\(object.key)")
    }
    #expect(try await store.scrub().damaged == [])
    // No file is left that no object refers to.
    try store.close()
    let again = try StoreFixture.open(folder)
    #expect(again.removedOrphans == 0)
    try again.close()
  }
}

/// An object's bytes follow from its key, so that the parent can tell whether they are whole.
private func content(of key: String) -> [UInt8] {
  let seed = key.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) }
  return pattern(Int(seed % 200_000), seed: seed)
}

/// Puts objects from many tasks; dies a random while after the tenth acknowledgement.
private func putUntilKilled(folder: String, notes: String, generation: Int) async throws {
  let store = try StoreFixture.open(folder)
  try await store.declareBucket("plain", project: "churn", versioned: false, readOnly: false)
  let file = try Acknowledgements(path: notes)
  await withTaskGroup(of: Void.self) { group in
    for caller in 0..<8 {
      group.addTask {
        for number in 0..<200 {
          let key = "g\(generation)/c\(caller)/n\(number)"
          guard let name = try? ObjectKey(key), (try? await store.put("plain", name, content(of: key))) != nil
          else { return }
          if file.note(key) == 10 { killSoon() }
        }
      }
    }
  }
}

private func killSoon() {
  let delay = DispatchTimeInterval.microseconds(Int.random(in: 0...60_000))
  DispatchQueue.global().asyncAfter(deadline: .now() + delay) { kill(getpid(), SIGKILL) }
}

@Suite struct `Opening a store` {
  @Test func `removes files that no object refers to`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "k", [1])
    try fixture.store.close()
    let stray = "\(fixture.folder)/data/ab/\(BlobID.random())"
    try fixture.overwrite(stray, with: [1, 2, 3])
    try fixture.overwrite("\(fixture.folder)/data/00/anything", with: [])
    let again = try StoreFixture.open(fixture.folder)
    #expect(again.removedOrphans == 2)
    #expect(try await again.read("plain", "k") == [1])
    try again.close()
  }

  @Test func `that another process has is refused`() async throws {
    let fixture = try await StoreFixture()
    #expect(throws: StoreError.locked(folder: fixture.folder)) { try StoreFixture.open(fixture.folder) }
    try fixture.store.close()
    try StoreFixture.open(fixture.folder).close()
  }

  @Test func `with a damaged database is refused`() async throws {
    let fixture = try await StoreFixture()
    try fixture.store.close()
    var bytes = try fixture.bytes(fixture.folder + "/store.db")
    bytes.replaceSubrange(0..<100, with: repeatElement(0x55, count: 100))
    try fixture.overwrite(fixture.folder + "/store.db", with: bytes)
    let error = try #require(throws: StoreError.self) { try StoreFixture.open(fixture.folder) }
    guard case .damaged = error else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func `of another format is refused`() async throws {
    let fixture = try await StoreFixture()
    try fixture.tamper("UPDATE store SET format = \(StoreTables.format + 1)")
    try fixture.store.close()
    #expect(throws: StoreError.damaged("the store's database (it is of another format)")) {
      try StoreFixture.open(fixture.folder)
    }
  }

  @Test func `waits for the disk at every commit`() async throws {
    let fixture = try await StoreFixture()
    let (level, journal) = try await fixture.store.database.pool.writeWithoutTransaction { database in
      (
        try Int.fetchOne(database, sql: "PRAGMA synchronous"),
        try String.fetchOne(database, sql: "PRAGMA journal_mode")
      )
    }
    #expect(level == 2)
    #expect(journal == "wal")
  }
}

@Suite struct `A full disk` {
  /// The child may write no file beyond 1 MiB: the kernel then fails its writes as it does on a full disk.
  @Test func `fails a put, shows nothing of it and has its room back`() async throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.path + "/store"
    await #expect(processExitsWith: .success) { [folder = folder as String] in
      let store = try StoreFixture.open(folder)
      try await store.declareBucket("plain", project: "churn", versioned: false, readOnly: false)
      try await store.put("plain", "before", pattern(1_000))
      limitFileSize(to: 1 << 20)
      await #expect(throws: StoreError.noSpace) { try await store.put("plain", "large", pattern(4 << 20)) }
      let upload = try await store.beginUpload("plain", "parts", ObjectMetadata())
      await #expect(throws: StoreError.noSpace) { try await store.uploadPart(upload, 1, pattern(4 << 20)) }
      await #expect(throws: StoreError.noSuchKey("large", deleteMarker: nil)) {
        try await store.head("plain", "large")
      }
      let files = try FileManager.default.subpathsOfDirectory(atPath: folder + "/data").filter {
        $0.utf8.count > 2
      }
      #expect(files.count == 1)
      try await store.put("plain", "small", pattern(1_000))
      #expect(try await store.read("plain", "before") == pattern(1_000))
      #expect(try await store.parts(of: upload).parts == [])
    }
    let store = try StoreFixture.open(folder)
    #expect(try await store.list("plain").objects.map(\.key) == ["before", "small"])
    #expect(store.removedOrphans == 0)
    try store.close()
  }

  @Test func `of the database fails a put, and leaves no file`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.database.pool.writeWithoutTransaction { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages)")
    }
    var written: [ObjectKey] = []
    var failure: StoreError?
    for number in 0..<200 where failure == nil {
      let key = try ObjectKey("key-\(number)-" + String(repeating: "x", count: 900))
      do throws(StoreError) {
        try await fixture.store.put("plain", key, [1])
        written.append(key)
      } catch {
        failure = error
      }
    }
    #expect(failure == .noSpace)
    try await fixture.settle()
    #expect(try fixture.dataFiles().count == written.count)
    #expect(try await Set(fixture.store.list("plain").objects.map(\.key)) == Set(written))
    try await fixture.store.database.pool.writeWithoutTransaction { database in
      _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = 1000000")
    }
    try await fixture.store.put("plain", "after", [2])
    #expect(try await fixture.store.scrub().damaged == [])
  }
}

@Suite struct `Commits that share a transaction` {
  @Test func `fail alone where one of them is refused`() async throws {
    let fixture = try await StoreFixture()
    let results = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<100 {
        group.addTask {
          do throws(StoreError) {
            let name: BucketName = number.isMultiple(of: 2) ? "plain" : "foreign"
            try await fixture.store.declareBucket(name, project: "churn", versioned: false, readOnly: false)
            return number.isMultiple(of: 2)
          } catch {
            return error == .bucketOfAnotherProject(bucket: "foreign", project: "fraud")
          }
        }
      }
      return await group.reduce(into: [Bool]()) { $0.append($1) }
    }
    #expect(results.allSatisfy { $0 })
    #expect(results.count == 100)
  }
}
