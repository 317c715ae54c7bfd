import Synchronization

/// Files that no row refers to any more, kept until everybody who may still read them is done.
///
/// A reader takes a ticket before it looks at the database; a file goes once no ticket from before its removal is
/// out. After a crash, the next opening removes what is left.
final class Graveyard: Sendable {
  private struct State {
    var next: UInt64 = 0
    var readers: Set<UInt64> = []
    var waiting: [(removed: UInt64, grave: Grave)] = []
  }

  private let state = Mutex(State())
  private let remove: @Sendable (Grave) -> Void

  init(remove: @escaping @Sendable (Grave) -> Void) { self.remove = remove }

  /// Files that go together, and what stays reserved until they are gone: a reader that never ends must not let a
  /// project write and delete its way past its limit.
  struct Grave: Sendable {
    var blobs: [BlobID]
    var reservations: [StoreMeter.Reservation] = []
  }

  /// Keeps every file that a row refers to now, for as long as it lives.
  final class Ticket: Sendable {
    private let number: UInt64
    private let graveyard: Graveyard

    fileprivate init(number: UInt64, graveyard: Graveyard) {
      self.number = number
      self.graveyard = graveyard
    }

    deinit { graveyard.giveBack(number) }
  }

  func ticket() -> Ticket {
    let number = state.withLock { state in
      defer { state.next += 1 }
      state.readers.insert(state.next)
      return state.next
    }
    return Ticket(number: number, graveyard: self)
  }

  /// Takes files whose rows were removed by a commit that succeeded.
  func bury(_ grave: Grave) {
    guard !grave.blobs.isEmpty else { return }
    state.withLock { state in
      state.waiting.append((removed: state.next, grave: grave))
      state.next += 1
    }
    dig()
  }

  private func giveBack(_ number: UInt64) {
    state.withLock {
      $0.readers.remove(number); return
    }
    dig()
  }

  private func dig() {
    let free = state.withLock { state in
      let oldest = state.readers.min() ?? .max
      let free = state.waiting.prefix { $0.removed < oldest }
      state.waiting.removeFirst(free.count)
      return free.map(\.grave)
    }
    for grave in free { remove(grave) }
  }
}
