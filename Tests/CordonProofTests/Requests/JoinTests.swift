import CordonPolicy
import CordonProof
import Testing

/// Two free keys that policies compare with each other, and every request of a small world.
@Suite struct `Keys that are asked to be equal` {
  private static let texts =
    ["", "aab", "aba", "bab", "abab", "baab"] + letters
    + letters.flatMap { first in letters.map { first + $0 } }
  private static let letters = ["a", "b", "c"]

  private static let plain = ["a", "ab", "a*", "*b", "?", "??", "*", "b*a", "A", "c"]
  private static let operators = [
    "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
    "StringEqualsIfExists", "StringNotEqualsIfExists", "StringLikeIfExists",
  ]
  private static let joining = [
    "StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringNotEqualsIfExists",
  ]

  /// `t:tag` and `t:other` are compared with texts and with `t:owner`, `t:owner` with texts.
  private static func clauses(_ dice: inout Dice) -> String {
    var made: [String: [String: [String]]] = [:]
    for _ in 0..<dice.pick([1, 2, 2, 3]) {
      if dice.chance(50) {
        let values = ["${t:owner}"] + (dice.chance(25) ? [dice.pick(["a", "ab", "c"])] : [])
        made[dice.pick(joining), default: [:]][dice.pick(["t:tag", "t:tag", "t:other"])] = values
      } else {
        let key = dice.pick(["t:tag", "t:owner", "t:owner", "t:other"])
        made[dice.pick(operators), default: [:]][key] = dice.some(plain, 1...2)
      }
    }
    return conditions(made)
  }

  private static func document(_ dice: inout Dice) throws -> PolicyDocument {
    try joinedPolicy(&dice) { clauses(&$0) }
  }

  /// Every request over three keys; the third has fewer values.
  private static let requests: [AccessRequest] = {
    var all: [AccessRequest] = []
    let values = texts.map { [$0] } + [[]]
    for tag in values {
      for owner in values {
        for other in [["a"], ["ab"], ["c"], []] {
          all.append(
            AccessRequest(
              principal: .anonymous, action: "s3:GetObject", resource: "arn:aws:s3:::a/x",
              context: RequestContext([("t:tag", tag), ("t:owner", owner), ("t:other", other)])))
        }
      }
    }
    return all
  }()

  @Test(arguments: (0..<4).map { UInt64($0 &* 86_028_121 &+ 3) })
  func `are decided without a value that is fixed, and as every request of a small world says`(seed: UInt64)
    throws
  {
    var dice = Dice(state: seed)
    var (closed, open, joined) = (0, 0, 0)
    for round in 0..<40 {
      let layers = try (0..<dice.pick([1, 1, 2])).map { _ in
        Inquiry.Layer(.identity, policies: [try Self.document(&dice)])
      }
      let text = "seed \(seed) round \(round)\n" + layers.map { $0.policies[0].json }.joined(separator: "\n")
      if text.contains("${t:owner}") { joined += 1 }
      switch Engine().answer(Inquiry(layers: layers)) {
      case .some(let witness):
        open += 1
        #expect(passes(witness.request, layers), "\(text)\n\(witness)")
      case .none:
        closed += 1
        let counter = Self.requests.first { passes($0, layers) }
        #expect(counter == nil, "\(text)\n\(String(describing: counter))")
      case .unknown(let doubts):
        // What AWS leaves open stays open: a negated comparison with a variable that has no value.
        let isOpen = doubts.allSatisfy {
          if case .undecided(let text) = $0 { text.contains("AWS leaves open") } else { false }
        }
        #expect(isOpen, "\(text)\n\(doubts)")
      }
    }
    #expect(closed > 0 && open > 0 && joined > 20, "seed \(seed): \(closed) closed, \(open) open")
  }

  @Test func `a letter in other bytes is another letter, behind a variable as well`() throws {
    let allow =
      "{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"t:tag\":"
    let deny =
      "{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"t:tag\":"
    let document = try policy("\(allow)\"${t:owner}\u{e9}\"}}},\(deny)\"${t:owner}e\u{301}\"}}}")
    let answer = Engine().answer(Inquiry(layers: [.init(.identity, policies: [document])]))
    #expect(answer.kind == .some, "\(answer)")
  }

  @Test(arguments: [
    (
      // Whoever has a tag may use what has the same: nobody uses what has another.
      Expected.none,
      #"""
      {"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}},
      {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalTag/team":"blue"}}},
      {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}}
      """#
    ),
    (
      .some,
      #"""
      {"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}},
      {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalTag/team":"blue*"}}}
      """#
    ),
    (
      .none,
      #"""
      {"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceOrgID":"${aws:PrincipalOrgID}"},"StringNotEquals":{"aws:ResourceOrgID":"o-a"}}},
      {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-a"}}}
      """#
    ),
    (
      .some,
      #"""
      {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::home/${aws:username}/*"},
      {"Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::home/*/private/x"},
      {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotLikeIfExists":{"aws:username":"a?c?e"}}}
      """#
    ),
  ])
  func `tags, organisations and names`(expected: Expected, statements: String) throws {
    let answer = Engine().answer(Inquiry(layers: [.init(.identity, policies: [try policy(statements)])]))
    #expect(answer.kind == expected, "\(answer)")
  }
}
