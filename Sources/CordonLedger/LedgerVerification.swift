public import FoundationEssentials

/// What a verifier found.
public struct LedgerVerification: Sendable, Equatable {
  /// The answer in one word.
  public enum Verdict: String, Sendable {
    /// Every record is what was written, and none is missing.
    case intact
    /// Something was changed.
    case broken
  }

  /// The ledger's id; nil where it does not say.
  public var ledgerID: String?
  /// The id of the key that signed it.
  public var keyID: String?
  /// Records that are there.
  public var count: Int64 = 0
  /// Checkpoints that are there.
  public var checkpoints = 0
  /// Everything up to here is as it was written; 0 where not even the first record is.
  public var lastGood: Int64 = 0
  /// The newest time that a valid signature vouches for.
  public var signedAt: Date?
  /// The last position that a valid signature vouches for.
  public var signedThrough: Int64 = 0
  /// The last record, to be noted down outside the machine and given to a later verification.
  public var end: LedgerPosition?
  /// The first problems, in the order found.
  public var problems: [LedgerProblem] = []
  /// How many problems there are in all.
  public var problemCount = 0

  static let mostProblems = 100

  /// The answer in one word.
  public var verdict: Verdict { problemCount == 0 ? .intact : .broken }

  /// What a command exits with: 0 for an intact ledger, 1 for a broken one.
  public var exitCode: Int32 { verdict == .intact ? 0 : 1 }

  /// The first position that is not as it was written, where a problem is about one.
  public var firstBad: Int64? { problems.compactMap(\.sequence).min() }

  mutating func report(_ problem: LedgerProblem) {
    guard !problems.contains(problem) else { return }
    problemCount += 1
    if problems.count < Self.mostProblems { problems.append(problem) }
  }
}
