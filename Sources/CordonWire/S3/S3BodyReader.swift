/// Reads the body of an upload: decodes its mode, checks its signatures, its length and each checksum the
/// client sent. This is the whole way of a body from the socket to the store.
///
///     var reader = try S3BodyReader(verified, headers: request.headers)
///     while let data = try reader.next(in: bytes, from: &offset) { store.append(buffer, data) }
///     let digests = try reader.finish()          // only now may the object be committed
public struct S3BodyReader: Sendable {
  private var decoder: AWSChunkedDecoder
  private var checks: S3BodyChecks

  /// Prepares for the body of a request whose signature was verified.
  ///
  /// - Throws: the error that S3 answers contradicting headers with.
  public init(
    _ verified: SigV4.Verified, headers: [HeaderField], computesMD5: Bool = true
  ) throws(AWSError) {
    let expectation = try Self.expectation(verified.payload, headers)
    checks = try S3BodyChecks(headers: headers, computesMD5: computesMD5)
    do {
      decoder = try AWSChunkedDecoder(verified, expecting: expectation)
    } catch {
      throw error.s3Error
    }
  }

  /// Prepares for the body of an anonymous request, which policy must have allowed.
  public init(anonymous headers: [HeaderField], computesMD5: Bool = true) throws(AWSError) {
    let text = headers.single("x-amz-content-sha256") ?? SigV4.Payload.unsigned.text
    guard let payload = SigV4.Payload(text) else { throw SigV4.Refusal.badPayloadHash.s3Error }
    let expectation = try Self.expectation(payload, headers)
    checks = try S3BodyChecks(headers: headers, computesMD5: computesMD5)
    do {
      decoder = try AWSChunkedDecoder(unsigned: payload, expecting: expectation)
    } catch {
      throw error.s3Error
    }
  }

  /// How many bytes of content the client announced; nil when it did not say.
  public var announcedLength: UInt64? { decoder.expectation.decodedLength }

  /// How many bytes of content have come so far.
  public var decodedCount: UInt64 { decoder.decodedCount }

  /// Takes the next piece of content out of `bytes`, starting at `offset` and moving it; nil when all of
  /// `bytes` was consumed.
  public mutating func next(
    in bytes: borrowing Span<UInt8>, from offset: inout Int
  ) throws(AWSError) -> Range<Int>? {
    do {
      guard let data = try decoder.next(in: bytes, from: &offset) else { return nil }
      checks.update(bytes.extracting(data))
      return data
    } catch {
      throw error.s3Error
    }
  }

  /// Says that the body has ended, and answers what was computed over its content.
  ///
  /// - Throws: when anything that the client said about its body is not true. The object must then be
  ///   dropped.
  public mutating func finish() throws(AWSError) -> S3BodyChecks.Digests {
    let trailers: [HeaderField]
    do {
      trailers = try decoder.finish()
    } catch {
      throw error.s3Error
    }
    return try checks.finish(trailers: trailers)
  }

  /// The `Content-Encoding` to keep with the object: `aws-chunked` belongs to the way and not to the content.
  public static func contentEncoding(_ headers: [HeaderField]) -> String? {
    let codings = headers.values("content-encoding").flatMap { $0.split(separator: ",") }.map { coding in
      String(coding.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    let kept = codings.filter { !HeaderField($0, "").isNamed("aws-chunked") && !$0.isEmpty }
    return kept.isEmpty ? nil : kept.joined(separator: ",")
  }

  private static func expectation(
    _ payload: SigV4.Payload, _ headers: [HeaderField]
  ) throws(AWSError) -> AWSChunkedDecoder.Expectation {
    let name = payload.isStreaming ? "x-amz-decoded-content-length" : "content-length"
    let trailers = try S3BodyChecks.trailerNames(headers)
    if !payload.isStreaming && !trailers.isEmpty { throw AWSChunkedDecoder.Failure.malformedTrailer.s3Error }
    if payload == .signedChunks && !trailers.isEmpty {
      throw AWSChunkedDecoder.Failure.malformedTrailer.s3Error
    }
    guard headers.contains(name) else { return AWSChunkedDecoder.Expectation(trailers: trailers) }
    guard let text = headers.single(name), let length = decimal(text) else {
      throw AWSError("InvalidArgument", 400, "The value of the \(name) header is not a length.")
    }
    return AWSChunkedDecoder.Expectation(decodedLength: length, trailers: trailers)
  }

  private static func decimal(_ text: String) -> UInt64? {
    text.utf8.allSatisfy(ASCII.isDigit) ? UInt64(text) : nil
  }
}
