import CordonGateway
import CordonLinux
import CordonModel
import CordonPolicy
import CordonPortal
import CordonStore
import CordonWire
import Foundation
import Logging
import Synchronization

/// A recording that is kept.
public struct Recording: Codable, Sendable, Equatable {
  /// The session's number.
  public var session: String
  /// Who worked in it.
  public var person: String
  /// In which project.
  public var project: String
  /// When it began, ISO 8601.
  public var began: String
  /// Bytes of the disk.
  public var bytes: Int64
  /// Whether it goes on.
  public var isOpen: Bool
}

/// What sessions showed, as the spec wants it kept: encrypted with a key of its project's, bounded together, removed when it
/// is old, and read by nobody who is not an auditor of its project, with a record each time.
final class Recordings: SessionRecorder {
  /// Why a recording is not to be had.
  enum Refusal: Error, Equatable, CustomStringConvertible {
    case unknown(String)
    case notAuditor(String)
    case damaged

    var description: String {
      switch self {
      case .unknown(let session): "no recording of session '\(session)' is kept; see: cordon sessions list"
      case .notAuditor(let name):
        "'\(name)' is nobody with the role auditor in the recording's project; see people[].roles and people[].projects"
      case .damaged: "the recording's file is none of this project's"
      }
    }
  }

  /// Where the files lie: a folder a project, in it `SECONDS-SESSION-PERSON.tape`.
  private let folder: String
  private let rules: RecordingRules?
  private let store: ObjectStore
  private let gatekeeper: Gatekeeper
  private let log: any DecisionLog
  private let logger: Logger
  private let state: Mutex<State>

  private struct State {
    var used: Int64
    var open: Set<String> = []
    /// How many are watched at the portal, by whom.
    var watched: [Slug: Int] = [:]
  }

  init(folder: String, store: ObjectStore, gatekeeper: Gatekeeper, log: any DecisionLog, logger: Logger) {
    self.folder = folder
    rules = gatekeeper.environment.browser.recording
    self.store = store
    self.gatekeeper = gatekeeper
    self.log = log
    self.logger = logger
    state = Mutex(State(used: Self.bytes(in: folder)))
  }

  /// What the recordings of a folder take of the disk.
  static func bytes(in folder: String) -> Int64 { files(in: folder).reduce(0) { $0 + $1.bytes } }

  // MARK: Recording

  func begin(_ plan: SessionPlan) async throws -> any SessionTape {
    guard let rules else { throw RecordingRefusal.noRecorder }
    guard state.withLock({ $0.used < rules.limit }) else { throw RecordingRefusal.full }
    let bytes = Hex.bytes(plan.id.text) ?? []
    let key = try await store.tapeKey(of: bytes, in: plan.project)
    try await keep(
      "RecordingStarted", plan.person, plan.project, plan.id.text, reason: "browser.record is on")
    let place = "\(folder)/\(plan.project)"
    try FileManager.default.createDirectory(
      atPath: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let name = "\(Int(Date().timeIntervalSince1970))-\(plan.id)-\(plan.person).tape"
    do {
      let writer = try TapeWriter(creating: "\(place)/\(name)", key: key)
      let size = writer.size
      state.withLock { state in
        state.open.insert(plan.id.text)
        state.used += size
      }
      return RecordedTape(writer, plan, self)
    } catch {
      logger.error("a recording was not begun", metadata: ["error": "\(error)"])
      try? FileManager.default.removeItem(atPath: "\(place)/\(name)")
      await ended(plan, bytes: 0, frames: 0, isWhole: false)
      throw RecordingRefusal.noRecorder
    }
  }

  /// Room for so many bytes; false where they would be more than the spec keeps.
  fileprivate func takes(_ bytes: Int64) -> Bool {
    guard let rules else { return false }
    return state.withLock { state in
      state.used += bytes
      return state.used <= rules.limit
    }
  }

  fileprivate func ended(_ plan: SessionPlan, bytes: Int64, frames: Int, isWhole: Bool) async {
    state.withLock { _ = $0.open.remove(plan.id.text) }
    do {
      try await keep(
        "RecordingEnded", plan.person, plan.project, plan.id.text,
        reason: isWhole ? "the session is over" : "it could not be kept any longer",
        ["bytes": String(bytes), "frames": String(frames)])
    } catch {
      logger.error("the end of a recording was not recorded", metadata: ["error": "\(error)"])
    }
  }

  // MARK: What is kept

  /// A file of a recording's.
  struct File: Sendable {
    var path: String
    var session: String
    var person: Slug
    var project: Slug
    var began: Date
    var changed: Date
    var bytes: Int64
  }

  private static func files(in folder: String) -> [File] {
    let projects = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return projects.sorted().flatMap { project -> [File] in
      guard let project = try? Slug(project) else { return [] }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(project)")) ?? []
      return names.sorted().compactMap { file(named: $0, of: project, in: "\(folder)/\(project)") }
    }
  }

  private static func file(named name: String, of project: Slug, in folder: String) -> File? {
    guard name.hasSuffix(".tape") else { return nil }
    let parts = name.dropLast(".tape".count).split(separator: "-", maxSplits: 2)
    guard parts.count == 3, let seconds = Int(parts[0]), let session = SessionID(String(parts[1])),
      let person = try? Slug(String(parts[2])),
      let facts = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)"),
      let bytes = facts[.size] as? NSNumber, let changed = facts[.modificationDate] as? Date
    else { return nil }
    return File(
      path: "\(folder)/\(name)", session: session.text, person: person, project: project,
      began: Date(timeIntervalSince1970: TimeInterval(seconds)), changed: changed, bytes: bytes.int64Value)
  }

