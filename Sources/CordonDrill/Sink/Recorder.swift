import Synchronization

/// Who outside the environment received something.
public enum Origin: String, Sendable, Codable, Hashable {
  /// Nobody in the environment has any business there: each contact is a way out.
  case sink
  /// The outside host that the drill allows; the gateway may call it.
  case allowed
  /// The package index behind the mirror; the gateway may call it.
  case index
}

/// Everything that arrived outside, in the order of arrival, bounded in memory.
///
/// Safe to use from several threads.
public final class Recorder: Sendable {
  /// A place in the recording; what came later is `after` it.
  public struct Mark: Sendable, Equatable {
    var event: Int
  }

  struct Stream: Sendable {
    var origin: Origin
    var place: String
  }

  private struct Event {
    var stream: Int
    var bytes: [UInt8]
    var name: String?
  }

  private struct State {
    var streams: [Stream] = []
    var events: [Event] = []
    var size = 0
    var lost = 0
  }

  private let state = Mutex(State())
  private let sizeLimit: Int
  private let eventLimit: Int

  /// - Parameters:
  ///   - sizeLimit: Bytes that are kept; what comes after is counted as lost.
  ///   - eventLimit: Arrivals that are kept.
  public init(sizeLimit: Int = 96 << 20, eventLimit: Int = 1_000_000) {
    self.sizeLimit = sizeLimit
    self.eventLimit = eventLimit
  }

  /// A new stream; the arrival of its first byte is not waited for, since the contact alone says something.
  func open(_ origin: Origin, at place: String) -> Int {
    state.withLock { state in
      state.streams.append(Stream(origin: origin, place: place))
      append(&state, Event(stream: state.streams.count - 1, bytes: []))
      return state.streams.count - 1
    }
  }

  func append(_ bytes: [UInt8], to stream: Int) {
    state.withLock { append(&$0, Event(stream: stream, bytes: bytes)) }
  }

  /// A datagram, a DNS question or a packet.
  func datagram(_ origin: Origin, at place: String, _ bytes: [UInt8], name: String? = nil) {
    state.withLock { state in
      state.streams.append(Stream(origin: origin, place: place))
      append(&state, Event(stream: state.streams.count - 1, bytes: bytes, name: name))
    }
  }

  private func append(_ state: inout State, _ event: Event) {
    guard state.size + event.bytes.count <= sizeLimit, state.events.count < eventLimit else {
      state.lost += 1
      return
    }
    state.size += event.bytes.count
    state.events.append(event)
  }

  /// Where the recording stands now.
  public func mark() -> Mark { state.withLock { Mark(event: $0.events.count) } }

  /// Arrivals that did not fit.
  public var lost: Int { state.withLock { $0.lost } }

  /// What arrived after `mark`, each stream put together.
  public func arrivals(after mark: Mark, from origins: Set<Origin> = [.sink, .allowed, .index]) -> [Arrival] {
    state.withLock { state in
      var order: [Int] = []
      var streams: [Int: Arrival] = [:]
      for event in state.events.dropFirst(mark.event) {
        let stream = state.streams[event.stream]
        guard origins.contains(stream.origin) else { continue }
        if streams[event.stream] == nil {
          streams[event.stream] = Arrival(place: stream.place, bytes: [], name: event.name)
          order.append(event.stream)
        }
        streams[event.stream]?.bytes += event.bytes
      }
      return order.compactMap { streams[$0] }
    }
  }

  /// How often somebody called after `mark`.
  public func contacts(after mark: Mark, from origin: Origin) -> [String] {
    arrivals(after: mark, from: [origin]).map(\.place)
  }
}
