import CordonModel
import FoundationEssentials
import GRDB
import Testing

@testable import CordonStore

/// A listing as S3's documentation tells it, over an array.
private struct NaiveListing {
  var keys: [String]

  struct Page: Equatable {
    var keys: [String] = []
    var prefixes: [String] = []
  }

  /// All pages, put together.
  func all(prefix: String, delimiter: String?, after: String?) -> Page {
    var page = Page()
    for key in keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) where key.hasPrefix(prefix) {
      if let after, !after.utf8.lexicographicallyPrecedes(key.utf8) { continue }
      let rest = key.dropFirst(prefix.count)
      if let delimiter, !delimiter.isEmpty, let cut = rest.firstRange(of: delimiter) {
        let common = prefix + rest[..<cut.upperBound]
        if let after, after == common { continue }
        if page.prefixes.last != common { page.prefixes.append(common) }
      } else {
        page.keys.append(key)
      }
    }
    return page
  }
}

@Suite struct `Listings` {
  private static let alphabet = ["a", "b", "/", "-", "é", "z", "//"]

  private static func keys(_ random: inout RepeatingGenerator) -> [String] {
    var keys: Set<[UInt8]> = []
    for _ in 0..<60 {
      let length = Int.random(in: 1...5, using: &random)
      let key = (0..<length).map { _ in alphabet.randomElement(using: &random) ?? "a" }.joined()
      keys.insert(Array(key.utf8))
    }
    return keys.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `agree with a naive model, in pages of any size`(seed: UInt64) async throws {
    let fixture = try await StoreFixture()
    var random = RepeatingGenerator(state: seed)
    let keys = Self.keys(&random)
    for key in keys { try await fixture.store.put("plain", ObjectKey(key), []) }
    let model = NaiveListing(keys: keys)
    for _ in 0..<20 {
      let prefix = ["", "a", "a/", "b", "é", "//", "nothing"].randomElement(using: &random) ?? ""
      let delimiter = [nil, "/", "-", "//", "é", ""].randomElement(using: &random) ?? nil
      let after = Bool.random(using: &random) ? keys.randomElement(using: &random) : nil
      for limit in [1, 2, 7, 1_000] {
        let pages = try await allPages(
          fixture, prefix: prefix, delimiter: delimiter, after: after, limit: limit)
        let expected = model.all(prefix: prefix, delimiter: delimiter, after: after)
        #expect(
          pages == expected,
          "seed \(seed) prefix \(prefix) delimiter \(delimiter ?? "-") after \(after ?? "-") limit \(limit)")
      }
    }
  }

  /// Follows the pages, half of the listings by token and half by marker.
  private func allPages(
    _ fixture: StoreFixture, prefix: String, delimiter: String?, after: String?, limit: Int
  ) async throws -> NaiveListing.Page {
    var request = ListRequest()
    request.prefix = prefix
    request.delimiter = delimiter
    request.after = after
    request.limit = limit
    let usesMarker = limit.isMultiple(of: 2)
    var all = NaiveListing.Page()
    while true {
      let page = try await fixture.store.list("plain", request)
      #expect(page.count <= limit)
      all.keys += page.objects.map(\.key.text)
      all.prefixes += page.commonPrefixes
      #expect(page.isTruncated == (page.nextMarker != nil))
      guard page.isTruncated else { return all }
      if usesMarker { request.after = page.nextMarker } else { request.continuation = page.continuation }
    }
  }

  @Test func `start behind a key that is not there`() async throws {
    let fixture = try await StoreFixture()
    for key in ["a", "c", "e"] { try await fixture.store.put("plain", ObjectKey(key), []) }
    var request = ListRequest()
    request.after = "b"
    #expect(try await fixture.store.list("plain", request).objects.map(\.key.text) == ["c", "e"])
    request.after = ""
    #expect(try await fixture.store.list("plain", request).objects.count == 3)
  }

  @Test func `of nothing are empty and not truncated`() async throws {
    let fixture = try await StoreFixture()
    #expect(try await fixture.store.list("plain") == ListPage())
    try await fixture.store.put("plain", "k", [])
    var request = ListRequest()
    request.limit = 0
    #expect(try await fixture.store.list("plain", request) == ListPage())
    request.limit = -5
    #expect(try await fixture.store.list("plain", request) == ListPage())
    await #expect(throws: StoreError.noSuchBucket("none")) { try await fixture.store.list("none") }
  }

