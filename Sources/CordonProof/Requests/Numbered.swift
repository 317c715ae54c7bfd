import Synchronization

/// Gives equal things one number.
///
/// When they become too many all are forgotten. No number is given twice, so that what was kept by a forgotten one is not
/// found again, and never found for something else.
final class Numbered<Key: Hashable & Sendable>: Sendable {
  private struct State: Sendable {
    var known: [Key: Int] = [:]
    var next = 0
  }

  private let most: Int
  private let state = Mutex(State())

  /// Knows up to `most` at a time.
  init(most: Int) { self.most = most }

  /// The number of `key`.
  func number(of key: Key) -> Int {
    state.withLock { state in
      if let known = state.known[key] { return known }
      if state.known.count >= most { state.known.removeAll() }
      state.next += 1
      state.known[key] = state.next
      return state.next
    }
  }
}

extension KeyWriter {
  private static let numbers = Numbered<[UInt8]>(most: 131_072)

  /// The number of what was written: the same for the same bytes, and for no others.
  var number: Int { Self.numbers.number(of: text) }
}
