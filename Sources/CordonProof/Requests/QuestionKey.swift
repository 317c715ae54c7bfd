import CordonPolicy

/// All that a question says, byte for byte: two questions with one key have the same answer.
///
/// `String` compares by meaning, so that two spellings of one letter are equal; the engine tells them apart.
struct QuestionKey: Hashable, Sendable {
  private var writer = KeyWriter()
  /// In the order in which the text speaks of them.
  private var policies: [PolicyDocument] = []

  init(_ inquiry: Inquiry) {
    add(inquiry.layers)
    writer.add(inquiry.grants.count)
    for grant in inquiry.grants { add(grant) }
    writer.add(inquiry.callers)
    writer.add(inquiry.actions)
    writer.add(inquiry.resources)
    writer.add(inquiry.constraints.count)
    for constraint in inquiry.constraints { writer.add(constraint) }
    writer.add(inquiry.absent.map(\.name).sorted())
    writer.add(inquiry.resourceAccount.map { [$0] } ?? [])
  }

  private mutating func add(_ layers: [Inquiry.Layer]) {
    writer.add(layers.count)
    for layer in layers {
      writer.add(layer.layer.rawValue)
      writer.add(layer.level.map { "\($0)" } ?? "")
      writer.add(layer.needsAllow)
      writer.add(layer.namesPrincipals)
      writer.add(layer.policies.count)
      policies += layer.policies
    }
  }
}
