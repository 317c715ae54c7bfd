import CordonIdentity
import CordonWire
import Synchronization

/// Tickets to join a stream: each for one session and one sign-in, good once and for half a minute.
///
/// Kept in memory only. Beyond its bound a sign-in's oldest ticket makes room.
final class StreamTickets: Sendable {
  fileprivate struct Ticket {
    var session: SessionID
    var holder: SessionToken
    var until: ContinuousClock.Instant
  }

  fileprivate struct State {
    var tickets: [String: Ticket] = [:]
    var order: [String] = []
  }

  private static let most = 1_024
  private static let mostPerHolder = 8
  private let state = Mutex(State())
  private let lifetime: Duration

  init(lifetime: Duration = .seconds(30)) { self.lifetime = lifetime }

  /// A new ticket.
  func issue(for session: SessionID, to holder: SessionToken) -> String {
    var random = SystemRandomNumberGenerator()
    let text = Hex.text((0..<32).map { _ in UInt8.random(in: 0...255, using: &random) })
    let now = ContinuousClock.now
    state.withLock { state in
      state.drop(where: { $0.until <= now })
      let own = state.order.filter { state.tickets[$0]?.holder == holder }
      if own.count >= Self.mostPerHolder, let oldest = own.first { state.drop(oldest) }
      if state.order.count >= Self.most, let oldest = state.order.first { state.drop(oldest) }
      state.tickets[text] = Ticket(session: session, holder: holder, until: now + lifetime)
      state.order.append(text)
    }
    return text
  }

  /// Uses a ticket up; false where it is not for this session and sign-in, too old, or was used.
  func redeem(_ text: String, for session: SessionID, of holder: SessionToken) -> Bool {
    let ticket = state.withLock { state in
      let ticket = state.tickets[text]
      state.drop(text)
      return ticket
    }
    guard let ticket else { return false }
    return ticket.session == session && ticket.holder == holder && ContinuousClock.now < ticket.until
  }

  /// Forgets the tickets of a sign-in that has ended.
  func forget(_ holder: SessionToken) { state.withLock { $0.drop(where: { $0.holder == holder }) } }
}

extension StreamTickets.State {
  fileprivate mutating func drop(_ text: String) {
    tickets[text] = nil
    order.removeAll { $0 == text }
  }

  fileprivate mutating func drop(where isOver: (StreamTickets.Ticket) -> Bool) {
    for (text, ticket) in tickets where isOver(ticket) { drop(text) }
  }
}
