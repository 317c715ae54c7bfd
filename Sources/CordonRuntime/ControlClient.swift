import CordonLinux
public import CordonSandbox
import CordonStore
import Foundation

/// Asks a running gateway.
public struct ControlClient: Sendable {
  /// Why a gateway did not answer.
  public enum Failure: Error, CustomStringConvertible, Equatable {
    case notRunning(state: String)
    case orphaned(String)
    case notAllowed(state: String)
    case silent(state: String)
    case refused(String)
    case unexpected

    /// What to do about it.
    public var description: String {
      switch self {
      case .notRunning(let state):
        "no environment runs in \(state); bring it up with: cordon up cordon.yaml --state \(state)"
      case .notAllowed(let state):
        "\(state) belongs to another user; only that user and root can talk to its gateway"
      case .silent(let state): "the gateway in \(state) does not answer; see \(state)/gateway.log"
      case .refused(let why), .orphaned(let why): why
      case .unexpected: "the gateway gave an answer that this version of cordon does not know"
      }
    }
  }

  /// Waits for an answer at most so long.
  private static let patience: Int64 = 30_000

  private let folder: StateFolder

  /// A client of the environment in a state folder.
  public init(_ folder: StateFolder) { self.folder = folder }

  /// Whether a gateway answers.
  public var isRunning: Bool { (try? connect()) != nil }

  /// What runs.
  public func status() throws -> EnvironmentStatus {
    guard case .status(let status) = try ask(.status) else { throw Failure.unexpected }
    return status
  }

  /// Asks the gateway to drain and end.
  public func stop() throws {
    guard case .stopping = try ask(.stop) else { throw Failure.unexpected }
  }

  /// A way into a workspace, for one command. `body` runs with the entrance and the lifeline.
  public func enter<R>(
    workspace: String, command: [String], person: String?,
    _ body: (Entrance, _ lifeline: CInt) throws -> R
  ) throws -> R {
    let socket = try connect()
    try socket.setTimeout(milliseconds: Self.patience)
    // The ledger keeps the program's name; the rest of a command can be longer than a message.
    let program = String((command.first ?? "").prefix(256))
    try send(.enter(workspace: workspace, program: program, person: person), over: socket)
    let first = try receive(from: socket)
    guard case .entrance = first else { throw Self.failure(first) }
    let entrance = try Entrance(receivingFrom: socket)
    return try body(entrance, socket.descriptor.rawValue)
  }

  /// Lifts the package lock for one workspace while `propose` resolves a new one and writes it where
  /// `PackageLockFile.proposal` says; the gateway then takes it into force.
  ///
  /// The old lock binds again where `propose` throws, and where this process ends in any way.
  public func relock<R>(workspace: String, person: String?, propose: () throws -> R) throws -> R {
    let socket = try connect()
    try socket.setTimeout(milliseconds: Self.patience)
    try send(.liftLock(workspace: workspace, person: person), over: socket)
    let first = try receive(from: socket)
    guard case .lockLifted = first else { throw Self.failure(first) }
    let proposed = try propose()
    try send(.useProposedLock, over: socket)
    let second = try receive(from: socket)
    guard case .lockInForce = second else { throw Self.failure(second) }
    return proposed
  }

  /// The newest recordings of sessions.
  public func recordings() throws -> [Recording] {
    guard case .recordings(let all) = try ask(.recordings) else { throw Failure.unexpected }
    return all
  }

  /// Writes a recording as a page that plays it, for an auditor; the gateway records it first.
  public func replay(_ session: String, for auditor: String, to target: String) throws
    -> SessionReplay.Outcome
  {
    let answer = try ask(.replay(session: session, auditor: auditor))
    guard case .recording(let path, let tape, let number, let key) = answer else { throw Failure.unexpected }
    return try SessionReplay.write(
      path, key: TapeKey(tape: tape, number: number, bytes: key), title: "Session \(session)", to: target)
  }

  private func ask(_ request: ControlRequest) throws -> ControlAnswer {
    let socket = try connect()
    try socket.setTimeout(milliseconds: Self.patience)
    try send(request, over: socket)
    let answer = try receive(from: socket)
    if case .refused = answer { throw Self.failure(answer) }
    return answer
  }

  private func connect() throws -> UnixSocket {
    do {
      return try folder.withControlSocketPath { path in try UnixSocket(connectingTo: path) }
    } catch let error as SystemError where error.code == EACCES || error.code == EPERM {
      throw Failure.notAllowed(state: folder.path)
    } catch {
      do {
        if let orphan = try OrphanGateway.find(of: folder) { throw Failure.orphaned("\(orphan)") }
      } catch let doubt as OrphanGateway.Doubtful {
        throw Failure.orphaned("\(doubt)")
      }
      throw Failure.notRunning(state: folder.path)
    }
  }

  private func send(_ request: ControlRequest, over socket: borrowing UnixSocket) throws {
    let bytes = Array(try JSONEncoder().encode(request))
    do { try socket.send(bytes) } catch {
      // A gateway that has too many connections answers without reading; its answer is there.
      guard error.code == EPIPE || error.code == ECONNRESET else { throw error }
    }
  }

  /// The next message. A reset is told before what came until then (unix(7) leaves the order open).
  private func message(from socket: borrowing UnixSocket) throws(SystemError) -> UnixMessage {
    do { return try socket.receive(atMost: 1 << 18) } catch {
      guard error.code == ECONNRESET else { throw error }
      return try socket.receive(atMost: 1 << 18)
    }
  }

  private func receive(from socket: borrowing UnixSocket) throws -> ControlAnswer {
    let message: UnixMessage
    do { message = try self.message(from: socket) } catch {
      if error.code == EAGAIN { throw Failure.silent(state: folder.path) }
      throw error
    }
    guard !message.bytes.isEmpty else { throw Failure.notRunning(state: folder.path) }
    guard !message.isTruncated,
      let answer = try? JSONDecoder().decode(ControlAnswer.self, from: Data(message.bytes))
    else { throw Failure.unexpected }
    return answer
  }

  private static func failure(_ answer: ControlAnswer) -> Failure {
    if case .refused(let why) = answer { return .refused(why) }
    return .unexpected
  }
}
