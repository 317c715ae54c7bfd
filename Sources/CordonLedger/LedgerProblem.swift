/// One way in which a ledger is not what was written.
public enum LedgerProblem: Equatable, Sendable {
  /// The record's text or hash was changed.
  case changed(sequence: Int64)
  /// Records that were written are not there.
  case missing(first: Int64, last: Int64)
  /// The record was written at another position.
  case moved(sequence: Int64, writtenAs: Int64)
  /// The record comes after one with a higher number (in an export).
  case outOfOrder(sequence: Int64)
  /// The record does not hold on to the one before it: one was inserted, exchanged or removed there.
  case linkBroken(sequence: Int64)
  /// The members that queries select by are not those of the record's text.
  case columnsDiffer(sequence: Int64)
  /// Records are gone from the end: a signed head says that there were more.
  case truncated(last: Int64, head: Int64)
  /// A checkpoint's signature, or the hash it signs, is wrong.
  case checkpointInvalid(sequence: Int64)
  /// The signed head, or the head file, is not there.
  case headMissing
  /// The head file, or one of its two slots, does not read as a head.
  case headDamaged
  /// The head's signature, or the hash it signs, is wrong.
  case headInvalid(sequence: Int64)
  /// The ledger is signed with another key than the one that lies beside it or that was asked for.
  case keyDiffers(found: String)
  /// The position that the verifier was told to find is not in this ledger.
  case anchorMissing(sequence: Int64)
  /// The database's own structure is broken.
  case structure(String)
  /// A line of an export that is not one.
  case unreadableLine(Int)
}

extension LedgerProblem: CustomStringConvertible {
  /// One line for the operator.
  public var description: String {
    switch self {
    case .changed(let sequence): "record \(sequence) was changed"
    case .missing(let first, let last) where first == last: "record \(first) is missing"
    case .missing(let first, let last): "records \(first) to \(last) are missing"
    case .moved(let sequence, let origin): "record \(sequence) was written as record \(origin)"
    case .outOfOrder(let sequence): "record \(sequence) comes out of order"
    case .linkBroken(let sequence):
      "record \(sequence) does not follow the one before it: a record was inserted, exchanged or removed"
    case .columnsDiffer(let sequence): "record \(sequence) is indexed under facts that it does not state"
    case .truncated(let last, let head): "the ledger ends at record \(last), but a signed head says \(head)"
    case .checkpointInvalid(let sequence): "the checkpoint at record \(sequence) is not valid"
    case .headMissing: "the signed head is missing"
    case .headDamaged: "the head file does not read as a head"
    case .headInvalid(let sequence): "the head at record \(sequence) is not valid"
    case .keyDiffers(let found): "the ledger is signed with key \(found), not with the one expected"
    case .anchorMissing(let sequence): "record \(sequence) is not the one that was noted down"
    case .structure(let what): "the database is damaged: \(what)"
    case .unreadableLine(let line): "line \(line) is not a line of an export"
    }
  }

  /// The position that the problem is about, where it is about one.
  public var sequence: Int64? {
    switch self {
    case .changed(let sequence), .moved(let sequence, _), .outOfOrder(let sequence),
      .linkBroken(let sequence),
      .columnsDiffer(let sequence), .checkpointInvalid(let sequence), .anchorMissing(let sequence):
      sequence
    case .missing(let first, _): first
    case .truncated(let last, _): last &+ 1
    case .headMissing, .headDamaged, .headInvalid, .keyDiffers, .structure, .unreadableLine: nil
    }
  }
}
