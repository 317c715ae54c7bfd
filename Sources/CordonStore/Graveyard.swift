import Synchronization

/// Files that no row refers to any more, kept until everybody who may still read them is done.
///
/// A reader takes a ticket before it looks at the database; a file goes once no ticket from before its removal is
/// out. What a reader keeps is of its own project only: whoever reads slowly, or never to the end, keeps no other
/// project's room. After a crash, the next opening removes what is left.
final class Graveyard: Sendable {
  private struct State {
    var next: UInt64 = 0
    /// Whose objects each reader may read; nil for as long as it may be anybody's.
    var readers: [UInt64: String?] = [:]
    var waiting: [String?: [(removed: UInt64, grave: Grave)]] = [:]

    /// The oldest reader of a project's files.
    func oldest(of project: String?) -> UInt64 {
      let readers = readers.filter { project == nil || $0.value == nil || $0.value == project }
      return readers.keys.min() ?? .max
    }
  }

  private let state = Mutex(State())
  private let remove: @Sendable (Grave) -> Void

  init(remove: @escaping @Sendable (Grave) -> Void) { self.remove = remove }

  /// Files that go together, and what stays reserved until they are gone: a reader that never ends must not let a
  /// project write and delete its way past its limit.
  struct Grave: Sendable {
    /// Whose files they are; nil where they are not one project's, and every reader keeps them.
    var project: String?
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

    /// Keeps only the files of this project from now on.
    func narrow(to project: String) { graveyard.narrow(number, to: project) }

    deinit { graveyard.giveBack(number) }
  }

  func ticket() -> Ticket {
    let number = state.withLock { state in
      defer { state.next += 1 }
      state.readers.updateValue(nil, forKey: state.next)
      return state.next
    }
    return Ticket(number: number, graveyard: self)
  }

  /// Takes files whose rows were removed by a commit that succeeded.
  func bury(_ grave: Grave) {
    guard !grave.blobs.isEmpty else { return }
    state.withLock { state in
      state.waiting[grave.project, default: []].append((removed: state.next, grave: grave))
      state.next += 1
    }
    dig()
  }

  private func narrow(_ number: UInt64, to project: String) {
    state.withLock { state in _ = state.readers.updateValue(project, forKey: number) }
    dig()
  }

  private func giveBack(_ number: UInt64) {
    state.withLock { state in _ = state.readers.removeValue(forKey: number) }
    dig()
  }

  private func dig() {
    let free = state.withLock { state in
      var free: [Grave] = []
      for (project, waiting) in state.waiting {
        let oldest = state.oldest(of: project)
        let gone = waiting.prefix { $0.removed < oldest }
        free += gone.map(\.grave)
        state.waiting[project] = gone.count == waiting.count ? nil : Array(waiting.dropFirst(gone.count))
      }
      return free
    }
    for grave in free { remove(grave) }
  }
}
