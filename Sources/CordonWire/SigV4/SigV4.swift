/// AWS Signature Version 4: reading what a request claims, and finding out whether it is true.
///
/// `Claims` are what a request says about itself; nothing in them is proved. Only a `Verifier` makes
/// `Verified` out of them. The `Signer` stands apart and shares no decision with the verifier, only the
/// canonical form (AWS, "Create a signed AWS API request").
public enum SigV4 {
  /// The only algorithm that is accepted; the asymmetric one (SigV4A) and SigV2 are refused by name.
  static let algorithm = "AWS4-HMAC-SHA256"
  /// `X-Amz-Expires` may say at most seven days.
  public static let maximumExpiry = 604_800
  /// More headers than any AWS client sends; bounds the search for signed ones.
  public static let maximumHeaders = 256
  /// The hash of nothing.
  static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
}

extension SigV4 {
  /// The parts of an HTTP request that a signature covers, its body apart.
  public struct Request: Sendable {
    /// The method as it was sent.
    public let method: String
    /// The path as it was sent, still encoded.
    public let rawPath: String
    /// The path decoded once. S3 signs this path encoded again, so act upon this one. Other services sign a
    /// normalised path, in which `/a/./b` and `/a/b` are one: their endpoints have fixed paths to compare
    /// with.
    public let path: String
    /// The query decoded once. Act upon this one.
    public let query: URLQuery
    /// The headers in the order they were sent.
    public var headers: [HeaderField]

    /// Reads a request target in origin form, `/path?query`.
    ///
    /// - Throws: `.malformedTarget` for another form, a fragment, control characters, incomplete `%XX`, or
    ///   bytes
    ///   that are not UTF-8; `.malformedMethod` or `.tooManyHeaders`.
    public init(method: String, target: String, headers: [HeaderField]) throws(Refusal) {
      guard !method.isEmpty, method.utf8.allSatisfy(ASCII.isToken) else { throw .malformedMethod }
      guard headers.count <= SigV4.maximumHeaders else { throw .tooManyHeaders }
      let bytes = target.utf8
      guard bytes.first == ASCII.slash, bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x23 }) else {
        throw .malformedTarget
      }
      let mark = bytes.firstIndex(of: 0x3F)
      let rawPath = target[..<(mark ?? target.endIndex)]
      guard let path = PercentCoding.decode(rawPath),
        // An index of the bytes: a combining mark behind the `?` would make one character with it.
        let query = mark.map({ URLQuery(parsing: target[bytes.index(after: $0)...]) }) ?? URLQuery()
      else { throw .malformedTarget }
      self.method = method
      self.rawPath = String(rawPath)
      self.path = path
      self.query = query
      self.headers = headers
    }
  }

  /// What a signature is valid for: one day, one region, one service.
  public struct Scope: Hashable, Sendable, CustomStringConvertible {
    /// The day as `20130524`.
    public let day: String
    /// The region, `us-east-1`.
    public let region: String
    /// The service, `s3`.
    public let service: String

    /// Joins the three parts.
    public init(day: String, region: String, service: String) {
      self.day = day
      self.region = region
      self.service = service
    }

    /// The scope as it stands in a signature: `20130524/us-east-1/s3/aws4_request`.
    public var description: String { "\(day)/\(region)/\(service)/aws4_request" }
  }
}
