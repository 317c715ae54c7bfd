import CordonModel
import Foundation
import NIOCore
import Testing

@testable import CordonGateway

@Suite struct `The upstream index over HTTP` {
  static func index(_ fake: FakeIndex, as url: String? = nil) -> HTTPUpstreamIndex {
    HTTPUpstreamIndex(index: url ?? fake.url, client: UpstreamClient(variables: [:]))
  }

  static func app() throws -> PackageName { try #require(PackageName("app")) }

  @Test(arguments: [
    (UpstreamFailure.status(500), 500, "text/html"), (.status(403), 403, "text/html"),
    (.status(304), 304, "text/html"),
    (.notAPage, 200, "text/plain"), (.notAPage, 200, "application/octet-stream"),
    (.notAPage, 200, "application/vnd.pypi.simple.v1+json"), (.notAPage, 200, "text/html-not"),
  ])
  func `an answer that is no page is a failure`(failure: UpstreamFailure, status: Int, type: String)
    async throws
  {
    try await FakeIndex.run { fake in
      fake.answer(
        "/simple/app/",
        FakeIndex.Page(status: status, headers: [("content-type", type)], body: Array("{}".utf8)))
      let name = try Self.app()
      await #expect(throws: failure) { try await Self.index(fake).page(of: name, within: .seconds(10)) }
    }
  }

  @Test func `a page in an encoding that nobody asked for is no page`() async throws {
    try await FakeIndex.run { fake in
      let headers = [(name: "content-type", value: "text/html"), (name: "content-encoding", value: "gzip")]
      fake.answer("/simple/app/", FakeIndex.Page(headers: headers, body: [0x1f, 0x8b]))
      let name = try Self.app()
      await #expect(throws: UpstreamFailure.notAPage) {
        try await Self.index(fake).page(of: name, within: .seconds(10))
      }
    }
  }

  @Test(arguments: [404, 410]) func `an unknown project is an answer, not a failure`(status: Int) async throws
  {
    try await FakeIndex.run { fake in
      fake.answer("/simple/app/", FakeIndex.Page(status: status))
      guard case .absent = try await Self.index(fake).page(of: try Self.app(), within: .seconds(10)) else {
        Issue.record("expected no such project")
        return
      }
    }
  }

  @Test func `a redirect is followed, and links are read against where it led`() async throws {
    try await FakeIndex.run { fake in
      fake.answer("/simple/app/", FakeIndex.Page(status: 308, headers: [("location", "../../moved/app/")]))
      let page = "<a href='app-1.0.tar.gz#sha256=\(String(repeating: "a", count: 64))'>app-1.0.tar.gz</a>"
      fake.answer(
        "/moved/app/", FakeIndex.Page(headers: [("content-type", "text/html")], body: Array(page.utf8)))
      guard case .page(let read) = try await Self.index(fake).page(of: try Self.app(), within: .seconds(10))
      else {
        Issue.record("expected a page")
        return
      }
      #expect(read.files.map(\.url) == ["http://127.0.0.1:\(fake.port)/moved/app/app-1.0.tar.gz"])
    }
  }

