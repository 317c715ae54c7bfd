public import CordonLinux
import Glibc
import Synchronization

/// A command that runs, or ran, in a workspace.
public final class SandboxProcess: Sendable {
  /// The launcher's ends of its streams.
  public let streams: CommandStreams
  /// bubblewrap, or the process that waits for it. When it ends, the command and all that it started are gone.
  public let monitor: ChildProcess
  private let reports: SharedDescriptor
  private let known = Mutex(Reports())
  private let hasKeeper: Bool

  init(
    _ monitor: ChildProcess, hasKeeper: Bool, reports: consuming FileDescriptor, streams: CommandStreams
  ) throws(SystemError) {
    try reports.setNonBlocking(true)
    self.hasKeeper = hasKeeper
    self.monitor = monitor
    self.reports = SharedDescriptor(reports)
    self.streams = streams
  }

  /// What bubblewrap has told on its status descriptor, a JSON object a line.
  private struct Reports {
    var text = ""

    /// The number after a key. The writer is bubblewrap; the command never gets this descriptor.
    func number(_ key: String) -> Int32? {
      guard let start = text.firstRange(of: "\"\(key)\":") else { return nil }
      return Int32(text[start.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
    }
  }

  private func readReports() -> Reports {
    known.withLock { reports in
      let more = try? self.reports.withRawValue { raw throws(SystemError) in
        try BorrowedDescriptor(raw).readAvailable()
      }
      reports.text += String(decoding: more ?? [], as: UTF8.self)
      return reports
    }
  }

  /// Sends a signal to the command and what it started in its process group, as a terminal does.
  ///
  /// A signal that comes before the command has started ends the sandbox: there is nobody to handle it.
  public func signal(_ number: Int32) throws(SystemError) {
    if number == SIGKILL { return try killTree() }
    if let terminal = streams.terminal?.rawValue {
      if let group = Terminal.foregroundGroup(of: terminal) {
        if kill(-group, number) < 0 && errno != ESRCH { throw SystemError(code: errno, call: "signal") }
        return
      }
    } else if let leader, ProcessGroup.signal(leader, number) {
      return
    }
    try killTree()
  }

  /// The process that leads the command's group, by its number out here: bubblewrap's child, once there is one.
  /// Without privileges a process that forks the namespace stands before bubblewrap.
  private var leader: Int32? {
    guard readReports().number("child-pid") != nil else { return nil }
    let bubblewrap = hasKeeper ? ProcessGroup.firstChild(of: monitor.identifier) : monitor.identifier
    return bubblewrap.flatMap { ProcessGroup.firstChild(of: $0) }
  }

  /// Ends the command and everything that it started, at once.
  public func killTree() throws(SystemError) { try monitor.signal(SIGKILL) }

  /// Sets the size of its terminal.
  public func resize(_ size: WindowSize) throws(SystemError) {
    if let terminal = streams.terminal?.rawValue { try Terminal.setSize(of: terminal, to: size) }
  }

  /// Suspends until it has ended.
  public func wait() async throws(SandboxError) -> ProcessEnding { try ending(await monitor.wait()) }

  /// Blocks until it has ended.
  public func waitBlocking() throws(SandboxError) -> ProcessEnding { try ending(monitor.waitBlocking()) }

  /// bubblewrap reports the command's code when there was a command; without a report nothing ran.
  private func ending(_ status: ProcessEnding) throws(SandboxError) -> ProcessEnding {
    guard case .exited(let code) = status else { return status }
    guard let reported = readReports().number("exit-code") else { throw .notStarted(shellCode: code) }
    return .exited(reported)
  }
}
