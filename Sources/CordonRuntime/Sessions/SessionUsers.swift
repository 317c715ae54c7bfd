import Synchronization

/// The host users of sessions' browsers: each session has one for as long as it lasts, and leaves no file behind.
///
/// They lie in a range of their own, as far above the workspaces' as those begin, so that none is ever a workspace's.
final class SessionUsers: Sendable {
  /// There are as many sessions as there may be.
  struct Exhausted: Error, CustomStringConvertible {
    var description: String { "there are as many sessions as there may be; end one that is not needed" }
  }

  private struct State {
    var inUse: Set<UInt32> = []
    var next: UInt32 = 0
  }

  /// How far above a folder's workspace users its browser users are.
  static let distance: UInt32 = 0x2000_0000

  private let first: UInt32
  private let most: UInt32
  private let state = Mutex(State())

  /// - Parameter workspaces: The users of the folder's workspaces.
  init(beside workspaces: HostUsers, most: Int = HostUsers.most) {
    first = workspaces.first + Self.distance
    self.most = UInt32(most)
  }

  /// A user that no session has; the one that was given back last comes last.
  func take() throws(Exhausted) -> UInt32 {
    let taken = state.withLock { state -> UInt32? in
      guard state.inUse.count < Int(most) else { return nil }
      while state.inUse.contains(first + state.next) { state.next = (state.next + 1) % most }
      let user = first + state.next
      state.next = (state.next + 1) % most
      state.inUse.insert(user)
      return user
    }
    guard let taken else { throw Exhausted() }
    return taken
  }

  /// Takes a user back, of whom nothing runs any more.
  func giveBack(_ user: UInt32) { state.withLock { _ = $0.inUse.remove(user) } }

  /// How many are in use.
  var count: Int { state.withLock { $0.inUse.count } }
}
