import Crypto
import FoundationEssentials

/// How an encrypted file is laid out: a header, then segments of 64 KiB, each with its own tag.
///
/// The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015): a segment's nonce is a prefix of the
/// file's, the segment's number, and whether it is the last. So a range needs only the segments it touches, and a
/// segment that was moved, left out or cut off does not open. The header is authenticated with every segment.
/// Each file has a key of its own, derived from the project's key and the file's random name, so that a nonce
/// never meets a key twice.
struct BlobFormat: Sendable {
  static let segmentSize = 64 << 10
  static let tagSize = 16
  static let nonceSize = 12
  static let headerSize = 40
  /// Segments are numbered with 32 bits.
  static let largestSize = Int64(segmentSize) << 32

  private static let magic = Array("cordonB1".utf8)
  private static let prefixSize = 7

  /// Magic, the file's name, the project key's number, the nonces' prefix, and the binary logarithm of a segment.
  let header: [UInt8]
  private let prefix: [UInt8]
  private let key: SymmetricKey

  /// The format of a new file.
  init(blob: BlobID, projectKey: ProjectKey) {
    self.init(blob: blob, projectKey: projectKey, prefix: Random.bytes(Self.prefixSize))
  }

  /// The format that a header announces; nil unless it is this file's, under this key.
  init?(header: [UInt8], blob: BlobID, projectKey: ProjectKey) {
    guard header.count == Self.headerSize else { return nil }
    self.init(blob: blob, projectKey: projectKey, prefix: Array(header[32..<39]))
    guard self.header == header else { return nil }
  }

  private init(blob: BlobID, projectKey: ProjectKey, prefix: [UInt8]) {
    self.prefix = prefix
    header = Self.magic + blob.bytes + BigEndian.bytes(UInt64(bitPattern: projectKey.id)) + prefix + [16]
    key = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: projectKey.secret, salt: blob.bytes, info: Array("cordon.store.blob.1".utf8),
      outputByteCount: 32)
  }

  // MARK: Segments

  /// Nonce, sealed bytes and tag in one buffer; the nonce is not stored.
  func seal(_ segment: ArraySlice<UInt8>, number: Int64, isLast: Bool) throws -> Data {
    let nonce = try AES.GCM.Nonce(data: nonce(number, isLast: isLast))
    let box = try AES.GCM.seal(segment, using: key, nonce: nonce, authenticating: header)
    guard let combined = box.combined else { throw StoreError.damaged("an AES-GCM nonce") }
    return combined
  }

  /// Opens a buffer that starts with the nonce this segment must have.
  func open(_ combined: Data) throws -> Data {
    try AES.GCM.open(AES.GCM.SealedBox(combined: combined), using: key, authenticating: header)
  }

  func nonce(_ number: Int64, isLast: Bool) -> [UInt8] {
    prefix + BigEndian.bytes(UInt64(bitPattern: number)).suffix(4) + [isLast ? 1 : 0]
  }
}

// MARK: Places

extension BlobFormat {
  /// How many segments hold `size` bytes; an empty file has one, so that its emptiness is authenticated.
  static func segmentCount(size: Int64) -> Int64 {
    max(1, (size + Int64(segmentSize) - 1) / Int64(segmentSize))
  }

  /// The length of the file that holds `size` bytes.
  static func fileSize(size: Int64) -> Int64 {
    Int64(headerSize) + size + segmentCount(size: size) * Int64(tagSize)
  }

  /// Where a segment starts in the file.
  static func offset(of segment: Int64) -> Int64 {
    Int64(headerSize) + segment * Int64(segmentSize + tagSize)
  }

  /// How many bytes a segment holds, of a file that holds `size`.
  static func length(of segment: Int64, size: Int64) -> Int {
    Int(clamping: min(Int64(segmentSize), size - segment * Int64(segmentSize)))
  }
}

enum BigEndian {
  static func bytes(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
  }
}
