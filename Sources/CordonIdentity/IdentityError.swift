/// Why nobody could be judged. None of these lets anybody in.
public enum IdentityError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The state cannot be read or written.
  case unreadable(String)
  /// What lies in the state is not what was written.
  case damaged(String)
  /// The key file cannot be used as it lies.
  case keyUnusable(path: String, why: String)
  /// The attempt could not be recorded, so it was not carried out.
  case notRecorded(String)
  /// The environment does not have this way to sign in.
  case notOffered

  /// One line for the operator.
  public var description: String {
    switch self {
    case .unreadable(let why): "the identity state cannot be used: \(why)"
    case .damaged(let what): "the identity state is damaged: \(what)"
    case .keyUnusable(let path, let why): "\(path): \(why)"
    case .notRecorded(let why): "the sign-in could not be recorded, so nobody was let in: \(why)"
    case .notOffered: "this environment does not sign people in that way"
    }
  }
}
