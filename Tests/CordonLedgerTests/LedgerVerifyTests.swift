import CordonModel
import FoundationEssentials
import GRDB
import Testing

@testable import CordonLedger

@Suite struct `Verifying the ledger` {
  @Test(arguments: [0, 1, 10, 33])
  func `what was written is intact`(count: Int) async throws {
    let fixture = try await LedgerFixture.written(count)
    let found = try fixture.verify()
    #expect(found.problems == [])
    #expect(found.verdict == .intact)
    #expect(found.exitCode == 0)
    #expect(found.count == Int64(count))
    #expect(found.lastGood == Int64(count))
    #expect(found.signedThrough == Int64(count))
  }

  /// Each row: what somebody does to a ledger of 33 records, and the first problem that is reported.
  private static let tampering: [(LedgerProblem, [String])] = [
    (.changed(sequence: 7), ["UPDATE records SET body = replace(body, 'run-6', 'run-9') WHERE n = 7"]),
    (.changed(sequence: 7), ["UPDATE records SET body = body || ' ' WHERE n = 7"]),
    (.changed(sequence: 7), ["UPDATE records SET hash = zeroblob(32) WHERE n = 7"]),
    (.changed(sequence: 7), ["UPDATE records SET hash = x'00' WHERE n = 7"]),
    (.linkBroken(sequence: 7), ["UPDATE records SET prev = zeroblob(32) WHERE n = 7"]),
    (.missing(first: 7, last: 7), ["DELETE FROM records WHERE n = 7"]),
    (.missing(first: 1, last: 3), ["DELETE FROM records WHERE n <= 3"]),
    (.truncated(last: 30, head: 33), ["DELETE FROM records WHERE n > 30"]),
    (.truncated(last: 0, head: 33), ["DELETE FROM records"]),
    (
      .linkBroken(sequence: 7),
      [
        "UPDATE records SET n = -7 WHERE n = 7", "UPDATE records SET n = 7 WHERE n = 8",
        "UPDATE records SET n = 8 WHERE n = -7",
      ]
    ),
    (.missing(first: 33, last: .max - 1), ["UPDATE records SET n = 9223372036854775807 WHERE n = 33"]),
    (.outOfOrder(sequence: .min), ["UPDATE records SET n = -9223372036854775807 - 1 WHERE n = 33"]),
    (.outOfOrder(sequence: 0), ["UPDATE records SET n = 0 WHERE n = 1"]),
    (.columnsDiffer(sequence: 7), ["UPDATE records SET outcome = 'allowed' WHERE n = 7"]),
    (.columnsDiffer(sequence: 7), ["UPDATE records SET time = time + 1 WHERE n = 7"]),
    (.columnsDiffer(sequence: 7), ["UPDATE records SET path = NULL WHERE n = 7"]),
    (.checkpointInvalid(sequence: 10), ["UPDATE checkpoints SET signature = zeroblob(64) WHERE n = 10"]),
    (.checkpointInvalid(sequence: 10), ["UPDATE checkpoints SET time = time + 1 WHERE n = 10"]),
    (.headInvalid(sequence: 33), ["UPDATE head SET signature = zeroblob(64)"]),
    (.headInvalid(sequence: 30), ["UPDATE head SET n = 30"]),
    (.headMissing, ["DELETE FROM head"]),
    (.structure("no such table: checkpoints"), ["DROP TABLE checkpoints"]),
    (.structure("no such table: records"), ["DROP TABLE records"]),
    (.structure("it does not say which ledger it is"), ["DROP TABLE ledger"]),
  ]

