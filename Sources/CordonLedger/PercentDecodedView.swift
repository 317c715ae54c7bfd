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

  // MARK: Keys without a name

  /// The length of a secret access key.
  private static let keyLength = 40
  /// From this length on, what is as mixed as random bytes in base64 is taken for a token.
  private static let tokenLength = 100

  /// A secret access key or session token that stands by itself: base64 as mixed as only random bytes are.
  ///
  /// A slash belongs to base64 and also stands between the parts of a key, so each part may be the beginning.
  func bareKey(at start: Int) -> Range<Int>? {
    guard bytes.count - start >= Self.keyLength, ASCIIText.isBase64(bytes[start]), isPartStart(start),
      !isFolder(start)
    else { return nil }
    let key = start + Self.keyLength
    if isPartEnd(key), isMixed(start..<key, least: 6) { return start..<key }
    let end = skip(while: ASCIIText.isBase64, from: start)
    guard end - start >= Self.tokenLength, isMixed(start..<end, least: (end - start) / 8) else { return nil }
    return start..<skip(while: { $0 == UInt8(ascii: "=") }, from: end)
  }

  private func isPartStart(_ start: Int) -> Bool {
    start == 0 || !ASCIIText.isBase64(bytes[start - 1]) || bytes[start - 1] == UInt8(ascii: "/")
  }

  private func isPartEnd(_ end: Int) -> Bool {
    end == bytes.count || !ASCIIText.isBase64(bytes[end]) || bytes[end] == UInt8(ascii: "/")
  }

  /// Whether the part up to the next slash looks like a folder's name, which a token would take along: three
  /// characters or more, none of them a capital.
  private func isFolder(_ start: Int) -> Bool {
    let end = skip(while: { ASCIIText.isBase64($0) && $0 != UInt8(ascii: "/") }, from: start)
    return end - start >= 3 && !bytes[start..<end].contains(where: ASCIIText.isUpper)
  }

  /// Whether capitals, small letters and digits alternate as they do in random base64, and in no words or numbers.
  private func isMixed(_ range: Range<Int>, least: Int) -> Bool {
    var upper = 0, lower = 0, digits = 0, changes = 0
    var last = -1
    for byte in bytes[range] {
      guard ASCIIText.isBase64(byte) else { return false }
      let kind = ASCIIText.isUpper(byte) ? 0 : ASCIIText.isLower(byte) ? 1 : ASCIIText.isDigit(byte) ? 2 : 3
      switch kind {
      case 0: upper += 1
      case 1: lower += 1
      case 2: digits += 1
      default: break
      }
      if kind != last { changes += 1 }
      last = kind
    }
    return upper >= least && lower >= least && digits >= 1 && changes * 5 >= range.count * 2
  }
}
