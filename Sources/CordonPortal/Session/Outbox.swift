public import CordonWire
import Synchronization

/// What one client has still to be sent. It cannot grow: a newer word of a kind takes the place of an older one, and
/// frames wait only as long as their pace lets them.
final class Outbox: Sendable {
  private struct State {
    var queue: [ServerMessage] = []
    var waiter: CheckedContinuation<ServerMessage?, Never>?
    var isClosed = false
  }

  private static let mostDenials = 4
  private static let mostWaiting = 128
  private let state = Mutex(State())

  /// Whether no frame waits to be sent.
  var hasRoomForFrame: Bool {
    state.withLock { state in !state.isClosed && !state.queue.contains { $0.kind == .frame } }
  }

  /// Puts a message in. The oldest is lost where too many wait; a client that takes none is gone soon.
  func push(_ message: ServerMessage) {
    let waiter = state.withLock { state -> CheckedContinuation<ServerMessage?, Never>? in
      guard !state.isClosed else { return nil }
      if let waiter = state.waiter {
        state.waiter = nil
        return waiter
      }
      Self.add(message, to: &state.queue)
      return nil
    }
    waiter?.resume(returning: message)
  }

  private static func add(_ message: ServerMessage, to queue: inout [ServerMessage]) {
    let kind = message.kind
    if kind.isState { queue.removeAll { $0.kind == kind } }
    if case .denied(let denial) = message, denials(of: denial.deed, in: queue) >= mostDenials { return }
    if queue.count >= mostWaiting { queue.removeFirst() }
    queue.append(message)
  }

  private static func denials(of deed: ServerMessage.Deed, in queue: [ServerMessage]) -> Int {
    queue.count { if case .denied(let denial) = $0 { denial.deed == deed } else { false } }
  }

  /// The next message; nil after the last.
  func next() async -> ServerMessage? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let (answer, older) = state.withLock {
          state -> (answer: ServerMessage??, older: CheckedContinuation<ServerMessage?, Never>?) in
          if !state.queue.isEmpty { return (.some(state.queue.removeFirst()), nil) }
          if state.isClosed || Task.isCancelled { return (.some(nil), nil) }
          defer { state.waiter = continuation }
          return (nil, state.waiter)
        }
        older?.resume(returning: nil)
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      close(with: nil)
    }
  }

  /// Takes nothing more; what is `last` is still sent, and frames that wait are not.
  func close(with last: ServerMessage?) {
    let (waiter, word) = state.withLock {
      state -> (CheckedContinuation<ServerMessage?, Never>?, ServerMessage?) in
      guard !state.isClosed else { return (nil, nil) }
      state.isClosed = true
      state.queue.removeAll { $0.kind == .frame }
      defer { state.waiter = nil }
      guard state.waiter == nil else { return (state.waiter, last) }
      if let last { state.queue.append(last) }
      return (nil, nil)
    }
    waiter?.resume(returning: word)
  }
}

extension ServerMessage {
  /// What a message is about.
  fileprivate enum Kind {
    case frame, cursor, tabs, dialog, navigation, clock, denied, crossings, clipboard, found, caret, offer,
      chooser, replay, ended

    /// Whether a newer one makes an older one meaningless.
    var isState: Bool {
      switch self {
      case .frame, .dialog, .denied, .offer, .chooser, .ended: false
      case .cursor, .tabs, .navigation, .clock, .crossings, .clipboard, .found, .caret, .replay: true
      }
    }
  }

  fileprivate var kind: Kind {
    switch self {
    case .frame: .frame
    case .cursor: .cursor
    case .tabs: .tabs
    case .dialog, .dialogClosed: .dialog
    case .navigation: .navigation
    case .clock: .clock
    case .denied: .denied
    case .crossings: .crossings
    case .clipboard: .clipboard
    case .found: .found
    case .caret: .caret
    case .offer: .offer
    case .chooseFile, .fileChosen: .chooser
    case .replay: .replay
    case .ended: .ended
    }
  }
}

/// One client's end of a session: what to send it, and what it says.
public struct SessionConnection: Sendable {
  let outbox: Outbox
  let number: Int
  let session: BrowserSession

  /// The next message for the client; nil after the last, which is `ended`. Ask again only when it was taken: what became
  /// old meanwhile is left out.
  public func next() async -> ServerMessage? { await outbox.next() }

  /// Takes what the client says.
  public func receive(_ message: ClientMessage) async { await session.receive(message, from: number) }

  /// Takes a message's bytes; false where they are none, and the client is told goodbye.
  public func receive(_ bytes: [UInt8]) async -> Bool {
    guard let message = try? ClientMessage(parsing: bytes) else {
      outbox.close(with: .ended(.misspoke, "what the browser sent was not understood; load the page again"))
      await close()
      return false
    }
    await receive(message)
    return true
  }

  /// The client is gone. The session waits for it to come back.
  public func close() async {
    outbox.close(with: nil)
    await session.disconnected(number)
  }
}