  @Test(arguments: tampering)
  func `what was done to the database is found`(expected: LedgerProblem, sql: [String]) async throws {
    let fixture = try await LedgerFixture.written(33)
    for statement in sql { try fixture.tamper(statement) }
    let found = try fixture.verify()
    #expect(found.problems.contains(expected), "\(found.problems)")
    #expect(found.verdict == .broken)
    #expect(found.exitCode == 1)
    if let sequence = found.firstBad, sequence > 0 { #expect(found.lastGood < sequence) }
  }

  @Test func `a removed record whose followers moved up is found where it was`() async throws {
    let fixture = try await LedgerFixture.written(33)
    try fixture.tamper(
      "DELETE FROM records WHERE n = 7", "UPDATE records SET n = -n WHERE n > 7",
      "UPDATE records SET n = -n - 1 WHERE n < 0")
    let found = try fixture.verify()
    #expect(found.problems.prefix(2) == [.linkBroken(sequence: 7), .moved(sequence: 7, writtenAs: 8)])
    #expect(found.lastGood == 6)
    #expect(found.problems.contains(.truncated(last: 32, head: 33)))
  }

  @Test func `an inserted record is found even with a chain of its own`() async throws {
    let fixture = try await LedgerFixture.written(33)
    try fixture.tamper(
      "UPDATE records SET n = -n WHERE n > 7", "UPDATE records SET n = 1 - n WHERE n < 0",
      "INSERT INTO records SELECT 8, time, prev, hash, body, event, outcome, path, route, workspace FROM records WHERE n = 7"
    )
    try fixture.rechain()
    let found = try fixture.verify()
    // The chain is whole again; what the attacker has not is the key.
    #expect(found.problems.contains(.checkpointInvalid(sequence: 10)))
    #expect(found.problems.contains(.headInvalid(sequence: 33)))
  }

  @Test func `a rewritten history with a whole chain is found by the signatures`() async throws {
    let fixture = try await LedgerFixture.written(33)
    try fixture.tamper("UPDATE records SET body = replace(body, 'run-32', 'run-99') WHERE n = 33")
    try fixture.rechain()
    #expect(try fixture.verify().problems == [.checkpointInvalid(sequence: 33), .headInvalid(sequence: 33)])
  }

  @Test func `a missing head file is found`() async throws {
    let fixture = try await LedgerFixture.written(3)
    try FileManager.default.removeItem(atPath: fixture.folder + "/HEAD")
    #expect(try fixture.verify().problems == [.headMissing])
    #expect(throws: LedgerError.self) { try fixture.open() }
  }

  @Test(arguments: 0..<2)
  func `a damaged slot of the head file is found`(slot: Int) async throws {
    let fixture = try await LedgerFixture.written(3)
    var head = try fixture.bytes(of: "HEAD")
    head[slot * HeadFile.slotByteCount + 40] ^= 1
    try fixture.overwrite("HEAD", with: head)
    let found = try fixture.verify()
    #expect(found.verdict == .broken)
    #expect(throws: LedgerError.self) { try fixture.open() }
  }

  @Test func `a database put back to an earlier state is found by the head file`() async throws {
    let fixture = try await LedgerFixture.written(5)
    let earlier = try fixture.bytes(of: "ledger.db")
    let ledger = try fixture.open()
    try await ledger.append(.sample(5))
    try await ledger.close()
    try fixture.overwrite("ledger.db", with: earlier)
    #expect(try fixture.verify().problems.contains(.truncated(last: 5, head: 6)))
    #expect(throws: LedgerError.self) { try fixture.open() }
  }

  @Test func `a whole folder put back is found by a position noted down elsewhere`() async throws {
    let fixture = try await LedgerFixture.written(5)
    let (database, head) = (try fixture.bytes(of: "ledger.db"), try fixture.bytes(of: "HEAD"))
    let ledger = try fixture.open()
    var expectation = LedgerVerifier.Expectation()
    expectation.anchor = try await ledger.append(.sample(5))
    try await ledger.close()
    #expect(try fixture.verify(expectation).verdict == .intact)
    try fixture.overwrite("ledger.db", with: database)
    try fixture.overwrite("HEAD", with: head)
    #expect(try fixture.verify().verdict == .intact)
    #expect(try fixture.verify(expectation).problems == [.anchorMissing(sequence: 6)])
  }

  @Test func `another key than the one expected is found`() async throws {
    let fixture = try await LedgerFixture.written(2)
    var expectation = LedgerVerifier.Expectation()
    expectation.keyID = try fixture.verify().keyID
    #expect(try fixture.verify(expectation).verdict == .intact)
    expectation.keyID = "00112233445566778899aabbccddeeff"
    #expect(try fixture.verify(expectation).verdict == .broken)
  }

  @Test func `a verifier does not need the signing key`() async throws {
    let fixture = try await LedgerFixture.written(12)
    try FileManager.default.removeItem(atPath: fixture.folder + "/signing.key")
    #expect(try fixture.verify().verdict == .intact)
  }

  @Test func `a verifier reads while a gateway writes`() async throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    try await ledger.append(.sample(0))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<8 {
        group.addTask { for number in 0..<25 { try await ledger.append(.sample(caller * 25 + number)) } }
      }
      var last: Int64 = 0
      for _ in 0..<20 {
        let found = try fixture.verify()
        #expect(found.problems == [])
        #expect(found.count >= last)
        last = found.count
      }
      try await group.waitForAll()
    }
    try await ledger.close()
    #expect(try fixture.verify().count == 201)
  }

  @Test func `one changed byte anywhere in the database is found or changes nothing`() async throws {
    let fixture = try await LedgerFixture.written(40)
    let original = try fixture.bytes(of: "ledger.db")
    let before = try LedgerReader(folder: fixture.folder).entries(LedgerFilter())
    for offset in stride(from: 0, to: original.count, by: 613) {
      var changed = original
      changed[offset] ^= 0x20
      try fixture.overwrite("ledger.db", with: changed)
      guard let found = try? fixture.verify(), found.verdict == .intact else { continue }
      let after = try LedgerReader(folder: fixture.folder).entries(LedgerFilter())
      #expect(after == before, "byte \(offset)")
    }
  }
}