  /// The recordings that there are, the newest first. One that is old enough to be removed is none, whether or not it is gone.
  func kept(at now: Date = Date()) -> [File] {
    let open = state.withLock { $0.open }
    return Self.files(in: folder).filter { open.contains($0.session) || !isOld($0, at: now) }
      .sorted { $0.began > $1.began }
  }

  /// When a recording will be removed; nil where the spec does not say, or where it goes on.
  func end(of file: File) -> Date? {
    guard let rules, !isOpen(file) else { return nil }
    return file.changed.addingTimeInterval(TimeInterval(rules.keep))
  }

  /// Whether a recording goes on.
  func isOpen(_ file: File) -> Bool { state.withLock { $0.open.contains(file.session) } }

  private func isOld(_ file: File, at now: Date) -> Bool {
    guard let rules else { return false }
    return now.timeIntervalSince(file.changed) >= TimeInterval(rules.keep)
  }

  /// The newest recordings, at most so many.
  func newest(_ most: Int) -> [Recording] {
    let open = state.withLock { $0.open }
    return kept().prefix(most).map { file in
      Recording(
        session: file.session, person: file.person.text, project: file.project.text,
        began: file.began.formatted(.iso8601), bytes: file.bytes, isOpen: open.contains(file.session))
    }
  }

  /// Removes what is older than the spec keeps, recorded before it goes.
  @discardableResult
  func sweep(at now: Date) async throws -> Int {
    // Where the spec does not record any more, what is there is still kept for as long as it said last: an operator removes it.
    guard rules != nil else { return 0 }
    let open = state.withLock { $0.open }
    var count = 0
    for file in Self.files(in: folder) where !open.contains(file.session) {
      guard isOld(file, at: now) else { continue }
      try await keep(
        "RecordingRemoved", file.person, file.project, file.session,
        reason: "it is older than browser.record.keep",
        ["bytes": String(file.bytes)])
      try FileManager.default.removeItem(atPath: file.path)
      state.withLock { $0.used -= file.bytes }
      count += 1
    }
    return count
  }

  /// Sweeps now and once an hour, until the task is cancelled.
  func upkeep() async {
    while !Task.isCancelled {
      do { try await sweep(at: Date()) } catch {
        logger.error("old recordings were not removed", metadata: ["error": "\(error)"])
      }
      try? await Task.sleep(for: .seconds(3_600))
    }
  }

  /// The file of a recording and its key, for an auditor of its project; recorded before it is given.
  func open(_ session: String, for auditor: String) async throws -> (path: String, key: TapeKey) {
    guard let file = kept().first(where: { $0.session == session }) else { throw Refusal.unknown(session) }
    let person = gatekeeper.environment.people.first { $0.name.text == auditor }?.name
    let resource = PortalResource.recording(project: file.project, session: session)
    let decision = person.map { gatekeeper.decide(.replayRecording, resource: resource, person: $0) }
    let isAllowed = decision?.isAllowed ?? false
    var record = record(
      PortalAction.replayRecording.word, person ?? file.person, file.project, session,
      ["of": file.person.text, "asked": String(auditor.prefix(64)), "way": "command"])
    record.person = person?.text
    record.resources = [gatekeeper.arn(resource)]
    record.outcome = isAllowed ? .allowed : .denied
    record.control = "portal policy"
    record.reason = decision?.because.text ?? "the spec names nobody like that"
    if !isAllowed { record.errorCode = "ReplayRecordingDenied" }
    try await log.append(record)
    guard isAllowed else { throw Refusal.notAuditor(auditor) }
    return (file.path, try await key(of: file))
  }

