import Foundation

/// What a real client said.
struct ClientRun: Sendable {
  var status: Int32
  var output: String

  /// Runs a program found on the PATH, with an environment of its own, and waits for it on a thread of its
  /// own.
  static func run(_ command: [String], input: String = "") async throws -> ClientRun {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try runAndWait(command, input: input) })
      }
    }
  }

  private static func runAndWait(_ command: [String], input: String) throws -> ClientRun {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    process.environment = ["PATH": path, "HOME": "/nonexistent", "LANG": "C.UTF-8"]
    let output = Pipe()
    let source = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = source
    try process.run()
    // A client that ends before it has read its input says why in its output.
    try? source.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try? source.fileHandleForWriting.close()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return ClientRun(status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
  }
}
