import CordonModel
import CordonPolicy
import Foundation
import Testing

@testable import CordonGateway

@Suite struct `The package mirror over HTTP` {
  /// An index with `app`, which needs `base`.
  static func withApp<Result: Sendable>(
    _ form: FakeIndex.Form = .html, _ body: @Sendable (FakeIndex) async throws -> Result
  ) async throws -> Result {
    try await FakeIndex.run(form) { index in
      let folder = try TemporaryFolder()
      try index.offer(
        try WheelMaker.make("app", version: "1.0", requires: ["base"], in: folder.path), of: "app")
      try index.offer(try WheelMaker.make("base", version: "2.0", requires: [], in: folder.path), of: "base")
      return try await body(index)
    }
  }

  static let wheel = "/files/app/app-1.0-py3-none-any.whl"

  @Test(arguments: [FakeIndex.Form.html, .json])
  func `a listed package's page has the mirror's addresses only`(form: FakeIndex.Form) async throws {
    try await Self.withApp(form) { index in
      try await LoopbackMirror.run(index.url) { mirror in
        let html = try await mirror.ask("GET /simple/app/")
        #expect(html.status == 200)
        #expect(html.body.contains("href=\"\(Self.wheel)#sha256="))
        #expect(html.body.contains("data-upload-time=\"2020-01-01T00:00:00Z\""))
        #expect(!html.body.contains("\(index.port)"))
        let json = try await mirror.ask("GET /simple/app/", ["accept: \(IndexPage.jsonType)"])
        #expect(json.fields["content-type"] == IndexPage.jsonType)
        #expect(json.body.contains("\"url\":\"\(Self.wheel)\""))
        #expect(json.body.contains("\"upload-time\":\"2020-01-01T00:00:00Z\""))
        #expect(index.requests == ["GET /simple/app/"])
      }
    }
  }

  @Test func `upstream sees nothing of the client's request`() async throws {
    try await Self.withApp { index in
      try await LoopbackMirror.run(index.url) { mirror in
        let fields = [
          "user-agent: c4n4ry", "cookie: c4n4ry", "x-any: c4n4ry", "accept-language: c4n4ry",
          "authorization: c4n4ry",
          "if-none-match: \"c4n4ry\"", "range: bytes=0-1", "accept: \(IndexPage.jsonType), text/c4n4ry",
        ]
        let page = try await mirror.ask("GET /simple/app/?q=c4n4ry", fields)
        #expect(page.status == 200)
        let file = try await mirror.ask("GET \(Self.wheel)?c4n4ry", fields)
        #expect(file.status == 200)
        let withBody = try await mirror.ask(
          "GET /simple/app/", fields + ["content-length: 6"], body: "c4n4ry")
        #expect(withBody.status == 200)
        #expect(!index.bytes.contains("c4n4ry"))
        let lines = index.bytes.split(separator: "\r\n").filter { !$0.hasPrefix("GET ") }
        let names = Set(lines.map { $0.prefix { $0 != ":" }.lowercased() })
        #expect(names == ["host", "user-agent", "accept"], "\(names)")
        #expect(index.requests == ["GET /simple/app/", "GET /packages/app-1.0-py3-none-any.whl"])
      }
    }
  }

  @Test(arguments: [
    ("package-not-listed", "/simple/c4n4ry/"), ("package-not-listed", "/simple/C4N4RY"),
    ("package-not-listed", "/simple/app-c4n4ry/"), ("package-not-listed", "/simple/base/"),
    ("package-not-listed", "/files/c4n4ry/c4n4ry-1.0-py3-none-any.whl"),
    ("package-not-listed", "/files/base/base-2.0-py3-none-any.whl"),
    ("package-address-unknown", "/simple/%63%34/"), ("package-address-unknown", "/simple/app/../c4n4ry/"),
    ("package-address-unknown", "/simple/app/c4n4ry"), ("package-address-unknown", "/simple//c4n4ry/"),
    ("package-address-unknown", "/simple/\(String(repeating: "c4n4ry", count: 100))/"),
    ("package-address-unknown", "/files/app/c4n4ry-1.0-py3-none-any.whl"),
    ("package-address-unknown", "/files/app/app-1.0-py3-none-any.whl.c4n4ry"),
    ("package-address-unknown", "/pypi/app/c4n4ry/json"), ("package-address-unknown", "/c4n4ry"),
  ])
  func `a name that is data gets 404 and not a byte goes upstream`(reason: String, path: String) async throws
  {
    try await Self.withApp { index in
      try await LoopbackMirror.run(index.url) { mirror in
        let answer = try await mirror.ask("GET \(path)")
        #expect(answer.status == 404)
        #expect(answer.reason == reason)
        #expect(!answer.body.lowercased().contains("c4n4ry"))
        #expect(index.bytes.isEmpty)
        #expect(mirror.log.records.map(\.outcome) == [.denied])
        #expect(mirror.log.records.first?.errorCode == reason)
        #expect(mirror.log.records.first?.path == .packageShell)
      }
    }
  }

