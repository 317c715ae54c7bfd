import Crypto
import FoundationEssentials

/// Thirty-two bytes that stand for every record up to one position.
public struct LedgerHash: Hashable, Sendable, CustomStringConvertible {
  /// The hash's bytes, always 32.
  public let bytes: [UInt8]

  /// A hash read from elsewhere; nil unless it has 32 bytes.
  public init?(bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == SHA256.byteCount else { return nil }
    self.bytes = bytes
  }

  /// A hash written as 64 hexadecimal digits.
  public init?(hex: String) {
    guard let bytes = Hexadecimal.bytes(hex) else { return nil }
    self.init(bytes: bytes)
  }

  fileprivate init(_ digest: SHA256.Digest) { bytes = Array(digest) }

  /// Sixty-four hexadecimal digits.
  public var description: String { Hexadecimal.text(bytes) }
}

/// How each record's hash holds on to all before it.
///
/// Every input starts with its own tag and has parts of fixed length before the last one, so no two different
/// inputs can be the same bytes.
enum HashChain {
  /// What the first record holds on to: this ledger and the key that signs it.
  static func start(ledger: [UInt8], publicKey: Data) -> LedgerHash {
    var hash = SHA256()
    hash.update(data: Array("cordon.ledger.start.1\0".utf8))
    hash.update(data: ledger)
    hash.update(data: publicKey)
    return LedgerHash(hash.finalize())
  }

  private static let recordTag = Array("cordon.ledger.record.1\0".utf8)

  /// SHA-256(tag || n as 8 bytes, big-endian || hash of n - 1 || canonical bytes of record n).
  static func next(_ sequence: Int64, after previous: LedgerHash, body: [UInt8]) -> LedgerHash {
    var head = recordTag
    head.reserveCapacity(64)
    head.append(contentsOf: bigEndian(sequence))
    head.append(contentsOf: previous.bytes)
    var hash = SHA256()
    hash.update(data: head)
    hash.update(data: body)
    return LedgerHash(hash.finalize())
  }

  static func bigEndian(_ value: Int64) -> [UInt8] {
    let bits = UInt64(bitPattern: value)
    return (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
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
      guard let nibble = value(of: character) else { return nil }
      if let first = high {
        bytes.append(first << 4 | nibble)
        high = nil
      } else {
        high = nibble
      }
    }
    return bytes
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
