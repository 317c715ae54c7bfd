import CordonModel

@testable import CordonProof

/// What the proof says of each weakening of a deployment.
struct WeakeningRun {
  private(set) var count = 0
  /// How many are not closed.
  private(set) var opened = 0
  /// How many lose a layer behind the one that holds.
  private(set) var lost = 0
  /// How many are closed by fewer controls.
  private(set) var fewer = 0
  /// Those that the proof does not see.
  private(set) var missed: [String] = []

  init(_ weakenings: [Weakening], without harmless: Set<String>, of base: CloudDeployment) {
    let engine = RememberedEngine()
    let before = CloudProof { engine.answer($0) }.prove(base, routes: CloudProof.routes)
    let (beforeSteps, beforeLost) = (before.routes.map(\.steps), Set(before.depthLost))
    for weakening in weakenings where !harmless.contains(weakening.description) {
      count += 1
      let after = CloudProof { engine.answer($0) }.prove(
        weakening.deployment, routes: CloudProof.routes)
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
  }

  /// How many were made, and what became of them.
  var figures: String {
    "weakened: \(count); not closed: \(opened); layer lost: \(lost); closed by less: \(fewer); "
      + "not seen: \(missed.count)"
  }
}
