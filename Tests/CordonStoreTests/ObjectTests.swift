import CordonModel
import FoundationEssentials
import Testing

@testable import CordonStore

@Suite struct `Objects` {
  private static let segment = BlobFormat.segmentSize

  @Test(arguments: [
    0, 1, 4_096, segment - 1, segment, segment + 1, 2 * segment, 4 * segment, 4 * segment + 1,
    9 * segment + 17,
  ])
  func `come back as they were put`(size: Int) async throws {
    let fixture = try await StoreFixture()
    let bytes = pattern(size)
    let put = try await fixture.store.put("plain", "a/b", bytes)
    #expect(put.etag == md5(bytes))
    #expect(put.size == Int64(size))
    #expect(put.versionID == "null")
    #expect(put.lastModified == StoreFixture.start)
    let reader = try await fixture.store.get("plain", "a/b")
    #expect(reader.info == put)
    #expect(try await reader.collect() == bytes)
    #expect(try await fixture.store.head("plain", "a/b") == put)
    let file = try #require(try fixture.dataFiles().first)
    #expect(try fixture.bytes(file).count == Int(BlobFormat.fileSize(size: Int64(size))))
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `may be written in pieces of any size`(seed: UInt64) async throws {
    let fixture = try await StoreFixture()
    var random = RepeatingGenerator(state: seed)
    let bytes = pattern(Int.random(in: 0...700_000, using: &random), seed: seed)
    let writer = try await fixture.store.beginPut("plain", "k")
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Int.random(in: 0...150_000, using: &random)
      try await writer.write(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    #expect(try await writer.finish(ObjectMetadata()).etag == md5(bytes))
    #expect(try await fixture.store.read("plain", "k") == bytes)
  }

  @Test func `are read in ranges, exactly at the borders of segments`() async throws {
    let fixture = try await StoreFixture()
    let segment = Int64(Self.segment)
    let bytes = pattern(Int(3 * segment + 100))
    try await fixture.store.put("plain", "k", bytes)
    let borders = [
      0, 1, segment - 1, segment, segment + 1, 2 * segment, 3 * segment - 1, 3 * segment, 3 * segment + 99,
    ]
    for first in borders {
      for last in borders where last >= first {
        let read = try await fixture.store.read("plain", "k", range: .from(first, through: last))
        #expect(read == Array(bytes[Int(first)...Int(last)]), "\(first)...\(last)")
      }
      #expect(
        try await fixture.store.read("plain", "k", range: .from(first, through: nil))
          == Array(bytes[Int(first)...]))
      let count = first + 1
      #expect(
        try await fixture.store.read("plain", "k", range: .last(count)) == Array(bytes.suffix(Int(count))))
    }
  }

  @Test(arguments: [
    (0..<10, ByteRange.from(0, through: nil)), (9..<10, .from(9, through: 9)),
    (3..<10, .from(3, through: .max)),
    (0..<10, .last(.max)), (9..<10, .last(1)),
  ])
  func `a range is cut to the object`(expected: Range<Int64>, range: ByteRange) throws {
    #expect(try range.resolve(size: 10) == expected)
  }

  @Test(arguments: [
    ByteRange.from(10, through: nil), .from(-1, through: 3), .last(0), .last(-1), .from(.max, through: .max),
  ])
  func `a range outside the object is not satisfiable`(range: ByteRange) throws {
    #expect(throws: StoreError.rangeNotSatisfiable(size: 10)) { try range.resolve(size: 10) }
    #expect(throws: StoreError.rangeNotSatisfiable(size: 0)) { try range.resolve(size: 0) }
  }

