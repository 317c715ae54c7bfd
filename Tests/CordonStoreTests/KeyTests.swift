import CordonModel
import FoundationEssentials
import Testing

@testable import CordonStore

@Suite struct `Keys` {
  private func keyFile(_ fixture: StoreFixture) -> String { fixture.folder + "/root.keys" }

  @Test func `of the root are rotated while everything stays readable`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "k", [1])
    let old = try fixture.bytes(keyFile(fixture))
    #expect(try await fixture.store.rotateRoot() == 2)
    #expect(try await fixture.store.read("plain", "k") == [1])
    try await fixture.store.put("foreign", "k", [2])
    try await fixture.store.forgetRetiredRoots()
    try fixture.store.close()
    #expect(try RootKeys.read(keyFile(fixture)).retired.isEmpty)
    let again = try StoreFixture.open(fixture.folder)
    #expect(try await again.read("plain", "k") == [1])
    #expect(try await again.read("foreign", "k") == [2])
    try again.close()
    // The old root key opens nothing any more.
    try fixture.overwrite(keyFile(fixture), with: old)
    #expect(throws: StoreError.self) { try StoreFixture.open(fixture.folder) }
  }

  @Test func `of the root whose rotation was cut off are finished by the next one`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "k", [1])
    // The first half only: the new root key is on the disk, no project key is wrapped with it.
    try fixture.store.keyring.replace { $0.rotated(at: 0) }
    try fixture.store.close()
    let again = try StoreFixture.open(fixture.folder)
    #expect(try await again.read("plain", "k") == [1])
    #expect(try await again.rotateRoot() == 2)
    try await again.forgetRetiredRoots()
    #expect(try await again.read("plain", "k") == [1])
    try again.close()
  }

  @Test func `of a project are rotated for what comes, and what is there stays readable`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "old", pattern(100_000))
    let upload = try await fixture.store.beginUpload("plain", "big", ObjectMetadata())
    let one = try await fixture.store.uploadPart(upload, 1, pattern(5_000))
    try await fixture.store.rotateKey(of: "churn")
    let two = try await fixture.store.uploadPart(upload, 2, pattern(5_000, seed: 2))
    try await fixture.store.put("plain", "new", [1])
    let info = try await fixture.store.completeUpload(
      upload, [CompletedPart(number: 1, etag: one.etag), CompletedPart(number: 2, etag: two.etag)])
    _ = try await fixture.store.copy(from: "plain", "old", to: "plain", "copy")
    #expect(info.size == 10_000)
    #expect(try await fixture.store.rotateRoot() == 3)
    try fixture.store.close()
    let again = try StoreFixture.open(fixture.folder)
    #expect(try await again.read("plain", "old") == pattern(100_000))
    #expect(try await again.read("plain", "copy") == pattern(100_000))
    #expect(try await again.read("plain", "new") == [1])
    #expect(try await again.read("plain", "big") == pattern(5_000) + pattern(5_000, seed: 2))
    #expect(try await again.scrub().damaged == [])
    try again.close()
  }

  @Test func `of the root that are missing are not made anew for a store with data`() async throws {
    let fixture = try await StoreFixture()
    try fixture.store.close()
    try FileManager.default.removeItem(atPath: keyFile(fixture))
    let error = try #require(throws: StoreError.self) { try StoreFixture.open(fixture.folder) }
    #expect(
      error == .keysUnusable(path: keyFile(fixture), why: "the file is missing, but the store has data"))
  }

  @Test func `of the root that others can read are refused`() async throws {
    let fixture = try await StoreFixture()
    try fixture.store.close()
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: keyFile(fixture))
    let error = try #require(throws: StoreError.self) { try StoreFixture.open(fixture.folder) }
    #expect("\(error)".contains("644"))
  }

  @Test(arguments: [
    "", "{}", "{\"current\":{\"created\":0,\"id\":\"a\",\"key\":\"AAAA\"},\"format\":1,\"retired\":[]}",
  ])
  func `of the root that do not read are refused`(text: String) async throws {
    let fixture = try await StoreFixture()
    try fixture.store.close()
    try fixture.overwrite(keyFile(fixture), with: Array(text.utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keyFile(fixture))
    #expect(throws: StoreError.self) { try StoreFixture.open(fixture.folder) }
  }

  @Test func `of another store open nothing here`() async throws {
    let (fixture, other) = (try await StoreFixture(), try await StoreFixture())
    try fixture.store.close()
    try fixture.overwrite(keyFile(fixture), with: try other.bytes(keyFile(other)))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keyFile(fixture))
    #expect(throws: StoreError.self) { try StoreFixture.open(fixture.folder) }
  }

  @Test func `are one for each project and file`() async throws {
    let fixture = try await StoreFixture()
    let (churn, fraud) = try await fixture.store.read { catalog in
      (try catalog.currentKey(of: "churn"), try catalog.currentKey(of: "fraud"))
    }
    #expect(churn.secret != fraud.secret)
    #expect(churn.metadataKey != fraud.metadataKey)
    #expect(churn.metadataKey != churn.secret)
    let bytes = pattern(1_000)
    try await fixture.store.put("plain", "a", bytes)
    try await fixture.store.put("plain", "b", bytes)
    let sealed = try fixture.dataFiles().map { try fixture.bytes($0).dropFirst(BlobFormat.headerSize) }
    #expect(sealed[0] != sealed[1])
  }
}

