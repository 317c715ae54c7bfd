import CordonGateway
import CordonModel
import CordonPolicy
import CordonPortal
import CordonStore
import Foundation

/// Recordings at the portal: what there is, and one to be watched, each judged by the person's document and recorded first.
struct PortalRecordings: RecordingSource {
  var recordings: Recordings
  var office: PortalOffice

  func recordings(for person: PortalPrincipal, most: Int) async throws -> RecordingsAnswer {
    var found: [Recordings.File] = []
    var isWelcome = false
    var reason = PortalOffice.whatToDo(.listRecordings)
    let kept = recordings.kept()
    for project in person.projects.sorted() {
      let request = PortalRequest(.listRecordings, person: person.person, project: project)
      switch try await decide(request, person) {
      case .allow:
        isWelcome = true
        found += kept.filter { $0.project == project }
      case .deny(let why): reason = why
      }
    }
    guard isWelcome else { return .denied(reason: reason) }
    let newest = found.sorted { $0.began > $1.began }.prefix(max(0, most))
    return .listed(newest.map(listed), of: found.count)
  }

  func recording(_ session: SessionID, for person: PortalPrincipal) async throws -> PortalRecording? {
    guard let file = file(session) else { return nil }
    // Shown is only what the list shows; what is refused is recorded here already.
    guard mayWatch(file, person) else {
      _ = try await decide(request(file, person), person)
      return nil
    }
    return listed(file)
  }

  func watch(_ session: SessionID, as person: PortalPrincipal) async throws -> ReelAnswer {
    guard let file = file(session) else { return .none }
    guard recordings.beginWatching(person.person) else {
      return .denied(reason: "too many recordings are watched; end one of them first")
    }
    do {
      if case .deny(let reason) = try await decide(request(file, person), person) {
        recordings.endWatching(person.person)
        return .denied(reason: reason)
      }
    } catch {
      recordings.endWatching(person.person)
      throw error
    }
    return .open(TapeReel(file, of: recordings, for: person.person))
  }

  private func file(_ session: SessionID) -> Recordings.File? {
    recordings.kept().first { $0.session == session.text }
  }

  private func listed(_ file: Recordings.File) -> PortalRecording {
    let isOpen = recordings.isOpen(file)
    let last = isOpen ? Date() : file.changed
    return PortalRecording(
      session: SessionID(file.session) ?? SessionID(), person: file.person, project: file.project,
      began: Int64(file.began.timeIntervalSince1970),
      length: Int64(max(0, min(last.timeIntervalSince(file.began), 1e9))), bytes: file.bytes, isOpen: isOpen,
      removedAt: recordings.end(of: file).map { Int64($0.timeIntervalSince1970) })
  }

  // MARK: Who may

  private func request(_ file: Recordings.File, _ person: PortalPrincipal) -> PortalRequest {
    PortalRequest(
      .replayRecording, person: person.person, project: file.project, session: SessionID(file.session),
      details: ["of": file.person.text, "way": "portal"])
  }

  /// Without a record: for what only leads to a question that has one.
  private func mayWatch(_ file: Recordings.File, _ person: PortalPrincipal) -> Bool {
    isAuditor(person, of: file.project)
      && office.gatekeeper.decide(
        .replayRecording, resource: PortalResource.recording(project: file.project, session: file.session),
        person: person.person
      ).isAllowed
  }

  /// A provider may give fewer roles and projects today than the spec does.
  private func isAuditor(_ person: PortalPrincipal, of project: Slug) -> Bool {
    person.roles.contains(.auditor) && person.projects.contains(project)
  }

  private func decide(_ request: PortalRequest, _ person: PortalPrincipal) async throws -> PortalDecision {
    guard let project = request.project, isAuditor(person, of: project) else {
      return try await office.refuse(
        request, reason: "the sign-in does not give the role auditor in this project")
    }
    return try await office.decide(request)
  }
}

/// A recording while somebody watches it: opened, decrypted and checked here, picture by picture.
actor TapeReel: RecordingReel {
  /// Places to go to that are remembered; of more, every second one is forgotten.
  private static let mostPlaces = 4_096

  private let file: Recordings.File
  private let recordings: Recordings
  private let person: Slug
  private var reader: TapeReader?
  private var wholes: [(after: Duration, place: TapeReader.Place)] = []
  private var first = Duration.zero
  private var isClosed = false

  init(_ file: Recordings.File, of recordings: Recordings, for person: Slug) {
    self.file = file
    self.recordings = recordings
    self.person = person
  }

  func examine() async throws -> ReelFacts {
    // Before it is read: what is written meanwhile belongs to a session that goes on.
    let isOpen = recordings.isOpen(file)
    var reader = try TapeReader(opening: file.path, key: try await recordings.key(of: file))
    var (last, frames) = (Duration.zero, 0)
    var place = reader.place
    while let entry = try reader.next() {
      let after = Duration.microseconds(Int64(clamping: entry.after))
      if frames == 0 { first = after }
      if Self.isWholeFrame(entry.bytes) { remember(after, place) }
      last = max(last, after)
      frames += 1
      place = reader.place
      // Others have their turn, and somebody who left is not read for.
      if frames % 64 == 0 { await Task.yield() }
      guard !isClosed else { break }
    }
    let ending: ReelFacts.Ending = reader.isWhole ? .whole : isOpen ? .open : .cut
    if !isClosed { self.reader = consume reader }
    return ReelFacts(length: max(.zero, last - first), ending: ending)
  }

  /// By the message's first bytes: version, kind, number, whether it is whole. The rest is read where it is played.
  private static func isWholeFrame(_ bytes: [UInt8]) -> Bool {
    bytes.count > 6 && bytes[1] == 1 && bytes[6] == 1
  }

  private func remember(_ after: Duration, _ place: TapeReader.Place) {
    wholes.append((after, place))
    guard wholes.count > Self.mostPlaces else { return }
    wholes = wholes.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
  }

  func go(to moment: Duration) async throws {
    let place = wholes.last { $0.after - first <= moment } ?? wholes.first
    guard let place, !isClosed else { return }
    try reader?.go(to: place.place)
  }

  func next() async throws -> ReelFrame? {
    guard !isClosed, let entry = try reader?.next() else { return nil }
    return ReelFrame(
      after: max(.zero, Duration.microseconds(Int64(clamping: entry.after)) - first), bytes: entry.bytes)
  }

  func close(frames: Int, failure: (any Error)?) async {
    guard !isClosed else { return }
    isClosed = true
    reader = nil
    recordings.endWatching(person)
    await recordings.keepWatched(file, by: person, frames: frames, failure: failure)
  }
}
