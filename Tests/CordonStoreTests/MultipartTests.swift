import CordonModel
import FoundationEssentials
import Testing

@testable import CordonStore

@Suite struct `Multipart uploads` {
  private func begin(_ fixture: StoreFixture, _ key: ObjectKey = "big") async throws -> UploadID {
    var metadata = ObjectMetadata()
    metadata.contentType = "text/csv"
    metadata.tags = ["a": "b"]
    return try await fixture.store.beginUpload("plain", key, metadata)
  }

  @Test func `are put together in order, whatever order their parts came in`() async throws {
    let fixture = try await StoreFixture()
    let upload = try await begin(fixture)
    let contents = (0..<5).map { pattern(70_000 + $0, seed: UInt64($0 + 1)) }
    let parts = try await withThrowingTaskGroup(of: PartInfo.self) { group in
      for index in [4, 1, 3, 0, 2] {
        group.addTask { try await fixture.store.uploadPart(upload, index * 10 + 1, contents[index]) }
      }
      return try await group.reduce(into: [PartInfo]()) { $0.append($1) }.sorted { $0.number < $1.number }
    }
    #expect(parts.map(\.etag) == contents.map { md5($0) })
    await #expect(throws: StoreError.noSuchKey("big", deleteMarker: nil)) {
      try await fixture.store.head("plain", "big")
    }
    let info = try await fixture.store.completeUpload(
      upload, parts.map { CompletedPart(number: $0.number, etag: $0.etag) },
      checksums: ["CRC32": "AAAAAA==-5"], checksumType: "COMPOSITE")
    let whole = contents.flatMap { $0 }
    #expect(info.etag == md5(parts.flatMap { Hexadecimal.bytes($0.etag) ?? [] }) + "-5")
    #expect(info.size == Int64(whole.count))
    #expect(info.partCount == 5)
    #expect(info.metadata.contentType == "text/csv")
    #expect(info.metadata.tags == ["a": "b"])
    #expect(info.metadata.checksums == ["CRC32": "AAAAAA==-5"])
    #expect(try await fixture.store.read("plain", "big") == whole)
    #expect(try await fixture.store.partSizes("plain", "big") == contents.map { Int64($0.count) })
    for (first, last) in [
      (0, 0), (69_999, 70_000), (69_990, 140_010), (140_001, 350_009), (350_009, 350_009),
    ] {
      let read = try await fixture.store.read(
        "plain", "big", range: .from(Int64(first), through: Int64(last)))
      #expect(read == Array(whole[first...last]))
    }
    await #expect(throws: StoreError.noSuchUpload(upload.id)) { try await fixture.store.parts(of: upload) }
  }

  @Test func `a part that comes again takes the place of the first`() async throws {
    let fixture = try await StoreFixture()
    let upload = try await begin(fixture)
    let first = try await fixture.store.uploadPart(upload, 1, pattern(2_000))
    let second = try await fixture.store.uploadPart(upload, 1, pattern(3_000))
    try await fixture.settle()
    #expect(try fixture.dataFiles().count == 1)
    await #expect(throws: StoreError.invalidPart(number: 1)) {
      try await fixture.store.completeUpload(upload, [CompletedPart(number: 1, etag: first.etag)])
    }
    _ = try await fixture.store.completeUpload(upload, [CompletedPart(number: 1, etag: second.etag)])
    #expect(try await fixture.store.read("plain", "big") == pattern(3_000))
  }

  @Test func `parts that the completion does not name are removed`() async throws {
    let fixture = try await StoreFixture()
    let upload = try await begin(fixture)
    let one = try await fixture.store.uploadPart(upload, 1, pattern(10))
    _ = try await fixture.store.uploadPart(upload, 2, pattern(10))
    _ = try await fixture.store.completeUpload(upload, [CompletedPart(number: 1, etag: one.etag)])
    try await fixture.settle()
    #expect(try fixture.dataFiles().count == 1)
  }

  @Test func `a completion is checked as S3 checks it`() async throws {
    let fixture = try await StoreFixture()
    let upload = try await begin(fixture)
    let small = try await fixture.store.uploadPart(upload, 1, pattern(999))
    let large = try await fixture.store.uploadPart(upload, 2, pattern(1_000))
    func complete(_ parts: (Int, String)...) async throws {
      _ = try await fixture.store.completeUpload(
        upload, parts.map { CompletedPart(number: $0.0, etag: $0.1) })
    }
    await #expect(throws: StoreError.partTooSmall(number: 1)) {
      try await complete((1, small.etag), (2, large.etag))
    }
    await #expect(throws: StoreError.invalidPartOrder) {
      try await complete((2, large.etag), (1, small.etag))
    }
    await #expect(throws: StoreError.invalidPartOrder) {
      try await complete((2, large.etag), (2, large.etag))
    }
    await #expect(throws: StoreError.invalidPart(number: 3)) {
      try await complete((2, large.etag), (3, large.etag))
    }
    await #expect(throws: StoreError.invalidPart(number: 2)) { try await complete((2, small.etag)) }
    await #expect(throws: StoreError.invalidArgument("a completion names at least one part")) {
      try await complete()
    }
    try await complete((2, large.etag))
  }

  @Test(arguments: [0, 10_001, -1, .max])
  func `parts are numbered from 1 to 10000`(number: Int) async throws {
    let fixture = try await StoreFixture()
    let upload = try await begin(fixture)
    await #expect(throws: StoreError.invalidArgument("a part's number is from 1 to 10000")) {
      try await fixture.store.beginPart(upload, number: number)
    }
  }

  @Test func `an upload is known by bucket, key and id together`() async throws {
    let fixture = try await StoreFixture()
    let upload = try await begin(fixture)
    for other in [
      UploadID(bucket: "kept", key: "big", id: upload.id),
      UploadID(bucket: "plain", key: "other", id: upload.id),
      UploadID(bucket: "plain", key: "big", id: "x"),
    ] {
      await #expect(throws: StoreError.noSuchUpload(other.id)) {
        try await fixture.store.beginPart(other, number: 1)
      }
      await #expect(throws: StoreError.noSuchUpload(other.id)) { try await fixture.store.abortUpload(other) }
    }
    #expect(try await fixture.store.upload(upload).metadata.contentType == "text/csv")
  }

  @Test func `an aborted upload leaves nothing, nor does a part that comes too late`() async throws {
    let fixture = try await StoreFixture()
    let upload = try await begin(fixture)
    _ = try await fixture.store.uploadPart(upload, 1, pattern(10))
    let late = try await fixture.store.beginPart(upload, number: 2)
    try await late.write(pattern(10))
    try await fixture.store.abortUpload(upload)
    await #expect(throws: StoreError.noSuchUpload(upload.id)) { try await late.finish() }
    try await fixture.settle()
    #expect(try fixture.dataFiles() == [])
  }

  @Test func `a condition is judged at completion`() async throws {
    let fixture = try await StoreFixture()
    let upload = try await begin(fixture)
    let part = try await fixture.store.uploadPart(upload, 1, pattern(10))
    try await fixture.store.put("plain", "big", [1])
    let named = [CompletedPart(number: 1, etag: part.etag)]
    await #expect(throws: StoreError.preconditionFailed) {
      try await fixture.store.completeUpload(upload, named, if: .absent)
    }
    #expect(try await fixture.store.completeUpload(upload, named).size == 10)
  }

  @Test func `parts and uploads are listed in pages`() async throws {
    let fixture = try await StoreFixture()
    let upload = try await begin(fixture, "b")
    for number in [5, 2, 9] { _ = try await fixture.store.uploadPart(upload, number, [UInt8(number)]) }
    var page = try await fixture.store.parts(of: upload, limit: 2)
    #expect(page.parts.map(\.number) == [2, 5])
    #expect(page.isTruncated)
    page = try await fixture.store.parts(of: upload, after: 5, limit: 2)
    #expect(page.parts.map(\.number) == [9])
    #expect(!page.isTruncated)
    let others = [
      try await begin(fixture, "a"), try await begin(fixture, "b"), try await begin(fixture, "c"),
    ]
    let expected = [others[0], upload, others[1], others[2]]
    var found: [UploadID] = []
    var next: UploadID?
    repeat {
      let page = try await fixture.store.listUploads(
        "plain", keyMarker: next?.key.text, idMarker: next?.id, limit: 1)
      found += page.uploads.map(\.upload)
      next = page.next
    } while next != nil
    #expect(found == expected)
    #expect(try await fixture.store.listUploads("plain", prefix: "b").uploads.count == 2)
    #expect(try await fixture.store.listUploads("plain", keyMarker: "b").uploads.map(\.upload) == [others[2]])
  }

  @Test func `of one key are fetched as many as are listed, however many there are`() async throws {
    let fixture = try await StoreFixture()
    for _ in 0..<12 { _ = try await fixture.store.beginUpload("plain", "one", ObjectMetadata()) }
    let fetched = try await fixture.store.read { catalog in
      try catalog.uploads(of: Array("one".utf8), behind: 0, atMost: 3, in: catalog.bucket("plain")).count
    }
    #expect(fetched == 4)
  }
}

