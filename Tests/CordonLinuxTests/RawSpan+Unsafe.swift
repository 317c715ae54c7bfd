extension RawSpan {
  /// The bytes, to compare.
  var copied: [UInt8] {
    var all: [UInt8] = []
    // SAFETY: any byte is a UInt8, and the offset is within the span.
    for offset in 0..<byteCount { all.append(unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)) }
    return all
  }
}
