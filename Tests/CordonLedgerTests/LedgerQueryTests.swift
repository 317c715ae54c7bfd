import CordonModel
import FoundationEssentials
import Testing

@testable import CordonLedger

@Suite struct `Reading the ledger` {
  private func filter(_ change: (inout LedgerFilter) -> Void) -> LedgerFilter {
    var filter = LedgerFilter()
    change(&filter)
    return filter
  }

  private func sequences(_ fixture: LedgerFixture, _ filter: LedgerFilter) throws -> [Int64] {
    try LedgerReader(folder: fixture.folder).entries(filter).map(\.position.sequence)
  }

  @Test func `a filter selects by each of its members`() async throws {
    let fixture = try await LedgerFixture.written(12)
    let since = LedgerFixture.start
    #expect(try sequences(fixture, LedgerFilter()) == Array(1...12))
    #expect(try sequences(fixture, filter { $0.since = since.addingTimeInterval(10) }) == [11, 12])
    #expect(try sequences(fixture, filter { $0.until = since.addingTimeInterval(2) }) == [1, 2])
    #expect(try sequences(fixture, filter { $0.after = 10 }) == [11, 12])
    #expect(try sequences(fixture, filter { $0.before = 3 }) == [1, 2])
    #expect(try sequences(fixture, filter { $0.before = .min }) == [])
    #expect(try sequences(fixture, filter { $0.outcome = .denied }) == [1, 4, 7, 10])
    #expect(try sequences(fixture, filter { $0.eventName = "GetObject" }) == [2, 4, 6, 8, 10, 12])
    #expect(try sequences(fixture, filter { $0.path = .tunnel }) == [])
    #expect(try sequences(fixture, filter { $0.workspace = "churn-1" }).count == 12)
    #expect(try sequences(fixture, filter { $0.workspace = "' OR 1 --" }) == [])
    #expect(try sequences(fixture, filter { $0.person = "scientist-1" }).count == 12)
    #expect(try sequences(fixture, filter { $0.person = "scientist" }) == [])
    #expect(try sequences(fixture, filter { $0.exceptRoute = "no-such" }).count == 12)
    #expect(try sequences(fixture, filter { $0.exceptRoute = "s3-own-bucket" }) == [])
    #expect(try sequences(fixture, filter { $0.limit = 2 }) == [1, 2])
    #expect(
      try sequences(
        fixture,
        filter {
          $0.limit = 2
          $0.order = .newestFirst
        }) == [12, 11])
    #expect(throws: LedgerError.self) { try sequences(fixture, filter { $0.limit = -1 }) }
  }

  /// A command that entered a workspace, as it is recorded now and as it was before it had a place.
  private func exec(_ place: WorkspacePosition, older: Bool = false) -> DecisionRecord {
    DecisionRecord(
      eventSource: "control.cordon", eventName: "Exec", source: older ? .operatorOutside : .operatorIn(place),
      person: "operator", resources: ["arn:aws:cordon:eu-west-1:111122223333:workspace/\(place.workspace)"],
      outcome: .allowed, control: "control socket", reason: "asked", requestID: "R")
  }

  @Test func `commands that entered a workspace are found by its name, also in an older ledger`() async throws
  {
    let fixture = try await LedgerFixture.written(2)
    var place = try #require(DecisionRecord.sample(1).source.place)
    let older = try fixture.open()
    try await older.append(exec(place, older: true))
    try await older.close()
    let ledger = try fixture.open()
    try await ledger.append(exec(place))
    place.workspace = try Slug("churn-2")
    try await ledger.append(exec(place, older: true))
    try await ledger.append(exec(place))
    try await ledger.close()
    #expect(try sequences(fixture, filter { $0.workspace = "churn-1" }) == [1, 2, 3, 4])
    #expect(try sequences(fixture, filter { $0.workspace = "churn-2" }) == [5, 6])
    #expect(try sequences(fixture, filter { $0.workspace = "churn" }) == [])
    #expect(try sequences(fixture, filter { $0.workspace = "%" }) == [])
    let verified = try fixture.verify()
    #expect(verified.verdict == .intact && verified.count == 6)
    var lines: [String] = []
    try LedgerExport(folder: fixture.folder).write { lines.append($0) }
    #expect(lines.filter { $0.contains("\"workspace\":\"churn-2\"") }.count == 1)
    try fixture.tamper("UPDATE records SET workspace = 'churn-2' WHERE n = 4")
    #expect(try fixture.verify().problems == [.columnsDiffer(sequence: 4)])
  }

  @Test func `reading stops when the receiver has enough`() async throws {
    let fixture = try await LedgerFixture.written(5)
    var seen = 0
    try LedgerReader(folder: fixture.folder).query(LedgerFilter()) { _ in
      seen += 1
      return seen < 2
    }
    #expect(seen == 2)
  }

  @Test func `an entry gives its members back`() async throws {
    let fixture = try await LedgerFixture.written(1)
    let entry = try #require(try LedgerReader(folder: fixture.folder).entries(LedgerFilter()).first)
    let members = try entry.members()
    #expect(members.eventName == "PutObject")
    #expect(members.additionalEventData.reason == "statement 1 'OrganizationOnly'")
    #expect(members.resources?.map(\.arn) == ["arn:aws:s3:::churn-store/run-0"])
    #expect(entry.time == LedgerFixture.start)
  }

  @Test func `denials are counted by path and route`() async throws {
    let fixture = try await LedgerFixture.written(7)
    let ledger = try fixture.open()
    var dns = DecisionRecord.sample(0)
    dns.path = .tunnel
    dns.route = "dns-label"
    for second in 0..<3 {
      try await ledger.append(dns, at: LedgerFixture.start.addingTimeInterval(Double(100 + second)))
    }
    var malformed = DecisionRecord.sample(0)
    malformed.path = nil
    malformed.route = nil
    try await ledger.append(malformed, at: LedgerFixture.start)
    let reader = LedgerReader(folder: fixture.folder)
    let counts = try reader.denials().map { [$0.path?.rawValue ?? "-", $0.route ?? "-", "\($0.count)"] }
    #expect(
      counts == [
        ["-", "-", "1"], ["cross-account-copy", "s3-own-bucket", "3"], ["tunnel", "dns-label", "3"],
      ])
    let late = try reader.denials(since: LedgerFixture.start.addingTimeInterval(50))
    #expect(late.map(\.count) == [3])
    #expect(late.map(\.last) == [LedgerFixture.start.addingTimeInterval(102)])
    try await ledger.close()
  }

  @Test func `a folder without a ledger is an error that says so`() throws {
    let fixture = try LedgerFixture()
    let error = try #require(throws: LedgerError.self) {
      try LedgerReader(folder: fixture.folder).denials()
    }
    #expect("\(error)".contains("there is no ledger.db"))
    #expect(throws: LedgerError.self) { try fixture.verify() }
  }
}

