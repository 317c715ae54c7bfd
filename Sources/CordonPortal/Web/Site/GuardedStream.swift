import CordonIdentity
import Synchronization

/// A stream that ends when its person is not welcome any more: signed out, moved to another network, or out of the project.
/// Asked again and again while it is open, because a WebSocket makes no further request.
final class GuardedStream: StreamEnds {
  private struct State {
    var isRevoked = false
    var watch: Task<Void, Never>?
    var onClose: (@Sendable () -> Void)?
  }

  private let ends: any StreamEnds
  private let state = Mutex(State())

  init(_ ends: any StreamEnds, interval: Duration, isWelcome: @escaping @Sendable () async throws -> Bool) {
    self.ends = ends
    let watch = Task { [weak self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: interval)
        if Task.isCancelled { return }
        // Whoever cannot be judged is not welcome.
        if (try? await isWelcome()) != true { return await self?.revoke() ?? () }
      }
    }
    state.withLock { $0.watch = watch }
  }

  deinit { state.withLock { $0.watch?.cancel() } }

  /// Ends it now.
  func revoke() async {
    state.withLock { $0.isRevoked = true }
    await ends.close()
  }

  fileprivate func whenClosed(_ action: @escaping @Sendable () -> Void) {
    state.withLock { $0.onClose = action }
  }

  func next() async -> StreamStep {
    let step = await ends.next()
    return state.withLock { $0.isRevoked } ? .end(.signedOut) : step
  }

  func receive(_ message: [UInt8]) async -> Bool {
    guard !state.withLock({ $0.isRevoked }) else { return true }
    return await ends.receive(message)
  }

  func close() async {
    let action = state.withLock { state in
      state.watch?.cancel()
      defer { state.onClose = nil }
      return state.onClose
    }
    action?()
    await ends.close()
  }
}

/// The streams that are open, by the sign-in that opened them: signing out ends them at once.
final class OpenStreams: Sendable {
  private let streams = Mutex<[SessionToken: [ObjectIdentifier: GuardedStream]]>([:])

  /// Keeps a stream until it is closed.
  func add(_ stream: GuardedStream, of holder: SessionToken) {
    let id = ObjectIdentifier(stream)
    streams.withLock { $0[holder, default: [:]][id] = stream }
    stream.whenClosed { [weak self] in
      self?.streams.withLock { streams in
        streams[holder]?[id] = nil
        if streams[holder]?.isEmpty == true { streams[holder] = nil }
      }
    }
  }

  /// Ends a sign-in's streams.
  func revoke(_ holder: SessionToken) async {
    let own = streams.withLock { $0[holder].map { Array($0.values) } ?? [] }
    for stream in own { await stream.revoke() }
  }
}
