/// What the values of a condition key are.
struct KeyKind: Sendable, Hashable {
  /// How one value is written.
  enum Value: Sendable, Hashable {
    case string, arn, bool, number, date, address, binary
    /// Twelve digits.
    case account
  }

  /// How one value is written.
  var value: Value
  /// Whether a request may carry several.
  var isList = false

  init(_ value: Value, isList: Bool = false) {
    self.value = value
    self.isList = isList
  }

  /// By the letter of `actions.txt`.
  init(letter: String) {
    switch letter {
    case "a": self.init(.arn)
    case "b": self.init(.bool)
    case "n": self.init(.number)
    case "d": self.init(.date)
    case "i": self.init(.address)
    case "S": self.init(.string, isList: true)
    case "A": self.init(.arn, isList: true)
    case "B": self.init(.bool, isList: true)
    default: self.init(.string)
    }
  }
}
