import CordonWire
import Synchronization

/// What was shown to a person, as it is kept. Whoever implements it encrypts and bounds it; the portal has no key.
public protocol SessionTape: Sendable {
  /// Keeps a frame's bytes, as the person's browser gets them. An error ends the session.
  func keep(_ bytes: [UInt8], after: Duration) async throws
  /// Nothing more comes.
  func close() async
}

/// Begins the recording of sessions whose rules ask for it.
public protocol SessionRecorder: Sendable {
  /// A tape for a new session. An error keeps the session from opening.
  func begin(_ plan: SessionPlan) async throws -> any SessionTape
}

/// Why a session that must be recorded does not open.
public enum RecordingRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// Nothing is there to record with.
  case noRecorder
  /// What may be kept is kept already.
  case full

  /// What it is, and what to do.
  public var description: String {
    switch self {
    case .noRecorder: "the session must be recorded, and cannot be; tell the platform team"
    case .full:
      "the session must be recorded, and the room for recordings is full; tell the platform team (browser.record.limit)"
    }
  }
}

/// A session's frames on their way to its tape: taken at once, written in order, and few enough that a slow disk is noticed
/// instead of filling the memory.
final class TapeFeed: Sendable {
  private struct State {
    var waiting = 0
    var hasFailed = false
  }

  private static let mostWaiting = 48 << 20
  private let state = Mutex(State())
  private let feed: AsyncStream<(bytes: [UInt8], after: Duration)>.Continuation
  private let failures: AsyncStream<Void>
  private let failure: AsyncStream<Void>.Continuation
  private let writing: Task<Void, Never>
  private let start: Duration

  init(_ tape: any SessionTape, at start: Duration) {
    self.start = start
    let (entries, feed) = AsyncStream.makeStream(of: (bytes: [UInt8], after: Duration).self)
    (failures, failure) = AsyncStream.makeStream()
    self.feed = feed
    let (report, failure) = (Reports(), failure)
    writing = Task {
      for await entry in entries {
        do { try await tape.keep(entry.bytes, after: entry.after) } catch {
          report.fail()
          break
        }
        report.written(entry.bytes.count)
      }
      // Whoever waits for a failure waits no more; whether it was one is for the feed to say.
      failure.finish()
      await tape.close()
    }
    reports = report
  }

  private final class Reports: Sendable {
    private let bytes = Mutex<Int?>(0)
    /// Bytes that are written; nil where no more will be.
    var written: Int? { bytes.withLock { $0 } }
    func written(_ count: Int) { bytes.withLock { if let before = $0 { $0 = before + count } } }
    func fail() { bytes.withLock { $0 = nil } }
  }

  private let reports: Reports

  /// Takes a frame; false where it cannot be kept, and must not be shown.
  func take(_ bytes: [UInt8], at now: Duration) -> Bool {
    guard let written = reports.written else { return false }
    let fits = state.withLock { state in
      guard !state.hasFailed, state.waiting + bytes.count - written <= Self.mostWaiting else {
        state.hasFailed = true
        return false
      }
      state.waiting += bytes.count
      return true
    }
    guard fits, case .enqueued = feed.yield((bytes, now - start)) else {
      failure.finish()
      return false
    }
    return true
  }

  /// Suspends until something was not kept, or the tape is closed.
  func untilFailed() async { for await _ in failures {} }

  /// Returns once everything is written.
  func close() async {
    feed.finish()
    await writing.value
  }
}
