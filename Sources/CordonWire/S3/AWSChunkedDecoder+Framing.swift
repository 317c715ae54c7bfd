import Crypto

// The text between the data: `1000;chunk-signature=<64 digits>` before a chunk, a line break behind it, and
// trailing headers behind the chunk of size 0.

extension AWSChunkedDecoder {
  /// Collects bytes up to a line feed and answers the line without it; nil while it is not whole.
  mutating func takeLine(
    _ bytes: borrowing Span<UInt8>, _ offset: inout Int, atMost limit: Int
  ) throws(Failure) -> [UInt8]? {
    while let byte = bytes.takeUInt8(&offset, before: bytes.count) {
      if byte == ASCII.lineFeed {
        defer { line.removeAll(keepingCapacity: true) }
        return line
      }
      line.append(byte)
      if line.count >= limit { throw isInTrailers ? .malformedTrailer : .malformedChunk }
    }
    return nil
  }

  private var isInTrailers: Bool {
    if case .trailers = state { true } else { false }
  }

  mutating func beginChunk(_ line: [UInt8]) throws(Failure) {
    let previous = chunk
    guard line.last == ASCII.carriageReturn, let next = Self.header(line.dropLast(), signed: signer != nil)
    else {
      throw .malformedChunk
    }
    chunk = next
    chunk.isFirst = false
    if signer != nil, next.size > 0, !previous.isFirst, previous.size < Self.minimumChunk {
      throw .chunkTooSmall
    }
    if next.size > 0 {
      // More than the whole body can be said at once, so a lie is found before its bytes come.
      let left = (expectation.decodedLength ?? 0).subtractingReportingOverflow(decodedCount)
      guard !left.overflow, next.size <= left.partialValue else { throw .lengthMismatch }
      state = .chunkData(remaining: next.size)
      return
    }
    guard decodedCount == expectation.decodedLength else { throw .incompleteBody }
    try checkChunkSignature()
    state = payload == .signedChunks ? .chunkEnd : .trailers
  }

  /// `SIZE` or `SIZE;chunk-signature=SIGNATURE`, and nothing else.
  private static func header(_ line: ArraySlice<UInt8>, signed: Bool) -> Chunk? {
    let digits = line.prefix { ASCII.hexValue($0) != nil }
    guard 1...16 ~= digits.count else { return nil }
    var chunk = Chunk()
    for digit in digits { chunk.size = chunk.size << 4 | UInt64(ASCII.hexValue(digit) ?? 0) }
    let rest = line.dropFirst(digits.count)
    if !signed { return rest.isEmpty ? chunk : nil }
    let name = ";chunk-signature=".utf8
    guard rest.starts(with: name), let signature = signature(rest.dropFirst(name.count)) else { return nil }
    chunk.signature = signature
    return chunk
  }

  private static func signature(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
    digits.count == 64 ? Hex.bytes(ascii: digits) : nil
  }

  mutating func endChunk(_ line: [UInt8]) throws(Failure) {
    guard line == [ASCII.carriageReturn] else { throw .malformedChunk }
    if chunk.size == 0 {
      state = .done
    } else {
      try checkChunkSignature()
      state = .chunkHeader
    }
  }

  private mutating func checkChunkSignature() throws(Failure) {
    guard var signer else { return }
    guard signer.accept(chunk.signature, chunkHash: hash.finalize()) else { throw .signatureMismatch }
    self.signer = signer
    hash = SHA256()
  }
}

extension AWSChunkedDecoder {
  /// One line of the trailer section. Both line breaks are met in the field, with and without a carriage
  /// return; some clients put an empty line before the trailer signature.
  mutating func readTrailer(_ line: [UInt8]) throws(Failure) {
    trailerBytes += line.count + 1
    guard trailerBytes <= Self.maximumTrailers else { throw .malformedTrailer }
    let text = line.last == ASCII.carriageReturn ? line.dropLast() : line[...]
    if text.isEmpty {
      try endTrailers()
      return
    }
    guard !isTrailerVerified, let colon = text.firstIndex(of: ASCII.colon), colon > 0,
      text[..<colon].allSatisfy(ASCII.isToken)
    else { throw .malformedTrailer }
    let name = String(decoding: text[..<colon].map(ASCII.lowercased), as: UTF8.self)
    let value = Self.trimmed(text[(colon + 1)...])
    if signer != nil, name == "x-amz-trailer-signature" {
      try checkTrailerSignature(value)
      return
    }
    guard value.allSatisfy({ 0x21...0x7E ~= $0 }), expectation.trailers.contains(name),
      !trailers.contains(name)
    else { throw .malformedTrailer }
    trailers.append(HeaderField(name, String(decoding: value, as: UTF8.self)))
  }

  private mutating func endTrailers() throws(Failure) {
    guard trailers.count == expectation.trailers.count else { throw .malformedTrailer }
    // Before its signature the section cannot end; further empty lines run into the limit.
    if signer == nil || isTrailerVerified { state = .done }
  }

  private mutating func checkTrailerSignature(_ value: ArraySlice<UInt8>) throws(Failure) {
    guard trailers.count == expectation.trailers.count, var signer, let signature = Self.signature(value)
    else {
      throw .malformedTrailer
    }
    var text: [UInt8] = []
    for trailer in trailers.sorted(by: { $0.name < $1.name }) {
      text += "\(trailer.name):\(trailer.value)\n".utf8
    }
    guard signer.accept(signature, trailerHash: SHA256.digest(of: text)) else { throw .signatureMismatch }
    self.signer = signer
    isTrailerVerified = true
  }

  private static func trimmed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isBlank: (UInt8) -> Bool = { $0 == ASCII.space || $0 == ASCII.tab }
    var value = value.drop(while: isBlank)
    while let last = value.last, isBlank(last) { value.removeLast() }
    return value
  }

  /// Some clients send one line break more; nothing else may follow.
  mutating func takeFinalBreak(_ bytes: borrowing Span<UInt8>, _ offset: inout Int) throws(Failure) {
    guard let line = try takeLine(bytes, &offset, atMost: 2) else { return }
    guard line == [ASCII.carriageReturn], !hasFinalBreak else { throw .malformedChunk }
    hasFinalBreak = true
  }
}