@Suite struct `Opening a ledger` {
  @Test(arguments: [
    "UPDATE records SET body = body || ' ' WHERE n = 33", "DELETE FROM records WHERE n = 33",
    "DELETE FROM records WHERE n > 20", "UPDATE head SET n = 32", "DELETE FROM head", "DELETE FROM ledger",
    "UPDATE checkpoints SET signature = zeroblob(64) WHERE n = 33",
  ])
  func `one whose end is broken is refused, and the message names the command to look`(sql: String)
    async throws
  {
    let fixture = try await LedgerFixture.written(33)
    try fixture.tamper(sql)
    let error = try #require(throws: LedgerError.self) { try fixture.open() }
    guard case .damaged = error else {
      Issue.record("\(error)")
      return
    }
    #expect("\(error)".contains("cordon ledger verify"))
  }

  @Test func `one with a broken header is refused`() async throws {
    let fixture = try await LedgerFixture.written(3)
    var bytes = try fixture.bytes(of: "ledger.db")
    bytes.replaceSubrange(0..<100, with: repeatElement(0x55, count: 100))
    try fixture.overwrite("ledger.db", with: bytes)
    #expect(throws: LedgerError.self) { try fixture.open() }
    #expect(try fixture.verify().verdict == .broken)
  }

  @Test(arguments: [true, false])
  func `one whose database is gone or empty is not begun anew`(isGone: Bool) async throws {
    let fixture = try await LedgerFixture.written(3)
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
      try? FileManager.default.removeItem(atPath: "\(fixture.folder)/\(name)")
    }
    if !isGone { try fixture.overwrite("ledger.db", with: []) }
    #expect(throws: LedgerError.self) { try fixture.open() }
    #expect(try fixture.verify().verdict == .broken)
  }

  @Test func `a missing key is not made anew for a ledger with records`() async throws {
    let fixture = try await LedgerFixture.written(3)
    try FileManager.default.removeItem(atPath: fixture.folder + "/signing.key")
    #expect(throws: LedgerError.self) { try fixture.open() }
  }

  @Test func `a key that others can read is refused`() async throws {
    let fixture = try await LedgerFixture.written(3)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640], ofItemAtPath: fixture.folder + "/signing.key")
    let error = try #require(throws: LedgerError.self) { try fixture.open() }
    #expect("\(error)".contains("640"))
  }

  @Test func `another key is refused`() async throws {
    let (fixture, other) = (try await LedgerFixture.written(3), try await LedgerFixture.written(1))
    try fixture.overwrite("signing.key", with: try other.bytes(of: "signing.key"))
    #expect(throws: LedgerError.self) { try fixture.open() }
    #expect(try fixture.verify().verdict == .broken)
  }

  @Test func `a head file that lags behind, as after a power cut, is caught up`() async throws {
    let fixture = try await LedgerFixture.written(5)
    let head = try fixture.bytes(of: "HEAD")
    let ledger = try fixture.open()
    try await ledger.append(.sample(5))
    try await ledger.close()
    try fixture.overwrite("HEAD", with: head)
    #expect(try fixture.verify().verdict == .intact)
    let again = try fixture.open()
    #expect(again.position.sequence == 6)
    try await again.close()
    #expect(try HeadFile.read(fixture.folder + "/HEAD")?.newest?.count == 6)
  }

  @Test(arguments: [0, 100, 512, 1_024])
  func `a crash while the first head was written loses nothing`(length: Int) async throws {
    let fixture = try await LedgerFixture.written(0)
    try fixture.overwrite("HEAD", with: Array(try fixture.bytes(of: "HEAD").prefix(length)))
    let ledger = try fixture.open()
    try await ledger.append(.sample(0))
    try await ledger.close()
    #expect(try fixture.verify().verdict == .intact)
  }
}
