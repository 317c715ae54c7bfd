import CordonLinux
import Foundation
import Testing

@testable import CordonRuntime

@Suite struct `A gateway whose folder was removed` {
  @Test func `is one that runs this program, and no later process of its number`() throws {
    let scratch = try Scratch()
    try scratch.state.create()
    let lock = try FolderLock(scratch.state)
    #expect(try OrphanGateway.find(of: scratch.state) == nil)
    try FileManager.default.removeItem(atPath: scratch.state.path)
    let orphan = try #require(try OrphanGateway.find(of: scratch.state))
    #expect(orphan.process == getpid() && orphan.description.contains("cordon down --state"))
    var later = try ProcessIdentity(of: getpid())
    #expect(later == (try ProcessIdentity(of: getpid())))
    later.started += 1
    #expect(later != (try ProcessIdentity(of: getpid())))
    withExtendedLifetime(lock) {}
  }

  @Test func `is not whatever else holds its lock: that is named, left alone, and nothing begins beside it`()
    throws
  {
    let scratch = try Scratch()
    let options = try scratch.options()
    try scratch.state.create()
    let poser = Process()
    poser.executableURL = URL(filePath: "/bin/sh")
    poser.arguments = ["-c", "exec 9<>\"$1\"; echo held; exec sleep 600", "sh", scratch.state.lock]
    let said = Foundation.Pipe()
    poser.standardOutput = said
    try poser.run()
    defer {
      // It may have inherited that gentler signals are blocked.
      kill(poser.processIdentifier, SIGKILL)
      poser.waitUntilExit()
    }
    #expect(String(decoding: said.fileHandleForReading.availableData, as: UTF8.self) == "held\n")
    try FileManager.default.removeItem(atPath: scratch.state.path)
    let doubt = try #require(throws: OrphanGateway.Doubtful.self) {
      try OrphanGateway.find(of: scratch.state)
    }
    #expect(doubt.process == poser.processIdentifier)
    #expect(
      doubt.description.contains("another program (") && doubt.description.contains("kill \(doubt.process)"))
    let launcher = EnvironmentLauncher(options)
    #expect(throws: OrphanGateway.Doubtful.self) { _ = try launcher.down() }
    #expect(throws: OrphanGateway.Doubtful.self) { _ = try launcher.up() }
    #expect(throws: ControlClient.Failure.orphaned(doubt.description)) {
      try ControlClient(scratch.state).status()
    }
    #expect(poser.isRunning)
  }
}
