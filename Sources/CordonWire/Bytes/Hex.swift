/// Lower-case hexadecimal text.
public enum Hex {
  private static let digits: [UInt8] = Array("0123456789abcdef".utf8)

  /// The bytes as lower-case text, two digits a byte.
  public static func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: ascii(bytes), as: UTF8.self)
  }

  /// The bytes of a text of hexadecimal digits; nil for an odd count or any other character.
  public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    bytes(ascii: text.utf8)
  }

  /// The digits as ASCII bytes.
  static func ascii(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.underestimatedCount * 2)
    append(bytes, to: &text)
    return text
  }

  /// Appends the digits to `text`.
  static func append(_ bytes: some Sequence<UInt8>, to text: inout [UInt8]) {
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
  }

  /// Reads digits of either case.
  static func bytes(ascii digits: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
      guard let value = ASCII.hexValue(digit) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return high == nil ? bytes : nil
  }
}
