// Big-endian reads with a moving offset. Each answers nil, and moves nothing, when the bytes are not there: a
// reader of hostile bytes has no other way to look at them.

extension Span where Element == UInt8 {
  /// The byte at `offset`, or nil outside of the span.
  @inline(__always)
  func peek(_ offset: Int) -> UInt8? {
    offset >= 0 && offset < count ? self[offset] : nil
  }

  /// Takes one byte before `end`.
  @inline(__always)
  func takeUInt8(_ offset: inout Int, before end: Int) -> UInt8? {
    guard offset >= 0, end <= count, offset < end else { return nil }
    defer { offset += 1 }
    return self[offset]
  }

  /// Takes two bytes before `end`, the more significant first.
  @inline(__always)
  func takeUInt16(_ offset: inout Int, before end: Int) -> UInt16? {
    guard offset >= 0, end <= count, offset < end, end - offset >= 2 else { return nil }
    defer { offset += 2 }
    return UInt16(self[offset]) << 8 | UInt16(self[offset + 1])
  }

  /// Takes three bytes before `end`, the most significant first.
  @inline(__always)
  func takeUInt24(_ offset: inout Int, before end: Int) -> Int? {
    guard offset >= 0, end <= count, offset < end, end - offset >= 3 else { return nil }
    defer { offset += 3 }
    return Int(self[offset]) << 16 | Int(self[offset + 1]) << 8 | Int(self[offset + 2])
  }

  /// Takes `length` bytes before `end` and answers where they stand.
  @inline(__always)
  func takeRange(_ offset: inout Int, length: Int, before end: Int) -> Range<Int>? {
    guard offset >= 0, length >= 0, end <= count, offset <= end, end - offset >= length else { return nil }
    defer { offset += length }
    return offset..<(offset + length)
  }

  /// A copy of the bytes in `range`, which must lie inside of the span.
  func copy(_ range: Range<Int>) -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= count else { return [] }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    for index in range { bytes.append(self[index]) }
    return bytes
  }
}
