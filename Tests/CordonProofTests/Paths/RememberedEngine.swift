import CordonPolicy
import Synchronization

@testable import CordonProof

/// The engine with its answers kept, for runs that ask the same of many variants of one template.
final class RememberedEngine: Sendable {
  private let known = Mutex<[String: Answer]>([:])

  func answer(_ inquiry: Inquiry) -> Answer {
    let key = Self.key(inquiry)
    if let answer = known.withLock({ $0[key] }) { return answer }
    let answer = Engine().answer(inquiry)
    known.withLock { $0[key] = answer }
    return answer
  }

  private static func key(_ inquiry: Inquiry) -> String {
    func text(_ layer: Inquiry.Layer) -> String {
      "\(layer.layer)\(layer.needsAllow)\(layer.namesPrincipals)\(layer.policies.map(\.json))"
    }
    let constraints = inquiry.constraints.map {
      "\($0.key.name)\($0.operation)\($0.values)\($0.positive)\($0.mustBePresent)"
    }
    return
      "\(inquiry.layers.map(text))|\(inquiry.grants.map { $0.map(text) })|\(inquiry.callers)|\(inquiry.actions)"
      + "|\(inquiry.resources)|\(constraints)|\(inquiry.absent.map(\.name).sorted())|\(inquiry.resourceAccount ?? "")"
  }
}
