import CordonPolicy
import Synchronization

@testable import CordonProof

/// The engine with its answers kept, for runs that ask the same of many variants of one template.
final class RememberedEngine: Sendable {
  private let known = Mutex<[Key: Answer]>([:])

  func answer(_ inquiry: Inquiry) -> Answer {
    let key = Self.key(inquiry)
    if let answer = known.withLock({ $0[key] }) { return answer }
    let answer = Engine().answer(inquiry)
    known.withLock { $0[key] = answer }
    return answer
  }

  /// Two independent hashes of all that the question says.
  private static func key(_ inquiry: Inquiry) -> Key {
    var (left, right) = (Hasher(), Hasher())
    right.combine("another start")
    func add(_ text: String) {
      left.combine(text)
      right.combine(text)
    }
    func add(_ layer: Inquiry.Layer) {
      add("\(layer.layer.rawValue) \(layer.needsAllow)")
      for policy in layer.policies { add(policy.json) }
    }
    for layer in inquiry.layers { add(layer) }
    for grant in inquiry.grants {
      add("grant")
      for layer in grant { add(layer) }
    }
    for part in inquiry.actions + ["on"] + inquiry.resources + [inquiry.resourceAccount ?? ""] { add(part) }
    for constraint in inquiry.constraints {
      add("\(constraint.key.name) \(constraint.operation) \(constraint.positive) \(constraint.mustBePresent)")
      for value in constraint.values { add(value) }
    }
    for name in inquiry.absent.map(\.name).sorted() { add(name) }
    left.combine(inquiry.callers)
    right.combine(inquiry.callers)
    return Key(left: left.finalize(), right: right.finalize())
  }

  private struct Key: Hashable {
    var left: Int
    var right: Int
  }
}
