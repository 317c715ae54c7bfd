/// Why a message between a person's browser and the portal is none. The connection that sent it is closed.
public enum PortalWireError: Error, Equatable, Sendable {
  /// It speaks another version of these messages.
  case version(UInt8)
  /// No message has this number.
  case unknown(kind: UInt8)
  /// It ends before it is whole.
  case cut
  /// Bytes follow after its end.
  case longer
  /// A text, list or picture is longer than it may be.
  case tooLong
  /// A text is not UTF-8.
  case notText
  /// A number means nothing where it stands.
  case outOfRange
}

/// The messages' common ground: version 1, numbers with the most significant byte first, texts as UTF-8 after their length.
public enum PortalWire {
  /// The first byte of every message.
  public static let version: UInt8 = 1
  /// The longest message that a client may send: a text to paste in, and a few bytes around it.
  public static let longestClientMessage = 256 << 10
  /// The longest message that the server sends: the picture of a 4K window.
  public static let longestServerMessage = 32 << 20
  /// The longest text that crosses in one piece, either way.
  public static let longestClipboard = 255 << 10
  /// The most of a file that one message carries.
  public static let longestPiece = 192 << 10
  /// Positions are sent in eighths of a CSS pixel.
  public static let subpixels = 8.0
}

/// Reads a message's fields, one after the other.
struct PortalReader: ~Copyable {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func u8() throws(PortalWireError) -> UInt8 {
    guard offset < bytes.count else { throw .cut }
    defer { offset += 1 }
    return bytes[offset]
  }

  mutating func u16() throws(PortalWireError) -> UInt16 {
    let high = try u8()
    return UInt16(high) << 8 | UInt16(try u8())
  }

  mutating func u32() throws(PortalWireError) -> UInt32 {
    let high = try u16()
    return UInt32(high) << 16 | UInt32(try u16())
  }

  mutating func flag() throws(PortalWireError) -> Bool {
    switch try u8() {
    case 0: return false
    case 1: return true
    default: throw .outOfRange
    }
  }

  /// A value of a numbered list.
  mutating func choice<Choice: RawRepresentable<UInt8>>(_: Choice.Type) throws(PortalWireError) -> Choice {
    guard let choice = Choice(rawValue: try u8()) else { throw .outOfRange }
    return choice
  }

  /// A number of at most `limit`.
  mutating func u8(atMost limit: UInt8) throws(PortalWireError) -> UInt8 {
    let number = try u8()
    guard number <= limit else { throw .outOfRange }
    return number
  }

  /// A position in CSS pixels.
  mutating func position() throws(PortalWireError) -> Double { Double(try u16()) / PortalWire.subpixels }

  /// A signed distance in CSS pixels.
  mutating func distance() throws(PortalWireError) -> Double { Double(Int16(bitPattern: try u16())) }

  /// A text of at most `limit` bytes behind its length in one byte.
  mutating func shortText(_ limit: Int) throws(PortalWireError) -> String {
    try text(length: Int(try u8()), limit)
  }

  /// A text of at most `limit` bytes behind its length in four bytes.
  mutating func text(_ limit: Int) throws(PortalWireError) -> String {
    try text(length: Int(try u32()), limit)
  }

  /// Bytes, at most `limit`, behind their count in four bytes.
  mutating func data(_ limit: Int) throws(PortalWireError) -> [UInt8] {
    try data(length: Int(try u32()), limit)
  }

  private mutating func text(length: Int, _ limit: Int) throws(PortalWireError) -> String {
    guard let text = String(validating: try data(length: length, limit), as: UTF8.self) else {
      throw .notText
    }
    return text
  }

  private mutating func data(length: Int, _ limit: Int) throws(PortalWireError) -> [UInt8] {
    guard length <= limit else { throw .tooLong }
    guard bytes.count - offset >= length else { throw .cut }
    defer { offset += length }
    return Array(bytes[offset..<(offset + length)])
  }

  /// Reads the version and the message's number.
  mutating func opening() throws(PortalWireError) -> UInt8 {
    let version = try u8()
    guard version == PortalWire.version else { throw .version(version) }
    return try u8()
  }

  consuming func close() throws(PortalWireError) {
    guard offset == bytes.count else { throw .longer }
  }
}

/// Writes a message's fields, one after the other.
struct PortalWriter {
  private(set) var bytes: [UInt8]

  init(kind: UInt8) { bytes = [PortalWire.version, kind] }

  mutating func u8(_ number: UInt8) { bytes.append(number) }

  mutating func u16(_ number: UInt16) {
    bytes.append(UInt8(number >> 8))
    bytes.append(UInt8(number & 0xFF))
  }

  mutating func u32(_ number: UInt32) {
    u16(UInt16(number >> 16))
    u16(UInt16(number & 0xFFFF))
  }

  mutating func flag(_ flag: Bool) { u8(flag ? 1 : 0) }

  mutating func position(_ pixels: Double) {
    let scaled = (pixels * PortalWire.subpixels).rounded()
    u16(scaled.isFinite ? UInt16(min(max(scaled, 0), 65_535)) : 0)
  }

  mutating func distance(_ pixels: Double) {
    let whole = pixels.rounded()
    u16(UInt16(bitPattern: whole.isFinite ? Int16(min(max(whole, -32_768), 32_767)) : 0))
  }

  mutating func shortText(_ text: String, _ limit: Int) {
    let kept = Self.cut(text, min(limit, 255))
    u8(UInt8(kept.count))
    bytes += kept
  }

  mutating func text(_ text: String, _ limit: Int) { data(Self.cut(text, limit)) }

  mutating func data(_ data: [UInt8]) {
    u32(UInt32(truncatingIfNeeded: data.count))
    bytes += data
  }

  /// The text's first bytes, at most `limit`, that are whole characters: what a page says may be of any length.
  private static func cut(_ text: String, _ limit: Int) -> [UInt8] {
    let all = Array(text.utf8)
    guard all.count > limit else { return all }
    var end = limit
    while end > 0, all[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(all[..<end])
  }
}
