import FoundationEssentials

/// Names one encrypted file. Random, so that it says nothing of the object that the file belongs to.
struct BlobID: Hashable, Sendable, CustomStringConvertible {
  static let byteCount = 16

  let bytes: [UInt8]

  static func random() -> BlobID { BlobID(bytes: Random.bytes(byteCount)) }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  init?(stored: Data?) {
    guard let stored, stored.count == Self.byteCount else { return nil }
    bytes = Array(stored)
  }

  init?(fileName: String) {
    guard let bytes = Hexadecimal.bytes(fileName), bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  var description: String { Hexadecimal.text(bytes) }

  /// One of 256 folders, and the file in it.
  var folder: String { String(description.prefix(2)) }
  var path: String { "\(folder)/\(description)" }
}

enum Random {
  /// From the kernel's generator.
  static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 7)
    while bytes.count < count {
      let word: UInt64 = generator.next()
      for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}

/// Bytes as lower-case hexadecimal digits, and back.
enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes, or nil for an odd count or anything but `0-9a-f`.
  static func bytes(_ text: String) -> [UInt8]? {
    guard text.utf8.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text.utf8 {
      guard let nibble = digits.firstIndex(of: character).map(UInt8.init) else { return nil }
      if let first = high {
        bytes.append(first << 4 | nibble)
        high = nil
      } else {
        high = nibble
      }
    }
    return bytes
  }
}
