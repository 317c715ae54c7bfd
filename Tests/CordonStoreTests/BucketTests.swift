import CordonModel
import FoundationEssentials
import Testing

@testable import CordonStore

@Suite struct `Buckets` {
  @Test func `are listed by name with what they are`() async throws {
    let fixture = try await StoreFixture()
    let buckets = try await fixture.store.buckets()
    #expect(buckets.map(\.name) == ["foreign", "kept", "plain"])
    #expect(
      buckets[1]
        == BucketInfo(
          name: "kept", project: "churn", versioning: .enabled, readOnly: false, created: StoreFixture.start))
    #expect(try await fixture.store.bucket("plain").versioning == .off)
    await #expect(throws: StoreError.noSuchBucket("none")) { try await fixture.store.bucket("none") }
  }

  @Test func `follow what is declared anew, and keep what they hold`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("kept", "k", [1])
    let changed = try await fixture.store.declareBucket(
      "kept", project: "churn", versioned: false, readOnly: true)
    #expect(changed.versioning == .suspended)
    #expect(changed.readOnly)
    #expect(try await fixture.store.read("kept", "k") == [1])
  }

  @Test func `do not change their project`() async throws {
    let fixture = try await StoreFixture()
    await #expect(throws: StoreError.bucketOfAnotherProject(bucket: "plain", project: "churn")) {
      try await fixture.store.declareBucket("plain", project: "fraud", versioned: false, readOnly: false)
    }
  }

  @Test func `are removed when they are empty`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("kept", "k", [1])
    let marker = try await fixture.store.delete("kept", "k")
    await #expect(throws: StoreError.bucketNotEmpty("kept")) { try await fixture.store.removeBucket("kept") }
    for version in try await fixture.store.listVersions("kept").versions {
      _ = try await fixture.store.delete("kept", "k", version: version.versionID)
    }
    #expect(marker.isDeleteMarker)
    let upload = try await fixture.store.beginUpload("kept", "k", ObjectMetadata())
    await #expect(throws: StoreError.bucketNotEmpty("kept")) { try await fixture.store.removeBucket("kept") }
    try await fixture.store.abortUpload(upload)
    try await fixture.store.removeBucket("kept")
    await #expect(throws: StoreError.noSuchBucket("kept")) { try await fixture.store.removeBucket("kept") }
  }

  @Test func `say how much they hold`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.put("kept", "k", pattern(10))
    try await fixture.store.put("kept", "k", pattern(20))
    _ = try await fixture.store.delete("kept", "k")
    let usage = try await fixture.store.usage()
    #expect(
      usage.map { "\($0.bucket) \($0.versions) \($0.bytes)" } == ["foreign 0 0", "kept 2 30", "plain 0 0"])
  }
}

@Suite struct `Versions` {
  @Test func `of a bucket that keeps them are all there, the newest first`() async throws {
    let fixture = try await StoreFixture()
    var ids: [String] = []
    for number: UInt8 in 1...3 { ids.append(try await fixture.store.put("kept", "k", [number]).versionID) }
    #expect(Set(ids).count == 3)
    for (number, id) in ids.enumerated() {
      #expect(try await fixture.store.read("kept", "k", version: id) == [UInt8(number + 1)])
    }
    let versions = try await fixture.store.listVersions("kept").versions
    #expect(versions.map(\.versionID) == ids.reversed())
    #expect(versions.map(\.isLatest) == [true, false, false])
    #expect(try await fixture.store.list("kept").objects.map(\.versionID) == [ids[2]])
  }

