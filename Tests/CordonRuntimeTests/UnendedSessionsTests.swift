import CordonGateway
import CordonModel
import CordonPolicy
import CordonPortal
import Foundation
import Logging
import Synchronization
import Testing

@testable import CordonRuntime

@Suite struct `Sessions that a killed gateway left` {
  private let log = KeptRecords()

  private func plan(_ person: String) throws -> SessionPlan {
    SessionPlan(
      person: try Slug(person), project: try Slug("lab"), workspace: try Slug("lab-1"), rules: BrowserRules(),
      home: try #require(PageAddress("http://notebook.cordon.internal/lab")))
  }

  private func recordEnds(_ unended: UnendedSessions, _ scratch: Scratch) async throws {
    let environment = try scratch.environment(["lab-1"])
    await unended.recordEnds(
      in: log,
      of: Gatekeeper(environment: environment, policies: try CompiledPolicies(environment), log: log),
      logger: Logger(label: "test"))
  }

  @Test func `have their ends in the ledger after the next start, once, and only theirs`() async throws {
    let scratch = try Scratch()
    let unended = UnendedSessions(folder: scratch.state.sessions)
    let (left, over) = (try plan("ann"), try plan("bob"))
    try unended.add(left)
    try unended.add(over)
    unended.remove(over.id)
    try await recordEnds(unended, scratch)
    try await recordEnds(unended, scratch)
    let record = try #require(log.records.first)
    #expect(log.records.count == 1 && record.eventName == "BrowserEnded" && record.person == "ann")
    #expect(record.details["session"] == left.id.text && record.reason == UnendedSessions.reason)
    #expect(record.source.door?.workspace.text == "lab-1" && record.outcome == .allowed)
    #expect(unended.marks.isEmpty)
  }

  @Test func `wait for a ledger that takes their ends`() async throws {
    let scratch = try Scratch()
    let unended = UnendedSessions(folder: scratch.state.sessions)
    try unended.add(plan("ann"))
    log.isFailing.withLock { $0 = true }
    try await recordEnds(unended, scratch)
    #expect(unended.marks.count == 1)
    log.isFailing.withLock { $0 = false }
    try await recordEnds(unended, scratch)
    #expect(log.records.count == 1 && unended.marks.isEmpty)
  }

  @Test func `are read from their own files only`() async throws {
    let scratch = try Scratch()
    let unended = UnendedSessions(folder: scratch.state.sessions)
    let (one, other) = (SessionID(), SessionID())
    let text = #"{"session":"\#(one)","person":"ann","project":"lab","workspace":"lab-1"}"#
    for (name, text) in [
      ("notes.txt", text), (other.text, text), (SessionID().text, "{"), (SessionID().text, ""),
      (SessionID().text, String(repeating: " ", count: 5_000) + text),
      (one.text, text.replacing("ann", with: "../ann")),
    ] { try scratch.write(text, to: "state/sessions/\(name)") }
    try await recordEnds(unended, scratch)
    #expect(log.records.isEmpty)
    try scratch.state.create()
  }
}
