import CordonModel
public import FoundationEssentials
import Synchronization

/// Issues short-lived credentials and knows them again when they come back.
///
/// Sessions live in memory only: when the gateway ends, every credential it ever issued is worthless. A workspace holds
/// at most `limit` live sessions; the oldest of the same workspace makes room, so one workspace cannot push out
/// another's.
public final class SessionIssuer: Sendable {
  /// What is known of an access key id.
  public enum Lookup: Sendable {
    /// Credentials that work.
    case live(IssuedSession)
    /// Credentials that worked until they expired.
    case expired(IssuedSession)
    /// Nobody's, or so long expired that they are forgotten.
    case unknown
  }

  private struct WorkspaceKey: Hashable {
    var project: Slug
    var workspace: Slug
  }

  private struct State {
    var random: any RandomNumberGenerator & Sendable
    var sessions: [String: IssuedSession] = [:]
    /// Access key ids of each workspace, oldest first.
    var order: [WorkspaceKey: [String]] = [:]
    /// The credentials that each workspace's container endpoint hands out.
    var current: [WorkspaceKey: String] = [:]
  }

  /// Expired sessions are remembered this long, so that a late client hears `ExpiredToken` and refreshes.
  private static let memory = 3_600.0

  private let limit: Int
  private let now: @Sendable () -> Date
  private let state: Mutex<State>

  /// An issuer with a clock and a source of randomness of the caller's choice.
  public init(
    limit: Int = 1_024, now: @escaping @Sendable () -> Date = { Date() },
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.limit = max(1, limit)
    self.now = now
    state = Mutex(State(random: random))
  }

  /// Issues a new session.
  public func issue(_ request: SessionRequest) -> IssuedSession {
    let moment = now()
    return state.withLock { state in store(request, at: moment, in: &state) }
  }

  /// The credentials of a workspace's own role: the same ones until half their life is over, then new ones.
  ///
  /// SDKs ask again ten to fifteen minutes before the end and must then be given something fresher.
  public func workspaceSession(_ request: SessionRequest) -> (session: IssuedSession, isNew: Bool) {
    let moment = now()
    return state.withLock { state in
      let place = key(request.source)
      if let id = state.current[place], let session = state.sessions[id], session.role == request.role,
        session.name == request.name,
        session.expires.timeIntervalSince(moment) > Double(request.seconds) / 2
      {
        return (session, false)
      }
      let session = store(request, at: moment, in: &state)
      state.current[place] = session.accessKeyID
      return (session, true)
    }
  }

  /// What is known of an access key id.
  public func session(accessKeyID: String) -> Lookup {
    guard let session = state.withLock({ $0.sessions[accessKeyID] }) else { return .unknown }
    return session.expires > now() ? .live(session) : .expired(session)
  }

  /// How many sessions are remembered.
  public var count: Int { state.withLock { $0.sessions.count } }

  private func key(_ source: SourcePosition) -> WorkspaceKey {
    WorkspaceKey(project: source.project, workspace: source.workspace)
  }

  private func store(_ request: SessionRequest, at moment: Date, in state: inout State) -> IssuedSession {
    let place = key(request.source)
    forget(before: moment.addingTimeInterval(-Self.memory), of: place, in: &state)
    var id = "ASIA" + Base32.text(bytes(16, &state), count: 16)
    while state.sessions[id] != nil { id = "ASIA" + Base32.text(bytes(16, &state), count: 16) }
    let session = IssuedSession(
      accessKeyID: id, secretAccessKey: Data(bytes(30, &state)).base64EncodedString(),
      sessionToken: Data(bytes(96, &state)).base64EncodedString(),
      role: request.role, name: request.name, source: request.source, policies: request.policies,
      tags: request.tags, issued: moment, expires: moment.addingTimeInterval(Double(request.seconds)))
    state.sessions[id] = session
    state.order[place, default: []].append(id)
    return session
  }

  /// Drops sessions of a workspace that ended before `moment`, and its oldest while it has too many.
  ///
  /// The credentials of the workspace itself are never the ones that make room.
  private func forget(before moment: Date, of place: WorkspaceKey, in state: inout State) {
    let ids = state.order[place] ?? []
    var kept = ids.filter { id in (state.sessions[id]?.expires ?? .distantPast) > moment }
    while kept.count >= limit {
      let current = state.current[place]
      kept.remove(at: kept.count > 1 && kept[0] == current ? 1 : 0)
    }
    for id in Set(ids).subtracting(kept) { state.sessions[id] = nil }
    state.order[place] = kept
  }

  private func bytes(_ count: Int, _ state: inout State) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &state.random) }
  }
}
