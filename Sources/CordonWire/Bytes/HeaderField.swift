/// One header of an HTTP request, as it was sent.
public struct HeaderField: Hashable, Sendable {
  /// The name, in any case.
  public var name: String
  /// The value.
  public var value: String

  /// Joins a name and a value.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Whether the name is `lowercased`, which must be written in lower case. Bytes are compared: the equality
  /// of Swift strings would also find other spellings of the same characters.
  @inline(__always)
  func isNamed(_ lowercased: String) -> Bool {
    let left = name.utf8.span
    let right = lowercased.utf8.span
    guard left.count == right.count else { return false }
    for index in left.indices where ASCII.lowercased(left[index]) != right[index] { return false }
    return true
  }

  /// Whether the name begins with `lowercased`, which must be written in lower case.
  @inline(__always)
  func hasPrefix(_ lowercased: String) -> Bool {
    let left = name.utf8.span
    let right = lowercased.utf8.span
    guard left.count >= right.count else { return false }
    for index in right.indices where ASCII.lowercased(left[index]) != right[index] { return false }
    return true
  }
}

extension [HeaderField] {
  /// All values of the header, in the order they were sent. The name is given in lower case.
  public func values(_ lowercased: String) -> [String] {
    filter { $0.isNamed(lowercased) }.map(\.value)
  }

  /// The value of a header that was sent exactly once; nil when it is missing or repeated.
  public func single(_ lowercased: String) -> String? {
    var found: String?
    for field in self where field.isNamed(lowercased) {
      if found != nil { return nil }
      found = field.value
    }
    return found
  }

  /// Whether the header was sent.
  public func contains(_ lowercased: String) -> Bool { contains { $0.isNamed(lowercased) } }
}
