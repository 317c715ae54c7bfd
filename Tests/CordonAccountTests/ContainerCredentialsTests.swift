import CordonAWS
import CordonAccount
import Foundation
import NIOHTTP1
import Testing

@testable import CordonWire

/// AWS SDKs and Tools Reference Guide, "Container credential provider".
@Suite struct `Credentials of a container` {
  private static let answer = #"""
    {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "sesame", "Token": "open", "Expiration": "2026-11-22T12:00:00Z"}
    """#

  /// Finds credentials with `more` in an environment that has none other.
  private static func find(_ more: [String: String]) async throws -> SigV4.Credentials {
    let nowhere = FileManager.default.temporaryDirectory.appending(path: "no-home-\(UUID().uuidString)").path
    let source = try AccountCredentials(
      profile: nil, environment: ["HOME": nowhere].merging(more) { _, new in new })
    return try await source.find(transport: AccountTransport(), region: "eu-west-1")
  }

  private static func serving(
    _ answer: ContainerEndpoint.Answer, _ body: (ContainerEndpoint) async throws -> Void
  ) async throws {
    let endpoint = try await ContainerEndpoint(answer)
    do { try await body(endpoint) } catch {
      try? await endpoint.stop()
      throw error
    }
    try await endpoint.stop()
  }

  @Test func `are asked for at the address that the container is given, with its token`() async throws {
    try await Self.serving(.init(body: Self.answer)) { endpoint in
      let found = try await Self.find([
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(endpoint.port)/v1/credentials?x=1",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "let me in",
      ])
      #expect(found.accessKeyID == "ASIAEXAMPLE" && found.secret == "sesame" && found.sessionToken == "open")
      let request = try #require(endpoint.requests.first)
      #expect(request.method == .GET && request.uri == "/v1/credentials?x=1")
      #expect(request.headers["authorization"] == ["let me in"])
    }
  }

  @Test func `are asked for with the token that a file holds, which is read each time`() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try await Self.serving(.init(body: Self.answer)) { endpoint in
      for token in ["one", "two"] {
        try Data("\(token)\n".utf8).write(to: file)
        _ = try await Self.find([
          "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:\(endpoint.port)/",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file.path, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "stale",
        ])
      }
      #expect(endpoint.requests.flatMap { $0.headers["authorization"] } == ["one", "two"])
    }
  }

  @Test func `count after keys and profiles`() async throws {
    try await Self.serving(.init(body: Self.answer)) { endpoint in
      let found = try await Self.find([
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(endpoint.port)/",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_SECRET_ACCESS_KEY": "own",
      ])
      #expect(found.accessKeyID == "AKIA" && endpoint.requests.isEmpty)
    }
  }

  @Test(arguments: [
    "http://allowed.test/", "http://192.0.2.1/", "http://127.0.0.1.allowed.test/",
    "http://127.0.0.1@allowed.test/",
    "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1",
    "http://",
  ])
  func `are asked for at no other host without TLS`(address: String) async throws {
    let error = await #expect(throws: AccountCredentials.Missing.self) {
      try await Self.find(["AWS_CONTAINER_CREDENTIALS_FULL_URI": address])
    }
    #expect(error?.description.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI") == true, "\(address)")
  }

  @Test(arguments: [
    ("a refusal", ContainerEndpoint.Answer(status: .forbidden, body: answer)),
    (
      "a way to somewhere else",
      .init(status: .found, headers: [("location", "http://127.0.0.1:1/")], body: answer)
    ),
    ("no document", .init(body: "<html>")),
    ("no secret", .init(body: #"{"AccessKeyId": "ASIAEXAMPLE", "Token": "open"}"#)),
    ("too much", .init(body: #"{"AccessKeyId": ""# + String(repeating: "a", count: 70_000) + #""}"#)),
  ])
  func `are none where the answer is`(_ what: String, _ answer: ContainerEndpoint.Answer) async throws {
    try await Self.serving(answer) { endpoint in
      await #expect(throws: (any Error).self) {
        try await Self.find(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(endpoint.port)/"])
      }
      #expect(endpoint.requests.count == 1)
    }
  }

  @Test func `are not asked for with a token that would be two headers`() async throws {
    try await Self.serving(.init(body: Self.answer)) { endpoint in
      await #expect(throws: LiveProblem.self) {
        try await Self.find([
          "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(endpoint.port)/",
          "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nx-more: b",
        ])
      }
      #expect(endpoint.requests.isEmpty)
    }
  }
}
