import NIOCore
import Synchronization

/// The open connections of one workspace, over all its listeners.
///
/// At the limit the connection that has been idle longest makes room; where none is idle the new one is
/// turned away. So a workspace that opens thousands of connections and says nothing takes room from itself
/// only, and not even its own working connections.
final class WorkspaceConnections: Sendable {
  private struct Entry {
    var channel: any Channel
    /// When it last became idle; nil while it works on a request, or is being ended.
    var idleSince: UInt64?
    /// It made room already; its descriptor goes when its peer has said goodbye, or soon after.
    var isEnding = false
  }

  private struct State {
    var entries: [UInt64: Entry] = [:]
    var endingCount = 0
    var clock: UInt64 = 0
    var isDraining = false
    var waitingForTheLast: [CheckedContinuation<Void, Never>] = []

    mutating func tick() -> UInt64 {
      clock &+= 1
      return clock
    }

    /// Marks the connection that has been idle longest as ending, and gives it.
    mutating func evict() -> (any Channel)? {
      var oldest: (since: UInt64, id: UInt64)?
      for (id, entry) in entries {
        if let since = entry.idleSince, since < oldest?.since ?? .max { oldest = (since, id) }
      }
      guard let oldest else { return nil }
      entries[oldest.id]?.idleSince = nil
      entries[oldest.id]?.isEnding = true
      endingCount += 1
      return entries[oldest.id]?.channel
    }
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = max(1, limit) }

  /// How many connections are open and not being ended.
  var count: Int { state.withLock { $0.entries.count - $0.endingCount } }

  /// Makes room for a connection, or gives nil where there is none.
  func admit(_ channel: any Channel) -> ConnectionLease? {
    let (id, evicted): (UInt64?, (any Channel)?) = state.withLock { state in
      guard !state.isDraining else { return (nil, nil) }
      var evicted: (any Channel)?
      if state.entries.count - state.endingCount >= limit {
        // Those that are being ended still hold descriptors: they have a limit too.
        guard state.endingCount < limit, let oldest = state.evict() else { return (nil, nil) }
        evicted = oldest
      }
      let id = state.tick()
      state.entries[id] = Entry(channel: channel, idleSince: id)
      return (id, evicted)
    }
    evicted?.close(promise: nil)
    return id.map { ConnectionLease(id: $0, connections: self) }
  }

  /// Ends what is idle now, and every working connection after its answer.
  func drain() {
    let idle = state.withLock { state in
      state.isDraining = true
      return state.entries.values.filter { $0.idleSince != nil }.map(\.channel)
    }
    for channel in idle { channel.close(promise: nil) }
  }

  /// Ends everything.
  func closeAll() {
    let all = state.withLock { state in
      state.isDraining = true
      return state.entries.values.map(\.channel)
    }
    for channel in all { channel.close(promise: nil) }
  }

  fileprivate func setBusy(_ id: UInt64) { state.withLock { $0.entries[id]?.idleSince = nil } }

  fileprivate func setIdle(_ id: UInt64) -> Bool {
    state.withLock { state in
      guard !state.isDraining, state.entries[id]?.isEnding == false else { return false }
      let now = state.tick()
      state.entries[id]?.idleSince = now
      return true
    }
  }

  /// Returns when no connection is left.
  func whenEmpty() async {
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock { state in
        if !state.entries.isEmpty { state.waitingForTheLast.append(continuation) }
        return state.entries.isEmpty
      }
      if isEmpty { continuation.resume() }
    }
  }

  fileprivate func release(_ id: UInt64) {
    let waiting: [CheckedContinuation<Void, Never>] = state.withLock { state in
      if state.entries.removeValue(forKey: id)?.isEnding == true { state.endingCount -= 1 }
      guard state.entries.isEmpty else { return [] }
      defer { state.waitingForTheLast = [] }
      return state.waitingForTheLast
    }
    for continuation in waiting { continuation.resume() }
  }
}

/// One connection's place among its workspace's connections.
struct ConnectionLease: Sendable {
  fileprivate let id: UInt64
  fileprivate let connections: WorkspaceConnections

  /// Says that a request is being worked on: the connection will not be ended to make room.
  func work() { connections.setBusy(id) }

  /// Says that the connection waits for its client; false when it should end instead.
  func rest() -> Bool { connections.setIdle(id) }

  /// Gives the place back.
  func release() { connections.release(id) }
}