@Suite struct `Copies` {
  @Test func `inside a project share the files of their source until both are gone`() async throws {
    let fixture = try await StoreFixture()
    let bytes = pattern(100_000)
    var metadata = ObjectMetadata()
    metadata.user = ["a": "b"]
    let source = try await fixture.store.put("plain", "k", bytes, metadata)
    let copy = try await fixture.store.copy(from: "plain", "k", to: "kept", "copy")
    #expect(copy.etag == source.etag)
    #expect(copy.metadata == metadata)
    #expect(try fixture.dataFiles().count == 1)
    _ = try await fixture.store.delete("plain", "k")
    try await fixture.settle()
    #expect(try await fixture.store.read("kept", "copy") == bytes)
    _ = try await fixture.store.delete("kept", "copy", version: copy.versionID)
    try await fixture.settle()
    #expect(try fixture.dataFiles() == [])
  }

  @Test func `between projects are encrypted with the key of the target`() async throws {
    let fixture = try await StoreFixture()
    let bytes = pattern(300_000)
    try await fixture.store.put("plain", "k", bytes)
    let copy = try await fixture.store.copy(from: "plain", "k", to: "foreign", "k")
    #expect(copy.etag == md5(bytes))
    let files = try fixture.dataFiles()
    #expect(files.count == 2)
    #expect(try fixture.bytes(files[0]).dropFirst(40) != fixture.bytes(files[1]).dropFirst(40))
    #expect(try await fixture.store.read("foreign", "k") == bytes)
  }

