import CordonModel
import Dispatch
import FoundationEssentials
import Glibc
import Testing

@testable import CordonLedger

@Suite struct `A ledger whose process is killed` {
  /// The child notes each acknowledged record in a file of its own, then dies by SIGKILL at a random moment.
  @Test(arguments: 0..<6)
  func `keeps every record that was acknowledged`(round: Int) async throws {
    let fixture = try LedgerFixture()
    let folder = fixture.folder
    let notes = fixture.temporary.path + "/acknowledged"
    for generation in 0..<3 {
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [folder = folder as String, notes = notes as String, generation = generation as Int] in
        try await appendUntilKilled(folder: folder, notes: notes, generation: generation)
      }
    }
    let found = try fixture.verify()
    #expect(found.problems == [])
    let ledger = try fixture.open()
    let entries = try LedgerReader(folder: folder).entries(LedgerFilter())
    let present = Set(try entries.map { "\($0.position.sequence) \(try $0.members().requestID)" })
    let acknowledged = try String(contentsOfFile: notes, encoding: .utf8).split(separator: "\n").map(
      String.init)
    #expect(acknowledged.count >= 90)
    #expect(acknowledged.filter { !present.contains($0) } == [])
    try await ledger.append(.sample(1))
    try await ledger.close()
    #expect(try fixture.verify().verdict == .intact)
  }
}

/// Appends from many tasks; dies a random while after the thirtieth acknowledgement.
private func appendUntilKilled(folder: String, notes: String, generation: Int) async throws {
  let ledger = try Ledger.open(folder: folder, scope: LedgerFixture.scope(), now: { LedgerFixture.start })
  let file = try Acknowledgements(path: notes)
  await withTaskGroup(of: Void.self) { group in
    for caller in 0..<32 {
      group.addTask {
        for number in 0..<1_000 {
          var record = DecisionRecord.sample(number)
          record.requestID = "G\(generation)-C\(caller)-N\(number)"
          guard let position = try? await ledger.append(record) else { return }
          if file.note("\(position.sequence) \(record.requestID)") == 30 { killSoon() }
        }
      }
    }
  }
}

private func killSoon() {
  let delay = DispatchTimeInterval.microseconds(Int.random(in: 0...20_000))
  DispatchQueue.global().asyncAfter(deadline: .now() + delay) { kill(getpid(), SIGKILL) }
}
