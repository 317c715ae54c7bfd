import CordonModel
import CordonWire
import Crypto
import Foundation
import Synchronization
import Testing

@testable import CordonPortal

/// The portal in a real Chromium of the person's side: what only a browser can say about a page.
///
/// `CORDON_PICTURES` names a folder for a picture of every page in every size and colour scheme.
@Suite(.serialized) struct `The portal in a browser` {
  @Test func `is walked through, with a keyboard, in every size and colour scheme`() async throws {
    let world = try await PortalWorld.open(
      rules: BrowserRules(redact: [try Redaction(.cardNumber)], recording: RecordingRules()))
    let given = try JSONSerialization.data(withJSONObject: [
      "origin": "https://\(world.host)", "key": try Self.keyDigest(world.certificate),
      "link": TestIdentity.link,
      "password": TestIdentity.password, "code": TestIdentity.code,
      "pictures": ProcessInfo.processInfo.environment["CORDON_PICTURES"] ?? "",
    ])
    let furnishing = Task { await Self.furnish(world.sessions) }
    let (text, status) = try await Self.run([
      URL(filePath: #filePath).deletingLastPathComponent().appending(path: "portal-in-a-browser").path,
      String(decoding: given, as: UTF8.self),
    ])
    furnishing.cancel()
    await world.close()
    #expect(status == 0 && text.isEmpty, "\(text)")
  }

  /// Says to every stream what a session's bar shows; after a cue from the page, one thing after the other happens.
  private static func furnish(_ sessions: TestSessions) async {
    var seen: [TestStream] = []
    while !Task.isCancelled {
      for stream in sessions.streams.dropFirst(seen.count) {
        seen.append(stream)
        await stream.say(tabs("first"))
        await stream.say(
          .navigation(.init(canGoBack: true, canGoForward: true, address: "http://n.test/lab")))
        await stream.say(.clock(idle: 900, longest: 28_800))
      }
      for stream in seen where stream.hears(12) { await happen(on: stream) }
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  /// A refusal, a file that can leave, and a page that names itself anew until its neighbour is closed.
  private static func happen(on stream: TestStream) async {
    await stream.say(.denied(.init(.download, subject: "results.csv", reason: "files do not leave here")))
    await stream.say(
      .offer(.init(id: String(repeating: "a", count: 32), deed: .download, name: "plot.png", size: 4_096)))
    for number in 0..<10_000 where !stream.hears(11) && !Task.isCancelled {
      await stream.say(tabs("name \(number)"))
      try? await Task.sleep(for: .milliseconds(50))
    }
    await stream.say(tabs("first", isSecondThere: false))
    stream.state.withLock { $0.heard = [] }
  }

  private static func tabs(_ name: String, isSecondThere: Bool = true) -> ServerMessage {
    let second = ServerMessage.Tab(id: 2, title: "second", address: "http://n.test/two")
    return .tabs(
      active: 1,
      [ServerMessage.Tab(id: 1, title: name, address: "http://n.test/lab")] + (isSecondThere ? [second] : [])
        + [ServerMessage.Tab(id: 3, hasCrashed: true, title: "third", address: "http://n.test/three")])
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

extension TestStream {
  /// Says a message, and returns when it was taken or nobody is there.
  fileprivate func say(_ message: ServerMessage) async {
    offer(message.encoded)
    while state.withLock({ $0.newest != nil && !$0.isOver }), !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Whether the person's side has said a message of this kind.
  fileprivate func hears(_ kind: UInt8) -> Bool {
    state.withLock { $0.heard.contains { $0.count > 1 && $0[1] == kind } }
  }
}
