import Crypto
import Foundation
import Testing

/// The portal in a real Chromium of the person's side: what only a browser can say about a page.
///
/// `CORDON_PICTURES` names a folder for a picture of every page in every size and colour scheme.
@Suite(.serialized) struct `The portal in a browser` {
  @Test func `is walked through, with a keyboard, in every size and colour scheme`() async throws {
    let world = try await PortalWorld.open()
    let given = try JSONSerialization.data(withJSONObject: [
      "origin": "https://\(world.host)", "key": try Self.keyDigest(world.certificate),
      "link": TestIdentity.link,
      "password": TestIdentity.password, "code": TestIdentity.code,
      "pictures": ProcessInfo.processInfo.environment["CORDON_PICTURES"] ?? "",
    ])
    let (text, status) = try await Self.run([
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: "portal-in-a-browser").path,
      String(decoding: given, as: UTF8.self),
    ])
    await world.close()
    #expect(status == 0 && text.isEmpty, "\(text)")
  }

  /// Runs a script of this folder over a portal, and gives what it finds wrong.
  static func run(
    _ script: String, on world: PortalWorld, more: [String: String] = [:]
  ) async throws -> (text: String, status: Int32) {
    let own = [
      "origin": "https://\(world.host)", "key": try keyDigest(world.certificate), "link": TestIdentity.link,
      "password": TestIdentity.password, "code": TestIdentity.code,
      "pictures": ProcessInfo.processInfo.environment["CORDON_PICTURES"] ?? "",
    ]
    let given = try JSONSerialization.data(withJSONObject: own.merging(more) { $1 })
    return try await run([
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: script).path,
      String(decoding: given, as: UTF8.self),
    ])
  }

  /// The digest by which Chromium accepts this one key, and no other.
  static func keyDigest(_ certificate: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cordon-key-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try certificate.write(to: folder.appending(path: "chain.pem"), atomically: true, encoding: .utf8)
    let openssl = Process()
    openssl.executableURL = URL(filePath: "/bin/sh")
    openssl.arguments = [
      "-c", "openssl x509 -in \"$0\" -noout -pubkey | openssl pkey -pubin -outform der -out \"$1\"",
      folder.appending(path: "chain.pem").path, folder.appending(path: "key.der").path,
    ]
    try openssl.run()
    openssl.waitUntilExit()
    let key = try Data(contentsOf: folder.appending(path: "key.der"))
    return Data(SHA256.hash(data: key)).base64EncodedString()
  }

  static func run(_ arguments: [String]) async throws -> (text: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.standardError
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        do {
          try process.run()
          let data = output.fileHandleForReading.readDataToEndOfFile()
          process.waitUntilExit()
          continuation.resume(returning: (String(decoding: data, as: UTF8.self), process.terminationStatus))
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }
}
