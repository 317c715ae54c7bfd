import CordonLinux
import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import CordonSandbox

/// What a command in a workspace said.
struct Outcome: Equatable {
  var status: ProcessEnding
  var output: String
  var errors: String

  var line: String { output.split(separator: "\n").first.map(String.init) ?? "" }
}

/// A temporary folder with a home in it, and numbers that no other test uses.
final class Workshop: Sendable {
  private static let next = Atomic<UInt32>(0)
  static let machine = Machine.examine()

  let folder: String
  let number: UInt32
  /// Host users above those of any account; each test has its own, in each process.
  var user: UInt32 { 200_000 + UInt32(getpid() & 0x3FFF) * 64 + number }
  var prefix: String { "cordon-test-\(getpid())-\(number)-" }

  init() throws {
    number = Self.next.add(1, ordering: .relaxed).newValue
    folder = FileManager.default.temporaryDirectory.path + "/cordon-sandbox-\(getpid())-\(number)"
    try FileManager.default.createDirectory(atPath: folder + "/home", withIntermediateDirectories: true)
    let files = FileManager.default
    try files.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
    try files.setAttributes(
      [.posixPermissions: 0o700, .ownerAccountID: user, .groupOwnerAccountID: user],
      ofItemAtPath: folder + "/home")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A workspace of its own user with a folder as its home.
  func configuration(_ change: (inout SandboxConfiguration) -> Void = { _ in }) -> SandboxConfiguration {
    var configuration = SandboxConfiguration(
      name: "one", identity: .dedicatedUser(user), home: .folder(folder + "/home"),
      memory: .init(temporary: 64 << 20, shared: 64 << 20, run: 1 << 20), controlGroupPrefix: prefix,
      without: [.diskQuota])
    change(&configuration)
    return configuration
  }

  /// Opens a workspace, calls `body`, and closes it whatever happened.
  static func withWorkspace<R>(
    _ change: (inout SandboxConfiguration) -> Void = { _ in }, _ body: (OpenWorkspace) async throws -> R
  ) async throws -> R {
    let shop = try Workshop()
    return try await shop.withWorkspace(change, body)
  }

  func withWorkspace<R>(
    _ change: (inout SandboxConfiguration) -> Void = { _ in }, _ body: (OpenWorkspace) async throws -> R
  ) async throws -> R {
    let workspace = try OpenWorkspace.open(configuration(change), on: Self.machine)
    let result: R
    do { result = try await body(workspace) } catch {
      try? workspace.close()
      throw error
    }
    try workspace.close()
    return result
  }
}

/// bubblewrap ended before there was a command; what it said is the reason.
struct NoCommand: Error { var reason: String }

extension OpenWorkspace {
  /// Runs a command to its end.
  func run(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws -> Outcome
  {
    try spawn(SandboxCommand(arguments, environment: environment)).collect(input: input)
  }

  /// Runs Debian's Python.
  func python(_ script: String) throws -> Outcome { try run("/usr/bin/python3", "-c", script) }

  func shell(_ script: String) throws -> Outcome { try run("/bin/bash", "-c", script) }
}

extension SandboxProcess {
  /// Feeds a little input, reads both outputs to their ends, and waits.
  func collect(input: String = "") throws -> Outcome {
    if !input.isEmpty {
      _ = try BorrowedDescriptor(streams.input?.rawValue ?? -1).write(Array(input.utf8)[...])
    }
    streams.input?.close()
    let raw = [streams.output?.rawValue ?? -1, streams.errors?.rawValue ?? -1]
    var texts: [[UInt8]] = [[], []]
    var open: Set<Int> = [0, 1]
    while !open.isEmpty {
      let ready = try Poll.wait(
        for: raw.enumerated().map { (open.contains($0.offset) ? $0.element : -1, POLLIN) }, milliseconds: -1)
      for index in open where ready[index] != 0 {
        let part = try BorrowedDescriptor(raw[index]).read(atMost: 65536) ?? []
        texts[index] += part
        if part.isEmpty { open.remove(index) }
      }
    }
    let status: ProcessEnding
    do { status = try waitBlocking() } catch {
      throw NoCommand(reason: "\(error): \(String(decoding: texts[1], as: UTF8.self))")
    }
    return Outcome(
      status: status, output: String(decoding: texts[0], as: UTF8.self),
      errors: String(decoding: texts[1], as: UTF8.self))
  }
}
