import CordonLinux
import CordonModel
import CordonSandbox
import Dispatch
import Foundation
import Glibc
import Synchronization

/// A workspace that can have a JupyterLab.
struct NotebookSeat: Sendable {
  /// Where it is.
  var position: WorkspacePosition
  /// Who works in it.
  var person: Slug?
  /// How it keeps files, and when it ends.
  var rules: NotebookRules
  /// Whether its menus have downloads, and its server hands files to the session's browser.
  var handsOutFiles: Bool
  /// The bucket that keeps what is saved.
  var store: BucketName
  /// The workspace, open and with an ingress folder.
  var workspace: OpenWorkspace

  /// A seat in an open workspace.
  init(
    position: WorkspacePosition, person: Slug?, rules: NotebookRules, handsOutFiles: Bool, store: BucketName,
    workspace: OpenWorkspace
  ) {
    self.position = position
    self.person = person
    self.rules = rules
    self.handsOutFiles = handsOutFiles
    self.store = store
    self.workspace = workspace
  }

  /// The server's command.
  var command: SandboxCommand {
    let gateway = workspace.configuration.identity == .caller ? "same-user" : "another-user"
    return SandboxCommand(
      [
        NotebookInstallation.place + "/bin/python", "-I", "-m", "cordon_notebook",
        "--bucket", store.text, "--prefix", NotebookRules.prefix(of: position.workspace),
        "--idle", "\(rules.idle)", "--gateway", gateway,
      ] + rules.keep.map { "--keep=\($0)" } + (handsOutFiles ? ["--downloads"] : []))
  }
}

/// One JupyterLab that runs in a workspace.
final class NotebookServer: Sendable {
  /// Its socket's name in the ingress folder.
  static let socket = "notebook.sock"

  private let process: SandboxProcess
  private let output: LastWords
  private let ingress: IngressFolder

  /// Starts the server's process; `becomeReady` waits for it.
  init(_ seat: NotebookSeat, ingress: IngressFolder) throws {
    self.ingress = ingress
    process = try seat.workspace.spawn(seat.command, streams: .pipes)
    process.streams.input?.close()
    output = LastWords([process.streams.output, process.streams.errors])
  }

  /// Waits until the server answers; false where it ended before or the time was up.
  func becomeReady(within limit: Duration) async -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while clock.now < end {
      if await answers() { return true }
      guard isRunning else { return false }
      try? await Task.sleep(for: .milliseconds(100))
      if Task.isCancelled { return false }
    }
    return false
  }

  /// Has its process not ended?
  var isRunning: Bool {
    guard let number = process.monitor.pidfd.rawValue else { return false }
    let ready = try? Poll.wait(for: [(number, POLLIN)], milliseconds: 0)
    return ready.map { $0[0] == 0 } ?? false
  }

  /// What it said last, for a message and never for a decision.
  var lastWords: String { output.text }

  /// Suspends until it has ended.
  func wait() async -> ProcessEnding { (try? await process.wait()) ?? .signalled(SIGKILL) }

  /// Asks it to end, so that it can keep what is saved; ends it after a while.
  func end(within limit: Duration) async {
    try? process.signal(SIGTERM)
    let killer = Task { [process] in
      try await Task.sleep(for: limit)
      try process.killTree()
    }
    _ = await wait()
    killer.cancel()
  }

  private func answers() async -> Bool {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { [ingress] in
        continuation.resume(returning: Self.ask(ingress))
      }
    }
  }

  /// One request over the socket. A server that takes longer than a few seconds is not ready.
  private static func ask(_ ingress: IngressFolder) -> Bool {
    guard let connection = try? ingress.connect(to: socket) else { return false }
    let request = "GET /api/status HTTP/1.1\r\nHost: \(ServiceNames.notebook)\r\nConnection: close\r\n\r\n"
    guard (try? connection.writeAll(Array(request.utf8))) != nil,
      let ready = try? Poll.wait(for: [(connection.rawValue, POLLIN)], milliseconds: 5_000),
      ready[0] & POLLIN != 0, let answer = try? connection.read(atMost: 64)
    else { return false }
    return String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 200")
  }
}

/// Reads what a process says to its end, and keeps the last of it.
private final class LastWords: Sendable {
  private static let limit = 4_096
  private let kept = Mutex<[UInt8]>([])

  init(_ streams: [SharedDescriptor?]) {
    for case let stream? in streams { read(stream) }
  }

  /// Without what would move a terminal's cursor: whoever works in the workspace chooses these words.
  var text: String {
    let bytes = kept.withLock { $0 }.map { ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x0A ? $0 : UInt8(ascii: "?") }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func read(_ stream: SharedDescriptor) {
    guard let number = stream.take() else { return }
    let source = DispatchSource.makeReadSource(fileDescriptor: number, queue: .global(qos: .utility))
    source.setEventHandler { [self] in
      let part = (try? BorrowedDescriptor(number).read(atMost: 16_384)) ?? []
      guard !part.isEmpty else { return source.cancel() }
      kept.withLock { kept in
        kept += part
        if kept.count > Self.limit { kept.removeFirst(kept.count - Self.limit) }
      }
    }
    source.setCancelHandler { close(number) }
    source.activate()
  }
}
