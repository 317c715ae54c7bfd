import CordonModel
import Synchronization
import Testing

@testable import CordonGateway

@Suite struct `A workspace's budget of records` {
  private final class Clock: Sendable {
    private let time = Mutex(ContinuousClock.now)
    var now: ContinuousClock.Instant { time.withLock { $0 } }
    func move(_ duration: Duration) { time.withLock { $0 += duration } }
  }

  private static func source(_ workspace: String) throws -> SourcePosition {
    SourcePosition(
      environment: try Slug("lab"), project: try Slug("churn"), workspace: try Slug(workspace), endpoint: .s3)
  }

  private func record(_ workspace: String? = "churn-1", bytes: Int = 1) throws -> DecisionRecord {
    DecisionRecord(
      eventSource: "s3.amazonaws.com", eventName: "GetObject", source: try workspace.map(Self.source),
      resources: [String(repeating: "r", count: bytes)], outcome: .allowed, control: "a control",
      reason: "a reason", requestID: "1")
  }

  private func budget(
    _ log: InMemoryDecisionLog, _ clock: Clock, isScarce: @escaping @Sendable () -> Bool = { false }
  ) -> RecordBudget {
    RecordBudget(
      log: log, usual: .init(sustained: 10, burst: 5), scarce: .init(sustained: 1, burst: 2),
      interval: .seconds(3_600), now: { clock.now }, isScarce: isScarce)
  }

  @Test func `refuses what is above it, and each refused request is counted in exactly one record`()
    async throws
  {
    let (log, clock) = (InMemoryDecisionLog(), Clock())
    let budget = budget(log, clock)
    for _ in 0..<5 { try await budget.append(record()) }
    for _ in 0..<20 {
      await #expect(throws: Refusal.tooManyRecords) { try await budget.append(record()) }
    }
    #expect(log.records.count == 6, "one tells at once that it began")
    try await budget.flush()
    try await budget.flush()
    let counts = log.records.dropFirst(5)
    #expect(counts.map { $0.details["refused"] } == ["1", "19"])
    #expect(counts.allSatisfy { $0.outcome == .denied && $0.control == "record budget" })
    #expect(counts.allSatisfy { $0.source.door?.workspace.text == "churn-1" })
    clock.move(.milliseconds(100))
    try await budget.append(record())
    await #expect(throws: Refusal.tooManyRecords) { try await budget.append(record()) }
    #expect(log.records.count == 9)
  }

  @Test func `is each workspace's own, and the operator has none`() async throws {
    let (log, clock) = (InMemoryDecisionLog(), Clock())
    let budget = budget(log, clock)
    for _ in 0..<50 { try? await budget.append(record()) }
    for _ in 0..<5 { try await budget.append(record("churn-2")) }
    for _ in 0..<50 { try await budget.append(record(nil)) }
    #expect(log.records.count == 61)
  }

  @Test func `a record of many bytes costs more than one`() async throws {
    let (log, clock) = (InMemoryDecisionLog(), Clock())
    let budget = budget(log, clock)
    try await budget.append(record(bytes: 20 << 10))
    clock.move(.seconds(1))
    await #expect(throws: Refusal.tooManyRecords) { try await budget.append(record()) }
  }

  @Test func `a record costs what it takes in the log, however short it was before`() async throws {
    let (log, clock) = (InMemoryDecisionLog(), Clock())
    let budget = budget(log, clock)
    log.count(12 << 10)
    try await budget.append(record())
    log.count(100)
    // 5 tokens less 13: half a second brings 5, another whole one 10.
    clock.move(.milliseconds(500))
    await #expect(throws: Refusal.tooManyRecords) { try await budget.append(record()) }
    clock.move(.seconds(1))
    try await budget.append(record())
  }

  @Test func `is smaller while the disk is nearly full`() async throws {
    let (log, clock) = (InMemoryDecisionLog(), Clock())
    let isScarce = Mutex(false)
    let flag = Shared(isScarce)
    let budget = budget(log, clock) { flag.value }
    try await budget.append(record())
    flag.set(true)
    for _ in 0..<2 { try await budget.append(record()) }
    await #expect(throws: Refusal.tooManyRecords) { try await budget.append(record()) }
    clock.move(.seconds(1))
    try await budget.append(record())
  }

  private final class Shared: Sendable {
    private let held: Mutex<Bool>
    init(_ held: consuming Mutex<Bool>) { self.held = held }
    var value: Bool { held.withLock { $0 } }
    func set(_ value: Bool) { held.withLock { $0 = value } }
  }

  @Test func `that a refusal was answered is not recorded again`() async throws {
    let (log, clock) = (InMemoryDecisionLog(), Clock())
    var answered = try record()
    answered.errorCode = Refusal.tooManyRecords.id
    try await budget(log, clock).append(answered)
    #expect(log.records.isEmpty)
  }

  @Test func `repeats of a decision that it refused are counted one by one`() async throws {
    let (log, clock) = (InMemoryDecisionLog(), Clock())
    let budget = budget(log, clock)
    for _ in 0..<5 { try await budget.append(record()) }
    let repeats = RepeatedDecisions(log: budget, window: .seconds(3_600))
    let record = try record()
    let refused = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<30 { group.addTask { (try? await repeats.keep(record)) == nil } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    try await budget.flush()
    let counts = log.records.dropFirst(5).compactMap { $0.details["refused"].flatMap { Int($0) } }
    #expect(refused == 30 && counts.reduce(0, +) == 30)
  }

  private struct Recording: Responder {
    let budget: RecordBudget
    let record: DecisionRecord

    func respond(to request: GatewayRequest, body: RequestBody) async throws -> GatewayResponse {
      try await budget.append(record)
      return .text(200, "recorded\n")
    }
  }

  @Test func `a client above it is answered with a status that it tries again after`() async throws {
    let log = InMemoryDecisionLog()
    let responder = Recording(
      budget: RecordBudget(log: log, usual: .init(sustained: 0, burst: 1)), record: try record())
    try await TestGateway.run(responder: responder) { test in
      let get = "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n"
      #expect(try await exchange(test.port(.s3), get).hasPrefix("HTTP/1.1 200 "))
      let answer = try await exchange(test.port(.s3), get)
      #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("record-budget"))
    }
    #expect(log.records.count == 2)
  }

  @Test func `a count that cannot be written is owed, whoever's it is`() async throws {
    let (log, clock) = (InMemoryDecisionLog(), Clock())
    let budget = budget(log, clock)
    for _ in 0..<10 {
      for workspace in ["churn-1", "churn-2", "churn-3"] { try? await budget.append(record(workspace)) }
    }
    log.fail()
    await #expect(throws: InMemoryDecisionLog.Unwritable.self) { try await budget.flush() }
    log.fail(false)
    try await budget.flush()
    #expect(log.records.suffix(3).map { $0.details["refused"] } == ["4", "4", "4"])
  }
}
