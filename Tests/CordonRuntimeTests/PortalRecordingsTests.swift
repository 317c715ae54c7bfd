import CordonGateway
import CordonModel
import CordonPolicy
import CordonPortal
import CordonStore
import CordonWire
import Foundation
import Logging
import Synchronization
import Testing

@testable import CordonRuntime

/// Recordings at the portal: who finds and watches which, and what is left of a file that is none any more.
@Suite(.serialized) struct `Recordings at the portal` {
  private let log = KeptRecords()
  private let scratch: Scratch
  private let recordings: Recordings
  private let source: PortalRecordings

  init() async throws {
    scratch = try Scratch()
    var environment = try scratch.environment(["lab-1"])
    let lab = try Slug("lab")
    environment.people = [
      Person(name: try Slug("ann"), roles: [.dataScientist], projects: [lab]),
      Person(name: try Slug("rita"), roles: [.auditor], projects: [lab]),
      Person(name: try Slug("otto"), roles: [.auditor], projects: []),
    ]
    environment.browser.recording = RecordingRules(keep: 86_400)
    let store = try ObjectStore.open(folder: scratch.path + "/store") { Date() }
    _ = try await store.declareBucket(BucketName("lab-data"), project: lab, versioned: false, readOnly: false)
    let gatekeeper = Gatekeeper(
      environment: environment, policies: try CompiledPolicies(environment), log: log)
    let logger = Logger(label: "test")
    recordings = Recordings(
      folder: scratch.path + "/recordings", store: store, gatekeeper: gatekeeper, log: log, logger: logger)
    source = PortalRecordings(
      recordings: recordings, office: PortalOffice(gatekeeper: gatekeeper, log: log, logger: logger))
  }

  private func person(
    _ name: String, _ roles: Set<Person.Role> = [.auditor], projects: [String] = ["lab"]
  ) throws -> PortalPrincipal {
    PortalPrincipal(person: try Slug(name), roles: roles, projects: Set(try projects.map { try Slug($0) }))
  }

  private func frame(_ number: UInt32, isWhole: Bool) -> [UInt8] {
    ServerMessage.frame(
      .init(
        number: number, isWhole: isWhole, width: 8, height: 8, pageWidth: 8, pageHeight: 8,
        rectangles: [.init(x: 0, y: 0, width: 8, height: 8, image: [UInt8](repeating: 7, count: 2_000))])
    ).encoded
  }

  /// Ten pictures, one a second from the third on, every fourth whole; without its end, it is still open.
  private func record(finishes: Bool = true) async throws -> (id: SessionID, tape: any SessionTape) {
    let plan = SessionPlan(
      person: try Slug("ann"), project: try Slug("lab"), workspace: try Slug("lab-1"), rules: BrowserRules(),
      home: try #require(PageAddress("http://notebook.cordon.internal/lab")))
    let tape = try await recordings.begin(plan)
    for second in 0..<10 {
      let bytes = frame(UInt32(second), isWhole: second.isMultiple(of: 4))
      try await tape.keep(bytes, after: .seconds(3 + second))
    }
    if finishes { await tape.close() }
    return (plan.id, tape)
  }

  private func path(_ id: SessionID) throws -> String {
    try #require(recordings.kept().first { $0.session == id.text }).path
  }

  private func reel(_ id: SessionID) async throws -> any RecordingReel {
    guard case .open(let reel) = try await source.watch(id, as: person("rita")) else {
      throw Recordings.Refusal.unknown(id.text)
    }
    return reel
  }

  private func numbers(_ reel: any RecordingReel) async throws -> [UInt32] {
    var numbers: [UInt32] = []
    while let next = try await reel.next() {
      guard case .frame(let frame) = try ServerMessage(parsing: next.bytes) else { continue }
      numbers.append(frame.number)
    }
    return numbers
  }

  @Test func `are listed to the auditors of their project, newest first, and each look is recorded`()
    async throws
  {
    let (id, _) = try await record()
    let (open, _) = try await record(finishes: false)
    guard case .listed(let found, let count) = try await source.recordings(for: person("rita"), most: 10)
    else {
      Issue.record("not listed")
      return
    }
    #expect(count == 2 && Set(found.map(\.session)) == [id, open])
    let whole = try #require(found.first { $0.session == id })
    #expect(
      whole.person.text == "ann" && whole.project.text == "lab" && !whole.isOpen && whole.bytes > 20_000)
    #expect(try #require(whole.removedAt) >= whole.began + 86_400)
    #expect(found.first { $0.session == open }?.isOpen == true)
    #expect(log.records.last?.eventName == "ListRecordings" && log.records.last?.outcome == .allowed)
    guard case .listed(let one, of: 2) = try await source.recordings(for: person("rita"), most: 1) else {
      Issue.record("not listed")
      return
    }
    #expect(one.count == 1)
  }

  @Test(
    arguments: [
      ("ann", [.dataScientist], ["lab"]),
      // The spec does not make her one; the sign-in does not say so now; no project; another project; nobody at all.
      ("ann", [.auditor, .dataScientist], ["lab"]), ("rita", [.dataScientist], ["lab"]),
      ("rita", [], ["lab"]), ("rita", [.auditor], ["other"]), ("otto", [.auditor], ["lab"]),
      ("eve", [.auditor], ["lab"]), ("rita", [.auditor], []),
    ] as [(String, Set<Person.Role>, [String])])
  func `are nobody else's, and who tries is recorded`(
    name: String, roles: Set<Person.Role>, projects: [String]
  ) async throws {
    let (id, _) = try await record()
    let before = log.records.count
    let person = try person(name, roles, projects: projects)
    guard case .denied(let reason) = try await source.recordings(for: person, most: 10) else {
      Issue.record("they were listed")
      return
    }
    #expect(reason.contains("auditor"))
    #expect(try await source.recording(id, for: person) == nil)
    guard case .denied = try await source.watch(id, as: person) else {
      Issue.record("it was opened")
      return
    }
    let tried = log.records.dropFirst(before)
    #expect(tried.allSatisfy { $0.outcome == .denied && $0.person == name })
    #expect(tried.suffix(2).map(\.eventName) == ["ReplayRecording", "ReplayRecording"])
    #expect(tried.last?.details["session"] == id.text && tried.last?.details["of"] == "ann")
  }

