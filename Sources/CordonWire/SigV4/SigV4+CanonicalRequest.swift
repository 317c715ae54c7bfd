import Crypto

extension SigV4 {
  /// The canonical form of a request, which both the signer and the verifier hash
  /// (AWS, "Create a canonical request").
  struct CanonicalRequest {
    private(set) var bytes: [UInt8] = []

    /// - Parameters:
    ///   - presigned: leaves out `X-Amz-Signature`, which cannot cover itself.
    ///   - payloadHash: the last line, a hash or the name of a streaming mode.
    init(
      _ request: Request, service: String, signedHeaders: [String], presigned: Bool, payloadHash: String
    ) throws(Refusal) {
      bytes.reserveCapacity(512)
      bytes += request.method.utf8
      bytes.append(ASCII.lineFeed)
      appendPath(request, service: service)
      bytes.append(ASCII.lineFeed)
      appendQuery(request.query, presigned: presigned)
      bytes.append(ASCII.lineFeed)
      for name in signedHeaders { try appendHeader(name, request.headers) }
      bytes.append(ASCII.lineFeed)
      for (index, name) in signedHeaders.enumerated() {
        if index > 0 { bytes.append(ASCII.semicolon) }
        bytes += name.utf8
      }
      bytes.append(ASCII.lineFeed)
      bytes += payloadHash.utf8
    }

    var hash: SHA256.Digest { SHA256.digest(of: bytes) }
  }
}

extension SigV4.CanonicalRequest {
  /// S3 encodes the decoded path once and keeps every slash and dot; other services normalise the path and
  /// encode what was sent once more.
  private mutating func appendPath(_ request: SigV4.Request, service: String) {
    if service == "s3" {
      PercentCoding.append(request.path.utf8.span, keepingSlash: true, to: &bytes)
    } else {
      PercentCoding.append(Self.normalized(request.rawPath).span, keepingSlash: true, to: &bytes)
    }
  }

  /// RFC 3986 §5.2.4, and repeated slashes become one.
  private static func normalized(_ path: String) -> [UInt8] {
    var kept: [Substring.UTF8View] = []
    for segment in Substring(path).utf8.split(separator: ASCII.slash) {
      if segment.elementsEqual("..".utf8) {
        _ = kept.popLast()
      } else if !segment.elementsEqual(".".utf8) {
        kept.append(segment)
      }
    }
    let isFolder = path.utf8.last == ASCII.slash && !kept.isEmpty
    return [ASCII.slash] + kept.joined(separator: [ASCII.slash]) + (isFolder ? [ASCII.slash] : [])
  }

  /// Sorted by encoded name, then by encoded value, byte by byte.
  private mutating func appendQuery(_ query: URLQuery, presigned: Bool) {
    if query.items.isEmpty { return }
    var pairs: [(name: [UInt8], value: [UInt8])] = []
    pairs.reserveCapacity(query.items.count)
    for item in query.items where !(presigned && item.name == "X-Amz-Signature") {
      pairs.append((Self.encoded(item.name), Self.encoded(item.value)))
    }
    pairs.sort { left, right in
      left.name == right.name
        ? left.value.lexicographicallyPrecedes(right.value) : left.name.lexicographicallyPrecedes(right.name)
    }
    for (index, pair) in pairs.enumerated() {
      if index > 0 { bytes.append(ASCII.ampersand) }
      bytes += pair.name
      bytes.append(ASCII.equals)
      bytes += pair.value
    }
  }

  private static func encoded(_ text: String) -> [UInt8] {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(text.utf8.count + 16)
    PercentCoding.append(text.utf8.span, keepingSlash: false, to: &encoded)
    return encoded
  }

  /// `name:value`, repeated headers joined by commas in the order they were sent.
  private mutating func appendHeader(_ name: String, _ headers: [HeaderField]) throws(SigV4.Refusal) {
    bytes += name.utf8
    bytes.append(ASCII.colon)
    var count = 0
    for field in headers where field.isNamed(name) {
      if count > 0 { bytes.append(ASCII.comma) }
      count += 1
      try appendTrimmed(field.value.utf8.span)
    }
    if count == 0 { throw .missingSignedHeader }
    bytes.append(ASCII.lineFeed)
  }

  /// Without white space at the ends, and with each run of it inside as one space.
  private mutating func appendTrimmed(_ value: borrowing Span<UInt8>) throws(SigV4.Refusal) {
    let start = bytes.count
    var pendingSpace = false
    for index in value.indices {
      let byte = value[index]
      switch byte {
      case ASCII.space, ASCII.tab, 0x0B, 0x0C: pendingSpace = true
      // A line break would let one header's value pass for another header.
      case ASCII.carriageReturn, ASCII.lineFeed, 0: throw .malformedHeader
      default:
        if pendingSpace && bytes.count > start { bytes.append(ASCII.space) }
        pendingSpace = false
        bytes.append(byte)
      }
    }
  }
}
