import CordonModel
import Foundation
import Testing

@testable import CordonGateway

@Suite(.serialized) struct `Egress proxy for real clients` {
  /// Runs a command in which @PROXY, @PORT, @CA and @OUTSIDE stand for the proxy, the host's port and the two
  /// CAs.
  private func client(
    _ command: [String], inspection: AllowedHost.Inspection = .intercept,
    _ check: @escaping @Sendable (ClientRun, TestGateway) -> Void
  ) async throws {
    try await TestGateway.run(inspection: inspection) { test in
      let folder = FileManager.default.temporaryDirectory.appending(path: "cordon-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(test.authority.certificatePEM.utf8).write(to: URL(filePath: folder + "/ca.pem"))
      try Data(test.outside.authority.certificatePEM.utf8).write(to: URL(filePath: folder + "/outside.pem"))
      let words = [
        "@PROXY": "http://127.0.0.1:\(test.port(.proxy))", "@PORT": "\(test.outside.port)",
        "@CA": folder + "/ca.pem", "@OUTSIDE": folder + "/outside.pem",
      ]
      let filled = command.map { word in
        words.reduce(word) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
      }
      check(try await ClientRun.run(filled), test)
    }
  }

  @Test func `curl uploads through an intercepted tunnel`() async throws {
    try await client([
      "curl", "-sS", "--proxy", "@PROXY", "--cacert", "@CA", "--data", "12345",
      "https://allowed.test:@PORT/up",
    ]) { run, test in
      #expect(run.output == "outside got 5 bytes\n")
      #expect(test.outside.requests.last == "POST /up host=allowed.test:\(test.outside.port)")
    }
  }

  @Test func `curl speaks TLS with the host itself through a spliced tunnel`() async throws {
    try await client(
      ["curl", "-sS", "--proxy", "@PROXY", "--cacert", "@OUTSIDE", "https://allowed.test:@PORT/"],
      inspection: .splice
    ) { run, test in
      #expect(run.output == "outside got 0 bytes\n")
    }
  }

  @Test func `curl that is fronting gets a 421 and the host gets nothing`() async throws {
    try await client([
      "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--proxy", "@PROXY", "--cacert", "@CA", "-H",
      "Host: evil.test", "https://allowed.test:@PORT/up",
    ]) { run, test in
      #expect(run.output == "421")
      #expect(test.outside.connectionCount == 0)
    }
  }

  @Test func `curl that names another server gets no tunnel`() async throws {
    try await client([
      "curl", "-sS", "--proxy", "@PROXY", "--cacert", "@CA", "--connect-to",
      "evil.test:443:allowed.test:@PORT",
      "https://evil.test/",
    ]) { run, test in
      #expect(run.status == 35, "\(run.output)")
      #expect(test.outside.connectionCount == 0)
    }
  }

  @Test(arguments: [
    ["curl", "-sS", "--socks5-hostname", "127.0.0.1:1", "https://evil.test/"],
    ["curl", "-sS", "--proxy", "@PROXY", "https://evil.test/"],
    ["curl", "-sS", "--proxy", "@PROXY", "https://127.0.0.1:@PORT/"],
    ["curl", "-sS", "--proxy", "@PROXY", "https://allowed.test:22/"],
  ])
  func `what is not listed fails in the client and reaches nobody`(command: [String]) async throws {
    try await client(command) { run, test in
      #expect(run.status != 0)
      #expect(test.outside.connectionCount == 0)
    }
  }

  @Test func `Python's urllib goes through the proxy`() async throws {
    let script = """
      import ssl, sys, urllib.request
      proxy = urllib.request.ProxyHandler({"https": sys.argv[1], "http": sys.argv[1]})
      trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=sys.argv[3]))
      opener = urllib.request.build_opener(proxy, trust)
      for scheme in ("https", "http"):
        print(scheme, opener.open(f"{scheme}://allowed.test:{sys.argv[2]}/x", data=b"abc").read().decode(), end="")
      """
    try await client(["python3", "-c", script, "@PROXY", "@PORT", "@CA"]) { run, _ in
      #expect(run.output == "https outside got 3 bytes\nhttp outside got 3 bytes\n")
    }
  }
}
