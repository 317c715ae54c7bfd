import CordonPolicy

/// All that a question says, byte for byte: two questions with one key have the same answer.
///
/// `String` compares by meaning, so that two spellings of one letter are equal; the engine tells them apart.
struct QuestionKey: Hashable, Sendable {
  private var text: [UInt8] = []
  /// In the order in which `text` speaks of them.
  private var policies: [PolicyDocument] = []

  init(_ inquiry: Inquiry) {
    text.reserveCapacity(512)
    add(inquiry.layers)
    add(inquiry.grants.count)
    for grant in inquiry.grants { add(grant) }
    add(inquiry.callers)
    add(inquiry.actions)
    add(inquiry.resources)
    add(inquiry.constraints.count)
    for constraint in inquiry.constraints { add(constraint) }
    add(inquiry.absent.map(\.name).sorted())
    add(inquiry.resourceAccount.map { [$0] } ?? [])
  }

  private mutating func add(_ layers: [Inquiry.Layer]) {
    add(layers.count)
    for layer in layers {
      add(layer.layer.rawValue)
      add(layer.level.map { "\($0)" } ?? "")
      add(layer.needsAllow)
      add(layer.namesPrincipals)
      add(layer.policies.count)
      policies += layer.policies
    }
  }

  private mutating func add(_ callers: Inquiry.Callers) {
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

  private mutating func add(_ principal: Principal) {
    switch principal {
    case .anonymous: add("anonymous")
    case .service: add("service")
    case .aws: add("aws")
    case .federated: add("federated")
    case .canonicalUser: add("canonical user")
    }
    add(principal.description)
  }

  private mutating func add(_ constraint: Inquiry.Constraint) {
    add(constraint.key.name)
    add(constraint.operation.description)
    add(constraint.positive)
    add(constraint.mustBePresent)
    add(constraint.values)
  }

  private mutating func add(_ texts: [String]) {
    add(texts.count)
    for text in texts { add(text) }
  }

  private mutating func add(_ flag: Bool) { text.append(flag ? 1 : 0) }

  private mutating func add(_ count: Int) {
    var rest = UInt64(count)
    repeat {
      text.append(UInt8(truncatingIfNeeded: rest) & 0x7F | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
  }

  /// With its length before it, so that no two lists of texts read alike.
  private mutating func add(_ part: String) {
    add(part.utf8.count)
    text.append(contentsOf: part.utf8)
  }
}
