import CordonGateway
import CordonLinux
import CordonModel
import CordonPortal
import CordonStore
import CordonWire
import Foundation
import Logging
import Synchronization
import Testing

@testable import CordonRuntime

/// Recordings on the disk: sealed, bounded, removed in time, and read by auditors only.
@Suite(.serialized) struct `Recordings of sessions` {
  private let log = KeptRecords()
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func recordings(_ rules: RecordingRules?) async throws -> Recordings {
    var environment = try scratch.environment(["lab-1"])
    environment.people = [
      Person(name: try Slug("ann"), roles: [.dataScientist], projects: [try Slug("lab")]),
      Person(name: try Slug("rita"), roles: [.auditor], projects: [try Slug("lab")]),
      Person(name: try Slug("otto"), roles: [.auditor], projects: []),
    ]
    environment.browser.recording = rules
    let store = try ObjectStore.open(folder: scratch.path + "/store") { Date() }
    _ = try await store.declareBucket(
      BucketName("lab-data"), project: Slug("lab"), versioned: false, readOnly: false)
    return Recordings(
      folder: scratch.path + "/recordings", store: store,
      gatekeeper: Gatekeeper(environment: environment, policies: try CompiledPolicies(environment), log: log),
      log: log, logger: Logger(label: "test"))
  }