  @Test(arguments: ["", "k", "k0", "x00", "kzz", "k00 ", "p"])
  func `with a token of somebody else's are refused or harmless`(token: String) async throws {
    let fixture = try await StoreFixture()
    var request = ListRequest()
    request.continuation = token
    do throws(StoreError) {
      #expect(try await fixture.store.list("plain", request) == ListPage())
    } catch {
      #expect(error == .invalidArgument("the continuation token is not one of this store"))
    }
  }

  @Test func `step over a folder at once`() async throws {
    let fixture = try await StoreFixture()
    for number in 0..<60 { try await fixture.store.put("plain", ObjectKey("folder/\(number)"), []) }
    try await fixture.store.put("plain", "top", [])
    var request = ListRequest()
    request.delimiter = "/"
    let page = try await fixture.store.list("plain", request)
    #expect(page.commonPrefixes == ["folder/"])
    #expect(page.objects.map(\.key.text) == ["top"])
  }

  @Test(arguments: [(Catalog.shownRows, "versions_shown"), (Catalog.versionRows, "versions_order")])
  func `walk an index that has nothing but what they show, in their order`(sql: String, index: String)
    async throws
  {
    let fixture = try await StoreFixture()
    let plan = try await fixture.store.database.pool.read { database in
      try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + sql, arguments: [1, Data([0]), Data([255])])
        .compactMap { $0.text(3) }
    }
    #expect(plan == ["SEARCH versions USING INDEX \(index) (bucket=? AND key>? AND key<?)"])
  }

  @Test func `hold what is there and not what was deleted, whichever way it came back`() async throws {
    let fixture = try await StoreFixture()
    func listed() async throws -> [String] {
      let keys = try await fixture.store.list("kept").objects.map(\.key.text)
      let indexed = try await fixture.store.database.pool.read {
        try Int.fetchOne(
          $0, sql: "SELECT COUNT(*) FROM versions INDEXED BY versions_shown WHERE latest = 1 AND marker = 0")
      }
      #expect(indexed == keys.count)
      return keys
    }
    for key in ["a", "b", "c"] { try await fixture.store.put("kept", ObjectKey(key), []) }
    let marker = try await fixture.store.delete("kept", "b").versionID
    #expect(try await listed() == ["a", "c"])
    _ = try await fixture.store.delete("kept", "b", version: marker)
    #expect(try await listed() == ["a", "b", "c"])
    for key in ["a", "b", "c"] { _ = try await fixture.store.delete("kept", ObjectKey(key)) }
    #expect(try await listed() == [])
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `of versions agree with a naive model`(seed: UInt64) async throws {
    let fixture = try await StoreFixture()
    var random = RepeatingGenerator(state: seed)
    var model: [(key: String, version: String)] = []
    for _ in 0..<60 {
      let key = ["a", "a/b", "a/c", "b", "é"].randomElement(using: &random) ?? "a"
      let version =
        Int.random(in: 0..<4, using: &random) == 0
        ? try await fixture.store.delete("kept", ObjectKey(key)).versionID ?? ""
        : try await fixture.store.put("kept", ObjectKey(key), []).versionID
      model.insert((key, version), at: 0)
    }
    for prefix in ["", "a", "a/", "x"] {
      let expected = ["a", "a/b", "a/c", "b", "é"].filter { $0.hasPrefix(prefix) }
        .flatMap { key in model.filter { $0.key == key } }.map(\.version)
      for limit in [1, 2, 5, 1_000] {
        #expect(try await allVersions(fixture, prefix: prefix, limit: limit) == expected)
      }
    }
    var request = VersionListRequest()
    request.delimiter = "/"
    #expect(try await fixture.store.listVersions("kept", request).commonPrefixes == ["a/"])
  }

  private func allVersions(_ fixture: StoreFixture, prefix: String, limit: Int) async throws -> [String] {
    var request = VersionListRequest()
    request.prefix = prefix
    request.limit = limit
    var all: [String] = []
    while true {
      let page = try await fixture.store.listVersions("kept", request)
      all += page.versions.map(\.versionID)
      guard page.isTruncated else { return all }
      request.keyMarker = page.nextKeyMarker
      request.versionMarker = page.nextVersionMarker
    }
  }
}
