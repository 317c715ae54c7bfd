import CordonLinux
import Foundation

/// Answers commands on the control socket: one connection at a time gets a thread, because commands are few and a
/// blocked one must not hold up the others.
final class ControlServer: Sendable {
  /// Answers a request; what else goes over the connection is sent through it.
  typealias Handler = @Sendable (ControlRequest, borrowing UnixSocket) throws -> ControlAnswer

  private let path: String

  /// Starts to answer in `folder`, which only the owner can enter.
  init(_ folder: StateFolder, handler: @escaping Handler) throws {
    path = folder.controlSocket
    try? FileManager.default.removeItem(atPath: path)
    // The thread owns the listener; it ends with the process.
    let listening = Listening(try folder.withControlSocketPath { path in try UnixListener(at: path) })
    let thread = Thread {
      while true {
        guard let connection = try? listening.listener.accept() else {
          // Out of descriptors, say: what passes by itself must not spin.
          usleep(10_000)
          continue
        }
        Self.answer(Connected(connection), handler)
      }
    }
    thread.name = "cordon-control"
    thread.start()
  }

  /// Removes the socket's file.
  func close() { try? FileManager.default.removeItem(atPath: path) }

  private static func answer(_ connected: Connected, _ handler: @escaping Handler) {
    Thread.detachNewThread {
      // A peer that says nothing sensible is gone with its connection.
      try? converse(connected.socket, handler)
    }
  }

  private static func converse(_ connection: borrowing UnixSocket, _ handler: Handler) throws {
    try connection.setTimeout(milliseconds: 10_000)
    guard try isOwner(connection) else { return }
    let message = try connection.receive(atMost: 65_536)
    let answer: ControlAnswer
    do {
      let request = try JSONDecoder().decode(ControlRequest.self, from: Data(message.bytes))
      answer = try handler(request, connection)
    } catch is DecodingError {
      answer = .refused("the gateway does not know this request; is it of another version than this command?")
    } catch {
      answer = .refused("\(error)")
    }
    // The lifeline of a command: it ends when either side does.
    if answer == .entrance { return waitForEnd(of: connection) }
    try connection.send(Array(try JSONEncoder().encode(answer)))
  }

  /// Root, or the user who runs the gateway.
  private static func isOwner(_ connection: borrowing UnixSocket) throws -> Bool {
    let peer = try connection.peer()
    return peer.user == 0 || peer.user == geteuid()
  }

  /// The next request on a connection whose command takes its time; nil once the command is gone.
  static func next(on connection: borrowing UnixSocket) throws -> ControlRequest? {
    _ = try Poll.wait(for: [(connection.descriptor.rawValue, POLLIN)], milliseconds: -1)
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
