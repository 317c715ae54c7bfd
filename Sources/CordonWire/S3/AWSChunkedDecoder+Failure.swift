extension AWSChunkedDecoder {
  /// Why a body is not what its request promised.
  public enum Failure: Error, Equatable, Sendable {
    /// A chunked mode without `x-amz-decoded-content-length`.
    case missingDecodedLength
    /// A mode with chunk signatures on a request that was not signed.
    case unsignedRequest
    /// The body ended too early.
    case incompleteBody
    /// A chunk header or the line break behind a chunk is malformed.
    case malformedChunk
    /// A signed chunk before the last has fewer than 8 KiB.
    case chunkTooSmall
    /// The chunks hold more than `x-amz-decoded-content-length`.
    case lengthMismatch
    /// A chunk's or the trailer's signature is another one.
    case signatureMismatch
    /// The body's hash is not the one that was signed.
    case hashMismatch
    /// The trailing headers are malformed, or are not those of `x-amz-trailer`.
    case malformedTrailer

    /// The error that S3 answers with.
    public var s3Error: AWSError {
      switch self {
      case .missingDecodedLength:
        AWSError("MissingContentLength", 411, "You must provide the Content-Length HTTP header.")
      case .unsignedRequest:
        AWSError("InvalidRequest", 400, "A body in signed chunks needs a signed request.")
      case .incompleteBody, .malformedChunk, .lengthMismatch:
        AWSError(
          "IncompleteBody", 400,
          "You did not provide the number of bytes specified by the Content-Length HTTP header")
      case .chunkTooSmall:
        AWSError(
          "InvalidChunkSizeError", 403, "Only the last chunk is allowed to have a size less than 8192 bytes")
      case .signatureMismatch: SigV4.Refusal.signatureMismatch.s3Error
      case .hashMismatch:
        AWSError(
          "XAmzContentSHA256Mismatch", 400,
          "The provided 'x-amz-content-sha256' header does not match what was computed.")
      case .malformedTrailer:
        AWSError(
          "MalformedTrailerError", 400,
          "The request contained trailing data that was not well-formed "
            + "or did not conform to our published schema."
        )
      }
    }
  }
}
