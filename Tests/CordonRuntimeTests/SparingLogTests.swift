import Logging
import Synchronization
import Testing

@testable import CordonRuntime

@Suite struct `The gateway's log` {
  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private struct Keeping: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.info

    func log(event: LogEvent) {
      lines.add("\(event.message)\(event.metadata?["lines"].map { " \($0)" } ?? "")")
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
  }

  @Test func `takes so many lines, and says how many were left out`() {
    let clock = Mutex(ContinuousClock.now)
    let moved = Clock(clock)
    let (lines, budget) = (Lines(), LineBudget(burst: 3) { moved.now })
    var logger = Logger(label: "test") { _ in SparingLogHandler(Keeping(lines: lines), lines: budget) }
    logger.logLevel = .notice
    logger.info("not looked at")
    for number in 0..<10 { logger.error("line \(number)") }
    #expect(lines.all == ["line 0", "line 1", "line 2"])
    moved.move(.seconds(1))
    for number in 10..<12 { logger.error("line \(number)") }
    #expect(lines.all.dropFirst(3) == ["lines were left out 7", "line 10"])
    moved.move(.seconds(100))
    for number in 12..<20 { logger.error("line \(number)") }
    #expect(lines.all.dropFirst(5) == ["lines were left out 1", "line 12", "line 13", "line 14"])
  }

  private final class Clock: Sendable {
    private let time: Mutex<ContinuousClock.Instant>
    init(_ time: consuming Mutex<ContinuousClock.Instant>) { self.time = time }
    var now: ContinuousClock.Instant { time.withLock { $0 } }
    func move(_ duration: Duration) { time.withLock { $0 += duration } }
  }
}
