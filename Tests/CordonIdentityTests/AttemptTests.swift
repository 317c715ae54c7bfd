import Dispatch
import Synchronization
import Testing

@testable import CordonIdentity

@Suite struct `The budget of attempts` {
  @Test func `five are looked at at once, and then one after a pause that doubles`() {
    var budget = AttemptBudget()
    var waits: [Int] = []
    var now: Int64 = 0
    for _ in 0..<20 {
      while case .wait(let seconds, _) = budget.take(.person("scientist-1"), at: now) {
        waits.append(seconds)
        now += Int64(seconds)
      }
    }
    #expect(waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] + Array(repeating: 900, count: 5))
  }

  @Test func `whoever is sent away is counted, and the pause is not made longer by it`() {
    var budget = AttemptBudget()
    for _ in 0..<5 { #expect(budget.take(.stranger("x"), at: 0) == .go) }
    for count in 1...50 { #expect(budget.take(.stranger("x"), at: 0) == .wait(seconds: 1, count: count)) }
    #expect(budget.take(.stranger("x"), at: 1) == .go)
  }

  @Test func `fifty a second from one address take one a minute of the machine's work`() {
    var budget = AttemptBudget()
    let judged = (0..<50 * 600).count { budget.take(.address([192, 0, 2, 1]), at: Int64($0 / 50)) == .go }
    #expect(judged <= 40)
    #expect(budget.take(.address([192, 0, 2, 2]), at: 600) == .go)
  }

  @Test func `an address of IPv6 is its network`() {
    var budget = AttemptBudget()
    for last in 0..<20 as Range<UInt8> { _ = budget.take(.address(Self.v6(network: 1, last)), at: 0) }
    #expect(budget.take(.address(Self.v6(network: 1, 99)), at: 0) != .go)
    #expect(budget.take(.address(Self.v6(network: 2, 99)), at: 0) == .go)
  }

  private static func v6(network: UInt8, _ last: UInt8) -> [UInt8] {
    [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, network, 0, 0, 0, 0, 0, 0, 0, last]
  }

  @Test func `names that somebody makes up take nobody's place`() {
    var budget = AttemptBudget()
    for number in 0..<100_000 { _ = budget.take(.stranger("x\(number)"), at: 0) }
    #expect(budget.take(.person("scientist-1"), at: 0) == .go)
  }

  @Test func `a clock that goes back makes the pause neither longer nor shorter`() {
    var budget = AttemptBudget()
    for _ in 0..<5 { _ = budget.take(.person("a"), at: 1_000_000) }
    #expect(budget.take(.person("a"), at: 0) == .wait(seconds: 1, count: 1))
    #expect(budget.take(.person("a"), at: 1) == .go)
  }

  @Test func `the owner's success clears the name, and an hour of quiet does`() {
    var budget = AttemptBudget()
    for _ in 0..<5 { _ = budget.take(.person("a"), at: 0) }
    budget.clear(.person("a"))
    #expect(budget.take(.person("a"), at: 0) == .go)
    for _ in 0..<4 { _ = budget.take(.person("a"), at: 0) }
    #expect(budget.take(.person("a"), at: 3_601) == .go)
  }

  @Test func `what is given back can be taken again`() {
    var budget = AttemptBudget()
    for _ in 0..<100 {
      #expect(budget.take(.person("a"), at: 0) == .go)
      budget.giveBack(.person("a"), at: 0)
    }
  }
}

@Suite struct `The hashing desk` {
  @Test func `as many as it has places are hashed at once, and the rest wait or are sent away`() async {
    let desk = HashingDesk(atOnce: 2, waiting: 16, reserved: 6)
    let floor = Floor()
    let answers = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<100 { group.addTask { await desk.run(isKnown: false) { floor.work("stranger") } != nil } }
      // Nobody gets through before the gate opens, so whoever is through was sent away.
      var answers: [Bool] = []
      for await answer in group {
        answers.append(answer)
        if answers.count == 88 {
          await Self.until { floor.most == 2 }
          floor.open()
        }
      }
      return answers
    }
    #expect(answers.count { $0 } == 12)
    #expect(floor.most == 2)
  }

  @Test func `browsers that are known have places of their own, and go first`() async {
    let desk = HashingDesk(atOnce: 1, waiting: 4, reserved: 2)
    let floor = Floor()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await Self.come("first", isKnown: false, desk, floor) }
      await Self.until { desk.load.running == 1 }
      for _ in 0..<3 { group.addTask { await Self.come("stranger", isKnown: false, desk, floor) } }
      await Self.until { desk.load.waiting == 2 && floor.order == ["away"] }
      for _ in 0..<2 { group.addTask { await Self.come("known", isKnown: true, desk, floor) } }
      await Self.until { desk.load.waiting == 4 }
      floor.open()
    }
    #expect(floor.order == ["away", "first", "known", "known", "stranger", "stranger"])
  }

  private static func come(_ name: String, isKnown: Bool, _ desk: HashingDesk, _ floor: Floor) async {
    if await desk.run(isKnown: isKnown, { floor.work(name) }) == nil { floor.note("away") }
  }

  private static func until(_ holds: () -> Bool) async {
    while !holds() { await Task.yield() }
  }
}

/// Where work is held up until it is let go, and how much of it there was at once.
final class Floor: Sendable {
  private struct State {
    var now = 0
    var most = 0
    var order: [String] = []
  }

  private let state = Mutex(State())
  private let gate = DispatchSemaphore(value: 0)

  var most: Int { state.withLock { $0.most } }
  var order: [String] { state.withLock { $0.order } }

  func open() { gate.signal() }
  func note(_ name: String) { state.withLock { $0.order.append(name) } }

  func work(_ name: String) {
    state.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
    gate.wait()
    gate.signal()
    state.withLock {
      $0.now -= 1
      $0.order.append(name)
    }
  }
}
