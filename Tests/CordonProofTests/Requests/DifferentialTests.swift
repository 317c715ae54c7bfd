import CordonPolicy
import CordonProof
import Testing

@Suite struct `The engine beside the evaluator` {
  private static let seeds = (0..<6).map { UInt64($0 &* 7_919 &+ 17) }

  private struct Score {
    var none = 0
    var some = 0
    var unknown = 0
  }

  @Test(arguments: seeds)
  func `what a random request passes, the engine does not call impossible`(seed: UInt64) throws {
    var dice = Dice(state: seed)
    var score = Score()
    for round in 0..<50 {
      let layers = try Self.layers(&dice)
      let answer = Engine().answer(Inquiry(layers: layers))
      let text = layers.map { $0.policies.map(\.json).joined() }.joined(separator: "\n")
      switch answer {
      case .none:
        score.none += 1
        for _ in 0..<60 {
          let request = try SmallWorld.request(&dice)
          #expect(!passes(request, layers), "seed \(seed) round \(round)\n\(request)\n\(text)")
        }
      case .some(let witness):
        score.some += 1
        #expect(passes(witness.request, layers), "seed \(seed) round \(round)\n\(witness)\n\(text)")
      case .unknown(let doubts):
        score.unknown += 1
        let failed = doubts.contains { if case .replayFailed = $0 { true } else { false } }
        #expect(!failed, "seed \(seed) round \(round)\n\(doubts)\n\(text)")
      }
    }
    #expect(score.none > 0 && score.some > 0 && score.unknown <= 8, "seed \(seed): \(score)")
  }

  private static func layers(_ dice: inout Dice) throws -> [Inquiry.Layer] {
    func document(_ principals: Bool) throws -> PolicyDocument {
      try PolicyDocument(json: SmallWorld.policy(&dice, withPrincipals: principals))
    }
    var layers = [
      Inquiry.Layer(.identity, policies: try (0..<dice.pick([1, 1, 2])).map { _ in try document(false) })
    ]
    if dice.chance(50) {
      layers.append(.init(.endpoint, policies: [try document(true)], namesPrincipals: true))
    }
    if dice.chance(30) { layers.append(.init(.scp, level: 0, policies: [try document(false)])) }
    if dice.chance(30) {
      layers.append(.init(.resource, policies: [try document(true)], namesPrincipals: true))
    }
    return layers
  }
}
