import Foundation
import Testing

@Suite(.serialized) struct `What goes wrong` {
  /// Everything of an environment that is left on the machine. The mounts of a process that was killed, and the loop devices
  /// below them, go a moment after it: the kernel takes them down behind everybody's back.
  private static func left(of place: Place) -> Traces {
    var left = Traces()
    for _ in 0..<250 {
      left = Traces.of(place.state)
      left.controlGroups.removeAll {
        !$0.contains(`The life of an environment`.fingerprint(place.state))
      }
      if left == Traces() { break }
      usleep(20_000)
    }
    return left
  }

  /// Milliseconds after which `up` and what it started are killed: before the spec is read, while folders, images and
  /// workspaces are made, and when all is ready.
  @Test(arguments: [20, 150, 400, 800, 1_500])
  func `an up that is killed on its way leaves nothing after the next down`(delay: UInt32) throws {
    let place = try Place()
    let up = try Running([Cordon.executable, "up", place.spec, "--state", place.state])
    usleep(delay * 1_000)
    up.signal(SIGKILL)
    _ = try up.finish(seconds: 20)
    for process in Traces.of(place.state).processes { kill(process, SIGKILL) }
    let down = try Cordon.run("down", "--state", place.state)
    #expect(down.status == 0, "\(down)")
    let left = Self.left(of: place)
    #expect(left == Traces(), "\(left)")
    try Up.with(place) { up in try #expect(up.exec("echo", "in").line == "in") }
    let after = Self.left(of: place)
    #expect(after == Traces(), "\(after)")
  }

  @Test func `an up whose command alone is killed is one that the next up finds`() throws {
    let place = try Place()
    let first = try Running([Cordon.executable, "up", place.spec, "--state", place.state])
    usleep(200_000)
    first.signal(SIGKILL)
    _ = try first.finish(seconds: 20)
    try Up.with(place) { up in try #expect(up.exec("echo", "in").line == "in") }
    let left = Self.left(of: place)
    #expect(left == Traces(), "\(left)")
  }

  @Test(arguments: ["", "/*"])
  func `a state folder that is removed while it runs is said, and down ends what runs`(what: String) throws {
    let place = try Place()
    var holders: Set<String> = []
    try Up.with(place) { up in
      let gateway = try up.status.process
      let command = try up.start("sleep", "600")
      try wait(until: "the command runs") { try up.status.workspaces[0].processes ?? 0 > 0 }
      holders = Traces.holders(of: Traces.workspaces(of: gateway))
      try run(["sh", "-c", "rm -rf \(place.state)\(what)"])
      let status = try up.cordon("status")
      #expect(status.status == 1 && status.complaint.contains("(process \(gateway)) still runs"), "\(status)")
      #expect(
        status.complaint.contains("was removed") && status.complaint.contains("cordon down"), "\(status)")
      let again = try Cordon.run("up", place.spec, "--state", place.state)
      #expect(again.status == 1 && again.complaint.contains("was removed"), "\(again)")
      let down = try up.cordon("down")
      #expect(down.status == 0 && down.text.contains("was removed while its gateway"), "\(down)")
      #expect(try command.finish(seconds: 20).status != 0)
      let twice = try up.cordon("down")
      #expect(twice.status == 0 && twice.text.contains("was not running"), "\(twice)")
    }
    var left = Self.left(of: place)
    left.holders = Traces.of(place.state, holders: holders).holders
    #expect(left == Traces(), "\(left)")
  }
}