@Suite struct `The file format` {
  private let key = ProjectKey.random(id: 7, project: "churn")

  @Test func `gives every segment a nonce of its own`() {
    let format = BlobFormat(blob: .random(), projectKey: key)
    var nonces: Set<[UInt8]> = []
    for number: Int64 in [0, 1, 255, 256, 65_536, 1 << 31] {
      for isLast in [true, false] {
        let nonce = format.nonce(number, isLast: isLast)
        #expect(nonce.count == BlobFormat.nonceSize)
        nonces.insert(nonce)
      }
    }
    #expect(nonces.count == 12)
  }

  @Test(
    arguments: [(56, 0), (57, 1), (65_592, 65_536), (65_609, 65_537), (131_144, 131_072)] as [(Int64, Int64)])
  func `knows how long a file is`(length: Int64, size: Int64) {
    #expect(BlobFormat.fileSize(size: size) == length)
  }

  @Test func `opens only what was sealed, where it was sealed`() throws {
    let blob = BlobID.random()
    let format = BlobFormat(blob: blob, projectKey: key)
    let sealed = try format.seal([1, 2, 3], number: 0, isLast: true)
    #expect(try format.open(sealed) == Data([1, 2, 3]))
    #expect(throws: (any Error).self) { try BlobFormat(blob: blob, projectKey: key).open(sealed) }
    #expect(BlobFormat(header: format.header, blob: .random(), projectKey: key) == nil)
    #expect(
      BlobFormat(header: format.header, blob: blob, projectKey: .random(id: 8, project: "churn")) == nil)
    let same = try #require(BlobFormat(header: format.header, blob: blob, projectKey: key))
    #expect(try same.open(sealed) == Data([1, 2, 3]))
    let other = try #require(
      BlobFormat(header: format.header, blob: blob, projectKey: .random(id: 7, project: "churn")))
    #expect(throws: (any Error).self) { try other.open(sealed) }
  }

  @Test func `packs values so that different ones never look alike`() throws {
    var facts = VersionFacts(modified: 5)
    facts.metadata.user = ["a": "b"]
    let packed = try facts.packed()
    #expect(VersionFacts(packed: packed) == facts)
    for length in packed.indices { #expect(VersionFacts(packed: Array(packed[..<length])) == nil) }
    #expect(VersionFacts(packed: packed + [0]) == nil)
    var huge = packed
    huge.replaceSubrange(8..<16, with: repeatElement(0xFF, count: 8))
    #expect(VersionFacts(packed: huge) == nil)
  }
}
