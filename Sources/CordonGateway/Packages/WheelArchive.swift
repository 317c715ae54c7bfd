/// Finds one small member of a zip file without trusting what the file says of itself.
///
/// Source: APPNOTE.TXT 6.3.10. Only what wheels use: stored or deflated members, no zip64, no encryption.
struct WheelArchive {
  /// Why a wheel's metadata cannot be read.
  enum Refusal: Error, Equatable {
    case notAnArchive, noMetadata, tooLarge, damaged
  }

  /// The most that a `METADATA` may hold, in bytes.
  static let longestMetadata = 4 << 20
  /// The end record and the longest comment after it.
  static let tailLength = 22 + 65_535

  private let read: (_ offset: Int, _ count: Int) throws -> [UInt8]
  private let size: Int

  /// An archive of `size` bytes behind a reader that may give fewer bytes than asked at the end.
  init(size: Int, read: @escaping (_ offset: Int, _ count: Int) throws -> [UInt8]) {
    self.size = size
    self.read = read
  }

  /// The bytes of `*.dist-info/METADATA`.
  func metadata() throws -> [UInt8] {
    let directory = try centralDirectory()
    var offset = 0
    while offset + 46 <= directory.count, Self.word(directory, offset) == 0x0201_4b50 {
      let nameLength = Self.half(directory, offset + 28)
      let skipped = Self.half(directory, offset + 30) + Self.half(directory, offset + 32)
      guard offset + 46 + nameLength <= directory.count else { throw Refusal.damaged }
      let name = String(decoding: directory[(offset + 46)..<(offset + 46 + nameLength)], as: UTF8.self)
      if name.hasSuffix(".dist-info/METADATA"), name.split(separator: "/").count == 2 {
        return try member(
          at: Self.word(directory, offset + 42), method: Self.half(directory, offset + 10),
          packed: Self.word(directory, offset + 20), unpacked: Self.word(directory, offset + 24))
      }
      offset += 46 + nameLength + skipped
    }
    throw Refusal.noMetadata
  }

  private func centralDirectory() throws -> [UInt8] {
    let tailStart = max(0, size - Self.tailLength)
    let tail = try read(tailStart, size - tailStart)
    guard tail.count >= 22 else { throw Refusal.notAnArchive }
    for offset in stride(from: tail.count - 22, through: 0, by: -1)
    where Self.word(tail, offset) == 0x0605_4b50 {
      let length = Self.word(tail, offset + 12)
      let start = Self.word(tail, offset + 16)
      guard start + length <= size, length <= 64 << 20 else { throw Refusal.damaged }
      return try read(start, length)
    }
    throw Refusal.notAnArchive
  }

  private func member(at offset: Int, method: Int, packed: Int, unpacked: Int) throws -> [UInt8] {
    guard packed <= Self.longestMetadata, unpacked <= Self.longestMetadata else { throw Refusal.tooLarge }
    let head = try read(offset, 30)
    guard head.count == 30, Self.word(head, 0) == 0x0403_4b50 else { throw Refusal.damaged }
    let start = offset + 30 + Self.half(head, 26) + Self.half(head, 28)
    let bytes = try read(start, packed)
    guard bytes.count == packed else { throw Refusal.damaged }
    switch method {
    case 0: return bytes
    case 8:
      guard let inflated = RawInflate.inflate(bytes, limit: unpacked) else { throw Refusal.damaged }
      return inflated
    default: throw Refusal.damaged
    }
  }

  private static func half(_ bytes: [UInt8], _ offset: Int) -> Int {
    guard offset + 2 <= bytes.count else { return 0 }
    return Int(bytes[offset]) | Int(bytes[offset + 1]) << 8
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> Int {
    half(bytes, offset) | half(bytes, offset + 2) << 16
  }
}
