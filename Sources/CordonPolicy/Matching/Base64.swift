/// Base64 of RFC 4648 section 4; padding may be missing, anything else that is not in the alphabet is
/// refused.
func base64Decoded(_ text: Span<UInt8>) -> [UInt8]? {
  var end = text.count
  while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
  guard end % 4 != 1, end == text.count || text.count % 4 == 0 else { return nil }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(end * 3 / 4)
  var buffer: UInt32 = 0
  for index in 0..<end {
    guard let value = base64Value(text[index]) else { return nil }
    buffer = buffer << 6 | value
    switch index % 4 {
    case 1: bytes.append(UInt8(truncatingIfNeeded: buffer >> 4))
    case 2: bytes.append(UInt8(truncatingIfNeeded: buffer >> 2))
    case 3: bytes.append(UInt8(truncatingIfNeeded: buffer))
    default: break
    }
  }
  return bytes
}

private func base64Value(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
  case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
  case UInt8(ascii: "+"): 62
  case UInt8(ascii: "/"): 63
  default: nil
  }
}
