import CordonModel
import Testing

@testable import CordonProof

@Suite struct `Every control of the closed example, weakened alone,` {
  /// Weakenings that are none: nothing that could leave depends on them.
  static let harmless: [(description: String, why: String)] = [
    ("EnvironmentKey EnableKeyRotation left out", "how old a key is lets nobody use it"),
    ("Boundary Everything for everything", "it is for everything"),
    ("FlowLogRole statement 0 for everything", "nobody but the flow logs' service becomes the role"),
    ("ScientistRole statement 0 without StringEquals aws:PrincipalOrgID", "the principal is our own account"),
  ]

  @Test func `is seen as a way out, as a layer lost, or as one that no longer closes`() throws {
    let engine = RememberedEngine()
    let base = try TemplateFile.closed().deployment()
    let before = CloudProof { engine.answer($0) }.prove(base)
    let (beforeSteps, beforeLost) = (before.routes.map(\.steps), Set(before.depthLost))
    var (opened, lost, fewer) = (0, 0, 0)
    var missed: [String] = []
    let weakenings = Weakenings(base).all.filter { weakening in
      !Self.harmless.contains { $0.description == weakening.description }
    }
    for weakening in weakenings {
      let after = CloudProof { engine.answer($0) }.prove(weakening.deployment)
      if after.verdict != .closed {
        opened += 1
      } else if !Set(after.depthLost).isSubset(of: beforeLost) {
        lost += 1
      } else if after.routes.map(\.steps) != beforeSteps {
        fewer += 1
      } else {
        missed.append(weakening.description)
      }
    }
    print(
      "weakened: \(weakenings.count); not closed: \(opened); layer lost: \(lost); closed by less: \(fewer); "
        + "not seen: \(missed.count)")
    print(missed.joined(separator: "\n"))
    #expect(weakenings.count > 140)
    #expect(missed.isEmpty, "\(missed)")
    #expect(opened >= 65)
  }
}
