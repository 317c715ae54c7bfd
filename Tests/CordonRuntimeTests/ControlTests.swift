import CordonLinux
import Foundation
import Testing

@testable import CordonRuntime

@Suite struct `The control socket` {
  private func serve(
    _ folder: StateFolder, _ answer: @escaping @Sendable (ControlRequest) throws -> ControlAnswer
  ) throws -> ControlServer {
    try folder.create()
    return try ControlServer(folder) { request, _ in try answer(request) }
  }

  @Test(arguments: ["state", String(repeating: "a-long-name/", count: 20) + "state"])
  func `answers, wherever its folder lies`(name: String) throws {
    let scratch = try Scratch()
    let folder = StateFolder(path: scratch.path + "/" + name)
    #expect(!ControlClient(folder).isRunning)
    let server = try serve(folder) { $0 == .stop ? .stopping : .refused("not now") }
    defer { server.close() }
    let client = ControlClient(folder)
    #expect(client.isRunning)
    try client.stop()
    #expect(throws: ControlClient.Failure.refused("not now")) { try client.status() }
    let mode = try FileManager.default.attributesOfItem(atPath: folder.controlSocket)[.posixPermissions]
    #expect("\(mode ?? "")" == "\(0o600)")
    server.close()
    #expect(throws: ControlClient.Failure.notRunning(state: folder.path)) { try client.stop() }
  }

  @Test func `refuses in words what it does not know, and goes on`() throws {
    let scratch = try Scratch()
    let server = try serve(scratch.state) { _ in .stopping }
    defer { server.close() }
    for bytes in [Array("not json".utf8), [0xFF, 0x00], Array(#"{"dance":{}}"#.utf8)] {
      let socket = try UnixSocket(connectingTo: scratch.state.controlSocket)
      try socket.send(bytes)
      let answer = try JSONDecoder().decode(ControlAnswer.self, from: Data(socket.receive().bytes))
      guard case .refused(let why) = answer else {
        Issue.record("\(answer)")
        continue
      }
      #expect(why.contains("another version"))
    }
    try ControlClient(scratch.state).stop()
  }

  @Test func `shows a handler's failure in its own words`() throws {
    struct Broken: Error, CustomStringConvertible { var description: String { "the ledger is on fire" } }
    let scratch = try Scratch()
    let server = try serve(scratch.state) { _ in throw Broken() }
    defer { server.close() }
    #expect(throws: ControlClient.Failure.refused("the ledger is on fire")) {
      try ControlClient(scratch.state).status()
    }
  }

  @Test func `has room for the program of any command, however long the command is`() throws {
    let scratch = try Scratch()
    let server = try serve(scratch.state) { request in
      guard case .enter(_, let program, _) = request else { return .stopping }
      return .refused("\(program.count)")
    }
    defer { server.close() }
    let command = [String(repeating: "p", count: 200_000), String(repeating: "x", count: 500_000)]
    #expect(throws: ControlClient.Failure.refused("256")) {
      try ControlClient(scratch.state).enter(workspace: "lab-1", command: command, person: nil) { _, _ in }
    }
  }
}
