/// Who makes a request.
public enum Principal: Sendable, Hashable {
  /// Nobody that AWS knows: an unsigned request.
  case anonymous
  /// An AWS service acting for itself, such as `cloudtrail.amazonaws.com`.
  case service(String)
  /// A user, role, session or account.
  case aws(PrincipalARN)
  /// Someone an identity provider vouches for, while assuming a role: a SAML or OpenID Connect provider.
  case federated(String)
  /// An account by its S3 canonical user ID.
  case canonicalUser(String)

  /// Reads `anonymous` (or `*`), a service name, an ARN, an account number, or the name of an identity
  /// provider.
  public init(parsing text: String) throws(PolicyError) {
    if text == "anonymous" || text == "*" {
      self = .anonymous
    } else if text.hasPrefix("arn:") {
      self = Self.isProvider(text) ? .federated(text) : .aws(try PrincipalARN(text))
    } else if PrincipalARN.isAccountNumber(text) {
      self = .aws(try PrincipalARN(text))
    } else if Self.isHostName(text) {
      self =
        text.hasSuffix(".amazonaws.com") || text.hasSuffix(".amazonaws.com.cn") || text.hasSuffix(".internal")
        ? .service(text) : .federated(text)
    } else {
      throw .invalidValue(
        "principal", value: text,
        expected: "an IAM or STS ARN, an account number, a service name or 'anonymous'", at: nil)
    }
  }

  /// The account the principal belongs to, if it belongs to one.
  public var account: String? {
    if case .aws(let arn) = self { arn.account } else { nil }
  }

  private static func isProvider(_ arn: String) -> Bool {
    let resource = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).last ?? ""
    return resource.hasPrefix("saml-provider/") || resource.hasPrefix("oidc-provider/")
  }

  private static func isHostName(_ text: String) -> Bool {
    text.utf8.contains(UInt8(ascii: "."))
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "/"),
          UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}

extension Principal: CustomStringConvertible {
  /// The principal as `init(parsing:)` reads it.
  public var description: String {
    switch self {
    case .anonymous: "anonymous"
    case .service(let name), .federated(let name), .canonicalUser(let name): name
    case .aws(let arn): arn.text
    }
  }
}
