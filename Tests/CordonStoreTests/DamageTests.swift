import CordonLinux
import CordonModel
import FoundationEssentials
import GRDB
import Testing

@testable import CordonStore

@Suite struct `Damage` {
  /// What reading the object gives: its bytes, or nil for the error that damage must give.
  private func read(_ fixture: StoreFixture, _ key: ObjectKey = "k") async throws -> [UInt8]? {
    do throws(StoreError) {
      return try await fixture.store.read("plain", key)
    } catch {
      guard case .damaged = error else { throw error }
      return nil
    }
  }

  @Test(arguments: [0, 1, 100])
  func `of any one byte of a small file is found`(size: Int) async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "k", pattern(size))
    let path = try #require(try fixture.dataFiles().first)
    let whole = try fixture.bytes(path)
    for offset in whole.indices {
      for mask: UInt8 in [1, 0x80] {
        var changed = whole
        changed[offset] ^= mask
        try fixture.overwrite(path, with: changed)
        #expect(try await read(fixture) == nil, "byte \(offset)")
      }
    }
    try fixture.overwrite(path, with: whole)
    #expect(try await read(fixture) == pattern(size))
  }

  @Test func `of any byte of a large file is found, and no wrong byte comes before`() async throws {
    let fixture = try await StoreFixture()
    let bytes = pattern(200_000)
    try await fixture.store.put("plain", "k", bytes)
    let path = try #require(try fixture.dataFiles().first)
    let whole = try fixture.bytes(path)
    for offset in stride(from: 0, to: whole.count, by: 4_999) {
      var changed = whole
      changed[offset] ^= 0x10
      try fixture.overwrite(path, with: changed)
      #expect(try await read(fixture) == nil, "byte \(offset)")
      // A range in another segment is untouched by damage in this one.
      let segment = (offset - 40) / (BlobFormat.segmentSize + BlobFormat.tagSize)
      if offset >= 40 {
        let other: Int64 = segment == 0 ? 150_000 : 10
        let range = ByteRange.from(other, through: other + 9)
        #expect(
          try await fixture.store.read("plain", "k", range: range)
            == Array(bytes[Int(other)..<Int(other) + 10]))
      }
    }
  }

  @Test(arguments: [-1, -16, -17, -65_552, 1, 16, 65_552])
  func `of a file's length is found`(difference: Int) async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "k", pattern(2 * BlobFormat.segmentSize))
    let path = try #require(try fixture.dataFiles().first)
    var bytes = try fixture.bytes(path)
    if difference < 0 {
      bytes.removeLast(-difference)
    } else {
      bytes += [UInt8](repeating: 0, count: difference)
    }
    try fixture.overwrite(path, with: bytes)
    #expect(try await read(fixture) == nil)
  }

  @Test func `by a file cut at a segment is found even where the database agrees`() async throws {
    let fixture = try await StoreFixture()
    let segment = BlobFormat.segmentSize
    try await fixture.store.put("plain", "k", pattern(2 * segment))
    let path = try #require(try fixture.dataFiles().first)
    try fixture.overwrite(path, with: Array(try fixture.bytes(path).prefix(40 + segment + 16)))
    try fixture.tamper("UPDATE blobs SET size = ?", [segment])
    #expect(try await read(fixture) == nil)
    // Nor does the file itself open as a shorter one.
    let blob = try #require(BlobID(fileName: String(path.suffix(32))))
    let key = try await fixture.store.read { try $0.currentKey(of: "churn") }
    let reader = try BlobReader(
      root: fixture.store.paths.data, part: StoredPart(blob: blob, size: Int64(segment), dataKey: key.id),
      key: key)
    #expect(throws: StoreError.damaged("segment 0 of file \(blob)")) { try reader.check() }
  }

  @Test func `by segments in another order is found`() async throws {
    let fixture = try await StoreFixture()
    let length = BlobFormat.segmentSize + BlobFormat.tagSize
    try await fixture.store.put("plain", "k", pattern(3 * BlobFormat.segmentSize))
    let path = try #require(try fixture.dataFiles().first)
    let bytes = try fixture.bytes(path)
    let segments = (0..<3).map { Array(bytes[(40 + $0 * length)..<(40 + ($0 + 1) * length)]) }
    for order in [[1, 0, 2], [0, 2, 1], [0, 0, 2], [2, 1, 0]] {
      try fixture.overwrite(path, with: bytes.prefix(40) + order.flatMap { segments[$0] })
      #expect(try await read(fixture) == nil)
    }
  }

  @Test func `by files that change places, or go, is found`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "k", pattern(100))
    let one = try #require(try fixture.dataFiles().first)
    try await fixture.store.put("plain", "l", pattern(100, seed: 2))
    let two = try #require(try fixture.dataFiles().first { $0 != one })
    let (first, second) = (try fixture.bytes(one), try fixture.bytes(two))
    try fixture.overwrite(one, with: second)
    try fixture.overwrite(two, with: first)
    #expect(try await read(fixture) == nil)
    try FileManager.default.removeItem(atPath: one)
    #expect(try await read(fixture) == nil)
    #expect(try await fixture.store.scrub().damaged.map(\.key) == ["k", "l"])
  }

  @Test(arguments: [
    "UPDATE versions SET sealed = (SELECT sealed FROM versions WHERE key = x'6c') WHERE key = x'6b'",
    "UPDATE versions SET key = x'6d' WHERE key = x'6b'; UPDATE versions SET key = x'6b' WHERE key = x'6c'",
    "UPDATE versions SET version = 'other' WHERE key = x'6b'",
    "UPDATE versions SET sealed = zeroblob(200) WHERE key = x'6b'",
    "UPDATE versions SET sealed = x'00' WHERE key = x'6b'",
    "UPDATE parts SET blob = (SELECT blob FROM parts WHERE version <> (SELECT seq FROM versions WHERE key = x'6b')) WHERE version = (SELECT seq FROM versions WHERE key = x'6b')",
    "DELETE FROM parts",
    "UPDATE blobs SET size = size - 1",
    "UPDATE project_keys SET wrapped = zeroblob(60)",
  ])
  func `of what the database says is found`(sql: String) async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "k", pattern(100))
    try await fixture.store.put("plain", "l", pattern(100, seed: 2))
    try fixture.tamper(sql)
    #expect(try await read(fixture) == nil)
  }

  @Test func `of one file leaves the others readable, and a scrub names it`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "good", pattern(100_000))
    let before = try fixture.dataFiles()
    let bad = try await fixture.store.put("kept", "bad", pattern(100_000))
    let path = try #require(try fixture.dataFiles().first { !before.contains($0) })
    var bytes = try fixture.bytes(path)
    bytes[90_000] ^= 1
    try fixture.overwrite(path, with: bytes)
    let report = try await fixture.store.scrub()
    #expect(report.intact == 1)
    #expect(report.damaged.map(\.key) == ["bad"])
    #expect(report.damaged.map(\.versionID) == [bad.versionID])
  }
}

@Suite struct `What lies on the disk` {
  @Test func `says nothing of keys in names, and nothing of objects in bytes`() async throws {
    let fixture = try await StoreFixture()
    var metadata = ObjectMetadata()
    metadata.user = ["note": "SECRET-METADATA"]
    metadata.tags = ["tag": "SECRET-TAG"]
    metadata.contentType = "application/SECRET-TYPE"
    let secret = Array("SECRET-CONTENT".utf8)
    let info = try await fixture.store.put("plain", "patients.csv", secret + pattern(70_000), metadata)
    try fixture.store.close()
    for name in try FileManager.default.subpathsOfDirectory(atPath: fixture.folder) {
      #expect(!name.contains("patients"))
      let bytes = (try? fixture.bytes("\(fixture.folder)/\(name)")) ?? []
      for word in ["SECRET", info.etag] { #expect(bytes.firstRange(of: Array(word.utf8)) == nil, "\(name)") }
    }
  }

  @Test func `is for the owner only`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "k", [1])
    for name in try FileManager.default.subpathsOfDirectory(atPath: fixture.folder) + [""] {
      let file = try DurableFile.open("\(fixture.folder)/\(name)", 0)
      #expect(try file.status().permissions & 0o077 == 0, "\(name)")
    }
  }
}
