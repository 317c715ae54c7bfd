import CordonModel
import CordonPolicy
import Foundation
import Testing

@testable import CordonGateway

@Suite struct `The package mirror's decisions` {
  private static let multipart = """
    --b\r\ncontent-disposition: form-data; name=":action"\r\n\r\nfile_upload\r\n\
    --b\r\ncontent-disposition: form-data; name="content"; filename="app-9.0-py3-none-any.whl"\r\n\r\n\
    c4n4ry\r\n--b--\r\n
    """

  private static var multipartFields: [String] {
    ["content-type: multipart/form-data; boundary=b", "content-length: \(multipart.utf8.count)"]
  }

  @Test(arguments: [
    "POST /legacy/", "POST /simple/", "POST /simple/app/", "PUT /files/app/app-9.0-py3-none-any.whl",
    "DELETE /simple/app/", "PATCH /simple/app/", "MKCOL /simple/c4n4ry/", "OPTIONS /simple/app/",
  ])
  func `no verb writes: what an uploader sends is refused, recorded and seen by nobody`(line: String)
    async throws
  {
    try await `The package mirror over HTTP`.withApp { index in
      try await LoopbackMirror.run(index.url) { mirror in
        let answer = try await mirror.ask(line, Self.multipartFields, body: Self.multipart)
        #expect(answer.status == 405)
        #expect(answer.reason == "mirror-read-only")
        #expect(answer.fields["allow"] == "GET, HEAD")
        #expect(index.bytes.isEmpty)
        let record = try #require(mirror.log.records.first)
        #expect(record.eventName == "PutPackage")
        #expect(record.outcome == .denied)
        #expect(record.route == "mirror-upload")
        #expect(!"\(record)".contains("c4n4ry"))
      }
    }
  }

  @Test func `every answer has its record, and the record names package and file`() async throws {
    try await `The package mirror over HTTP`.withApp { index in
      try await LoopbackMirror.run(index.url) { mirror in
        for path in ["/simple/app/", "/files/app/app-1.0-py3-none-any.whl", "/simple/base/", "/simple/evil/"]
        {
          _ = try await mirror.ask("GET \(path)")
        }
        let arn = "arn:aws:cordon:eu-west-1:111122223333:package/pypi/"
        #expect(mirror.log.records.map(\.resources) == ["app", "app", "base", "evil"].map { [arn + $0] })
        #expect(mirror.log.records.map(\.outcome) == [.allowed, .allowed, .allowed, .denied])
        #expect(mirror.log.records[1].details["file"] == "app-1.0-py3-none-any.whl")
        #expect(
          mirror.log.records.allSatisfy {
            $0.person == "alice" && $0.path == .packageShell && !$0.requestID.isEmpty
          })
      }
    }
  }

  @Test func `what cannot be recorded is not asked for`() async throws {
    try await `The package mirror over HTTP`.withApp { index in
      try await LoopbackMirror.run(index.url) { mirror in
        mirror.log.fail()
        for line in [
          "GET /simple/app/", "GET /simple/", "GET /simple/App/", "GET /simple/evil/", "POST /legacy/",
        ] {
          let answer = try await mirror.ask(line)
          #expect(answer.status == 500, "\(line)")
        }
        #expect(index.bytes.isEmpty)
      }
    }
  }

  @Test func `a policy of the user's own denies a listed package`() async throws {
    let policy = try PolicyDocument(
      json: """
        {"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"cordon:GetPackage",\
        "Resource":"arn:aws:cordon:*:*:package/pypi/app"}}
        """)
    try await `The package mirror over HTTP`.withApp { index in
      try await LoopbackMirror.run(index.url, owned: [policy]) { mirror in
        let answer = try await mirror.ask("GET /simple/app/")
        #expect(answer.status == 403)
        #expect(answer.reason == "package-forbidden")
        #expect(mirror.log.records.first?.outcome == .denied)
        #expect(mirror.log.records.first?.control == "endpoint policy")
        #expect(index.bytes.isEmpty)
        let list = try await mirror.ask("GET /simple/")
        #expect(list.status == 200)
      }
    }
  }

  // MARK: A suite that cannot fail proves nothing

  @Test func `with the allowlist off, a name that is data reaches upstream`() async throws {
    try await FakeIndex.run { index in
      try await LoopbackMirror.run(index.url, weakened: [.mirrorAllowlist]) { mirror in
        _ = try await mirror.ask("GET /simple/c4n4ry/")
        #expect(index.requests == ["GET /simple/c4n4ry/"])
      }
    }
  }

  @Test func `with the read-only mirror off, an upload reaches upstream`() async throws {
    try await FakeIndex.run { index in
      try await LoopbackMirror.run(index.url, weakened: [.mirrorReadOnly]) { mirror in
        _ = try await mirror.ask("POST /legacy/", Self.multipartFields, body: Self.multipart)
        #expect(index.requests == ["POST /legacy/"])
        #expect(index.bytes.contains("c4n4ry"))
        #expect(mirror.log.records.map(\.outcome) == [.allowed])
      }
    }
  }
}
