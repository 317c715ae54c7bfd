import CordonModel
import CordonWire
import Foundation
import NIOSSL
import Synchronization
import Testing

@testable import CordonGateway

@Suite struct `Certificate authority` {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "cordon-ca-\(UUID().uuidString)"
  ).path

  private func inFolder(_ body: (String) throws -> Void) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test func `the same authority is found again`() throws {
    try inFolder { folder in
      let first = try CertificateAuthority(folder: folder, name: "test")
      #expect(try CertificateAuthority(folder: folder, name: "test").certificatePEM == first.certificatePEM)
      #expect(first.certificatePEM.hasPrefix("-----BEGIN CERTIFICATE-----\n"))
    }
  }

  @Test(arguments: [
    (true, "-verify_ip", "127.0.0.1"), (true, "-verify_hostname", "localhost"),
    (false, "-verify_ip", "127.0.0.2"), (false, "-verify_hostname", "portal.test"),
  ])
  func `the portal's certificate is good for the addresses that people call it by, and no other`(
    isGood: Bool, option: String, name: String
  ) throws {
    try inFolder { folder in
      let authority = try CertificateAuthority(folder: folder, name: "test")
      let portal = try authority.portalCertificate(names: ["localhost"], addresses: [[127, 0, 0, 1]])
      try Data(portal.chain.utf8).write(to: URL(filePath: folder + "/chain.pem"))
      try Data(authority.certificatePEM.utf8).write(to: URL(filePath: folder + "/ca.pem"))
      let verify = Process()
      verify.executableURL = URL(filePath: "/usr/bin/openssl")
      verify.arguments = [
        "verify", "-CAfile", folder + "/ca.pem", "-purpose", "sslserver", option, name, folder + "/chain.pem",
      ]
      verify.standardOutput = FileHandle.nullDevice
      verify.standardError = FileHandle.nullDevice
      try verify.run()
      verify.waitUntilExit()
      #expect((verify.terminationStatus == 0) == isGood)
      #expect(throws: Never.self) { try NIOSSLPrivateKey(bytes: Array(portal.key.utf8), format: .pem) }
      #expect(!FileManager.default.fileExists(atPath: folder + "/portal.key"))
    }
  }

  @Test func `the key is its owner's alone, and an authority whose key is not is refused`() throws {
    try inFolder { folder in
      _ = try CertificateAuthority(folder: folder, name: "test")
      let key = folder + "/authority.key"
      #expect(try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int == 0o600)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
      #expect(throws: AuthorityError.keyIsReadable(key)) {
        try CertificateAuthority(folder: folder, name: "test")
      }
    }
  }

  @Test func `a crash between key and certificate leaves an authority that the next start completes`() throws
  {
    try inFolder { folder in
      _ = try CertificateAuthority(folder: folder, name: "test")
      try FileManager.default.removeItem(atPath: folder + "/authority.pem")
      try Data("half".utf8).write(to: URL(filePath: folder + "/authority.pem.draft"))
      let again = try CertificateAuthority(folder: folder, name: "test")
      #expect(again.certificatePEM.hasPrefix("-----BEGIN CERTIFICATE-----\n"))
    }
  }

  @Test func `a key of another authority, or no key at all, is refused`() throws {
    try inFolder { folder in
      _ = try CertificateAuthority(folder: folder + "/a", name: "test")
      _ = try CertificateAuthority(folder: folder + "/b", name: "test")
      let certificate = folder + "/a/authority.pem"
      try FileManager.default.removeItem(atPath: certificate)
      try FileManager.default.copyItem(atPath: folder + "/b/authority.pem", toPath: certificate)
      #expect(throws: AuthorityError.unusable(certificate)) {
        try CertificateAuthority(folder: folder + "/a", name: "test")
      }
      let key = folder + "/b/authority.key"
      try Data("none".utf8).write(to: URL(filePath: key))
      #expect(throws: AuthorityError.unusable(key)) {
        try CertificateAuthority(folder: folder + "/b", name: "test")
      }
    }
  }

  @Test func `an authority that ends within a day is refused`() throws {
    try inFolder { folder in
      _ = try CertificateAuthority(folder: folder, name: "test") { Date() - 3650 * 86_400 }
      #expect(throws: AuthorityError.expired(folder + "/authority.pem")) {
        try CertificateAuthority(folder: folder, name: "test")
      }
    }
  }

  @Test func `a leaf is kept for half its life and the least used one makes room`() throws {
    try inFolder { folder in
      let clock = Mutex(Date())
      let authority = try CertificateAuthority(folder: folder, name: "test", capacity: 2) {
        clock.withLock { $0 }
      }
      let (a, b, c) = (try DomainName("a.test"), try DomainName("b.test"), try DomainName("c.test"))
      let first = try authority.context(for: a)
      #expect(try authority.context(for: a) === first)
      _ = try authority.context(for: b)
      #expect(try authority.context(for: a) === first)
      _ = try authority.context(for: c)
      #expect(try authority.context(for: a) === first)
      clock.withLock { $0 += 43_201 }
      #expect(try authority.context(for: a) !== first)
    }
  }
}

@Suite(.serialized) struct `TLS endpoints for real clients` {
  private static let name = "s3.eu-west-1.amazonaws.com"

  /// Runs a command in which NAME, PORT and CA stand for the endpoint's, and answers with what it printed.
  private func client(_ command: [String], input: String = "") async throws -> ClientRun {
    try await TestGateway.run { test in
      let bundle = FileManager.default.temporaryDirectory.appending(path: "cordon-\(UUID().uuidString).pem")
        .path
      defer { try? FileManager.default.removeItem(atPath: bundle) }
      try Data(test.authority.certificatePEM.utf8).write(to: URL(filePath: bundle))
      let filled = command.map { word in
        word.replacingOccurrences(of: "@NAME", with: Self.name).replacingOccurrences(of: "@CA", with: bundle)
          .replacingOccurrences(of: "@PORT", with: "\(test.port(.s3, .tls))")
      }
      return try await ClientRun.run(filled, input: input)
    }
  }

