/// What announces a secret: a name with a value behind it, a scheme, or the first bytes of a token.
struct SecretName: Sendable {
  /// In lower case.
  let text: [UInt8]
  /// Which bytes its value is made of.
  let holds: @Sendable (UInt8) -> Bool
  /// Whether a scheme and parameters follow.
  var isCredentials = false

  private init(_ text: String, holds: @escaping @Sendable (UInt8) -> Bool, isCredentials: Bool = false) {
    self.text = Array(text.utf8)
    self.holds = holds
    self.isCredentials = isCredentials
  }

  /// Names and the values behind them. A signature has no slash, so a path behind one stays readable.
  static let all: [SecretName] =
    [SecretName("x-amz-signature", holds: { ASCIIText.isToken($0) && $0 != UInt8(ascii: "/") })]
    + [
      "x-amz-security-token", "secretaccesskey", "secret_access_key", "sessiontoken", "session_token",
      "client_secret", "access_token", "refresh_token", "id_token", "x-api-key",
    ].map { SecretName($0, holds: ASCIIText.isToken) }
    + ["password", "passwd"].map { SecretName($0, holds: ASCIIText.isOpaque) }
    + [SecretName("authorization", holds: ASCIIText.isToken, isCredentials: true)]

  /// The letters, in lower case, that a name or a token begins with.
  static let firstLetters = Set(
    (all.map(\.text) + tokens.map(\.prefix)).compactMap { $0.first.map(ASCIIText.lower) })

  /// Schemes that stay readable before what they announce.
  static let schemes: [[UInt8]] = [
    "basic", "bearer", "digest", "negotiate", "ntlm", "token", "apikey", "dpop", "aws", "aws4-hmac-sha256",
    "aws4-ecdsa-p256-sha256",
  ].map { Array($0.utf8) }

  /// Tokens that are known by how they begin, with the fewest bytes that one has.
  static let tokens: [(prefix: [UInt8], least: Int, holds: @Sendable (UInt8) -> Bool)] = [
    // AWS session tokens.
    ("IQoJb3JpZ2lu", 32, ASCIIText.isToken), ("FwoGZXIvYXdz", 32, ASCIIText.isToken),
    ("FQoGZXIvYXdz", 32, ASCIIText.isToken),
    // GitHub, GitLab, Slack, PyPI, Hugging Face, Google.
    ("ghp_", 36, ASCIIText.isURLSafe), ("gho_", 36, ASCIIText.isURLSafe), ("ghu_", 36, ASCIIText.isURLSafe),
    ("ghs_", 36, ASCIIText.isURLSafe), ("ghr_", 36, ASCIIText.isURLSafe),
    ("github_pat_", 40, ASCIIText.isURLSafe), ("glpat-", 26, ASCIIText.isURLSafe),
    ("xoxb-", 24, ASCIIText.isURLSafe), ("xoxp-", 24, ASCIIText.isURLSafe),
    ("pypi-AgE", 40, ASCIIText.isURLSafe), ("hf_", 33, ASCIIText.isAlphanumeric),
    ("AIza", 39, ASCIIText.isURLSafe),
  ].map { (Array($0.0.utf8), $0.1, $0.2) }
}

/// Kinds of bytes that secrets and what stands around them are made of.
enum ASCIIText {
  static func lower(_ byte: UInt8) -> UInt8 {
    isUpper(byte) ? byte | 0x20 : byte
  }

  static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

  static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  @Sendable static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLower(byte) || isUpper(byte) || isDigit(byte)
  }

  /// RFC 4648 §4, without the padding.
  static func isBase64(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
  }

  /// RFC 4648 §5, without the padding.
  @Sendable static func isURLSafe(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  /// RFC 9110 §11.2, `token68`.
  @Sendable static func isToken(_ byte: UInt8) -> Bool {
    isBase64(byte) || isURLSafe(byte) || ".~=".utf8.contains(byte)
  }

  /// What a password may hold: anything but what ends a word or a parameter.
  @Sendable static func isOpaque(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != 0x7F && !"&\"'<>;,".utf8.contains(byte)
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  static func isQuote(_ byte: UInt8) -> Bool { "\"'\\".utf8.contains(byte) }
}
