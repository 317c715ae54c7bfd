import Crypto

/// What a client says about the content of a body, and whether it is true: `Content-MD5`, one
/// `x-amz-checksum-*` header, or the same as a trailer.
public struct S3BodyChecks: Sendable {
  /// What was computed while the body passed.
  public struct Digests: Equatable, Sendable {
    /// The MD5 of the content, from which S3 makes the `ETag`; nil when nobody asked for it.
    public let md5: [UInt8]?
    /// The checksum that the client sent, or the default one.
    public let checksum: S3Checksum.Value
  }

  private let expectedMD5: [UInt8]?
  private let expected: S3Checksum.Value?
  private let trailer: S3Checksum?
  private var md5: Insecure.MD5?
  private var hasher: S3Checksum.Hasher

  /// Reads the headers of an upload.
  ///
  /// - Parameters:
  ///   - computesMD5: also without `Content-MD5`, for the `ETag`.
  ///   - fallback: what is computed when the client sends no checksum, as S3 does it.
  /// - Throws: the error that S3 answers malformed, several or contradicting checksums with.
  public init(
    headers: [HeaderField], computesMD5: Bool = true, fallback: S3Checksum = .crc64nvme
  ) throws(AWSError) {
    expectedMD5 = try Self.contentMD5(headers)
    expected = try Self.checksumHeader(headers)
    trailer = try Self.trailerNames(headers).compactMap(S3Checksum.init(headerName:)).first
    if expected != nil && trailer != nil { throw Self.severalChecksums }
    try Self.checkAlgorithm(headers, expected?.algorithm ?? trailer)
    md5 = computesMD5 || expectedMD5 != nil ? Insecure.MD5() : nil
    hasher = S3Checksum.Hasher(expected?.algorithm ?? trailer ?? fallback)
  }

  /// Adds decoded bytes.
  public mutating func update(_ bytes: borrowing Span<UInt8>) {
    md5?.update(bytes)
    hasher.update(bytes)
  }

  /// Compares what was computed with what was said.
  ///
  /// - Throws: `BadDigest` when they differ, `InvalidRequest` when the trailer is no checksum.
  public func finish(trailers: [HeaderField]) throws(AWSError) -> Digests {
    let checksum = hasher.finalize()
    let md5 = md5.map { Array($0.finalize()) }
    if let expectedMD5, md5 != expectedMD5 {
      throw AWSError("BadDigest", 400, "The Content-MD5 you specified did not match what we received.")
    }
    var claimed = expected
    if let trailer {
      guard let text = trailers.single(trailer.headerName),
        let value = S3Checksum.Value(trailer, base64: text)
      else {
        throw Self.invalid(trailer.headerName)
      }
      claimed = value
    }
    if let claimed, claimed != checksum {
      throw AWSError(
        "BadDigest", 400,
        "The \(claimed.algorithm.rawValue) you specified did not match the calculated checksum.")
    }
    return Digests(md5: md5, checksum: checksum)
  }
}

extension S3BodyChecks {
  /// The names in `x-amz-trailer`, in lower case.
  ///
  /// - Throws: when one of them is no checksum that S3 knows.
  public static func trailerNames(_ headers: [HeaderField]) throws(AWSError) -> [String] {
    let values = headers.values("x-amz-trailer").joined(separator: ",")
    let names = values.split(separator: ",").map { name in
      let lowercased = name.utf8.filter { $0 != ASCII.space && $0 != ASCII.tab }.map(ASCII.lowercased)
      return String(decoding: lowercased, as: UTF8.self)
    }
    guard names.count <= 1 else { throw severalChecksums }
    guard names.allSatisfy({ S3Checksum(headerName: $0) != nil }) else {
      throw AWSError(
        "InvalidRequest", 400, "The value specified in the x-amz-trailer header is not supported")
    }
    return names
  }

  private static func contentMD5(_ headers: [HeaderField]) throws(AWSError) -> [UInt8]? {
    let values = headers.values("content-md5")
    guard let text = values.first else { return nil }
    guard values.count == 1, let bytes = Base64.bytes(text), bytes.count == 16 else {
      throw AWSError("InvalidDigest", 400, "The Content-MD5 you specified was invalid.")
    }
    return bytes
  }

  private static func checksumHeader(_ headers: [HeaderField]) throws(AWSError) -> S3Checksum.Value? {
    var found: S3Checksum.Value?
    for algorithm in S3Checksum.allCases {
      for text in headers.values(algorithm.headerName) {
        guard found == nil else { throw severalChecksums }
        guard let value = S3Checksum.Value(algorithm, base64: text) else {
          throw invalid(algorithm.headerName)
        }
        found = value
      }
    }
    return found
  }

  private static func checkAlgorithm(_ headers: [HeaderField], _ sent: S3Checksum?) throws(AWSError) {
    let names = headers.values("x-amz-sdk-checksum-algorithm")
    guard let name = names.first else { return }
    let folded = String(decoding: name.utf8.map { ASCII.isLowerLetter($0) ? $0 & 0xDF : $0 }, as: UTF8.self)
    guard names.count == 1, let algorithm = S3Checksum(rawValue: folded) else {
      throw AWSError("InvalidRequest", 400, "Checksum algorithm provided is unsupported.")
    }
    if let sent, sent != algorithm { throw invalid("x-amz-sdk-checksum-algorithm") }
    if sent == nil {
      throw AWSError(
        "InvalidRequest", 400,
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
          + "x-amz-trailer headers were found.")
    }
  }

  private static let severalChecksums = AWSError(
    "InvalidRequest", 400,
    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")

  private static func invalid(_ name: String) -> AWSError {
    AWSError("InvalidRequest", 400, "Value for \(name) header is invalid.")
  }
}
