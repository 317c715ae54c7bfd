import CordonLinux
import CordonModel
import FoundationEssentials
import GRDB
import Testing

@testable import CordonLedger

@Suite struct `Appending to the ledger` {
  @Test func `a record is in the file when append returns`() async throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    let position = try await ledger.append(.sample(1), at: LedgerFixture.start)
    let entries = try LedgerReader(folder: fixture.folder).entries(LedgerFilter())
    #expect(entries.map(\.position) == [position])
    #expect(position.sequence == 1)
    #expect(try HeadFile.read(fixture.folder + "/HEAD")?.newest?.count == 1)
    try await ledger.close()
  }

  @Test func `concurrent callers share commits and each gets a place of its own`() async throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    let positions = try await withThrowingTaskGroup(of: [LedgerPosition].self) { group in
      for caller in 0..<50 {
        group.addTask {
          var own: [LedgerPosition] = []
          for number in 0..<20 { own.append(try await ledger.append(.sample(caller * 20 + number))) }
          return own
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(positions.map(\.sequence)) == Set(1...1_000))
    #expect(try fixture.verify().verdict == .intact)
    try await ledger.close()
    #expect(try fixture.verify().signedThrough == 1_000)
  }

  @Test func `a ledger goes on where it ended`() async throws {
    let fixture = try await LedgerFixture.written(25)
    let ledger = try fixture.open()
    #expect(ledger.position.sequence == 25)
    #expect(try await ledger.append(.sample(25)).sequence == 26)
    try await ledger.close()
    let found = try fixture.verify()
    #expect(found.verdict == .intact)
    #expect(found.count == 26)
    #expect(found.checkpoints == 4)
    #expect(found.lastGood == 26)
  }

  @Test func `two gateways cannot hold one ledger`() async throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    #expect(throws: LedgerError.locked(folder: fixture.folder)) { try fixture.open() }
    try await ledger.close()
  }

  @Test func `a database that another program locked is refused as locked`() async throws {
    let fixture = try await LedgerFixture.written(1)
    let other = try DatabaseQueue(path: fixture.folder + "/ledger.db")
    try other.inDatabase { database in
      try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
      #expect(throws: LedgerError.locked(folder: fixture.folder)) { try fixture.open() }
      try database.execute(sql: "ROLLBACK")
    }
  }

  @Test func `a closed ledger refuses`() async throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    try await ledger.close()
    try await ledger.close()
    await #expect(throws: LedgerError.closed) { try await ledger.append(.sample(1)) }
  }

  @Test func `more waiting than admitted is refused, and what was admitted is written`() async throws {
    let fixture = try LedgerFixture()
    var limits = Ledger.Limits()
    limits.mostWaiting = 4
    limits.largestBatch = 2
    let ledger = try fixture.open(limits)
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask { (try? await ledger.append(.sample(number))) != nil }
      }
      return await group.reduce(into: [Bool]()) { $0.append($1) }
    }
    #expect(outcomes.contains(false))
    #expect(ledger.position.sequence == Int64(outcomes.count { $0 }))
    #expect(try fixture.verify().verdict == .intact)
    try await ledger.close()
  }

  @Test func `files are for the owner only`() async throws {
    let fixture = try await LedgerFixture.written(1)
    #expect(try DurableFile.permissions(of: fixture.folder) == 0o700)
    for name in ["ledger.db", "signing.key", "HEAD", "lock"] {
      #expect(try DurableFile.permissions(of: "\(fixture.folder)/\(name)") == 0o600, "\(name)")
    }
  }

  @Test(arguments: [-1.0, 253_402_300_800, .infinity, .nan])
  func `a time that cannot be written is refused`(seconds: Double) async throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    await #expect(throws: LedgerError.timeOutOfRange) {
      try await ledger.append(.sample(1), at: Date(timeIntervalSince1970: seconds))
    }
    try await ledger.close()
  }
}

@Suite struct `A ledger that cannot write` {
  @Test func `refuses until a commit succeeds again`() async throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    let written = try await fill(ledger)
    let failed = await failures(of: ledger, count: 40)
    #expect(failed.allSatisfy { $0 != nil })
    #expect(ledger.failure != nil)
    #expect(ledger.position.sequence == written)
    await #expect(throws: LedgerError.self) { try await ledger.append(.sample(1)) }

    try makeRoom(ledger)
    #expect(try await ledger.append(.sample(2)).sequence == written + 1)
    #expect(ledger.failure == nil)
    #expect(await failures(of: ledger, count: 40).allSatisfy { $0 == nil })
    try await ledger.close()
    let found = try fixture.verify()
    #expect(found.verdict == .intact)
    #expect(found.count == written + 41)
  }

  @Test func `refuses when another program wrote to it`() async throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    try await ledger.append(.sample(0))
    try fixture.tamper("UPDATE head SET n = 7")
    await #expect(
      throws: LedgerError.commitFailed(why: "the ledger's head was changed by another program")
    ) { try await ledger.append(.sample(1)) }
  }

  /// Stops the database from growing, so that SQLite answers as it does on a full disk, and uses up what is free
  /// inside its last pages.
  private func fill(_ ledger: Ledger) async throws -> Int64 {
    try await ledger.chain.queue.writeWithoutTransaction { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages)")
    }
    for number in 0..<100 {
      guard (try? await ledger.append(.sample(number))) != nil else { break }
    }
    return ledger.position.sequence
  }

  private func makeRoom(_ ledger: Ledger) throws {
    try ledger.chain.queue.writeWithoutTransaction { database in
      _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = 1000000")
    }
  }

  private func failures(of ledger: Ledger, count: Int) async -> [LedgerError?] {
    await withTaskGroup(of: LedgerError?.self) { group in
      for number in 0..<count {
        group.addTask { () async -> LedgerError? in
          var record = DecisionRecord.sample(number)
          record.reason = String(repeating: "x", count: 900)
          do throws(LedgerError) {
            try await ledger.append(record)
            return nil
          } catch {
            return error
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }
}
