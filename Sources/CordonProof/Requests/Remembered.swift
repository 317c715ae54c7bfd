import Synchronization

/// Things that earlier questions had made; all are forgotten when they become too many.
///
/// Only for what follows from its key alone, so that no answer depends on what was asked before, or beside.
final class Remembered<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let most: Int
  private let things = Mutex<[Key: Value]>([:])

  /// Keeps up to `most`.
  init(most: Int) { self.most = most }

  subscript(key: Key) -> Value? { things.withLock { $0[key] } }

  func keep(_ value: Value, for key: Key) {
    things.withLock { things in
      if things.count >= most { things.removeAll() }
      things[key] = value
    }
  }
}
