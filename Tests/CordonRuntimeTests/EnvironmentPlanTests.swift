import Foundation
import Testing

@testable import CordonRuntime

@Suite struct `What will run` {
  @Test func `has the same digest until the spec, its data or its lock changes`() throws {
    let scratch = try Scratch()
    let first = try EnvironmentPlan(scratch.options()).record.inputs
    #expect(try EnvironmentPlan(scratch.options()).record.inputs == first)
    let spec = try EnvironmentPlan(scratch.options(workspaces: ["lab-1", "lab-2"])).record.inputs
    try scratch.write("22", to: "data/one")
    let changed = try EnvironmentPlan(scratch.options()).record.inputs
    try scratch.write("3", to: "data/below/two")
    let added = try EnvironmentPlan(scratch.options()).record.inputs
    let drill = try EnvironmentPlan(scratch.options(drill: true)).record.inputs
    #expect(Set([first, spec, changed, added, drill]).count == 5)
  }

  @Test func `stays with what its folder was first used for`() throws {
    let scratch = try Scratch()
    try scratch.state.create()
    try EnvironmentPlan(scratch.options()).record.write(scratch.state)
    #expect(throws: EnvironmentPlan.Refusal.self) { try EnvironmentPlan(scratch.options(name: "other")) }
    #expect(throws: EnvironmentPlan.Refusal.self) { try EnvironmentPlan(scratch.options(drill: true)) }
    #expect(try EnvironmentPlan(scratch.options()).record.name == "unit")
  }

  @Test func `is refused where the folder's record cannot be read, because nobody knows what it holds`()
    throws
  {
    let scratch = try Scratch()
    try scratch.write("{}", to: "state/environment.json")
    #expect(throws: EnvironmentRecord.Unreadable.self) { try EnvironmentPlan(scratch.options(drill: true)) }
  }

  @Test func `tells texts apart that only lie together differently`() {
    var one = Fingerprint("ab")
    one.add("c")
    var two = Fingerprint("a")
    two.add("bc")
    #expect(one.value != two.value)
  }
}
