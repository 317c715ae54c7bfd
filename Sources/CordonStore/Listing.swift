/// Which keys a listing looks at, in the order of their bytes.
struct Listing: Sendable {
  /// What a page was full at.
  enum Position: Sendable, Equatable {
    /// The listing goes on behind this key.
    case key([UInt8])
    /// The listing goes on behind every key that starts so.
    case prefix([UInt8])
  }

  var prefix: [UInt8]
  var delimiter: [UInt8]
  var after: Position?
  var limit: Int

  init(prefix: String, delimiter: String?, after: Position?, limit: Int) {
    self.prefix = Array(prefix.utf8)
    self.delimiter = Array((delimiter ?? "").utf8)
    self.after = after
    self.limit = max(0, limit)
  }

  /// The common prefix that stands for a key, or nil where the key stands for itself.
  func commonPrefix(of key: [UInt8]) -> [UInt8]? {
    guard !delimiter.isEmpty, key.count >= prefix.count + delimiter.count else { return nil }
    for start in prefix.count...(key.count - delimiter.count)
    where key[start..<start + delimiter.count].elementsEqual(delimiter) {
      return Array(key[..<(start + delimiter.count)])
    }
    return nil
  }

  /// The position that a client's marker means: a common prefix that was the last entry of a page stands for every
  /// key under it.
  func position(ofMarker marker: String) -> Position {
    let bytes = Array(marker.utf8)
    let isPrefix = bytes.starts(with: prefix) && commonPrefix(of: bytes) == bytes
    return isPrefix ? .prefix(bytes) : .key(bytes)
  }

  /// The least key that may come first.
  var lowerBound: [UInt8] {
    let start =
      switch after {
      case nil: [UInt8]()
      // The next key in the order of bytes is the same with a zero behind it.
      case .key(let key): key + [0]
      case .prefix(let prefix): Self.behind(prefix)
      }
    return start.lexicographicallyPrecedes(prefix) ? prefix : start
  }

  /// The first key behind all keys of the prefix.
  var upperBound: [UInt8] { Self.behind(prefix) }

  /// The least bytes that come behind everything that starts with `prefix`; UTF-8 never holds the byte 255.
  static func behind(_ prefix: [UInt8]) -> [UInt8] {
    guard let last = prefix.last else { return [0xFF] }
    return prefix.dropLast() + [last == 0xFF ? last : last + 1]
  }
}

extension Listing.Position {
  /// The position as a client carries it to the next request: opaque, and safe in a URL.
  var token: String {
    switch self {
    case .key(let bytes): "k" + Hexadecimal.text(bytes)
    case .prefix(let bytes): "p" + Hexadecimal.text(bytes)
    }
  }

  init?(token: String) {
    guard token.utf8.count <= 2_049, let bytes = Hexadecimal.bytes(String(token.dropFirst())) else {
      return nil
    }
    switch token.first {
    case "k": self = .key(bytes)
    case "p": self = .prefix(bytes)
    default: return nil
    }
  }
}
