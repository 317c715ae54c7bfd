import CordonLinux
import Foundation
import Synchronization

/// Answers commands on the control socket: one connection at a time gets a thread, because commands are few and a
/// blocked one must not hold up the others.
final class ControlServer: Sendable {
  /// Answers a request; what else goes over the connection is sent through it.
  typealias Handler = @Sendable (ControlRequest, borrowing UnixSocket) throws -> ControlAnswer

  /// How many connections there are, and how long one may say nothing.
  struct Limits: Sendable {
    /// Connections whose request is not answered yet.
    var conversations = 64
    /// Commands in workspaces; each holds its connection until it ends.
    var commands = 1_000
    /// Milliseconds until a request has come, and until each message of an answer is taken.
    var silence: Int64 = 10_000
  }

  /// What is open now.
  private struct Open {
    var conversations = 0
    var commands = 0
  }

  /// More connections than there may be.
  struct TooMany: Error, CustomStringConvertible {
    var what: String
    var limit: Int

    var description: String {
      "\(limit) \(what) are open already, which is the most there may be; end some, or try again in some seconds"
    }
  }

  private let path: String
  private let limits: Limits
  private let open = Mutex(Open())

  /// Starts to answer in `folder`, which only the owner can enter.
  init(_ folder: StateFolder, limits: Limits = Limits(), handler: @escaping Handler) throws {
    self.limits = limits
    path = folder.controlSocket
    try? FileManager.default.removeItem(atPath: path)
    // The thread owns the listener; it ends with the process.
    let listening = Listening(try folder.withControlSocketPath { path in try UnixListener(at: path) })
    let thread = Thread { [self] in
      while true {
        guard let connection = try? listening.listener.accept() else {
          // Out of descriptors, say: what passes by itself must not spin.
          usleep(10_000)
          continue
        }
        answer(Connected(connection), handler)
      }
    }
    thread.name = "cordon-control"
    thread.start()
  }

  /// Removes the socket's file.
  func close() { try? FileManager.default.removeItem(atPath: path) }

  private func answer(_ connected: Connected, _ handler: @escaping Handler) {
    guard (try? begin(\.conversations, atMost: limits.conversations, "connections")) != nil else {
      // Its turn to read is the client's; a socket that takes no answer at once gets none.
      try? connected.socket.setTimeout(milliseconds: 1)
      let refusal = ControlAnswer.refused(
        "\(TooMany(what: "connections to the gateway", limit: limits.conversations))")
      if let bytes = try? JSONEncoder().encode(refusal) { try? connected.socket.send(Array(bytes)) }
      return
    }
    Thread.detachNewThread { [self] in
      // A peer that says nothing sensible is gone with its connection.
      let isCommand = (try? converse(connected.socket, handler)) ?? false
      end(\.conversations)
      guard isCommand else { return }
      Self.waitForEnd(of: connected.socket)
      end(\.commands)
    }
  }

  private func begin(
    _ kind: sending WritableKeyPath<Open, Int>, atMost limit: Int, _ what: String
  ) throws(TooMany) {
    let isOpen = open.withLock { open in
      guard open[keyPath: kind] < limit else { return false }
      open[keyPath: kind] += 1
      return true
    }
    guard isOpen else { throw TooMany(what: what, limit: limit) }
  }

  private func end(_ kind: sending WritableKeyPath<Open, Int>) {
    open.withLock { $0[keyPath: kind] -= 1 }
  }

  /// Answers one request.
  ///
  /// - Returns: Whether the connection is the lifeline of a command now: it ends when either side does.
  private func converse(_ connection: borrowing UnixSocket, _ handler: Handler) throws -> Bool {
    try connection.setTimeout(milliseconds: limits.silence)
    guard try Self.isOwner(connection) else { return false }
    let message = try connection.receive(atMost: 65_536)
    // A peer that went away asked for nothing.
    guard !message.bytes.isEmpty else { return false }
    let answer: ControlAnswer
    do {
      let request = try JSONDecoder().decode(ControlRequest.self, from: Data(message.bytes))
      answer = try self.answer(request, connection, handler)
    } catch is DecodingError {
      answer = .refused("the gateway does not know this request; is it of another version than this command?")
    } catch {
      answer = .refused("\(error)")
    }
    if answer == .entrance { return true }
    try connection.send(Array(try JSONEncoder().encode(answer)))
    return false
  }

  /// A command's place is taken before it gets its way in.
  private func answer(
    _ request: ControlRequest, _ connection: borrowing UnixSocket, _ handler: Handler
  ) throws -> ControlAnswer {
    guard case .enter = request else { return try handler(request, connection) }
    try begin(\.commands, atMost: limits.commands, "commands in workspaces")
    var isIn = false
    defer { if !isIn { end(\.commands) } }
    let answer = try handler(request, connection)
    isIn = answer == .entrance
    return answer
  }

  /// Root, or the user who runs the gateway.
  private static func isOwner(_ connection: borrowing UnixSocket) throws -> Bool {
    let peer = try connection.peer()
    return peer.user == 0 || peer.user == geteuid()
  }

  /// A command that takes its time said nothing for longer than it may.
  struct Silent: Error, CustomStringConvertible {
    var seconds: Int32

    var description: String { "the command said nothing for \(seconds) seconds" }
  }

  /// The next request on a connection whose command takes its time; nil once the command is gone.
  ///
  /// - Throws: `Silent` where the peer lives and says nothing for `seconds`.
  static func next(on connection: borrowing UnixSocket, within seconds: Int32) throws -> ControlRequest? {
    let end = ContinuousClock.now + .seconds(Int64(seconds))
    while true {
      let left = max(0, ContinuousClock.now.duration(to: end) / .milliseconds(1))
      let ready = try Poll.wait(
        for: [(connection.descriptor.rawValue, POLLIN)], milliseconds: Int32(min(left.rounded(.up), 1e9)))
      if ready != [0] { break }
      // A signal ends a wait as well.
      guard left > 0 else { throw Silent(seconds: seconds) }
    }
    let message = try connection.receive(atMost: 65_536)
    guard !message.bytes.isEmpty else { return nil }
    return try JSONDecoder().decode(ControlRequest.self, from: Data(message.bytes))
  }

  private static func waitForEnd(of connection: borrowing UnixSocket) {
    while let ready = try? Poll.wait(for: [(connection.descriptor.rawValue, POLLIN)], milliseconds: -1) {
      if ready[0] & (POLLHUP | POLLERR) != 0 { return }
      guard let message = try? connection.receive(atMost: 256), !message.bytes.isEmpty else { return }
    }
  }
}

/// A listener that a thread keeps.
private final class Listening: Sendable {
  let listener: UnixListener

  init(_ listener: consuming UnixListener) { self.listener = listener }
}

/// A connection that is handed to a thread.
private final class Connected: Sendable {
  let socket: UnixSocket

  init(_ socket: consuming UnixSocket) { self.socket = socket }
}
