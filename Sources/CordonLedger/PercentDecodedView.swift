/// A text's bytes with percent-encoding undone, however often it was done, and where each of them came from.
///
/// A name in a path is encoded once, in a query inside a path twice: a secret is one in every spelling.
struct PercentDecodedView {
  let bytes: [UInt8]
  /// Where each byte starts in the text; one more entry says where the text ends.
  let origin: [Int]

  init(_ text: [UInt8]) {
    guard text.contains(UInt8(ascii: "%")) else {
      bytes = text
      origin = Array(0...text.count)
      return
    }
    var bytes: [UInt8] = []
    var origin: [Int] = []
    var at = 0
    while at < text.count {
      let (byte, length) = Self.unit(text, at: at)
      bytes.append(byte)
      origin.append(at)
      at += length
    }
    self.bytes = bytes
    self.origin = origin + [text.count]
  }

  /// One byte, or `%` with any number of `25` and two digits behind it: `%3D`, `%253D`, ...
  private static func unit(_ text: [UInt8], at start: Int) -> (UInt8, Int) {
    guard text[start] == UInt8(ascii: "%") else { return (text[start], 1) }
    var digits = start + 1
    while digits + 3 < text.count, text[digits] == UInt8(ascii: "2"), text[digits + 1] == UInt8(ascii: "5"),
      hex(text[digits + 2]) != nil, hex(text[digits + 3]) != nil
    {
      digits += 2
    }
    guard digits + 1 < text.count, let high = hex(text[digits]), let low = hex(text[digits + 1]) else {
      return (text[start], 1)
    }
    return (high << 4 | low, digits + 2 - start)
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch ASCIIText.lower(byte) {
    case let digit where ASCIIText.isDigit(digit): digit - UInt8(ascii: "0")
    case let letter where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(letter):
      letter - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  // MARK: Looking

  /// Whether a pattern in lower case stands at `start`, in any case; its blanks may be any blank or a `+`.
  func has(_ pattern: [UInt8], at start: Int) -> Bool {
    guard bytes.count - start >= pattern.count else { return false }
    for index in pattern.indices {
      let (byte, expected) = (bytes[start + index], pattern[index])
      let isBlank = expected == 0x20 && (ASCIIText.isBlank(byte) || byte == UInt8(ascii: "+"))
      guard isBlank || ASCIIText.lower(byte) == expected else { return false }
    }
    return true
  }

  /// Whether exactly these bytes stand at `start`.
  func starts(with pattern: [UInt8], at start: Int) -> Bool {
    start <= bytes.count && bytes[start...].starts(with: pattern)
  }

  /// Whether no letter or digit stands before `start`.
  func isWordStart(_ start: Int) -> Bool { start == 0 || !ASCIIText.isAlphanumeric(bytes[start - 1]) }

  func skip(while condition: (UInt8) -> Bool, from start: Int) -> Int {
    var at = start
    while at < bytes.count, condition(bytes[at]) { at += 1 }
    return at
  }
}
