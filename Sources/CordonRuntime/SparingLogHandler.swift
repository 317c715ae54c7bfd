import Logging
import Synchronization

/// Writes so many lines and no more, because a workspace can provoke failures as fast as it can ask, and the log lies on
/// the same disk as everything else. Lines left out are counted; the next line that is written follows their number.
struct SparingLogHandler: LogHandler {
  private var base: any LogHandler
  private let lines: LineBudget

  /// - Parameter lines: Shared by all handlers that write to one file.
  init(_ base: any LogHandler, lines: LineBudget) {
    self.base = base
    self.lines = lines
  }

  func log(event: LogEvent) {
    guard let leftOut = lines.take() else { return }
    if leftOut > 0 {
      base.log(
        event: LogEvent(
          level: .warning, message: "lines were left out", metadata: ["lines": "\(leftOut)"],
          source: event.source, file: event.file, function: event.function, line: event.line))
    }
    base.log(event: event)
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { base[metadataKey: key] }
    set { base[metadataKey: key] = newValue }
  }

  var metadata: Logger.Metadata {
    get { base.metadata }
    set { base.metadata = newValue }
  }

  var metadataProvider: Logger.MetadataProvider? {
    get { base.metadataProvider }
    set { base.metadataProvider = newValue }
  }

  var logLevel: Logger.Level {
    get { base.logLevel }
    set { base.logLevel = newValue }
  }
}

/// How many lines may be written: so many at once, and one more each second.
final class LineBudget: Sendable {
  private struct State {
    var lines: Double
    var filled: ContinuousClock.Instant
    var leftOut = 0
  }

  private let burst: Double
  private let now: @Sendable () -> ContinuousClock.Instant
  private let state: Mutex<State>

  init(burst: Double = 1_000, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.burst = burst
    self.now = now
    state = Mutex(State(lines: burst, filled: now()))
  }

  /// How many lines were left out since the last one that was written; nil where this one is left out too.
  func take() -> Int? {
    state.withLock { state in
      let time = now()
      state.lines = min(burst, state.lines + max(0, state.filled.duration(to: time) / .seconds(1)))
      state.filled = time
      guard state.lines >= 1 else {
        state.leftOut += 1
        return nil
      }
      state.lines -= 1
      defer { state.leftOut = 0 }
      return state.leftOut
    }
  }
}
