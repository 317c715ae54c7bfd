import CordonPolicy
import Testing

/// Random policies and requests over a vocabulary small enough that they meet.
private struct World {
  var random: Seeded

  static let resources = ["arn:aws:s3:::data/a", "arn:aws:s3:::data/b:c", "arn:aws:s3:::other/a", "*"]
  static let actions = ["s3:GetObject", "s3:PutObject", "iam:PassRole"]
  static let callers = [
    "arn:aws:iam::111122223333:user/alice", "arn:aws:sts::111122223333:assumed-role/analyst/run",
    "arn:aws:iam::444455556666:user/mallory", "arn:aws:iam::111122223333:root", "anonymous",
    "sns.amazonaws.com",
  ]

  mutating func statement(principal: Bool, effect: String? = nil) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("Effect", .string(effect ?? random.one(of: ["Allow", "Allow", "Deny"])))
    ]
    let actions = ["*", "s3:*", "s3:Get*", "s3:?utObject", "iam:*", "s3:GetObject"]
    members.append((random.one(of: ["Action", "Action", "NotAction"]), .string(random.one(of: actions))))
    let resources = [
      "*", "arn:aws:s3:::data/*", "arn:aws:s3:::data/${k:name}", "arn:aws:s3:::data/b?c",
      "arn:aws:*:::data/a",
      "arn:aws:s3:::*/a",
    ]
    members.append(
      (random.one(of: ["Resource", "Resource", "NotResource"]), .string(random.one(of: resources))))
    if random.below(2) == 0 { members.append(("Condition", condition())) }
    if principal {
      let everyone: JSONValue = "*"
      let named: JSONValue = ["AWS": .string(random.one(of: Array(Self.callers.prefix(4))))]
      let name = random.below(6) == 0 ? "NotPrincipal" : "Principal"
      members.append((name, random.below(2) == 0 ? everyone : named))
    }
    return .object(members)
  }

  private mutating func condition() -> JSONValue {
    let operators = [
      "StringEquals", "StringNotEquals", "StringLike", "NumericLessThan", "NumericNotEquals", "Bool", "Null",
      "StringEqualsIfExists", "ForAllValues:StringLike", "ForAnyValue:StringNotEquals", "IpAddress",
      "ArnNotLike",
    ]
    let keys = ["k:name", "k:number", "k:list", "aws:PrincipalArn", "aws:PrincipalAccount", "k:gone"]
    let values: [JSONValue] = ["a", "5", "true", "*", "${k:name}", ["a", "b"], "111122223333"]
    return .object([(random.one(of: operators), .object([(random.one(of: keys), random.one(of: values))]))])
  }

  mutating func policy(principal: Bool = false, effect: String? = nil) throws -> PolicyDocument {
    let statements = (0...random.below(3)).map { _ in statement(principal: principal, effect: effect) }
    return try PolicyDocument(["Version": "2012-10-17", "Statement": .array(statements)])
  }

  mutating func policies(_ most: Int, principal: Bool = false) throws -> [PolicyDocument] {
    var policies: [PolicyDocument] = []
    for _ in 0..<random.below(most + 1) { policies.append(try policy(principal: principal)) }
    return policies
  }

  mutating func set() throws -> PolicySet {
    PolicySet(
      identity: try policies(3), boundary: random.below(3) == 0 ? try policies(1) : [],
      session: random.below(3) == 0 ? try policies(2) : [],
      resource: random.below(2) == 0 ? try policy(principal: true) : nil,
      scps: random.below(3) == 0 ? [try policies(2), try policies(2)] : [],
      rcps: random.below(4) == 0 ? [try policies(2, principal: true)] : [],
      endpoint: random.below(3) == 0 ? try policies(1, principal: true) : [])
  }

  mutating func request() throws -> AccessRequest {
    var context = RequestContext()
    if random.below(2) == 0 { context["k:name"] = [random.one(of: ["a", "b", "*", ""])] }
    if random.below(2) == 0 { context["k:number"] = [random.one(of: ["5", "7", "x"])] }
    if random.below(2) == 0 { context["k:list"] = random.one(of: [[], ["a"], ["a", "c"], ["b", "b"]]) }
    return AccessRequest(
      principal: try Principal(parsing: random.one(of: Self.callers)), action: random.one(of: Self.actions),
      resource: random.one(of: Self.resources), resourceAccount: random.one(of: [nil, "111122223333"]),
      context: context)
  }
}

