/// A query string, decoded once, so that what a signature covers is what the gateway acts upon.
public struct URLQuery: Hashable, Sendable {
  /// One `name=value`; a name without `=` has an empty value, as in AWS's canonical form.
  public struct Item: Hashable, Sendable {
    /// The decoded name.
    public let name: String
    /// The decoded value.
    public let value: String

    /// Joins a name and a value, both decoded.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// More items than any S3 call has.
  public static let maximumItems = 512

  /// The items in the order they were sent.
  public let items: [Item]

  /// Takes items that are already decoded.
  public init(_ items: [Item] = []) { self.items = items }

  /// Decodes what follows the `?`; nil when it is malformed, not UTF-8, or longer than any real query.
  public init?(parsing text: some StringProtocol) {
    var items: [Item] = []
    for piece in text.utf8.split(separator: ASCII.ampersand) {
      let equals = piece.firstIndex(of: ASCII.equals)
      let value = equals.map { piece[piece.index(after: $0)...] }
      guard items.count < Self.maximumItems,
        let name = PercentCoding.decode(ascii: piece[..<(equals ?? piece.endIndex)], plusIsSpace: true),
        let value = value.map({ PercentCoding.decode(ascii: $0, plusIsSpace: true) }) ?? ""
      else { return nil }
      items.append(Item(name, value))
    }
    self.items = items
  }

  /// The first value of that name. Names are compared byte by byte.
  public subscript(name: String) -> String? {
    items.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  /// All values of that name.
  public func values(_ name: String) -> [String] {
    items.filter { $0.name.utf8.elementsEqual(name.utf8) }.map(\.value)
  }

  /// The encoded form, in the order of the items.
  public var encoded: String {
    items.map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }.joined(separator: "&")
  }
}
