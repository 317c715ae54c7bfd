import CordonModel
import Testing

@testable import CordonGateway

@Suite struct `Repeated decisions` {
  private func record(_ reason: String, requestID: String = "1") -> DecisionRecord {
    DecisionRecord(
      eventSource: "dns.cordon", eventName: "ResolveName", source: nil, outcome: .denied,
      control: "a control",
      reason: reason, requestID: requestID)
  }

  @Test func `the first is recorded at once, the repeats as one more record with their number`() async throws
  {
    let log = InMemoryDecisionLog()
    let repeats = RepeatedDecisions(log: log, window: .seconds(3600))
    for number in 1...100 { try await repeats.keep(record("same", requestID: "\(number)")) }
    #expect(log.records == [record("same")])
    try await repeats.flush()
    #expect(log.records.count == 2)
    #expect(log.records.last?.details == ["repeats": "99"])
  }

  @Test func `when the window ends the number is written without being asked for`() async throws {
    let log = InMemoryDecisionLog()
    let repeats = RepeatedDecisions(log: log, window: .milliseconds(20))
    try await repeats.keep(record("same"))
    try await repeats.keep(record("same"))
    while log.records.count < 2 { await Task.yield() }
    #expect(log.records.last?.details == ["repeats": "1"])
    try await repeats.keep(record("same"))
    #expect(log.records.count == 3)
  }

  @Test func `whatever differs is recorded by itself`() async throws {
    let log = InMemoryDecisionLog()
    let repeats = RepeatedDecisions(log: log)
    for number in 0..<1000 { try await repeats.keep(record("reason \(number)")) }
    #expect(log.records.count == 1000)
  }

  @Test func `beyond its capacity every decision is recorded`() async throws {
    let log = InMemoryDecisionLog()
    let repeats = RepeatedDecisions(log: log, window: .seconds(3600), capacity: 1)
    for _ in 0..<5 { try await repeats.keep(record("first")) }
    for _ in 0..<5 { try await repeats.keep(record("second")) }
    #expect(log.records.count == 6)
  }

  @Test func `a record that was not written stands for nothing`() async throws {
    let log = InMemoryDecisionLog()
    let repeats = RepeatedDecisions(log: log, window: .seconds(3600))
    log.fail()
    await #expect(throws: InMemoryDecisionLog.Unwritable.self) { try await repeats.keep(record("same")) }
    await #expect(throws: InMemoryDecisionLog.Unwritable.self) { try await repeats.keep(record("same")) }
    log.fail(false)
    try await repeats.keep(record("same"))
    #expect(log.records.count == 1)
  }
}
