public import CordonModel

/// An object's key: 1 to 1,024 bytes of UTF-8, ordered by its bytes.
///
/// Two spellings of one character are two keys, as in S3; Swift's own comparison of strings would make them one.
public struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
  let bytes: [UInt8]

  /// Reads a key, or says why it cannot be one.
  public init(_ text: String) throws(NameRefusal) {
    guard (1...1_024).contains(text.utf8.count) else {
      throw NameRefusal(
        kind: "object key", text: String(text.prefix(80)), rule: "use 1 to 1024 bytes of UTF-8")
    }
    bytes = Array(text.utf8)
  }

  /// A key as it was stored.
  init?(stored bytes: some Collection<UInt8>) {
    guard (1...1_024).contains(bytes.count) else { return nil }
    self.bytes = Array(bytes)
  }

  /// The key's text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The key's text.
  public var description: String { text }

  /// Whether one key comes before another in a listing.
  public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
