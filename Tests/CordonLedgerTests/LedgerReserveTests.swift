import CordonLinux
import CordonModel
import FoundationEssentials
import GRDB
import Testing

@testable import CordonLedger

@Suite struct `The ledger's reserve` {
  private static let size: Int64 = 1 << 20

  private func open(_ fixture: LedgerFixture) throws -> Ledger {
    var limits = Ledger.Limits()
    limits.reserve = Self.size
    return try fixture.open(limits)
  }

  private func record(_ number: Int, ofOperator: Bool = false) -> DecisionRecord {
    var record = DecisionRecord.sample(number)
    record.reason = String(repeating: "x", count: 900)
    // As `cordon exec` is recorded: about a workspace, and the operator's.
    if ofOperator, let place = record.source.place { record.source = .operatorIn(place) }
    return record
  }

  /// From now on SQLite answers as on a full disk, whatever the reserve gives back.
  private func limit(_ ledger: Ledger, pages: Int?) async throws {
    try await ledger.chain.queue.writeWithoutTransaction { database in
      let now = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages ?? now)")
    }
  }

  private func fill(_ ledger: Ledger, ofOperator: Bool) async {
    for number in 0..<100 {
      guard (try? await ledger.append(record(number, ofOperator: ofOperator))) != nil else { return }
    }
  }

  @Test func `has blocks of its own from the beginning`() async throws {
    let fixture = try LedgerFixture()
    let ledger = try open(fixture)
    #expect(ledger.reserveUsed == 0)
    #expect(try DurableFile.open(fixture.folder + "/reserve", 0).allocatedBytes() == Self.size)
    try await ledger.close()
    #expect(try fixture.verify().verdict == .intact)
  }

  @Test func `is given back on a full disk, the last quarter for the operator's records only`() async throws {
    let fixture = try LedgerFixture()
    let ledger = try open(fixture)
    try await limit(ledger, pages: nil)
    await fill(ledger, ofOperator: false)
    #expect(ledger.chain.reserve.kept == Self.size / 4)
    #expect(ledger.failure != nil)
    await fill(ledger, ofOperator: true)
    #expect(ledger.chain.reserve.kept == 0)
    try await limit(ledger, pages: 1_000_000)
    let count = ledger.position.sequence
    try await ledger.append(record(1))
    #expect(ledger.position.sequence == count + 1 && ledger.failure == nil)
    ledger.chain.reserve.refill(now: true)
    #expect(ledger.reserveUsed == 0)
    try await ledger.close()
    #expect(try fixture.verify().verdict == .intact)
  }

  @Test func `an operator's record is not refused for a batch of workspaces that failed`() async throws {
    let fixture = try LedgerFixture()
    let ledger = try open(fixture)
    try await limit(ledger, pages: nil)
    await fill(ledger, ofOperator: false)
    try await limit(ledger, pages: 1_000_000)
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<40 {
        let record = record(number, ofOperator: number.isMultiple(of: 4))
        group.addTask { (try? await ledger.append(record)) != nil || record.source.door != nil }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.count == 40 && outcomes.allSatisfy { $0 })
    try await ledger.close()
  }
}
