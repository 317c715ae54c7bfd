// Comparisons on UTF-8 bytes. Swift's String equality is canonical equivalence, IAM's is not: bytes decide.

/// ASCII lower case of a byte.
@inline(__always)
func asciiLower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

/// Bytes of the scalar that `lead` starts; 1 for a byte that starts none, so a scan always moves.
@inline(__always)
func scalarLength(lead: UInt8) -> Int {
  if lead < 0xC0 { return 1 }
  if lead < 0xE0 { return 2 }
  return lead < 0xF0 ? 3 : 4
}

extension Span<UInt8> {
  /// Whether `pattern[from..<to]` stands in this text at `start`, with this text's ASCII letters read in
  /// lower case where `lowered`. Compared from the end, because the texts that IAM compares share long
  /// beginnings.
  @inline(__always)
  func holds(
    _ pattern: Span<UInt8>, _ from: Int, _ to: Int, at start: Int = 0, lowered: Bool = false
  ) -> Bool {
    let length = to - from
    guard start + length <= count else { return false }
    var index = length - 1
    while index >= 0 {
      let byte = self[start + index]
      if (lowered ? asciiLower(byte) : byte) != pattern[from + index] { return false }
      index -= 1
    }
    return true
  }

  /// The offset behind the colon with this number, counted from 1; nil where there are fewer.
  func offset(afterColons number: Int) -> Int? {
    var colons = 0
    for index in 0..<count where self[index] == UInt8(ascii: ":") {
      colons += 1
      if colons == number { return index + 1 }
    }
    return nil
  }

  /// Whether the text has the shape of an ARN: `arn:` and five colons.
  var isARN: Bool {
    guard offset(afterColons: 5) != nil else { return false }
    return self[0] == UInt8(ascii: "a") && self[1] == UInt8(ascii: "r") && self[2] == UInt8(ascii: "n")
      && self[3] == UInt8(ascii: ":")
  }

  /// The text as a string.
  var string: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for index in 0..<count { bytes.append(self[index]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Whether two strings have the same bytes.
@inline(__always)
func sameBytes(_ left: String, _ right: String) -> Bool {
  let right = right.utf8Span.span
  let left = left.utf8Span.span
  return left.count == right.count && left.holds(right, 0, right.count)
}

/// FNV-1a over lower-cased ASCII: how a condition key is found in a request.
func keyHash(_ name: String.UTF8View) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in name {
    hash = (hash ^ UInt64(asciiLower(byte))) &* 0x0000_0100_0000_01b3
  }
  return hash
}
