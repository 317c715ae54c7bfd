/// Why the ledger did not do what it was asked. Each one refuses the traffic that the record was about.
public enum LedgerError: Error, Equatable, Sendable {
  /// Another process holds the ledger.
  case locked(folder: String)
  /// The ledger was changed behind the gateway's back, or the disk lost part of it.
  case damaged(folder: String, what: String)
  /// The signing key cannot be used as it lies.
  case keyUnusable(path: String, why: String)
  /// The folder or a file in it cannot be opened.
  case unreadable(folder: String, why: String)
  /// The record was not written.
  case commitFailed(why: String)
  /// An earlier commit failed and none has succeeded since, so nothing may be decided now.
  case refusing(why: String)
  /// More decisions are waiting to be written than the ledger admits.
  case overloaded(waiting: Int)
  /// The ledger was closed.
  case closed
  /// The time given cannot be written.
  case timeOutOfRange
  /// A filter or a page position that makes no sense.
  case badQuery(String)
}

extension LedgerError: CustomStringConvertible {
  /// One line for the operator: what is wrong and where to look.
  public var description: String {
    switch self {
    case .locked(let folder):
      "the ledger in \(folder) is locked by another process; 'cordon ledger verify' can still read it"
    case .damaged(let folder, let what):
      """
      the ledger in \(folder) is damaged: \(what); look with 'cordon ledger verify', and to go on, move the \
      folder aside: what it still holds stays readable
      """
    case .keyUnusable(let path, let why):
      "the ledger's signing key \(path) cannot be used: \(why)"
    case .unreadable(let folder, let why):
      "the ledger in \(folder) cannot be opened: \(why)"
    case .commitFailed(let why):
      "the decision could not be recorded: \(why)"
    case .refusing(let why):
      "the ledger records nothing since a commit failed (\(why)), so every request is refused"
    case .overloaded(let waiting):
      "\(waiting) decisions are already waiting to be recorded"
    case .closed:
      "the ledger is closed"
    case .timeOutOfRange:
      "the time of the decision is not between the years 1970 and 9999"
    case .badQuery(let why):
      why
    }
  }
}
