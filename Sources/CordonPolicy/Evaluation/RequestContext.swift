/// The facts a request carries: condition keys and their values. Names ignore case.
///
/// A key with an empty list is stated to be absent: the evaluator then fills in nothing of its own.
/// All names and values stand in one block of bytes, so that looking one up touches nothing else.
public struct RequestContext: Sendable {
  /// The value of a key, one string or a list, as literals write it.
  public enum Value: Sendable, Equatable {
    /// One value.
    case one(String)
    /// A list, perhaps empty.
    case many([String])
  }

  private struct Fact: BitwiseCopyable {
    var hash: UInt64
    /// The name in lower case.
    var folded: Piece
    /// The name as it was stated.
    var name: Piece
    var firstValue: Int
    var valueCount: Int
  }

  private struct Piece: BitwiseCopyable {
    var from: Int
    var to: Int
  }

  /// Names and values, one after the other.
  private(set) var bytes: [UInt8] = []
  private var facts: [Fact] = []
  private var values: [Piece] = []

  /// No facts.
  public init() {}

  /// The facts of `pairs`; a later one replaces an earlier one of the same name.
  public init(_ pairs: some Sequence<(String, [String])>) {
    bytes.reserveCapacity(1_024)
    for (name, values) in pairs { self[name] = values }
  }

  /// The values of the key called `name`; nil where the request does not have it.
  public subscript(name: String) -> [String]? {
    get { index(of: name).map(strings) }
    set {
      let before = bytes.count
      for byte in name.utf8 { bytes.append(asciiLower(byte)) }
      let hash = keyHash(name.utf8)
      guard let index = index(hash: hash, name: bytes.span, before, bytes.count) else {
        append(name, newValue, hash: hash, folded: Piece(from: before, to: bytes.count))
        return
      }
      bytes.removeSubrange(before...)
      var kept = stated
      if let newValue { kept[index].values = newValue } else { kept.remove(at: index) }
      self = RequestContext()
      for (name, values) in kept { self[name] = values }
    }
  }

  /// The names and values, in the order they were stated.
  public var stated: [(name: String, values: [String])] {
    facts.indices.map { index in
      let piece = facts[index].name
      return (String(decoding: bytes[piece.from..<piece.to], as: UTF8.self), strings(index))
    }
  }

  /// Appends a fact whose name in lower case ends `bytes` already; without values, takes that name away
  /// again.
  private mutating func append(_ name: String, _ newValues: [String]?, hash: UInt64, folded: Piece) {
    guard let newValues else {
      bytes.removeSubrange(folded.from...)
      return
    }
    facts.append(
      Fact(
        hash: hash, folded: folded, name: piece(name), firstValue: values.count, valueCount: newValues.count))
    for value in newValues { values.append(piece(value)) }
  }

  private mutating func piece(_ text: String) -> Piece {
    let from = bytes.count
    bytes.append(contentsOf: text.utf8)
    return Piece(from: from, to: bytes.count)
  }

  private func strings(_ fact: Int) -> [String] {
    (0..<facts[fact].valueCount).map { String(decoding: bytes[range(of: fact, $0)], as: UTF8.self) }
  }
}

extension RequestContext {
  /// Where the fact with this key stands; `name[from..<to]` is the key in lower case.
  ///
  /// The name is compared as well as its hash: a client that chooses tag names could choose one whose hash is
  /// another key's.
  func index(hash: UInt64, name: Span<UInt8>, _ from: Int, _ to: Int) -> Int? {
    let facts = facts.span
    for index in facts.indices where facts[index].hash == hash {
      let folded = facts[index].folded
      guard folded.to - folded.from == to - from else { continue }
      if bytes.span.holds(name, from, to, at: folded.from) { return index }
    }
    return nil
  }

  func index(of key: ConditionKey) -> Int? {
    let name = key.folded.utf8Span.span
    return index(hash: key.hash, name: name, 0, name.count)
  }

  private func index(of name: String) -> Int? { index(of: ConditionKey(name)) }

  /// How many values the fact at `fact` has.
  func valueCount(_ fact: Int) -> Int { facts[fact].valueCount }

  /// Where one value of the fact at `fact` stands in `bytes`.
  func range(of fact: Int, _ index: Int) -> Range<Int> {
    let piece = values[facts[fact].firstValue + index]
    return piece.from..<piece.to
  }

  /// The value of the fact at `fact` where it has exactly one.
  func onlyValue(_ fact: Int) -> String? {
    facts[fact].valueCount == 1 ? String(decoding: bytes[range(of: fact, 0)], as: UTF8.self) : nil
  }
}

extension RequestContext: Equatable {
  /// Whether both state the same facts in the same order, names compared as they are.
  public static func == (left: Self, right: Self) -> Bool {
    left.facts.count == right.facts.count
      && zip(left.stated, right.stated).allSatisfy { $0.name == $1.name && $0.values == $1.values }
  }
}

extension RequestContext: ExpressibleByDictionaryLiteral {
  /// The facts as written: `["aws:SourceVpce": "vpce-1", "aws:TagKeys": ["a", "b"]]`.
  public init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements {
      switch value {
      case .one(let text): self[name] = [text]
      case .many(let values): self[name] = values
      }
    }
  }
}

extension RequestContext.Value: ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
  /// One value.
  public init(stringLiteral text: String) { self = .one(text) }

  /// A list of values.
  public init(arrayLiteral values: String...) { self = .many(values) }

  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .one(value ? "true" : "false") }

  /// A whole number.
  public init(integerLiteral value: Int) { self = .one(String(value)) }
}