  @Test func `keep what the client says of them`() async throws {
    let fixture = try await StoreFixture()
    var metadata = ObjectMetadata()
    metadata.contentType = "text/csv"
    metadata.contentEncoding = "gzip"
    metadata.contentDisposition = "attachment; filename=\"é.csv\""
    metadata.contentLanguage = "de"
    metadata.cacheControl = "no-store"
    metadata.expires = "never"
    metadata.user = ["owner": "scientist-1", "empty": ""]
    metadata.checksums = ["CRC64NVME": "AAAAAAAAAAA="]
    metadata.checksumType = "FULL_OBJECT"
    metadata.tags = ["stage": "raw"]
    try await fixture.store.put("plain", "k", [1], metadata)
    #expect(try await fixture.store.head("plain", "k").metadata == metadata)
    #expect(
      try await fixture.store.setTags(["stage": "clean"], of: "k", in: "plain").metadata.tags == [
        "stage": "clean"
      ])
    metadata.tags = ["stage": "clean"]
    #expect(try await fixture.store.head("plain", "k").metadata == metadata)
    #expect(try await fixture.store.read("plain", "k") == [1])
  }

  @Test func `with more metadata than the store takes are refused and leave nothing`() async throws {
    let fixture = try await StoreFixture()
    await #expect(throws: StoreError.tooLarge) {
      var metadata = ObjectMetadata()
      metadata.user = ["big": String(repeating: "x", count: 70_000)]
      try await fixture.store.put("plain", "k", [1], metadata)
    }
    await #expect(throws: StoreError.noSuchKey("k", deleteMarker: nil)) {
      try await fixture.store.head("plain", "k")
    }
    try await fixture.settle()
    #expect(try fixture.dataFiles() == [])
  }

  @Test func `are not seen before they are finished, and leave nothing when they are not`() async throws {
    let fixture = try await StoreFixture()
    for isDropped in [true, false] {
      var writer: ObjectWriter? = try await fixture.store.beginPut("plain", "k")
      try await writer?.write(pattern(600_000))
      #expect(try fixture.dataFiles().count == 1)
      await #expect(throws: StoreError.noSuchKey("k", deleteMarker: nil)) {
        try await fixture.store.head("plain", "k")
      }
      if !isDropped { await writer?.abort() }
      writer = nil
      try await fixture.settle()
      #expect(try fixture.dataFiles() == [])
    }
  }

  @Test func `that were overwritten leave no file`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "k", pattern(10))
    try await fixture.store.put("plain", "k", pattern(20))
    #expect(try await fixture.store.read("plain", "k") == pattern(20))
    try await fixture.settle()
    #expect(try fixture.dataFiles().count == 1)
    #expect(try await fixture.store.delete("plain", "k") == Deletion(versionID: nil, isDeleteMarker: false))
    #expect(try await fixture.store.delete("plain", "k") == Deletion(versionID: nil, isDeleteMarker: false))
    try await fixture.settle()
    #expect(try fixture.dataFiles() == [])
  }

  @Test func `stay readable to the end while they are overwritten and deleted`() async throws {
    let fixture = try await StoreFixture()
    let bytes = pattern(1_000_000)
    try await fixture.store.put("plain", "k", bytes)
    var reader: ObjectReader? = try await fixture.store.get("plain", "k")
    var read = try #require(try await reader?.next())
    try await fixture.store.put("plain", "k", [1])
    _ = try await fixture.store.delete("plain", "k")
    try await fixture.settle()
    while let more = try await reader?.next() { read += more }
    #expect(read == bytes)
    reader = nil
    try await fixture.settle()
    #expect(try fixture.dataFiles() == [])
  }

  @Test func `whose keys differ only in how a character is spelled are two`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "caf\u{e9}", [1])
    try await fixture.store.put("plain", "cafe\u{301}", [2])
    #expect(try await fixture.store.read("plain", "caf\u{e9}") == [1])
    #expect(try await fixture.store.read("plain", "cafe\u{301}") == [2])
    #expect(try await fixture.store.list("plain").objects.count == 2)
  }

  @Test(arguments: [
    "../../etc/passwd", "/", "a//b", ".", "a\0b", "\u{10FFFF}", "%2e%2e",
    String(repeating: "k", count: 1_024),
  ])
  func `may have any key that UTF-8 can spell`(key: String) async throws {
    let fixture = try await StoreFixture()
    let key = try ObjectKey(key)
    try await fixture.store.put("plain", key, [7])
    #expect(try await fixture.store.read("plain", key) == [7])
    #expect(try await fixture.store.list("plain").objects.map(\.key) == [key])
  }

  @Test(arguments: ["", String(repeating: "k", count: 1_025)])
  func `have keys of 1 to 1024 bytes`(key: String) {
    #expect(throws: NameRefusal.self) { try ObjectKey(key) }
  }

  @Test func `in unknown and read-only buckets are refused`() async throws {
    let fixture = try await StoreFixture()
    await #expect(throws: StoreError.noSuchBucket("none")) { try await fixture.store.put("none", "k", []) }
    await #expect(throws: StoreError.noSuchBucket("none")) { try await fixture.store.head("none", "k") }
    try await fixture.store.put("plain", "k", [1])
    let upload = try await fixture.store.beginUpload("plain", "k", ObjectMetadata())
    try await fixture.store.declareBucket("plain", project: "churn", versioned: false, readOnly: true)
    let refused = StoreError.bucketReadOnly("plain")
    await #expect(throws: refused) { try await fixture.store.put("plain", "k", []) }
    await #expect(throws: refused) { try await fixture.store.delete("plain", "k") }
    await #expect(throws: refused) { try await fixture.store.setTags([:], of: "k", in: "plain") }
    await #expect(throws: refused) { try await fixture.store.beginUpload("plain", "k", ObjectMetadata()) }
    await #expect(throws: refused) {
      try await fixture.store.completeUpload(upload, [CompletedPart(number: 1, etag: "")])
    }
    await #expect(throws: refused) { try await fixture.store.abortUpload(upload) }
    await #expect(throws: refused) { try await fixture.store.copy(from: "kept", "k", to: "plain", "k") }
    #expect(try await fixture.store.read("plain", "k") == [1])
  }

  @Test func `a writer ends once`() async throws {
    let fixture = try await StoreFixture()
    let writer = try await fixture.store.beginPut("plain", "k")
    _ = try await writer.finish(ObjectMetadata())
    await #expect(throws: StoreError.writerEnded) { try await writer.finish(ObjectMetadata()) }
    await #expect(throws: StoreError.writerEnded) { try await writer.write([1]) }
  }

  @Test func `many at once, also of one key, are each whole`() async throws {
    let fixture = try await StoreFixture()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<60 {
        group.addTask {
          let key = try ObjectKey("k\(number % 20)")
          try await fixture.store.put("plain", key, pattern(70_000, seed: UInt64(number)))
          let read = try await fixture.store.read("plain", key)
          #expect((0..<60).contains { read == pattern(70_000, seed: UInt64($0)) })
        }
      }
      try await group.waitForAll()
    }
    try await fixture.settle()
    #expect(try fixture.dataFiles().count == 20)
    #expect(try await fixture.store.scrub() == ScrubReport(intact: 20))
  }
}

