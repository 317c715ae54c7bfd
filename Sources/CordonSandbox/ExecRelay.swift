public import CordonLinux
import FoundationEssentials
import Glibc

/// Runs a command of a workspace in the place of this process: its terminal or streams, its signals, its exit
/// code. This is what `cordon exec` does.
///
/// The command never gets a descriptor of the caller: bytes are copied through pipes or a terminal of its own.
public struct ExecRelay: ~Copyable {
  private static let forwarded = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH]

  private let process: SandboxProcess
  private let signals: SignalReader
  private let lifeline: CInt
  private var flows: [Flow]

  /// Runs a command to its end and blocks meanwhile.
  ///
  /// With a terminal on standard input and output the command gets a terminal of its own of the same size.
  /// - Parameter lifeline: when this descriptor is closed at its other end, the command is killed: the
  ///   gateway holds it, so no command outlives the gateway.
  public static func run(_ command: SandboxCommand, in entrance: Entrance, lifeline: CInt? = nil)
    throws(SandboxError) -> ProcessEnding
  {
    let isInteractive = Terminal.isTerminal(0) && Terminal.isTerminal(1)
    let size = isInteractive ? Terminal.size(of: 0) : nil
    do {
      let signals = try SignalReader(forwarded)
      var command = command
      if isInteractive { command.nameTerminal() }
      let process = try entrance.spawn(command, streams: size.map { .terminal($0) } ?? .pipes)
      var relay = ExecRelay(process, signals, lifeline ?? -1)
      let settings = size == nil ? nil : try Terminal.makeRaw(0)
      defer { if let settings { try? Terminal.restore(settings, of: 0) } }
      try relay.copyUntilEnd()
      return try process.waitBlocking()
    } catch let error as SandboxError {
      throw error
    } catch let error as SystemError {
      throw .system(error)
    } catch {
      throw .handOver("\(error)")
    }
  }

  private init(_ process: SandboxProcess, _ signals: consuming SignalReader, _ lifeline: CInt) {
    self.process = process
    self.signals = signals
    self.lifeline = lifeline
    if let terminal = process.streams.terminal {
      flows = [
        Flow(from: 0, to: terminal.rawValue ?? -1),
        Flow(from: terminal.rawValue ?? -1, to: 1),
      ]
    } else {
      flows = [
        Flow(from: 0, to: process.streams.input?.rawValue ?? -1, closing: process.streams.input),
        // When the reader of our output is gone, the command gets the broken pipe that it would have got.
        Flow(from: process.streams.output?.rawValue ?? -1, to: 1, closing: process.streams.output),
        Flow(from: process.streams.errors?.rawValue ?? -1, to: 2, closing: process.streams.errors),
      ]
    }
  }

  /// Copies until the command has ended and everything that it wrote has been passed on.
  private mutating func copyUntilEnd() throws {
    var hasEnded = false
    while true {
      if hasEnded && flows.dropFirst().allSatisfy(\.isDone) { return }
      let own = [signals.descriptor.rawValue, lifeline, hasEnded ? -1 : process.monitor.pidfd.rawValue ?? -1]
      let ready = try Poll.wait(
        for: own.map { ($0, POLLIN) } + flows.flatMap(\.interest), milliseconds: -1)
      if ready[0] != 0 { try forwardSignals() }
      if ready[1] != 0 { try lifelineEnded() }
      if ready[2] != 0 { hasEnded = true }
      for index in flows.indices {
        flows[index].advance(source: ready[3 + 2 * index], target: ready[4 + 2 * index])
      }
    }
  }

  private func forwardSignals() throws {
    for signal in try signals.next() {
      if signal == SIGWINCH {
        if let size = Terminal.size(of: 0) { try process.resize(size) }
      } else {
        try? process.signal(signal)
      }
    }
  }

  /// Whatever the gateway says on the lifeline is not for the relay; only its end is.
  private func lifelineEnded() throws {
    guard try BorrowedDescriptor(lifeline).read(atMost: 4096)?.isEmpty == true else { return }
    try process.killTree()
    throw SandboxError.handOver("the gateway has ended")
  }
}

/// One direction of copying: at most one block waits between reading and writing.
private struct Flow {
  /// poll(2) says "writable" when this much fits into a pipe, so a write of it never blocks.
  static let block = 4096

  let from: CInt
  let to: CInt
  let closing: SharedDescriptor?
  private var waiting: ArraySlice<UInt8> = []
  private var hasEnded = false
  private(set) var isDone = false

  init(from: CInt, to: CInt, closing: SharedDescriptor? = nil) {
    self.from = from
    self.to = to
    self.closing = closing
  }

  var interest: [(descriptor: CInt, events: Int32)] {
    if isDone { return [(-1, 0), (-1, 0)] }
    if waiting.isEmpty { return [(from, Int32(POLLIN)), (to, 0)] }
    return [(-1, 0), (to, Int32(POLLOUT))]
  }

  mutating func advance(source: Int32, target: Int32) {
    if isDone { return }
    // The reader is gone: what it would have read is gone as well.
    if waiting.isEmpty && target & POLLERR != 0 { return finish() }
    if source != 0 && waiting.isEmpty { fill() }
    if target != 0 && !waiting.isEmpty { drain() }
    if hasEnded && waiting.isEmpty { finish() }
  }

  private mutating func fill() {
    do {
      guard let part = try BorrowedDescriptor(from).read(atMost: Self.block) else { return }
      waiting = part[...]
      if part.isEmpty { hasEnded = true }
    } catch {
      // A folder, say: poll(2) calls it readable for ever, and it never is.
      hasEnded = true
    }
  }

  private mutating func drain() {
    do { waiting = waiting.dropFirst(try BorrowedDescriptor(to).write(waiting)) } catch { finish() }
  }

  private mutating func finish() {
    isDone = true
    waiting = []
    closing?.close()
  }
}

extension SandboxCommand {
  /// The caller's kind of terminal is the one fact of its environment that the command needs.
  fileprivate mutating func nameTerminal() {
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    let isPlain = !kind.isEmpty && kind.utf8.count <= 64 && kind.allSatisfy { $0.isASCII && !$0.isWhitespace }
    environment["TERM"] = environment["TERM"] ?? (isPlain ? kind : "xterm")
  }
}