  @Test func `redirects in a circle end`() async throws {
    try await FakeIndex.run { fake in
      fake.answer("/simple/app/", FakeIndex.Page(status: 302, headers: [("location", "/simple/app/")]))
      let name = try Self.app()
      await #expect(throws: UpstreamFailure.tooManyRedirects) {
        try await Self.index(fake).page(of: name, within: .seconds(10))
      }
      #expect(fake.requests.count == 5)
    }
  }

  @Test func `a file longer than its limit is cut off`() async throws {
    try await FakeIndex.run { fake in
      let folder = try TemporaryFolder()
      fake.answer("/file", FakeIndex.Page(body: Array(repeating: 7, count: 3 << 20)))
      let url = "http://127.0.0.1:\(fake.port)/file"
      await #expect(throws: UpstreamFailure.tooLarge) {
        try await Self.index(fake).download(url, to: folder.path + "/a", upTo: (3 << 20) - 1)
      }
      let digest = try await Self.index(fake).download(url, to: folder.path + "/b", upTo: 3 << 20)
      #expect(digest == FakeIndex.digest(Array(repeating: 7, count: 3 << 20)))
      #expect(try Data(contentsOf: URL(filePath: folder.path + "/b")).count == 3 << 20)
    }
  }

  @Test func `the index's password goes to the index alone`() async throws {
    try await FakeIndex.run { fake in
      try await FakeIndex.run { files in
        let folder = try TemporaryFolder()
        let index = Self.index(fake, as: "http://me:s3cret@127.0.0.1:\(fake.port)/simple")
        fake.answer("/simple/app/", FakeIndex.Page(headers: [("content-type", "text/html")]))
        fake.answer(
          "/moved", FakeIndex.Page(status: 302, headers: [("location", "http://127.0.0.1:\(files.port)/f")]))
        files.answer("/f", FakeIndex.Page(body: [1]))
        _ = try await index.page(of: try Self.app(), within: .seconds(10))
        _ = try await index.download("http://127.0.0.1:\(fake.port)/moved", to: folder.path + "/a", upTo: 10)
        #expect(fake.bytes.contains("authorization: Basic bWU6czNjcmV0"))
        #expect(fake.requests == ["GET /simple/app/", "GET /moved"])
        #expect(files.requests == ["GET /f"])
        #expect(!files.bytes.lowercased().contains("authorization"))
      }
    }
  }

  @Test func `nobody listening is a failure without a word about passwords`() async throws {
    let name = try Self.app()
    let index = HTTPUpstreamIndex(
      index: "http://me:s3cret@127.0.0.1:1/", client: UpstreamClient(variables: [:]))
    do {
      _ = try await index.page(of: name, within: .seconds(10))
      Issue.record("expected a failure")
    } catch let failure as UpstreamFailure {
      guard case .unreachable(let why) = failure else { throw failure }
      #expect(!why.contains("s3cret"))
    }
  }

  @Test(arguments: ["about:none", "", "ftp://index.test/simple/", "https:///simple/"])
  func `an index that is no address is never asked`(url: String) async throws {
    let name = try Self.app()
    let index = HTTPUpstreamIndex(index: url, client: UpstreamClient(variables: [:]))
    await #expect(throws: UpstreamFailure.refusedAddress) {
      try await index.page(of: name, within: .seconds(10))
    }
  }

  @Test(arguments: [
    (true, "https://files.test/a", "https://index.test/simple/"),
    (false, "http://files.test/a", "https://index.test/simple/"),
    (false, "http://index.test/a", "https://index.test/simple/"),
    (true, "http://files.test/a", "http://index.test/simple/"),
    (false, "file:///etc/passwd", "http://index.test/simple/"),
    (false, "//files.test/a", "https://index.test/simple/"),
    (true, "HTTPS://files.test/a", "https://index.test/simple/"),
    (false, "https://", "https://index.test/simple/"),
  ])
  func `an index over TLS leads to TLS only`(isAsked: Bool, address: String, index: String) throws {
    let index = try #require(UpstreamURL(index: index))
    #expect((UpstreamURL(address, givenBy: index) != nil) == isAsked)
  }

  @Test(arguments: [
    ("proxy", "https://index.test/", "other.test"),
    ("direct", "https://index.test/", "other.test, .index.test"),
    ("direct", "https://a.index.test/", "index.test"), ("proxy", "https://notindex.test/", "index.test"),
    ("direct", "https://index.test/", "*"), ("direct", "https://127.0.0.1:8443/", ""),
    ("direct", "http://index.test/", ""),
  ])
  func `the host's proxy is used as the host uses it`(way: String, url: String, exceptions: String) throws {
    let client = UpstreamClient(variables: ["HTTPS_PROXY": "http://proxy.test:3128", "NO_PROXY": exceptions])
    let address = try #require(UpstreamURL(index: url))
    #expect(client.usesProxy(for: address) == (way == "proxy"))
  }
}
