import CLinux
import Dispatch
import Glibc
import Synchronization

/// How a process ended.
public enum ProcessEnding: Equatable, Sendable {
  /// It returned a code.
  case exited(Int32)
  /// A signal killed it.
  case signalled(Int32)

  /// The code as a shell shows it: 128 plus the signal.
  public var shellCode: Int32 {
    switch self {
    case .exited(let code): code
    case .signalled(let signal): 128 + signal
    }
  }
}

/// A child process behind a pidfd: no number can come to mean another process.
///
/// It leaves no zombie: one that nobody waits for is collected once it ends, also after the last reference is gone.
public final class ChildProcess: Sendable {
  /// The process id, for logs.
  public let identifier: Int32
  /// Readable once the process has ended.
  public let pidfd: SharedDescriptor
  private let ended = Mutex<ProcessEnding?>(nil)

  init(identifier: Int32, pidfd: consuming FileDescriptor) {
    self.identifier = identifier
    self.pidfd = SharedDescriptor(pidfd)
  }

  deinit {
    // Nobody knows the process any more, but the kernel keeps its number until somebody takes its status.
    guard ended.withLock({ $0 }) == nil, let raw = pidfd.take() else { return }
    let source = DispatchSource.makeReadSource(fileDescriptor: raw, queue: .global())
    source.setEventHandler { source.cancel() }
    source.setCancelHandler {
      _ = Self.collect(raw)
      Glibc.close(raw)
    }
    source.activate()
  }

  /// Sends a signal to this one process.
  public func signal(_ number: Int32) throws(SystemError) {
    try pidfd.withRawValue { raw throws(SystemError) in
      try check(cordon_pidfd_signal(raw, number), "signal \(number) to process \(identifier)")
    }
  }

  /// Blocks until the process has ended.
  public func waitBlocking() -> ProcessEnding {
    guard let raw = pidfd.rawValue else { return .signalled(SIGKILL) }
    // Others may read the status while this thread waits, so the lock is taken after the end only.
    _ = try? Poll.wait(for: [(raw, POLLIN)], milliseconds: -1)
    return reap()
  }

  /// Suspends until the process has ended.
  public func wait() async -> ProcessEnding {
    guard let raw = pidfd.rawValue else { return .signalled(SIGKILL) }
    return await withCheckedContinuation { continuation in
      let source = DispatchSource.makeReadSource(fileDescriptor: raw, queue: .global())
      source.setEventHandler { source.cancel() }
      source.setCancelHandler { continuation.resume(returning: self.reap()) }
      source.activate()
    }
  }

  /// Collects the status once; later callers get the same answer.
  private func reap() -> ProcessEnding {
    ended.withLock { known in
      if let known { return known }
      let answer = pidfd.rawValue.map(Self.collect) ?? .signalled(SIGKILL)
      known = answer
      return answer
    }
  }

  /// Takes the status of a process that has ended from the kernel.
  private static func collect(_ pidfd: CInt) -> ProcessEnding {
    var exited: CInt = 0
    var status: CInt = 0
    // SAFETY: both pointers are valid for the call.
    guard unsafe cordon_pidfd_wait(pidfd, &exited, &status) >= 0 else { return .signalled(SIGKILL) }
    return exited == 1 ? .exited(status) : .signalled(status)
  }
}

/// `poll(2)` over a few descriptors.
public enum Poll {
  /// Waits until one is ready or the time is up; `milliseconds` below zero waits for ever.
  ///
  /// - Returns: what happened to each descriptor; all zero when the time was up or a signal came.
  public static func wait(for set: [(descriptor: CInt, events: Int32)], milliseconds: Int32)
    throws(SystemError) -> [Int32]
  {
    let numbers = set.map(\.descriptor)
    let events = set.map { Int16(truncatingIfNeeded: $0.events) }
    var ready = [Int16](repeating: 0, count: set.count)
    // SAFETY: the three arrays have `set.count` elements.
    try check(unsafe cordon_poll(numbers, events, &ready, set.count, milliseconds), "poll")
    return ready.map { Int32($0) }
  }
}

/// Signals for a process and the group that it leads.
public enum ProcessGroup {
  /// The first child of a process, as this process's own namespace numbers it.
  public static func firstChild(of process: Int32) -> Int32? {
    let path = "/proc/\(process)/task/\(process)/children"
    guard let text = try? ControlFile.read(path) else { return nil }
    return text.split(separator: " ").first.flatMap { Int32($0) }
  }

  /// Sends a signal to the group that `leader` leads, through a pidfd where the kernel can (Linux 6.9).
  ///
  /// - Returns: false when there is no such group.
  public static func signal(_ leader: Int32, _ number: Int32) -> Bool {
    guard leader > 1 else { return false }
    let raw = cordon_pidfd_open(leader)
    guard raw >= 0 else { return false }
    let pidfd = FileDescriptor(adopting: raw)
    if cordon_pidfd_signal_group(pidfd.rawValue, number) == 0 { return true }
    guard errno == EINVAL || errno == ENOSYS else { return false }
    return kill(-leader, number) == 0
  }
}
