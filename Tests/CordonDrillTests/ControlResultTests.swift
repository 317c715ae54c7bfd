import Testing

@testable import CordonDrill

@Suite struct `A control` {
  private static let arrived = Judge.Outcome.arrived("raw at the sink")
  private static let late = Judge.Outcome.notRun("no time")
  private static let missing = Judge.Outcome.absent("no such device")

  @Test(arguments: [
    (1, [arrived]), (1, [missing]), (2, [.nothing, arrived]), (3, [late, .nothing, arrived]),
    (3, [.nothing, .nothing, .nothing, arrived]), (3, [late, late, late, arrived]),
  ])
  func `is run again while chance may have kept it from its goal`(runs: Int, outcomes: [Judge.Outcome])
    throws
  {
    var left = outcomes[...]
    let result = try ControlResult.persisting { () throws(DrillError) in left.removeFirst() }
    #expect(result == ControlResult(outcome: outcomes[runs - 1], runs: runs))
  }

  @Test(arguments: [(1, 1), (2, 2), (3, 3), (3, 9)])
  func `that needed several runs gives the attack as many`(runs: Int, control: Int) throws {
    let result = try ControlResult.persisting(nothing: control) { () throws(DrillError) in .nothing }
    #expect(result == ControlResult(outcome: .nothing, runs: runs))
  }

  @Test func `that was run among others goes on from there`() throws {
    var calls = 0
    let result = try ControlResult.persisting(after: Self.late) { () throws(DrillError) in
      calls += 1
      return Self.arrived
    }
    #expect(calls == 1 && result == ControlResult(outcome: Self.arrived, runs: 2))
  }

  @Test func `of an attack that must notice what is off is no measure of its runs`() throws {
    let attack = try #require(try AttackTable.select(["neighbour-kernel-counters"]).first)
    let once = ControlResult(outcome: Self.arrived, runs: 1)
    #expect(Engagement.runs(of: attack, weakened: [.kernelFiles], control: once) == ControlResult.limit)
    #expect(Engagement.runs(of: attack, weakened: [.seccomp], control: once) == 1)
    #expect(
      Engagement.runs(of: attack, weakened: [], control: ControlResult(outcome: .nothing, runs: 2)) == 2)
    #expect(Engagement.runs(of: attack, weakened: [], control: nil) == 1)
  }
}