  @Test func `that are not there are not there, for anybody`() async throws {
    #expect(try await source.recording(SessionID(), for: person("rita")) == nil)
    guard case .none = try await source.watch(SessionID(), as: person("rita")) else {
      Issue.record("there is one")
      return
    }
    #expect(log.records.isEmpty)
  }

  @Test func `are opened once that is recorded, and read from any place`() async throws {
    let (id, _) = try await record()
    #expect(try await source.recording(id, for: person("rita"))?.session == id)
    let reel = try await reel(id)
    let record = try #require(log.records.last)
    #expect(record.eventName == "ReplayRecording" && record.outcome == .allowed && record.person == "rita")
    #expect(record.details["of"] == "ann" && record.details["session"] == id.text)
    #expect(record.resources == ["arn:aws:cordon:eu-west-1:111122223333:recording/lab/\(id)"])
    #expect(try await reel.examine() == ReelFacts(length: .seconds(9), ending: .whole))
    for (moment, first) in [(0, 0), (3, 0), (4, 4), (7, 4), (8, 8), (99, 8), (5, 4)] as [(Int, UInt32)] {
      try await reel.go(to: .seconds(moment))
      #expect(try await numbers(reel) == Array(first..<10), "\(moment)")
    }
    await reel.close(frames: 7, failure: nil)
    let ended = try #require(log.records.last)
    #expect(ended.eventName == "ReplayEnded" && ended.person == "rita" && ended.details["frames"] == "7")
    #expect(try await reel.next() == nil, "what is closed gives nothing more")
  }

  @Test func `cannot be watched where that cannot be recorded`() async throws {
    let (id, _) = try await record()
    log.isFailing.withLock { $0 = true }
    for _ in 0...Recordings.mostWatchedByOne {
      await #expect(throws: KeptRecords.Unwritable.self) {
        _ = try await source.watch(id, as: person("rita"))
      }
    }
    await #expect(throws: KeptRecords.Unwritable.self) {
      _ = try await source.recordings(for: person("rita"), most: 1)
    }
    log.isFailing.withLock { $0 = false }
    _ = try await reel(id)
  }

  @Test func `play as far as they go where they were cut off, and say so`() async throws {
    let (id, tape) = try await record(finishes: false)
    let goesOn = try await reel(id)
    // What is not flushed yet is not there yet.
    #expect(try await goesOn.examine().ending == .open)
    await tape.close()
    let file = try path(id)
    let bytes = try Data(contentsOf: URL(filePath: file))
    for length in [40, 41, bytes.count / 2, bytes.count - 1] {
      try bytes.prefix(length).write(to: URL(filePath: file))
      let reel = try await reel(id)
      #expect(try await reel.examine().ending == .cut, "\(length)")
      try await reel.go(to: .zero)
      #expect(try await numbers(reel).count < 10)
      await reel.close(frames: 0, failure: nil)
    }
  }

  @Test func `that were changed, or are another's, are refused whole, and that is recorded`() async throws {
    let (id, _) = try await record()
    let (other, _) = try await record()
    let (file, whole) = (try path(id), try Data(contentsOf: URL(filePath: path(id))))
    var changed = whole
    changed[changed.count / 2] ^= 1
    let foreign = try Data(contentsOf: URL(filePath: path(other)))
    // Another recording's segments behind this one's header.
    let mixed = whole.prefix(40) + foreign.dropFirst(40)
    for bytes in [changed, foreign, Data(mixed), Data("no tape at all".utf8), Data()] {
      try bytes.write(to: URL(filePath: file))
      let reel = try await reel(id)
      var failure: (any Error)?
      do { _ = try await reel.examine() } catch { failure = error }
      #expect(failure != nil)
      #expect(try await reel.next() == nil)
      await reel.close(frames: 0, failure: failure)
      let record = try #require(log.records.last)
      #expect(record.errorCode == "RecordingDamaged" && record.outcome == .denied && record.person == "rita")
    }
  }

  @Test func `are gone when they are old, whether or not they were removed yet`() async throws {
    let (id, _) = try await record()
    let file = try path(id)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -86_401)], ofItemAtPath: file)
    #expect(try await source.recordings(for: person("rita"), most: 10) == .listed([], of: 0))
    #expect(try await source.recording(id, for: person("rita")) == nil)
    await #expect(throws: Recordings.Refusal.self) { try await recordings.open(id.text, for: "rita") }
    guard case .none = try await source.watch(id, as: person("rita")) else {
      Issue.record("it was opened")
      return
    }
    #expect(FileManager.default.fileExists(atPath: file))
  }

  @Test func `are watched so many at once, and a place is free again afterwards`() async throws {
    let (id, _) = try await record()
    var reels: [any RecordingReel] = []
    for _ in 0..<Recordings.mostWatchedByOne { reels.append(try await reel(id)) }
    guard case .denied = try await source.watch(id, as: person("rita")) else {
      Issue.record("one more was opened")
      return
    }
    await reels[0].close(frames: 0, failure: nil)
    await reels[0].close(frames: 0, failure: nil)
    _ = try await reel(id)
    guard case .denied = try await source.watch(id, as: person("rita")) else {
      Issue.record("a place was given back twice")
      return
    }
  }
}
