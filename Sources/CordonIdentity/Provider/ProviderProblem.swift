/// Why a provider's word was not taken. Nobody but the operator reads it.
enum ProviderProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// The provider did not answer, or not with 200.
  case unreachable(String)
  /// An answer is not what OpenID Connect says it is.
  case badAnswer(String)
  /// The client's secret cannot be read.
  case secret(String)
  /// The callback belongs to no sign-in that this browser began, or to one that is over.
  case noSuchSignIn
  /// The callback is not one, or names another issuer.
  case badCallback(String)
  /// The provider refused; the word is its own.
  case refused(String)
  /// The token is not one that it gave for this sign-in.
  case badToken(String)
  /// More sign-ins are under way than are kept.
  case tooMany

  var description: String {
    switch self {
    case .unreachable(let why): "the provider cannot be reached: \(why)"
    case .badAnswer(let why): "the provider's answer is not usable: \(why)"
    case .secret(let why): "the client's secret cannot be read: \(why)"
    case .noSuchSignIn: "no sign-in that this browser began"
    case .badCallback(let why): "the callback is not usable: \(why)"
    case .refused(let word): "the provider refused: \(word)"
    case .badToken(let why): "the token is not usable: \(why)"
    case .tooMany: "too many sign-ins are under way"
    }
  }
}