  @Test func `a file name that no page lists asks upstream for the page at most`() async throws {
    try await Self.withApp { index in
      try await LoopbackMirror.run(index.url) { mirror in
        let answer = try await mirror.ask("GET /files/app/app-1.0+c4n4ry.tar.gz")
        #expect(answer.status == 404)
        #expect(answer.reason == "package-not-found")
        #expect(index.requests == ["GET /simple/app/"])
      }
    }
  }

  @Test(arguments: [FakeIndex.Form.html, .json])
  func `a file that is too young, or of unknown age, is on neither form of the page`(
    form: FakeIndex.Form
  ) async throws {
    try await FakeIndex.run(form) { index in
      let folder = try TemporaryFolder()
      for (version, uploaded) in [
        ("1.0", "2023-11-07T22:13:20Z"), ("2.0", "2023-11-07T22:13:21Z"), ("3.0", nil), ("4.0", "yesterday"),
      ] {
        let wheel = try WheelMaker.make("app", version: version, requires: [], in: folder.path)
        try index.offer(wheel, of: "app", uploaded: uploaded)
      }
      try index.offer(
        try WheelMaker.make("other", version: "1.0", requires: [], in: folder.path), of: "other",
        uploaded: "2023-11-14T00:00:00Z")
      try await LoopbackMirror.run(index.url) { mirror in
        for fields in [[], ["accept: \(IndexPage.jsonType)"]] {
          let page = try await mirror.ask("GET /simple/app/", fields)
          #expect(page.body.contains("app-1.0-py3-none-any.whl"))
          for young in ["app-2.0", "app-3.0", "app-4.0"] { #expect(!page.body.contains(young)) }
        }
        let young = try await mirror.ask("GET /files/app/app-2.0-py3-none-any.whl")
        #expect(young.reason == "package-not-found")
        let withheld = try await mirror.ask("GET /simple/other/")
        #expect(withheld.reason == "package-withheld")
        #expect(!index.requests.contains { $0.contains("/packages/") })
      }
    }
  }

  @Test func `another spelling of a listed name leads to the normalised one`() async throws {
    try await Self.withApp { index in
      try await LoopbackMirror.run(index.url) { mirror in
        for spelling in ["/simple/App/", "/simple/APP", "/simple/app"] {
          let answer = try await mirror.ask("GET \(spelling)?x=y")
          #expect(answer.status == 301)
          #expect(answer.fields["location"] == "/simple/app/")
        }
        #expect(mirror.log.records.map(\.outcome) == [.allowed, .allowed, .allowed])
        #expect(index.bytes.isEmpty)
      }
    }
  }

  @Test func `HEAD answers as GET does, without the body`() async throws {
    try await Self.withApp { index in
      try await LoopbackMirror.run(index.url) { mirror in
        for path in ["/simple/app/", "/simple/", Self.wheel] {
          let get = try await mirror.ask("GET \(path)")
          let head = try await mirror.ask("HEAD \(path)")
          #expect(head.status == 200)
          #expect(head.body.isEmpty)
          #expect(head.fields["content-length"] == get.fields["content-length"], "\(path)")
          #expect(head.fields["content-type"] == get.fields["content-type"], "\(path)")
        }
      }
    }
  }

  @Test func `a client whose page is still good is told so`() async throws {
    try await Self.withApp { index in
      try await LoopbackMirror.run(index.url) { mirror in
        let tag = try #require(try await mirror.ask("GET /simple/app/").fields["etag"])
        let again = try await mirror.ask("GET /simple/app/", ["if-none-match: \(tag)"])
        #expect(again.status == 304)
        #expect(again.body.isEmpty)
        let json = try await mirror.ask(
          "GET /simple/app/", ["if-none-match: \(tag)", "accept: \(IndexPage.jsonType)"])
        #expect(json.status == 200)
      }
    }
  }

  @Test func `a version with a plus is found in the spelling that clients send`() async throws {
    try await FakeIndex.run { index in
      let folder = try TemporaryFolder()
      try index.offer(
        try WheelMaker.make("app", version: "1.0+cpu", requires: [], in: folder.path), of: "app")
      try await LoopbackMirror.run(index.url) { mirror in
        for path in ["app-1.0%2Bcpu-py3-none-any.whl", "app-1.0+cpu-py3-none-any.whl"] {
          let found = try await mirror.ask("GET /files/app/\(path)")
          #expect(found.status == 200)
        }
        let twiceEscaped = try await mirror.ask("GET /files/app/app-1.0%252Bcpu-py3-none-any.whl")
        #expect(twiceEscaped.status == 404)
      }
    }
  }

  @Test func `a file that is not what the index says is refused and not kept`() async throws {
    try await FakeIndex.run { index in
      let folder = try TemporaryFolder()
      let wheel = try WheelMaker.make("app", version: "1.0", requires: [], in: folder.path)
      try index.offer(wheel, of: "app", sha256: String(repeating: "0", count: 64))
      try await LoopbackMirror.run(index.url) { mirror in
        for _ in 0..<2 {
          let answer = try await mirror.ask("GET \(Self.wheel)")
          #expect(answer.status == 502)
          #expect(answer.reason == "package-hash-mismatch")
        }
        let left = try FileManager.default.subpathsOfDirectory(atPath: mirror.folder + "/cache")
        #expect(!left.contains { $0.contains("0000") || $0.hasPrefix("partial/") })
        #expect(index.requests.filter { $0.contains(".whl") }.count == 2)
      }
    }
  }

  @Test func `the metadata beside a wheel is verified, served, and tells what the wheel needs`() async throws
  {
    try await FakeIndex.run(.json) { index in
      let folder = try TemporaryFolder()
      let wheel = try WheelMaker.make("app", version: "1.0", requires: ["base"], in: folder.path)
      try index.offer(wheel, of: "app", metadata: "Name: app\nRequires-Dist: base\n\n")
      try index.offer(
        try WheelMaker.make("other", version: "1.0", requires: [], in: folder.path), of: "other",
        metadata: "Name: other\n")
      try await LoopbackMirror.run(index.url) { mirror in
        let page = try await mirror.ask("GET /simple/app/")
        #expect(page.body.contains("data-core-metadata=\"sha256="))
        let base = try #require(PackageName("base"))
        #expect(await mirror.shelf.allows(base) == false)
        let metadata = try await mirror.ask("GET \(Self.wheel).metadata")
        #expect(metadata.body == "Name: app\nRequires-Dist: base\n\n")
        #expect(await mirror.shelf.allows(base))
        index.answer(
          "/packages/other-1.0-py3-none-any.whl.metadata", FakeIndex.Page(body: Array("Name: evil\n".utf8)))
        let changed = try await mirror.ask("GET /files/other/other-1.0-py3-none-any.whl.metadata")
        #expect(changed.reason == "package-hash-mismatch")
      }
    }
  }

  @Test func `a download for which the disk has no room is refused with that reason before it begins`()
    async throws
  {
    try await FakeIndex.run { index in
      let folder = try TemporaryFolder()
      try index.offer(
        try WheelMaker.make("app", version: "1.0", requires: [], in: folder.path), of: "app")
      try await LoopbackMirror.run(index.url, diskFloor: .max) { mirror in
        let answer = try await mirror.ask("GET \(Self.wheel)")
        #expect(answer.status == 507 && answer.reason == "package-disk-scarce")
        #expect(answer.body.contains("disk is nearly full"))
        #expect(!index.requests.contains { $0.contains(".whl") })
      }
    }
  }

  @Test func `the list of projects is decided, recorded and served in both forms`() async throws {
    try await LoopbackMirror.run("http://127.0.0.1:1/simple/") { mirror in
      let html = try await mirror.ask("GET /simple/")
      #expect(html.body.contains("<a href=\"/simple/app/\">app</a>"))
      let json = try await mirror.ask("GET /simple/", ["accept: \(IndexPage.jsonType)"])
      #expect(json.body == #"{"meta":{"api-version":"1.1"},"projects":[{"name":"app"},{"name":"other"}]}"#)
      #expect(
        mirror.log.records.map { "\($0.eventName) \($0.outcome)" } == [
          "ListPackages allowed", "ListPackages allowed",
        ])
    }
  }
}