@Suite struct `An export` {
  private func lines(_ fixture: LedgerFixture, after: Int64 = 0) throws -> [String] {
    var lines: [String] = []
    try LedgerExport(folder: fixture.folder).write(after: after) { lines.append($0) }
    return lines
  }

  @Test(arguments: [0, 1, 25])
  func `verifies without the folder`(count: Int) async throws {
    let fixture = try await LedgerFixture.written(count)
    let lines = try lines(fixture)
    #expect(lines.count == count + 2)
    let found = LedgerExportVerifier.verify(lines)
    #expect(found.problems == [])
    #expect(found.count == Int64(count))
    #expect(found.signedThrough == Int64(count))
    for line in lines { _ = try JSONDecoder().decode([String: AnyValue].self, from: Data(line.utf8)) }
  }

  private struct AnyValue: Decodable { init(from decoder: any Decoder) throws {} }

  @Test func `may start in the middle of the chain`() async throws {
    let fixture = try await LedgerFixture.written(25)
    let positions = try LedgerReader(folder: fixture.folder).entries(LedgerFilter()).map(\.position)
    let found = LedgerExportVerifier.verify(try lines(fixture, after: 20), after: positions[19])
    #expect(found.problems == [])
    #expect(found.count == 5)
    #expect(found.signedThrough == 25)
    #expect(LedgerExportVerifier.verify(try lines(fixture, after: 25), after: positions[24]).problems == [])
    // Without the position, or with another, it is an export whose beginning is missing.
    #expect(
      LedgerExportVerifier.verify(try lines(fixture, after: 20)).problems == [.missing(first: 1, last: 20)])
    #expect(
      LedgerExportVerifier.verify(try lines(fixture, after: 20), after: positions[18]).problems
        == [.missing(first: 20, last: 20)])
    let other = LedgerPosition(sequence: 20, hash: positions[18].hash)
    #expect(
      LedgerExportVerifier.verify(try lines(fixture, after: 20), after: other).problems == [
        .linkBroken(sequence: 21)
      ])
  }

  @Test func `that was changed is found`() async throws {
    let fixture = try await LedgerFixture.written(25)
    let lines = try lines(fixture)
    func verify(_ change: (inout [String]) -> Void) -> [LedgerProblem] {
      var changed = lines
      change(&changed)
      return LedgerExportVerifier.verify(changed).problems
    }
    #expect(verify { $0[5] = $0[5].replacing("run-4", with: "run-5") } == [.changed(sequence: 5)])
    #expect(verify { $0.remove(at: 5) } == [.missing(first: 5, last: 5)])
    #expect(verify { $0.swapAt(5, 6) }.first == .missing(first: 5, last: 5))
    #expect(verify { $0.insert($0[5], at: 6) }.contains(.outOfOrder(sequence: 5)))
    #expect(verify { $0.remove(at: 25) } == [.truncated(last: 24, head: 25)])
    #expect(verify { $0.removeLast() } == [.headMissing])
    #expect(verify { $0.removeSubrange(1...3) } == [.missing(first: 1, last: 3)])
    #expect(verify { $0.removeSubrange(1...25) } == [.truncated(last: 0, head: 25)])
    #expect(verify { $0.removeFirst() }.contains(.unreadableLine(1)))
    #expect(verify { $0[5] = $0[5].replacing("\"n\":", with: "\"n\": ") }.contains(.unreadableLine(6)))
    #expect(verify { $0[26] = $0[26].replacing("\"count\":\"25\"", with: "\"count\":\"24\"") }.count == 1)
    #expect(verify { $0 = [] } == [.headMissing])
    #expect(verify { $0[3] = "" }.contains(.unreadableLine(4)))
    #expect(verify { $0[3] = "{\"hash\":\"" }.contains(.unreadableLine(4)))
  }

  @Test func `with other records under an old head is found`() async throws {
    let (fixture, other) = (try await LedgerFixture.written(5), try await LedgerFixture.written(5))
    var mixed = try lines(fixture)
    mixed[1...5] = try lines(other)[1...5]
    #expect(
      LedgerExportVerifier.verify(mixed).problems == [.linkBroken(sequence: 1), .headInvalid(sequence: 5)])
  }

  @Test func `is checked against a position noted down elsewhere`() async throws {
    let fixture = try await LedgerFixture.written(5)
    var expectation = LedgerVerifier.Expectation()
    expectation.anchor = try fixture.verify().end
    #expect(LedgerExportVerifier.verify(try lines(fixture), expecting: expectation).verdict == .intact)
    expectation.anchor?.sequence = 4
    #expect(LedgerExportVerifier.verify(try lines(fixture), expecting: expectation).verdict == .broken)
  }
}