@Suite struct `Decisions` {
  private static let rounds = 1_500

  @Test func `a Deny never lets more through`() throws {
    var world = World(random: Seeded(1))
    for round in 0..<Self.rounds {
      let (set, request) = (try world.set(), try world.request())
      guard !set.decide(request).isAllowed else { continue }
      for layer in 0..<7 {
        var stricter = set
        let deny = try world.policy(principal: layer >= 4, effect: "Deny")
        switch layer {
        case 0: stricter.identity.append(deny)
        case 1: stricter.boundary.append(deny)
        case 2: if !stricter.session.isEmpty { stricter.session.append(deny) }
        case 3: stricter.scps.append([deny])
        case 4: stricter.rcps.append([deny])
        case 5: stricter.endpoint.append(deny)
        default: if stricter.resource == nil { stricter.resource = deny }
        }
        #expect(!stricter.decide(request).isAllowed, "round \(round), layer \(layer), \(request)")
      }
    }
  }

  @Test func `a ceiling never lets more through`() throws {
    var world = World(random: Seeded(2))
    for round in 0..<Self.rounds {
      let (set, request) = (try world.set(), try world.request())
      guard !set.decide(request).isAllowed else { continue }
      var ceilings = [set, set, set, set]
      if set.boundary.isEmpty { ceilings[0].boundary = [try world.policy()] }
      if set.session.isEmpty { ceilings[1].session = [try world.policy()] }
      ceilings[2].scps.append([try world.policy()])
      if set.endpoint.isEmpty { ceilings[3].endpoint = [try world.policy(principal: true)] }
      for (index, ceiling) in ceilings.enumerated() {
        #expect(!ceiling.decide(request).isAllowed, "round \(round), ceiling \(index), \(request)")
      }
    }
  }

  @Test func `an identity Allow never takes away`() throws {
    var world = World(random: Seeded(3))
    for round in 0..<Self.rounds {
      let (set, request) = (try world.set(), try world.request())
      let before = set.decide(request)
      var wider = set
      wider.identity.append(try world.policy(effect: "Allow"))
      let after = wider.decide(request)
      #expect(before.outcome == after.outcome || after.isAllowed, "round \(round), \(request)")
      if before.isAllowed { #expect(after.isAllowed, "round \(round), \(request)") }
    }
  }

  @Test func `the order of policies and statements does not matter`() throws {
    var world = World(random: Seeded(4))
    for round in 0..<Self.rounds {
      let (set, request) = (try world.set(), try world.request())
      var shuffled = set
      shuffled.identity = try set.identity.reversed().map(reversed)
      shuffled.boundary = try set.boundary.reversed().map(reversed)
      shuffled.session = try set.session.reversed().map(reversed)
      shuffled.resource = try set.resource.map(reversed)
      shuffled.scps = try set.scps.reversed().map { try $0.reversed().map(reversed) }
      shuffled.rcps = try set.rcps.reversed().map { try $0.reversed().map(reversed) }
      shuffled.endpoint = try set.endpoint.reversed().map(reversed)
      #expect(set.decide(request).outcome == shuffled.decide(request).outcome, "round \(round), \(request)")
    }
  }

  @Test func `case of actions and keys does not matter, and asking twice gives one answer`() throws {
    var world = World(random: Seeded(5))
    for round in 0..<Self.rounds {
      let (set, request) = (try world.set(), try world.request())
      var other = request
      other.action = request.action.uppercased()
      other.context = RequestContext(
        request.context.stated.reversed().map { ($0.name.uppercased(), $0.values) })
      #expect(set.decide(request) == set.decide(other), "round \(round), \(request)")
      #expect(set.decide(request) == set.decide(request))
    }
  }

  private func reversed(_ policy: PolicyDocument) throws -> PolicyDocument {
    let value = try JSONValue(parsing: policy.json)
    let statements = try #require(value["Statement"]?.elements)
    return try PolicyDocument(["Version": "2012-10-17", "Statement": .array(statements.reversed())])
  }
}
