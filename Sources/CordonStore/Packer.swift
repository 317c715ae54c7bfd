/// Writes values so that no two different lists give the same bytes: each has its length in front.
struct Packer {
  private(set) var bytes: [UInt8] = []

  mutating func put(_ value: Int64) { bytes.append(contentsOf: BigEndian.bytes(UInt64(bitPattern: value))) }

  mutating func put(_ value: some Collection<UInt8>) {
    put(Int64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func put(_ text: String) { put(text.utf8) }

  mutating func put(_ text: String?) {
    put(text == nil ? Int64(0) : 1)
    if let text { put(text) }
  }

  mutating func put(_ pairs: [String: String]) {
    put(Int64(pairs.count))
    for (name, value) in pairs.sorted(by: { $0.key < $1.key }) {
      put(name)
      put(value)
    }
  }
}

/// Reads what a `Packer` wrote; nil once something does not fit.
struct Unpacker {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func integer() -> Int64? {
    guard bytes.count - offset >= 8 else { return nil }
    defer { offset += 8 }
    let bits = bytes[offset..<offset + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int64(bitPattern: bits)
  }

  mutating func data() -> ArraySlice<UInt8>? {
    guard let count = integer().flatMap({ Int(exactly: $0) }), count >= 0, count <= bytes.count - offset
    else {
      return nil
    }
    defer { offset += count }
    return bytes[offset..<offset + count]
  }

  mutating func text() -> String? { data().flatMap { String(validating: $0, as: UTF8.self) } }

  /// The outer nil says that the bytes do not fit.
  mutating func optionalText() -> String?? {
    switch integer() {
    case 0: .some(nil)
    case 1: text().map { .some($0) }
    default: nil
    }
  }

  mutating func pairs() -> [String: String]? {
    guard let count = integer(), count >= 0, count <= bytes.count else { return nil }
    var pairs: [String: String] = [:]
    for _ in 0..<count {
      guard let name = text(), let value = text() else { return nil }
      pairs[name] = value
    }
    return pairs
  }
}