  @Test func `onto themselves change the metadata only`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("plain", "k", pattern(10))
    var directive = CopyDirective()
    directive.metadata = ObjectMetadata()
    directive.metadata?.contentType = "text/csv"
    directive.tags = ["x": "y"]
    let copy = try await fixture.store.copy(from: "plain", "k", to: "plain", "k", directive)
    #expect(copy.metadata.contentType == "text/csv")
    #expect(copy.metadata.tags == ["x": "y"])
    try await fixture.settle()
    #expect(try fixture.dataFiles().count == 1)
    #expect(try await fixture.store.read("plain", "k") == pattern(10))
  }

  @Test(arguments: ["kept", "foreign"] as [BucketName])
  func `follow their conditions and name what is missing`(target: BucketName) async throws {
    let fixture = try await StoreFixture()
    let old = try await fixture.store.put("plain", "k", [1])
    try await fixture.store.put(target, "k", [2])
    await #expect(throws: StoreError.preconditionFailed) {
      var directive = CopyDirective()
      directive.condition = .absent
      _ = try await fixture.store.copy(from: "plain", "k", to: target, "k", directive)
    }
    await #expect(throws: StoreError.noSuchKey("none", deleteMarker: nil)) {
      try await fixture.store.copy(from: "plain", "none", to: target, "k")
    }
    await #expect(throws: StoreError.noSuchVersion(key: "k", version: "v")) {
      try await fixture.store.copy(from: "plain", "k", version: "v", to: target, "k")
    }
    let copy = try await fixture.store.copy(from: "plain", "k", version: old.versionID, to: target, "k")
    #expect(copy.etag == old.etag)
  }

  @Test func `of a multipart object keep its ETag and its parts`() async throws {
    let fixture = try await StoreFixture()
    let upload = try await fixture.store.beginUpload("plain", "big", ObjectMetadata())
    let one = try await fixture.store.uploadPart(upload, 1, pattern(2_000))
    try await fixture.store.put("plain", "source", pattern(5_000, seed: 9))
    let two = try await fixture.store.copyPart(
      from: "plain", "source", range: .from(10, through: 19), to: upload, number: 2)
    let info = try await fixture.store.completeUpload(
      upload, [CompletedPart(number: 1, etag: one.etag), CompletedPart(number: 2, etag: two.etag)])
    let copy = try await fixture.store.copy(from: "plain", "big", to: "plain", "copy")
    #expect(copy.etag == info.etag)
    #expect(copy.partCount == 2)
    #expect(
      try await fixture.store.read("plain", "copy") == pattern(2_000) + pattern(5_000, seed: 9)[10...19])
  }
}