  @Test func `are hidden by a delete marker and come back with its removal`() async throws {
    let fixture = try await StoreFixture()
    let put = try await fixture.store.put("kept", "k", [1])
    let deletion = try await fixture.store.delete("kept", "k")
    let marker = try #require(deletion.versionID)
    #expect(deletion.isDeleteMarker)
    await #expect(throws: StoreError.noSuchKey("k", deleteMarker: marker)) {
      try await fixture.store.head("kept", "k")
    }
    await #expect(throws: StoreError.isDeleteMarker(key: "k", version: marker)) {
      try await fixture.store.get("kept", "k", version: marker)
    }
    #expect(try await fixture.store.read("kept", "k", version: put.versionID) == [1])
    #expect(try await fixture.store.list("kept").objects == [])
    let listed = try await fixture.store.listVersions("kept").versions
    #expect(listed.map(\.isDeleteMarker) == [true, false])
    #expect(
      try await fixture.store.delete("kept", "k", version: marker)
        == Deletion(versionID: marker, isDeleteMarker: true))
    #expect(try await fixture.store.head("kept", "k") == put)
  }

  @Test func `removed for good leave the next newest as the latest`() async throws {
    let fixture = try await StoreFixture()
    let (one, two) = (
      try await fixture.store.put("kept", "k", [1]), try await fixture.store.put("kept", "k", [2])
    )
    #expect(
      try await fixture.store.delete("kept", "k", version: two.versionID)
        == Deletion(versionID: two.versionID, isDeleteMarker: false))
    #expect(try await fixture.store.head("kept", "k").versionID == one.versionID)
    _ = try await fixture.store.delete("kept", "k", version: one.versionID)
    _ = try await fixture.store.delete("kept", "k", version: one.versionID)
    await #expect(throws: StoreError.noSuchKey("k", deleteMarker: nil)) {
      try await fixture.store.head("kept", "k")
    }
    await #expect(throws: StoreError.noSuchVersion(key: "k", version: one.versionID)) {
      try await fixture.store.head("kept", "k", version: one.versionID)
    }
    try await fixture.settle()
    #expect(try fixture.dataFiles() == [])
  }

  @Test func `an older one removed leaves the latest as it is`() async throws {
    let fixture = try await StoreFixture()
    let (one, two) = (
      try await fixture.store.put("kept", "k", [1]), try await fixture.store.put("kept", "k", [2])
    )
    _ = try await fixture.store.delete("kept", "k", version: one.versionID)
    #expect(try await fixture.store.listVersions("kept").versions.map(\.versionID) == [two.versionID])
    #expect(try await fixture.store.head("kept", "k").isLatest)
  }

  @Test func `from before and after versioning live side by side as null`() async throws {
    let fixture = try await StoreFixture()
    let store = fixture.store
    try await store.put("plain", "k", [1])
    try await store.declareBucket("plain", project: "churn", versioned: true, readOnly: false)
    let named = try await store.put("plain", "k", [2])
    #expect(try await store.read("plain", "k", version: "null") == [1])
    try await store.declareBucket("plain", project: "churn", versioned: false, readOnly: false)
    let third = try await store.put("plain", "k", [3])
    #expect(third.versionID == "null")
    #expect(try await store.read("plain", "k", version: named.versionID) == [2])
    #expect(try await store.listVersions("plain").versions.map(\.versionID) == ["null", named.versionID])
    // Suspended: the deletion replaces the null version by a marker of that name.
    #expect(try await store.delete("plain", "k") == Deletion(versionID: "null", isDeleteMarker: true))
    await #expect(throws: StoreError.noSuchKey("k", deleteMarker: "null")) {
      try await store.head("plain", "k")
    }
    #expect(try await store.listVersions("plain").versions.map(\.isDeleteMarker) == [true, false])
  }

  @Test func `a key that never was gets a delete marker too`() async throws {
    let fixture = try await StoreFixture()
    #expect(try await fixture.store.delete("kept", "never").isDeleteMarker)
    #expect(try await fixture.store.listVersions("kept").versions.map(\.isDeleteMarker) == [true])
  }

  @Test func `a bucket is emptied page by page while versions go`() async throws {
    let fixture = try await StoreFixture()
    for key in ["a", "b"] {
      for number: UInt8 in 0..<7 { try await fixture.store.put("kept", ObjectKey(key), [number]) }
    }
    var request = VersionListRequest()
    request.limit = 3
    var removed = 0
    var page: VersionListPage
    repeat {
      page = try await fixture.store.listVersions("kept", request)
      for version in page.versions {
        _ = try await fixture.store.delete("kept", version.key, version: version.versionID)
        removed += 1
      }
      request.keyMarker = page.nextKeyMarker
      request.versionMarker = page.nextVersionMarker
    } while page.isTruncated
    #expect(removed == 14)
    try await fixture.store.removeBucket("kept")
  }
}