  /// The key of one recording. Only whoever was judged and recorded gets here.
  func key(of file: File) async throws -> TapeKey {
    guard let facts = try TapeReader.facts(of: file.path), Hex.text(facts.tape) == file.session else {
      throw Refusal.damaged
    }
    return try await store.tapeKey(of: facts.tape, in: file.project, number: facts.number)
  }

  // MARK: Watching

  /// Recordings that are watched at once: each holds a part of one in the memory.
  static let mostWatched = 12
  /// Of one person.
  static let mostWatchedByOne = 3

  /// Takes a place to watch; false where all are taken.
  func beginWatching(_ person: Slug) -> Bool {
    state.withLock { state in
      guard state.watched.values.reduce(0, +) < Self.mostWatched,
        state.watched[person, default: 0] < Self.mostWatchedByOne
      else { return false }
      state.watched[person, default: 0] += 1
      return true
    }
  }

  /// Gives it back.
  func endWatching(_ person: Slug) {
    state.withLock { state in
      let left = state.watched[person, default: 1] - 1
      state.watched[person] = left > 0 ? left : nil
    }
  }

  /// Records what came of watching.
  func keepWatched(_ file: File, by person: Slug, frames: Int, failure: (any Error)?) async {
    var record = record(
      failure == nil ? "ReplayEnded" : PortalAction.replayRecording.word, person, file.project, file.session,
      ["of": file.person.text, "frames": String(frames), "way": "portal"])
    record.resources = [
      gatekeeper.arn(PortalResource.recording(project: file.project, session: file.session))
    ]
    record.outcome = failure == nil ? .allowed : .denied
    record.control = failure == nil ? "portal" : "sealed recording"
    record.reason = failure == nil ? "it was watched" : "its file is not as it was written, or another's"
    if failure != nil { record.errorCode = "RecordingDamaged" }
    do { try await log.append(record) } catch {
      logger.error("what was watched of a recording was not recorded", metadata: ["error": "\(error)"])
    }
    if let failure { logger.error("a recording cannot be read", metadata: ["error": "\(failure)"]) }
  }

  private func record(
    _ event: String, _ person: Slug, _ project: Slug, _ session: String, _ details: [String: String]
  ) -> DecisionRecord {
    PortalRecord.record(
      event, person: person, project: project, workspace: nil, session: SessionID(session), details: details,
      in: gatekeeper)
  }

  private func keep(
    _ event: String, _ person: Slug, _ project: Slug, _ session: String, reason: String,
    _ details: [String: String] = [:]
  ) async throws {
    var record = record(event, person, project, session, details)
    record.outcome = .allowed
    record.control = "browser.record"
    record.reason = reason
    try await log.append(record)
  }
}

/// One session's recording while it goes on.
private actor RecordedTape: SessionTape {
  /// No more than this is lost where the machine stops.
  private static let flushed = Duration.seconds(5)

  private var writer: TapeWriter
  private let plan: SessionPlan
  private let recordings: Recordings
  private var counted: Int64
  private var frames = 0
  private var last = Duration.zero
  private var isWhole = true
  private var isOver = false

  init(_ writer: consuming TapeWriter, _ plan: SessionPlan, _ recordings: Recordings) {
    counted = writer.size
    self.writer = writer
    self.plan = plan
    self.recordings = recordings
  }

  func keep(_ bytes: [UInt8], after: Duration) async throws {
    do {
      try writer.append(bytes, after: Self.microseconds(after))
      if after - last >= Self.flushed {
        try writer.flush()
        last = after
      }
      guard count() else { throw RecordingRefusal.full }
      frames += 1
    } catch {
      isWhole = false
      throw error
    }
  }

  private static func microseconds(_ duration: Duration) -> UInt64 {
    let (seconds, atto) = duration.components
    return UInt64(clamping: seconds) &* 1_000_000 &+ UInt64(clamping: atto / 1_000_000_000_000)
  }

  private func count() -> Bool {
    defer { counted = writer.size }
    return recordings.takes(writer.size - counted)
  }

  func close() async {
    guard !isOver else { return }
    isOver = true
    do { try writer.finish() } catch { isWhole = false }
    _ = count()
    await recordings.ended(plan, bytes: writer.size, frames: frames, isWhole: isWhole)
  }
}
