/// The fields of a form or a query (`application/x-www-form-urlencoded`), read strictly: what a browser writes, and no more.
struct FormFields: Sendable, Equatable {
  /// Bounds of a form.
  enum Limit {
    static let fields = 24
    static let nameBytes = 64
    static let valueBytes = 8_192
  }

  private var values: [String: String] = [:]

  /// No fields.
  init() {}

  /// Reads a form; nil where it is none, is not UTF-8, names a field twice or is beyond the bounds.
  init?(_ bytes: some Sequence<UInt8>) {
    var pairs = 0
    for pair in Array(bytes).split(separator: UInt8(ascii: "&")) {
      pairs += 1
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard pairs <= Limit.fields, let first = parts.first,
        let name = Self.decoded(first, limit: Limit.nameBytes), !name.isEmpty, values[name] == nil,
        let value = Self.decoded(parts.count == 2 ? parts[1] : [], limit: Limit.valueBytes)
      else { return nil }
      values[name] = value
    }
  }

  /// A field's value.
  subscript(name: String) -> String? { values[name] }

  /// A field's value, empty where it did not come.
  func text(_ name: String) -> String { values[name] ?? "" }

  private static func decoded(_ bytes: ArraySlice<UInt8>, limit: Int) -> String? {
    var plain: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): plain.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
          return nil
        }
        plain.append(high << 4 | low)
      case 0x21...0x7E: plain.append(byte)
      default: return nil
      }
      if plain.count > limit { return nil }
    }
    // Control characters have no place in any of our fields.
    guard !plain.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
    return String(validating: plain, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