  private func plan() throws -> SessionPlan {
    SessionPlan(
      person: try Slug("ann"), project: try Slug("lab"), workspace: try Slug("lab-1"), rules: BrowserRules(),
      home: try #require(PageAddress("http://notebook.cordon.internal/lab")))
  }

  private let frame = ServerMessage.frame(
    .init(
      number: 1, isWhole: true, width: 8, height: 8, pageWidth: 8, pageHeight: 8,
      rectangles: [.init(x: 0, y: 0, width: 8, height: 8, image: Array("a picture".utf8))]))

  @Test func `are written, told of, and replayed for an auditor, each recorded first`() async throws {
    let recordings = try await recordings(RecordingRules())
    let plan = try plan()
    let tape = try await recordings.begin(plan)
    try await tape.keep(frame.encoded, after: .seconds(1))
    #expect(recordings.newest(10).map(\.isOpen) == [true])
    await tape.close()
    let listed = try #require(recordings.newest(10).first)
    #expect(
      listed.session == plan.id.text && listed.person == "ann" && listed.project == "lab" && !listed.isOpen)
    for name in ["ann", "otto", "nobody", ""] {
      await #expect(throws: Recordings.Refusal.notAuditor(name)) {
        try await recordings.open(plan.id.text, for: name)
      }
    }
    await #expect(throws: Recordings.Refusal.self) { try await recordings.open("../x", for: "rita") }
    let found = try await recordings.open(plan.id.text, for: "rita")
    let page = scratch.path + "/page.html"
    let outcome = try SessionReplay.write(found.path, key: found.key, title: "Session <b>", to: page)
    #expect(outcome == SessionReplay.Outcome(frames: 1, isWhole: true))
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.contains("f(1000,8,8,true,[[0,0,\"\(Data("a picture".utf8).base64EncodedString())\"]])"))
    #expect(!text.contains("<b>"))
    #expect(throws: (any Error).self) {
      try SessionReplay.write(found.path, key: found.key, title: "", to: page)
    }
    let events = log.records.map { "\($0.eventName) \($0.outcome)" }
    #expect(
      events == [
        "RecordingStarted allowed", "RecordingEnded allowed", "ReplayRecording denied",
        "ReplayRecording denied", "ReplayRecording denied",
        "ReplayRecording denied", "ReplayRecording allowed",
      ])
    #expect(log.records.last?.person == "rita" && log.records.last?.details["of"] == "ann")
    let sealed = try Data(contentsOf: URL(filePath: found.path))
    #expect(sealed.firstRange(of: Data("a picture".utf8)) == nil)
  }

  @Test func `what cannot be recorded in the ledger is not begun, and not given out`() async throws {
    let recordings = try await recordings(RecordingRules())
    let plan = try plan()
    let tape = try await recordings.begin(plan)
    await tape.close()
    log.isFailing.withLock { $0 = true }
    await #expect(throws: KeptRecords.Unwritable.self) { try await recordings.begin(self.plan()) }
    await #expect(throws: KeptRecords.Unwritable.self) {
      try await recordings.open(plan.id.text, for: "rita")
    }
  }

  @Test func `fill their room and no more`() async throws {
    let recordings = try await recordings(RecordingRules(limit: 1 << 20))
    let tape = try await recordings.begin(plan())
    let bytes = [UInt8](repeating: 7, count: 300_000)
    await #expect(throws: RecordingRefusal.full) {
      for second in 0..<10 { try await tape.keep(bytes, after: .seconds(second)) }
    }
    await tape.close()
    await #expect(throws: RecordingRefusal.full) { try await recordings.begin(self.plan()) }
  }

  /// A disk of its own, so small that it fills.
  private func run(_ program: String, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(program) \(arguments)")
  }

  @Test func `end where the disk is full, say so in the ledger, and play as far as they go`() async throws {
    let folder = scratch.path + "/recordings"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try run("/usr/bin/mount", "-t", "tmpfs", "-o", "size=1m", "cordon-test", folder)
    defer { try? run("/usr/bin/umount", folder) }
    let filler = URL(filePath: folder + "/filler")
    try Data(count: 400_000).write(to: filler)
    let recordings = try await recordings(RecordingRules())
    let plan = try plan()
    let tape = try await recordings.begin(plan)
    guard case .frame(var picture) = frame else { return }
    picture.rectangles[0].image = [UInt8](repeating: 7, count: 300_000)
    let bytes = ServerMessage.frame(picture).encoded
    var kept = 0
    await #expect(throws: SystemError.self) {
      for second in 0..<10 {
        try await tape.keep(bytes, after: .seconds(second))
        kept += 1
      }
    }
    // What was torn is cut away; something else takes its room.
    try run("/bin/sh", "-c", "cat /dev/zero >'\(folder)/rest' 2>/dev/null; true")
    await #expect(throws: RecordingRefusal.noRecorder) { _ = try await recordings.begin(self.plan()) }
    #expect(recordings.newest(10).count == 1, "what was not begun leaves no file")
    // There is room again: nothing may be written behind what is torn.
    for file in [filler.path, folder + "/rest"] { try FileManager.default.removeItem(atPath: file) }
    await tape.close()
    let last = try #require(log.records.last)
    #expect(last.eventName == "RecordingEnded" && last.reason == "it could not be kept any longer")
    #expect(last.details["frames"] == String(kept))
    let found = try await recordings.open(plan.id.text, for: "rita")
    let outcome = try SessionReplay.write(
      found.path, key: found.key, title: "", to: scratch.path + "/full.html")
    #expect(outcome == SessionReplay.Outcome(frames: kept, isWhole: false) && kept > 0)
  }

  @Test func `are none where the spec asks for none`() async throws {
    let recordings = try await recordings(nil)
    await #expect(throws: RecordingRefusal.noRecorder) { try await recordings.begin(self.plan()) }
    #expect(log.records.isEmpty)
  }

  @Test func `are removed when they are old, recorded first, and not before`() async throws {
    let recordings = try await recordings(RecordingRules(keep: 86_400))
    let tape = try await recordings.begin(plan())
    #expect(try await recordings.sweep(at: Date(timeIntervalSinceNow: 90_000)) == 0, "one that goes on stays")
    await tape.close()
    #expect(try await recordings.sweep(at: Date(timeIntervalSinceNow: 80_000)) == 0)
    #expect(try await recordings.sweep(at: Date(timeIntervalSinceNow: 90_000)) == 1)
    #expect(recordings.newest(10).isEmpty)
    #expect(log.records.last?.eventName == "RecordingRemoved")
  }
}
