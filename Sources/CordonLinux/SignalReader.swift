import CLinux

/// Signals of this process, read from a descriptor whatever thread they hit. SIGPIPE is ignored meanwhile.
///
/// One at a time: a second reader takes the signals of the first.
public struct SignalReader: ~Copyable, Sendable {
  /// Readable when a signal waits.
  public let descriptor: FileDescriptor
  private let signals: [Int32]

  /// Catches these signals until the reader ends; then they have their default actions again.
  public init(_ signals: [Int32]) throws(SystemError) {
    var number: CInt = -1
    // SAFETY: pointer and count come from the same array.
    try check(unsafe cordon_catch_signals(&number, signals, signals.count), "catch signals")
    descriptor = FileDescriptor(adopting: number)
    self.signals = signals
  }

  deinit {
    // SAFETY: pointer and count come from the same array.
    unsafe cordon_release_signals(signals, signals.count)
  }

  /// Signals that came since the last call, in order.
  public borrowing func next() throws(SystemError) -> [Int32] {
    try BorrowedDescriptor(descriptor.rawValue).readAvailable().map { Int32($0) }
  }
}
