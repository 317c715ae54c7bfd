/// Percent-encoding as AWS uses it (RFC 3986): everything but letters, digits, `-`, `.`, `_` and `~` is
/// encoded.
public enum PercentCoding {
  /// Encodes the UTF-8 bytes of a text, with upper-case digits.
  ///
  /// - Parameter keepingSlash: leaves `/` as it is, as in the path of an object.
  public static func encode(_ text: String, keepingSlash: Bool = false) -> String {
    var encoded: [UInt8] = []
    append(text.utf8.span, keepingSlash: keepingSlash, to: &encoded)
    return String(decoding: encoded, as: UTF8.self)
  }

  /// Decodes to text; nil for an incomplete `%XX`, or for bytes that are not UTF-8.
  ///
  /// - Parameter plusIsSpace: as S3 reads query strings; in a path a plus is a plus.
  public static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
    decode(ascii: text.utf8, plusIsSpace: plusIsSpace)
  }

  static func decode(ascii bytes: some Sequence<UInt8>, plusIsSpace: Bool) -> String? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.underestimatedCount)
    var iterator = bytes.makeIterator()
    while let byte = iterator.next() {
      if byte == 0x25 {
        guard let high = iterator.next().flatMap(ASCII.hexValue),
          let low = iterator.next().flatMap(ASCII.hexValue)
        else { return nil }
        decoded.append(high << 4 | low)
      } else {
        decoded.append(plusIsSpace && byte == 0x2B ? ASCII.space : byte)
      }
    }
    return String(validating: decoded, as: UTF8.self)
  }

  static func append(_ bytes: borrowing Span<UInt8>, keepingSlash: Bool, to encoded: inout [UInt8]) {
    for index in bytes.indices {
      let byte = bytes[index]
      if isUnreserved(byte) || keepingSlash && byte == ASCII.slash {
        encoded.append(byte)
      } else {
        encoded.append(0x25)
        encoded.append(upperDigit(byte >> 4))
        encoded.append(upperDigit(byte & 15))
      }
    }
  }

  @inline(__always)
  private static func isUnreserved(_ byte: UInt8) -> Bool {
    ASCII.isLowerLetter(byte) || ASCII.isUpperLetter(byte) || ASCII.isDigit(byte) || byte == ASCII.hyphen
      || byte == ASCII.dot || byte == ASCII.underscore || byte == 0x7E
  }

  @inline(__always)
  private static func upperDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x41 + value - 10 }
}
