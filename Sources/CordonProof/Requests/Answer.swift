public import CordonPolicy

/// What the engine found.
public enum Answer: Sendable {
  /// No such request exists; the certificate says why, cell by cell.
  case none(Certificate)
  /// Such a request exists, and the concrete evaluator let it through.
  case some(RequestWitness)
  /// Not decided, and why: never read as `none`.
  case unknown([Doubt])
}

/// A request that passes, replayed through the concrete evaluator before anyone sees it.
public struct RequestWitness: Sendable, Equatable {
  /// The request.
  public var request: AccessRequest
  /// The statement that allowed it in each layer, by `layer`, policy and statement index.
  public var allowedBy: [Reason]

  /// A witness.
  public init(request: AccessRequest, allowedBy: [Reason]) {
    self.request = request
    self.allowedBy = allowedBy
  }
}

/// Why a question was not decided.
public enum Doubt: Sendable, Hashable {
  /// The search met its budget of states.
  case budget(states: Int)
  /// A point that AWS leaves undocumented, or a construct that is not modelled.
  case undecided(String)
  /// The witness was not let through by the concrete evaluator: a fault of ours, reported as such.
  case replayFailed(String)
}
