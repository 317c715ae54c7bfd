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

  private func answer(from socket: borrowing UnixSocket) throws -> ControlAnswer {
    try JSONDecoder().decode(ControlAnswer.self, from: Data(socket.receive().bytes))
  }

  @Test func `gives silent connections some time, and no more of them than it has room for`() throws {
    let scratch = try Scratch()
    try scratch.state.create()
    var limits = ControlServer.Limits()
    limits.conversations = 2
    limits.silence = 300
    let server = try ControlServer(scratch.state, limits: limits) { _, _ in .stopping }
    defer { server.close() }
    let path = scratch.state.controlSocket
    let first = try UnixSocket(connectingTo: path)
    let second = try UnixSocket(connectingTo: path)
    let third = try UnixSocket(connectingTo: path)
    guard case .refused(let why) = try answer(from: third) else {
      Issue.record("the third has a place")
      return
    }
    #expect(why.contains("2 connections to the gateway are open already"))
    // The words arrive, whichever of the two is faster.
    #expect(throws: ControlClient.Failure.refused(why)) { try ControlClient(scratch.state).status() }
    // Both are closed from the other side, and their places are free.
    #expect(try first.receive().bytes.isEmpty)
    #expect(try second.receive().bytes.isEmpty)
    let end = ContinuousClock.now + .seconds(30)
    while (try? ControlClient(scratch.state).stop()) == nil, ContinuousClock.now < end { usleep(2_000) }
    try ControlClient(scratch.state).stop()
  }

  @Test func `lets in no more commands than it has room for, and answers beside them`() throws {
    let scratch = try Scratch()
    try scratch.state.create()
    var limits = ControlServer.Limits()
    limits.commands = 1
    limits.silence = 300
    let server = try ControlServer(scratch.state, limits: limits) { request, socket in
      guard case .enter(let workspace, _, _) = request else { return .stopping }
      guard workspace == "lab-1" else { return .refused("no such workspace") }
      try socket.send(Array(try JSONEncoder().encode(ControlAnswer.entrance)))
      return .entrance
    }
    defer { server.close() }
    func enter(_ workspace: String) throws -> UnixSocket {
      let socket = try UnixSocket(connectingTo: scratch.state.controlSocket)
      try socket.send(
        Array(
          try JSONEncoder().encode(
            ControlRequest.enter(workspace: workspace, program: "true", person: nil))))
      return socket
    }
    // One that does not get in gives its place back.
    #expect(try answer(from: enter("lab-2")) == .refused("no such workspace"))
    do {
      let command = try enter("lab-1")
      #expect(try answer(from: command) == .entrance)
      guard case .refused(let why) = try answer(from: enter("lab-1")) else {
        Issue.record("the second is in")
        return
      }
      #expect(why.contains("1 commands in workspaces are open already"))
      // A command may be silent for as long as it runs.
      let ready = try Poll.wait(for: [(command.descriptor.rawValue, POLLIN)], milliseconds: 500)
      #expect(ready == [0])
      try ControlClient(scratch.state).stop()
    }
    let end = ContinuousClock.now + .seconds(30)
    while try answer(from: enter("lab-1")) != .entrance, ContinuousClock.now < end { usleep(2_000) }
    #expect(ContinuousClock.now < end)
  }

  @Test func `waits for a command that takes its time, and not for ever`() throws {
    let pair = try UnixSocket.pair()
    #expect(throws: ControlServer.Silent.self) { try ControlServer.next(on: pair.left, within: 0) }
    try pair.right.send(Array(try JSONEncoder().encode(ControlRequest.useProposedLock)))
    #expect(try ControlServer.next(on: pair.left, within: 30) == .useProposedLock)
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
