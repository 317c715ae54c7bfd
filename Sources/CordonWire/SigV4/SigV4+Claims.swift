public import struct FoundationEssentials.Date

extension SigV4 {
  /// What a request says about who sent it. Nothing here is proved.
  public struct Claims: Hashable, Sendable {
    /// Where the signature stands.
    public enum Form: Hashable, Sendable {
      /// In the `Authorization` header.
      case header
      /// In the query: a presigned URL, valid for so many seconds.
      case query(expires: Int)
    }

    /// Where the signature stands.
    public let form: Form
    /// Whose key is said to have signed.
    public let accessKeyID: String
    /// The day, region and service that the key was derived for.
    public let scope: Scope
    /// The headers that the signature covers, in lower case, in order.
    public let signedHeaders: [String]
    /// When the request says it was signed.
    public let time: Date
    /// The session token of temporary credentials.
    public let securityToken: String?
    let signature: [UInt8]

    /// What a cache of signing keys is looked up by.
    public var keyID: SigningKeyID { SigningKeyID(accessKeyID: accessKeyID, scope: scope) }

    /// Whether the request carries exactly the session token that was handed out with the key, or none when
    /// there is none. Takes the same time for every wrong token of the same length.
    public func carries(token expected: String?) -> Bool {
      guard let securityToken, let expected else { return securityToken == nil && expected == nil }
      let (left, right) = (securityToken.utf8, expected.utf8)
      guard left.count == right.count else { return false }
      return zip(left, right).reduce(0) { difference, pair in difference | (pair.0 ^ pair.1) } == 0
    }
  }

  /// The name of a signing key: it stays the same for one day, and it is no secret.
  public struct SigningKeyID: Hashable, Sendable {
    /// The access key that the signing key derives from.
    public let accessKeyID: String
    /// What it is limited to.
    public let scope: Scope

    /// Joins both.
    public init(accessKeyID: String, scope: Scope) {
      self.accessKeyID = accessKeyID
      self.scope = scope
    }
  }

  /// Reads the claims of a request; nil when it is anonymous.
  ///
  /// - Throws: when it carries credentials that cannot be read. Such a request is never anonymous.
  public static func claims(of request: Request) throws(Refusal) -> Claims? {
    let header = request.headers.contains("authorization")
    let query = request.query.items.contains { isCredential($0.name) }
    if header && query { throw .twoMechanisms }
    if header { return try Claims(header: request) }
    if query { return try Claims(query: request) }
    return nil
  }

  /// Any sign of a presigned URL, SigV2's included: half of one must not pass as anonymous.
  private static func isCredential(_ name: String) -> Bool {
    let names = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "AWSAccessKeyId", "Signature"]
    return names.contains { $0.utf8.elementsEqual(name.utf8) }
  }
}

extension SigV4.Claims: CustomStringConvertible {
  /// For logs: neither the signature nor the token, which open doors while they are valid.
  public var description: String { "\(accessKeyID)/\(scope)" }
}

/// `KEY/20130524/us-east-1/s3/aws4_request`, split and checked.
struct SigV4Credential {
  var accessKeyID: String
  var scope: SigV4.Scope

  init?(_ text: Substring.UTF8View) {
    let parts = text.split(separator: ASCII.slash, omittingEmptySubsequences: false)
    guard parts.count == 5, 1...128 ~= parts[0].count, parts[0].allSatisfy(Self.isKeyByte),
      parts[1].count == 8, parts[1].allSatisfy(ASCII.isDigit),
      1...64 ~= parts[2].count, parts[2].allSatisfy(Self.isScopeByte),
      1...64 ~= parts[3].count, parts[3].allSatisfy(Self.isScopeByte),
      parts[4].elementsEqual("aws4_request".utf8)
    else { return nil }
    accessKeyID = String(decoding: parts[0], as: UTF8.self)
    scope = SigV4.Scope(
      day: String(decoding: parts[1], as: UTF8.self), region: String(decoding: parts[2], as: UTF8.self),
      service: String(decoding: parts[3], as: UTF8.self))
  }

  /// AWS's own pattern for access keys is `\w+`.
  private static func isKeyByte(_ byte: UInt8) -> Bool {
    ASCII.isLowerLetter(byte) || ASCII.isUpperLetter(byte) || ASCII.isDigit(byte) || byte == ASCII.underscore
  }

  private static func isScopeByte(_ byte: UInt8) -> Bool {
    ASCII.isLowerLetter(byte) || ASCII.isDigit(byte) || byte == ASCII.hyphen
  }
}
