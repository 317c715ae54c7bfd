import CordonPolicy

/// Writes what a question says, byte for byte, so that no two different ones read alike.
struct KeyWriter: Hashable, Sendable {
  private(set) var text: [UInt8] = []

  init() { text.reserveCapacity(256) }

  mutating func add(_ callers: Inquiry.Callers) {
    switch callers {
    case .oneOf(let principals):
      add("one of")
      add(principals.count)
      for principal in principals { add(principal) }
    case .outside(let accounts):
      add("outside")
      add(accounts)
    case .anyone: add("anyone")
    }
  }

  mutating func add(_ principal: Principal) {
    switch principal {
    case .anonymous: add("anonymous")
    case .service: add("service")
    case .aws: add("aws")
    case .federated: add("federated")
    case .canonicalUser: add("canonical user")
    }
    add(principal.description)
  }

  mutating func add(_ constraint: Inquiry.Constraint) {
    add(constraint.key.name)
    add(constraint.operation.description)
    add(constraint.positive)
    add(constraint.mustBePresent)
    add(constraint.values)
  }

  mutating func add(_ texts: [String]) {
    add(texts.count)
    for text in texts { add(text) }
  }

  /// What another writer wrote.
  mutating func append(_ written: [UInt8]) { text += written }

  mutating func add(_ bytes: [UInt8]) {
    add(bytes.count)
    text += bytes
  }

  mutating func add(_ flag: Bool) { text.append(flag ? 1 : 0) }

  mutating func add(_ count: Int) {
    var rest = UInt64(count)
    repeat {
      text.append(UInt8(truncatingIfNeeded: rest) & 0x7F | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
  }

  /// With its length before it, so that no two lists of texts read alike.
  mutating func add(_ part: String) {
    add(part.utf8.count)
    text.append(contentsOf: part.utf8)
  }
}
