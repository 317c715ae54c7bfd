/// The spellings of a secret that survive a trip through a protocol.
enum TextForms {
  private static let base32Alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
  private static let base32HexAlphabet = Array("0123456789abcdefghijklmnopqrstuv".utf8)
  private static let base64Alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func hex(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  static func base32(_ bytes: [UInt8]) -> [UInt8] { grouped(bytes, bits: 5, alphabet: base32Alphabet) }
  static func base32Hex(_ bytes: [UInt8]) -> [UInt8] { grouped(bytes, bits: 5, alphabet: base32HexAlphabet) }
  static func base64(_ bytes: [UInt8]) -> [UInt8] { grouped(bytes, bits: 6, alphabet: base64Alphabet) }

  /// RFC 4648 without padding.
  private static func grouped(_ bytes: [UInt8], bits: Int, alphabet: [UInt8]) -> [UInt8] {
    var held = 0
    var heldBits = 0
    var text: [UInt8] = []
    for byte in bytes {
      held = (held << 8 | Int(byte)) & 0xFFFF
      heldBits += 8
      while heldBits >= bits {
        heldBits -= bits
        text.append(alphabet[(held >> heldBits) & (alphabet.count - 1)])
      }
    }
    if heldBits > 0 { text.append(alphabet[(held << (bits - heldBits)) & (alphabet.count - 1)]) }
    return text
  }

  /// The part of an encoding that stays the same whatever stands before and after the secret, for each distance
  /// between the secret and a group's start. `group` is the bytes in a whole group, `bits` those of a character.
  static func aligned(
    _ secret: [UInt8], group: Int, bits: Int, encode: ([UInt8]) -> [UInt8]
  ) -> [[UInt8]] {
    (0..<group).map { offset in
      let encoded = encode([UInt8](repeating: 0, count: offset) + secret)
      let firstWhole = (offset * 8 + bits - 1) / bits
      let wholeEnd = (offset + secret.count) * 8 / bits
      return Array(encoded[firstWhole..<wholeEnd])
    }
  }

  static func folded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }
  }

  /// Letters and digits only, in lower case: what is left when separators and framing are taken away.
  static func squeezed(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    folded(bytes).filter { (97...122).contains($0) || (48...57).contains($0) }
  }

  /// As `squeezed`, with the two further characters of base64 in either of its alphabets.
  static func squeezedBase64(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    folded(bytes).compactMap { byte in
      switch byte {
      case 97...122, 48...57, UInt8(ascii: "+"), UInt8(ascii: "/"): byte
      case UInt8(ascii: "-"): UInt8(ascii: "+")
      case UInt8(ascii: "_"): UInt8(ascii: "/")
      default: nil
      }
    }
  }

  /// Percent-decoded, as in a URL; what is not an escape stays.
  static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2])
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
