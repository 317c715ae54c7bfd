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

@Suite struct `The engine beside the evaluator, with demands` {
  /// Constraints in the small world, as an asker writes them.
  private static func constraints(_ dice: inout Dice) -> [Inquiry.Constraint] {
    (0..<dice.pick([0, 1, 1, 2, 3])).compactMap { _ in
      let key = dice.pick(SmallWorld.keys)
      let name = dice.pick(key.operators.filter { $0 != "Null" && !$0.hasSuffix("IfExists") })
      guard let operation = ConditionOperator(name) else { return nil }
      return Inquiry.Constraint(
        key: ConditionKey(key.name), operation: operation, values: dice.some(key.compared),
        positive: dice.chance(60),
        mustBePresent: dice.chance(60))
    }
  }

  private static let callers: [Inquiry.Callers] = [
    .anyone, .outside(accounts: ["111122223333"]), .outside(accounts: ["111122223333", "444455556666"]),
  ]

  /// The definition of a demand, by the evaluator alone.
  private static func meets(_ request: AccessRequest, _ constraint: Inquiry.Constraint) throws -> Bool {
    let values = constraint.values.map { "\"\($0)\"" }.joined(separator: ",")
    let document = try policy(
      #"""
      {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"\#(constraint.operation)":{"\#(constraint.key.name)":[\#(values)]}}}
      """#)
    if request.values(of: constraint.key).isEmpty { return !constraint.mustBePresent }
    let truth = document.truth(of: .condition(0), statement: 0, for: request, in: .identity)
    return truth == (constraint.positive ? .yes : .no)
  }

  private static func isAmong(_ request: AccessRequest, _ callers: Inquiry.Callers) -> Bool {
    switch callers {
    case .anyone: true
    case .outside(let accounts): request.principal.account.map { !accounts.contains($0) } ?? false
    case .oneOf(let principals): principals.contains(request.principal)
    }
  }

  @Test(arguments: (0..<4).map { UInt64($0 &* 15_485_863 &+ 5) })
  func `demands and callers narrow what passes, and nothing else`(seed: UInt64) throws {
    var dice = Dice(state: seed)
    var closed = 0
    for round in 0..<40 {
      let document = try PolicyDocument(json: SmallWorld.policy(&dice, withPrincipals: true))
      let layers = [Inquiry.Layer(.endpoint, policies: [document], namesPrincipals: true)]
      var callers = dice.pick(Self.callers)
      if dice.chance(25) { callers = .oneOf([try Principal(parsing: dice.pick(SmallWorld.principals))]) }
      let inquiry = Inquiry(
        layers: layers, callers: callers, actions: dice.chance(30) ? ["s3:*"] : [],
        constraints: Self.constraints(&dice))
      func isWitness(_ request: AccessRequest) throws -> Bool {
        try passes(request, layers) && Self.isAmong(request, callers)
          && (inquiry.actions.isEmpty || request.action.hasPrefix("s3:"))
          && inquiry.constraints.allSatisfy { try Self.meets(request, $0) }
      }
      let text = "seed \(seed) round \(round)\n\(document.json)\n\(inquiry.constraints)\n\(callers)"
      switch Engine().answer(inquiry) {
      case .some(let witness): #expect(try isWitness(witness.request), "\(text)\n\(witness)")
      case .none:
        closed += 1
        for _ in 0..<60 {
          let request = try SmallWorld.request(&dice)
          #expect(try !isWitness(request), "\(text)\n\(request)")
        }
      case .unknown(let doubts):
        let failed = doubts.contains { if case .replayFailed = $0 { true } else { false } }
        #expect(!failed, "\(text)\n\(doubts)")
      }
    }
    #expect(closed > 0)
  }

  @Test(arguments: (0..<4).map { UInt64($0 &* 32_452_843 &+ 9) })
  func `what a new policy allows is allowed by it and not by the old one`(seed: UInt64) throws {
    var dice = Dice(state: seed)
    for round in 0..<30 {
      let old = try PolicyDocument(json: SmallWorld.policy(&dice))
      let new = dice.chance(20) ? old : try PolicyDocument(json: SmallWorld.policy(&dice))
      let text = "seed \(seed) round \(round)\n\(old.json)\n\(new.json)"
      func isNew(_ request: AccessRequest) -> Bool {
        passes(request, [.init(.identity, policies: [new])])
          && !passes(request, [.init(.identity, policies: [old])])
      }
      switch Engine().answer(try Inquiry.whatIsNew(in: new, since: old)) {
      case .some(let witness):
        #expect(isNew(witness.request), "\(text)\n\(witness)")
        #expect(old != new, "\(text)")
      case .none:
        for _ in 0..<60 {
          let request = try SmallWorld.request(&dice)
          // Where the old policy is undecided it refuses; whether it would is then no news.
          #expect(!isNew(request), "\(text)\n\(request)")
        }
      case .unknown: continue
      }
    }
  }
}

@Suite struct `The engine beside the evaluator, with variables` {
  /// A policy of the small world in which some texts are the value of another key.
  private static func document(_ dice: inout Dice) throws -> PolicyDocument {
    var text = SmallWorld.policy(&dice)
    for (plain, joined) in [
      ("\"ab\"", "\"${t:owner}\""), ("arn:aws:s3:::b/*", "arn:aws:s3:::${t:owner}/*"),
      ("\"a*\"", "\"${t:owner}*\""),
      ("\"b\"", "\"${t:owner, 'b'}\""),
    ] where dice.chance(70) {
      text = text.split(separator: plain, omittingEmptySubsequences: false).joined(separator: joined)
    }
    return try PolicyDocument(json: text)
  }

  @Test(arguments: (0..<4).map { UInt64($0 &* 49_979_687 &+ 1) })
  func `keys that are compared with each other are never called closed wrongly`(seed: UInt64) throws {
    var dice = Dice(state: seed)
    var decided = 0
    for round in 0..<40 {
      let layers = try (0..<dice.pick([1, 2])).map { _ in
        Inquiry.Layer(.identity, policies: [try Self.document(&dice)])
      }
      let owner = dice.pick(["a", "b", "ab", "A"])
      let isFixed = dice.chance(50)
      let equals = try #require(ConditionOperator("StringEquals"))
      let inquiry = Inquiry(
        layers: layers,
        constraints: isFixed ? [.init(key: ConditionKey("t:owner"), operation: equals, values: [owner])] : [])
      let text =
        "seed \(seed) round \(round) \(isFixed ? owner : "-")\n"
        + layers.map { $0.policies[0].json }.joined(separator: "\n")
      switch Engine().answer(inquiry) {
      case .some(let witness):
        decided += 1
        #expect(passes(witness.request, layers), "\(text)\n\(witness)")
      case .none:
        decided += 1
        for _ in 0..<60 {
          var request = try SmallWorld.request(&dice)
          request.context["t:owner"] =
            isFixed ? [owner] : dice.chance(80) ? [dice.pick(["a", "b", "ab", "A", "*"])] : []
          #expect(!passes(request, layers), "\(text)\n\(request)")
        }
      case .unknown(let doubts):
        let failed = doubts.contains { if case .replayFailed = $0 { true } else { false } }
        #expect(!failed, "\(text)\n\(doubts)")
      }
    }
    #expect(decided >= 30, "seed \(seed): \(decided)")
  }
}
