/// Why a password cannot be taken.
public enum PasswordProblem: String, Sendable, Equatable, Error {
  /// Fewer than twelve characters.
  case tooShort
  /// More than 256 characters.
  case tooLong
  /// Few different characters, or a row of the keyboard or alphabet.
  case tooPlain
  /// A word that everybody tries first, whatever is put around it.
  case common
  /// The person's or the environment's name, whatever is put around it.
  case ownName

  /// What to do instead.
  public var advice: String {
    switch self {
    case .tooShort: "Use 12 characters or more; four words that do not belong together are easy to keep."
    case .tooLong: "Use 256 characters or fewer."
    case .tooPlain:
      "It repeats itself or follows a row of keys; use characters that do not follow each other."
    case .common: "It is built around a word that is tried first; use words that do not belong together."
    case .ownName: "It is built around a name that everybody here knows; use other words."
    }
  }
}
