/// The ARN of a caller, taken apart: `arn:aws:iam::111122223333:user/alice` and its siblings.
public struct PrincipalARN: Sendable, Hashable, CustomStringConvertible {
  /// What the ARN names.
  public enum Kind: Sendable, Hashable {
    /// The account itself: `:root`, or twelve digits.
    case root
    /// An IAM user.
    case user
    /// An IAM role.
    case role
    /// A session of the role called `role`.
    case assumedRole(role: String, session: String)
    /// A session of `GetFederationToken`.
    case federatedUser
    /// Some other identity of IAM or STS.
    case other
  }

  /// The ARN as requests and policies write it; twelve digits are written out as `:root`.
  public let text: String
  /// The account it belongs to.
  public let account: String
  /// What it names.
  public let kind: Kind
  /// The last part of its name, without the path: user, role or federated name.
  public let name: String
  /// What `aws:PrincipalArn` holds: for a role session the ARN of its role.
  ///
  /// The session does not show the role's path. Where the role has one, the request's context must state
  /// `aws:PrincipalArn`.
  public let conditionARN: String

  /// Reads an IAM or STS ARN, or twelve digits for the account; throws where `text` is neither.
  public init(_ text: String) throws(PolicyError) {
    if Self.isAccountNumber(text) {
      self.init(text: "arn:aws:iam::\(text):root", account: text, kind: .root, name: "root")
      return
    }
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
    let fields = parts.map { String(decoding: Array($0), as: UTF8.self) }
    guard fields.count == 6, fields[0] == "arn", fields[1].hasPrefix("aws"), fields[3].isEmpty,
      !fields[4].isEmpty, !fields[5].isEmpty, fields[2] == "iam" || fields[2] == "sts"
    else { throw Self.failure(text) }
    guard let (kind, name) = Self.identity(service: fields[2], resource: fields[5]) else {
      throw Self.failure(text)
    }
    var conditionARN: String?
    if case .assumedRole(let role, _) = kind {
      conditionARN = "arn:\(fields[1]):iam::\(fields[4]):role/\(role)"
    }
    self.init(text: text, account: fields[4], kind: kind, name: name, conditionARN: conditionARN)
  }

  private init(text: String, account: String, kind: Kind, name: String, conditionARN: String? = nil) {
    self.text = text
    self.account = account
    self.kind = kind
    self.name = name
    self.conditionARN = conditionARN ?? text
  }

  /// The ARN.
  public var description: String { text }

  /// Whether `text` is an account number.
  static func isAccountNumber(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
  }

  private static func failure(_ text: String) -> PolicyError {
    .invalidValue(
      "principal", value: text,
      expected: "an IAM or STS ARN, an account number, a service name or 'anonymous'", at: nil)
  }

  private static func identity(service: String, resource: String) -> (Kind, String)? {
    let parts = resource.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.last, !name.isEmpty else { return nil }
    switch (service, parts[0], parts.count) {
    case ("iam", "root", 1): return (.root, name)
    case ("iam", "user", 2...): return (.user, name)
    case ("iam", "role", 2...): return (.role, name)
    case ("sts", "assumed-role", 3...):
      // A session's ARN holds the role's name without its path.
      return (.assumedRole(role: parts[parts.count - 2], session: name), parts[parts.count - 2])
    case ("sts", "federated-user", 2...): return (.federatedUser, name)
    default: return (.other, name)
    }
  }
}

extension PrincipalARN {
  /// Whether it is a session of temporary credentials of its own: a role session or a federated user.
  public var isSession: Bool {
    switch kind {
    case .assumedRole, .federatedUser: true
    default: false
    }
  }

  /// What `aws:PrincipalType` holds (IAM User Guide, reference_policies_variables, principal key values).
  var principalType: String? {
    switch kind {
    case .root: "Account"
    case .user: "User"
    case .role, .assumedRole: "AssumedRole"
    case .federatedUser: "FederatedUser"
    case .other: nil
    }
  }
}