extension StoreFixture {
  /// Returns once everything that was to be removed later is removed: each file queue has run a piece of work that
  /// was asked for after it.
  func settle() async throws {
    for _ in 0..<3 {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<32 { group.addTask { try await store.files.run {} } }
        try await group.waitForAll()
      }
    }
  }
}

@Suite struct `Conditional writes` {
  @Test func `to an absent key happen once, however many ask`() async throws {
    let fixture = try await StoreFixture()
    let won = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<20 {
        group.addTask {
          do throws(StoreError) {
            try await fixture.store.put("plain", "k", [UInt8(number)], if: .absent)
            return true
          } catch {
            #expect(error == .preconditionFailed)
            return false
          }
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(won == 1)
    try await fixture.settle()
    #expect(try fixture.dataFiles().count == 1)
  }

  @Test func `to a deleted key of a versioned bucket count as absent`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("kept", "k", [1])
    await #expect(throws: StoreError.preconditionFailed) {
      try await fixture.store.put("kept", "k", [2], if: .absent)
    }
    _ = try await fixture.store.delete("kept", "k")
    try await fixture.store.put("kept", "k", [3], if: .absent)
    #expect(try await fixture.store.read("kept", "k") == [3])
  }

  @Test func `that name an ETag need that ETag`() async throws {
    let fixture = try await StoreFixture()
    await #expect(throws: StoreError.noSuchKey("k", deleteMarker: nil)) {
      try await fixture.store.put("plain", "k", [1], if: .matches(etag: "x"))
    }
    let first = try await fixture.store.put("plain", "k", [1])
    let second = try await fixture.store.put("plain", "k", [2], if: .matches(etag: first.etag))
    await #expect(throws: StoreError.preconditionFailed) {
      try await fixture.store.put("plain", "k", [3], if: .matches(etag: first.etag))
    }
    #expect(try await fixture.store.head("plain", "k") == second)
  }
}