  @Test func `curl accepts the certificate`() async throws {
    let run = try await client([
      "curl", "-sS", "--cacert", "@CA", "--resolve", "@NAME:@PORT:127.0.0.1", "--data", "12345",
      "https://@NAME:@PORT/bucket/key",
    ])
    #expect(run.status == 0, "\(run.output)")
    #expect(run.output == "POST /bucket/key host=\(Self.name) bytes=5\n")
  }

  @Test func `openssl verifies chain, name and purpose`() async throws {
    let run = try await client(
      [
        "openssl", "s_client", "-connect", "127.0.0.1:@PORT", "-servername", "@NAME", "-CAfile", "@CA",
        "-verify_return_error", "-verify_hostname", "@NAME", "-x509_strict", "-purpose", "sslserver", "-alpn",
        "h2,http/1.1", "-quiet",
      ], input: "GET / HTTP/1.1\r\nHost: \(Self.name)\r\nConnection: close\r\n\r\n")
    #expect(run.output.contains("verify return:1"), "\(run.output)")
    #expect(run.output.contains("GET / host=\(Self.name) bytes=0"), "\(run.output)")
  }

  /// Python 3.13 makes VERIFY_X509_STRICT the default; so it is asked for here.
  @Test func `Python accepts the certificate in strict mode`() async throws {
    let script = """
      import socket, ssl, sys
      context = ssl.create_default_context(cafile=sys.argv[2])
      context.verify_flags |= ssl.VERIFY_X509_STRICT
      context.set_alpn_protocols(["h2", "http/1.1"])
      with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as raw:
        with context.wrap_socket(raw, server_hostname=sys.argv[3]) as tls:
          tls.sendall(b"GET / HTTP/1.1\\r\\nHost: " + sys.argv[3].encode() + b"\\r\\nConnection: close\\r\\n\\r\\n")
          names = [value for _, value in tls.getpeercert()["subjectAltName"]]
          print(tls.version(), tls.selected_alpn_protocol(), names, tls.recv(65536).decode())
      """
    let run = try await client(["python3", "-c", script, "@PORT", "@CA", "@NAME"])
    #expect(run.status == 0, "\(run.output)")
    #expect(run.output.hasPrefix("TLSv1.3 http/1.1 ['\(Self.name)'] HTTP/1.1 200 OK"), "\(run.output)")
  }

  /// Debian's git stands on GnuTLS, a verifier of its own. The endpoint is no repository: git must get that
  /// far.
  @Test func `git accepts the certificate`() async throws {
    let run = try await client([
      "git", "-c", "http.sslCAInfo=@CA", "-c", "http.curloptResolve=@NAME:@PORT:127.0.0.1", "ls-remote",
      "https://@NAME:@PORT/repository",
    ])
    #expect(run.output.contains("not valid: is this a git repository?"), "\(run.output)")
  }

  @Test func `a client that trusts other authorities only refuses the certificate`() async throws {
    let run = try await client([
      "curl", "-sS", "--resolve", "@NAME:@PORT:127.0.0.1", "https://@NAME:@PORT/",
    ])
    #expect(run.status == 60, "\(run.output)")
  }

  @Test(arguments: [
    ("denied server-name-not-served", "evil.test"),
    ("denied server-name-not-served", "sts.eu-west-1.amazonaws.com"),
    ("denied server-name-not-served", "a.b.s3.eu-west-1.amazonaws.com"),
    ("denied server-name-missing", nil),
  ])
  func `a server name of another endpoint, or none, gets no certificate`(verdict: String, name: String?)
    async throws
  {
    try await TestGateway.run { test in
      var client = try await RawClient.connect(test.port(.s3, .tls))
      try await client.startTLS(serverName: name, trusting: test.authority)
      try? await client.send("GET / HTTP/1.1\r\nHost: \(Self.name)\r\n\r\n")
      #expect(await client.readToEnd().isEmpty)
      #expect(test.log.verdicts("Handshake") == [verdict])
    }
  }

  @Test(arguments: [
    (200, "churn-store.s3.eu-west-1.amazonaws.com"), (200, "CHURN-STORE.s3.eu-west-1.amazonaws.com:443"),
    (421, "other.s3.eu-west-1.amazonaws.com"), (421, "evil.test"),
    (421, "churn-store.s3.eu-west-1.amazonaws.com."),
    (421, "churn-store.s3.eu-west-1.amazonaws.com:443:444"),
    (421, "churn-store.s3.eu-west-1.amazonaws.com:x"),
  ])
  func `the host inside TLS is the server name`(status: Int, host: String) async throws {
    try await TestGateway.run { test in
      var client = try await RawClient.connect(test.port(.s3, .tls))
      try await client.startTLS(
        serverName: "churn-store.s3.eu-west-1.amazonaws.com", trusting: test.authority)
      try await client.send("GET / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
      let answer = await client.readToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
      #expect(test.log.verdicts("Request") == (status == 421 ? ["denied host-mismatch"] : []))
    }
  }

  @Test(arguments: [Control.sniCheck, .hostCheck])
  func `with the check off in a drill a foreign host gets through`(control: Control) async throws {
    try await TestGateway.run(weakened: [control]) { test in
      var client = try await RawClient.connect(test.port(.s3, .tls))
      try await client.startTLS(serverName: Self.name, trusting: test.authority)
      try await client.send("GET / HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n")
      #expect(await client.readToEnd().contains("host=evil.test"))
    }
  }
}
