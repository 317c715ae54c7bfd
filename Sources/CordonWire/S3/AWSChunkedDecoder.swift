import Crypto

/// Decodes the body of an S3 upload in each of the modes that `x-amz-content-sha256` names, and checks it
/// against what the request's signature promised.
///
/// Bytes go in as they arrive; ranges of the same bytes come out, so nothing is copied. Signatures are
/// checked at the end of each chunk and hashes at the end of the body: **what came out may be stored, but not
/// shown to anyone, before `finish()` has returned.** Memory is bounded by one chunk header or one trailer
/// section; no size that a client claims is ever allocated.
public struct AWSChunkedDecoder: Sendable {
  /// What the body and its request must agree on.
  public struct Expectation: Sendable {
    /// `x-amz-decoded-content-length`, or `Content-Length` when the body is not chunked.
    public var decodedLength: UInt64?
    /// The names in `x-amz-trailer`, in lower case. Exactly these must follow the body.
    public var trailers: [String]

    /// Joins both.
    public init(decodedLength: UInt64? = nil, trailers: [String] = []) {
      self.decodedLength = decodedLength
      self.trailers = trailers
    }
  }

  /// The longest chunk header: 16 digits, `;chunk-signature=`, 64 digits.
  static let maximumHeader = 128
  /// The longest trailer section. A real one holds one checksum and one signature.
  static let maximumTrailers = 4096
  /// AWS, "Transferring Payload in Multiple Chunks": every signed chunk but the last has at least 8 KiB.
  static let minimumChunk: UInt64 = 8192

  enum State: Sendable {
    case raw
    case chunkHeader
    case chunkData(remaining: UInt64)
    case chunkEnd
    case trailers
    case done
    case failed(Failure)
  }

  let payload: SigV4.Payload
  let expectation: Expectation
  var state: State
  var signer: SigV4.ChunkSigner?
  /// A chunk header, the line break behind a chunk, or a trailer line, as far as it has come.
  var line: [UInt8] = []
  var hash = SHA256()
  var decodedCount: UInt64 = 0
  var chunk = Chunk()
  var trailerBytes = 0
  var trailers: [HeaderField] = []
  var isTrailerVerified = false
  var hasFinalBreak = false

  /// What the header of the current chunk said.
  struct Chunk: Sendable {
    var size: UInt64 = 0
    var signature: [UInt8] = []
    var isFirst = true
  }

  /// Makes a decoder for a request whose signature was verified.
  ///
  /// - Throws: `.missingDecodedLength` for a chunked mode without `x-amz-decoded-content-length`.
  public init(_ verified: SigV4.Verified, expecting expectation: Expectation) throws(Failure) {
    try self.init(verified.payload, signer: verified.chunkSigner, expecting: expectation)
  }

  /// Makes a decoder for a request without a signature (an anonymous one, where policy allows that).
  ///
  /// - Throws: `.unsignedRequest` for a mode that needs a signing key.
  public init(unsigned payload: SigV4.Payload, expecting expectation: Expectation) throws(Failure) {
    try self.init(payload, signer: nil, expecting: expectation)
  }

  private init(
    _ payload: SigV4.Payload, signer: SigV4.ChunkSigner?, expecting expectation: Expectation
  ) throws(Failure) {
    self.payload = payload
    self.expectation = expectation
    self.state = payload.isStreaming ? .chunkHeader : .raw
    if payload.isStreaming && expectation.decodedLength == nil { throw .missingDecodedLength }
    let needsKey = payload == .signedChunks || payload == .signedChunksTrailer
    if needsKey && signer == nil { throw .unsignedRequest }
    if payload == .signedChunksTrailer && expectation.trailers.isEmpty { throw .malformedTrailer }
    self.signer = needsKey ? signer : nil
  }
}

extension AWSChunkedDecoder {
  /// Takes the next piece of decoded data out of `bytes`, starting at `offset` and moving it.
  ///
  /// Call it until it answers nil, which means that all of `bytes` was consumed. After an error it throws the
  /// same error for ever.
  public mutating func next(
    in bytes: borrowing Span<UInt8>, from offset: inout Int
  ) throws(Failure) -> Range<Int>? {
    do {
      while offset >= 0 && offset < bytes.count {
        if let data = try step(bytes, &offset) { return data }
      }
      return nil
    } catch {
      state = .failed(error)
      throw error
    }
  }

  /// Says that the body has ended, and answers the trailing headers.
  ///
  /// - Throws: when the body is not whole, or is not what the signature promised.
  public mutating func finish() throws(Failure) -> [HeaderField] {
    switch state {
    case .failed(let failure): throw failure
    case .raw: try finishRaw()
    case .done: break
    default: throw .incompleteBody
    }
    return trailers
  }

  private func finishRaw() throws(Failure) {
    if let length = expectation.decodedLength, length != decodedCount { throw .incompleteBody }
    if case .sha256(let expected) = payload, !hash.finalize().elementsEqual(expected) { throw .hashMismatch }
  }

  private mutating func step(
    _ bytes: borrowing Span<UInt8>, _ offset: inout Int
  ) throws(Failure) -> Range<Int>? {
    switch state {
    case .raw:
      return try takeData(bytes, &offset, atMost: .max)
    case .chunkData(let remaining):
      let data = try takeData(bytes, &offset, atMost: remaining)
      let left = remaining - UInt64(data.count)
      state = left == 0 ? .chunkEnd : .chunkData(remaining: left)
      return data
    case .chunkHeader:
      if let line = try takeLine(bytes, &offset, atMost: Self.maximumHeader) { try beginChunk(line) }
    case .chunkEnd:
      if let line = try takeLine(bytes, &offset, atMost: 2) { try endChunk(line) }
    case .trailers:
      let limit = Self.maximumTrailers - trailerBytes
      if let line = try takeLine(bytes, &offset, atMost: limit) { try readTrailer(line) }
    case .done:
      try takeFinalBreak(bytes, &offset)
    case .failed(let failure):
      throw failure
    }
    return nil
  }

  private mutating func takeData(
    _ bytes: borrowing Span<UInt8>, _ offset: inout Int, atMost limit: UInt64
  ) throws(Failure) -> Range<Int> {
    let length = Int(min(limit, UInt64(bytes.count - offset)))
    let data = offset..<(offset + length)
    let (count, overflow) = decodedCount.addingReportingOverflow(UInt64(length))
    guard !overflow, count <= expectation.decodedLength ?? .max else { throw .lengthMismatch }
    decodedCount = count
    if needsHash { hash.update(bytes.extracting(data)) }
    offset += length
    return data
  }

  private var needsHash: Bool {
    switch payload {
    case .sha256, .signedChunks, .signedChunksTrailer: true
    case .unsigned, .unsignedTrailer: false
    }
  }
}
