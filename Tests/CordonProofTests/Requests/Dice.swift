import CordonPolicy
import CordonProof

/// Random numbers that a seed repeats (SplitMix64).
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: 0..<values.count, using: &self)]
  }

  mutating func some<Value>(_ values: [Value], _ counts: ClosedRange<Int> = 1...3) -> [Value] {
    (0..<Int.random(in: counts, using: &self)).map { _ in pick(values) }
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// A small world: keys with the values that requests in it may have.
struct SmallWorld {
  struct Key {
    var name: String
    var operators: [String]
    /// Values that policies compare with.
    var compared: [String]
    /// Values that requests carry.
    var carried: [String]
    var isList = false
    var mayBeAbsent = true
  }

  static let texts = Key(
    name: "t:text",
    operators: [
      "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
      "StringEqualsIfExists", "StringNotLikeIfExists", "Null",
    ],
    compared: ["a", "ab", "A", "a*", "*b", "a?", "?", "b", "*", "a*b", "ba*"],
    carried: ["a", "ab", "A", "b", "ba", "bab", "aab", "", "c", "AB"])

  static let lists = Key(
    name: "aws:TagKeys",
    operators: [
      "ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:StringLike",
      "ForAnyValue:StringNotLike",
      "ForAllValues:StringNotEquals", "ForAnyValue:StringLikeIfExists", "StringEquals", "Null",
    ],
    compared: ["a", "b", "a*", "*b", "ab"], carried: ["a", "b", "ab", "c"], isList: true)

  static let numbers = Key(
    name: "t:number",
    operators: [
      "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
      "NumericGreaterThanEqualsIfExists",
    ],
    compared: ["1", "2", "3.5", "-1"], carried: ["-2", "-1", "0", "1", "1.5", "2", "3", "3.5", "4"])

  static let dates = Key(
    name: "aws:CurrentTime",
    operators: ["DateLessThan", "DateGreaterThan", "DateEquals", "DateNotEquals", "DateLessThanEquals"],
    compared: ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-06-01"],
    carried: [
      "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-12-01T00:00:00Z",
      "2028-01-01T00:00:00Z",
    ])

  static let addresses = Key(
    name: "aws:SourceIp",
    operators: ["IpAddress", "NotIpAddress", "IpAddressIfExists", "NotIpAddressIfExists"],
    compared: ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.1", "2001:db8::/32"],
    carried: ["10.0.0.1", "10.1.2.3", "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db9::1"])

  static let bools = Key(
    name: "aws:SecureTransport", operators: ["Bool", "BoolIfExists", "Null"], compared: ["true", "false"],
    carried: ["true", "false"])

  static let arns = Key(
    name: "t:arn", operators: ["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEqualsIfExists"],
    compared: [
      "arn:aws:sns:*:111122223333:a*", "arn:aws:sns:eu-west-1:*:ab", "arn:aws:*:*:*:*", "arn:aws:sns:*:*:a?c",
    ],
    carried: [
      "arn:aws:sns:eu-west-1:111122223333:ab", "arn:aws:sns:us-east-1:111122223333:abc",
      "arn:aws:sns:eu-west-1:444455556666:ab", "arn:aws:sqs:eu-west-1:444455556666:x:y",
    ])

  static let callers = Key(
    name: "aws:PrincipalArn", operators: ["ArnLike", "ArnNotLike", "StringLike", "StringNotEquals"],
    compared: [
      "arn:aws:iam::111122223333:user/ann", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:user/a*",
      "arn:aws:iam::444455556666:*",
    ], carried: [])

  static let accounts = Key(
    name: "aws:PrincipalAccount", operators: ["StringEquals", "StringNotEquals", "StringEqualsIfExists"],
    compared: ["111122223333", "444455556666"], carried: [])

  static let owners = Key(
    name: "aws:ResourceAccount", operators: ["StringEquals", "StringNotEquals", "StringEqualsIfExists"],
    compared: ["111122223333", "444455556666"], carried: ["111122223333", "444455556666", "777788889999"])

  static let keys = [texts, lists, numbers, dates, addresses, bools, arns, callers, accounts, owners]

  static let actionPatterns = [
    "s3:GetObject", "s3:*", "s3:Get*", "*", "s3:PutObject", "s3:List*", "sqs:SendMessage", "sqs:*",
    "s3:?etObject",
    "s3:*Object",
  ]
  static let actions = [
    "s3:GetObject", "s3:PutObject", "s3:ListBucket", "sqs:SendMessage", "s3:ListAllMyBuckets",
  ]
  static let resourcePatterns = [
    "*", "arn:aws:s3:::a/*", "arn:aws:s3:::a", "arn:aws:s3:::a*", "arn:aws:s3:::*/x", "arn:aws:s3:::b/*",
    "arn:aws:sqs:*:111122223333:*", "arn:aws:sqs:eu-west-1:*:q?", "arn:aws:s3:::a/*x", "arn:aws:s3:::?/x*",
  ]
  static let resources: [String: [String]] = [
    "s3:GetObject": ["arn:aws:s3:::a/x", "arn:aws:s3:::b/x", "arn:aws:s3:::b/y:x", "arn:aws:s3:::ab/xx"],
    "s3:PutObject": ["arn:aws:s3:::a/x", "arn:aws:s3:::a/y", "arn:aws:s3:::b/x", "arn:aws:s3:::c/z"],
    "s3:ListBucket": ["arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::ab"],
    "sqs:SendMessage": ["arn:aws:sqs:eu-west-1:111122223333:q1", "arn:aws:sqs:us-east-1:444455556666:other"],
    "s3:ListAllMyBuckets": ["*"],
  ]
  static let principals = [
    "arn:aws:iam::111122223333:user/ann", "arn:aws:iam::111122223333:role/worker",
    "arn:aws:iam::444455556666:user/adam", "arn:aws:iam::777788889999:user/zed",
    "arn:aws:sts::111122223333:assumed-role/worker/s1", "anonymous", "logs.amazonaws.com",
  ]
}

extension SmallWorld {
  /// A random policy in this world, as JSON.
  static func policy(_ dice: inout Dice, withPrincipals: Bool = false) -> String {
    let count = dice.pick([1, 1, 2, 2, 3, 4])
    let statements = (0..<count).map { statement($0, &dice, withPrincipals) }
    return #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
  }

  private static func statement(_ number: Int, _ dice: inout Dice, _ withPrincipals: Bool) -> String {
    let effect = number == 0 || dice.chance(40) ? "Allow" : "Deny"
    let action = dice.chance(15) ? "NotAction" : "Action"
    let resource = dice.chance(15) ? "NotResource" : "Resource"
    var members = [
      #""Effect":"\#(effect)""#, #""\#(action)":\#(list(dice.some(actionPatterns)))"#,
      #""\#(resource)":\#(list(dice.some(resourcePatterns)))"#,
    ]
    if withPrincipals {
      let listed = [
        "*", #"{"AWS":"111122223333"}"#, #"{"AWS":"arn:aws:iam::111122223333:role/worker"}"#,
        #"{"Service":"logs.amazonaws.com"}"#,
        #"{"AWS":["arn:aws:iam::444455556666:user/adam","777788889999"]}"#,
      ]
      let name = dice.chance(15) ? "NotPrincipal" : "Principal"
      members.append(#""\#(name)":\#(quoted(dice.pick(listed)))"#)
    }
    let conditions = dice.pick([0, 0, 1, 1, 2, 3])
    if conditions > 0 { members.append(#""Condition":{\#(self.conditions(conditions, &dice))}"#) }
    return "{" + members.joined(separator: ",") + "}"
  }

  private static func conditions(_ count: Int, _ dice: inout Dice) -> String {
    var byOperator: [String: [String: String]] = [:]
    for _ in 0..<count {
      let key = dice.pick(keys)
      let name = dice.pick(key.operators)
      let values = name == "Null" ? [dice.pick(["true", "false"])] : dice.some(key.compared)
      byOperator[name, default: [:]][key.name] = list(values)
    }
    return byOperator.sorted { $0.key < $1.key }.map { name, keys in
      let inner = keys.sorted { $0.key < $1.key }.map { #""\#($0.key)":\#($0.value)"# }
      return #""\#(name)":{\#(inner.joined(separator: ","))}"#
    }.joined(separator: ",")
  }

  private static func list(_ values: [String]) -> String {
    "[" + values.map { "\"\($0)\"" }.joined(separator: ",") + "]"
  }

  private static func quoted(_ text: String) -> String { text.hasPrefix("{") ? text : "\"\(text)\"" }

  /// A random request in this world.
  static func request(_ dice: inout Dice) throws -> AccessRequest {
    let action = dice.pick(actions)
    let resource = dice.pick(resources[action] ?? ["*"])
    var context = RequestContext()
    for key in keys where !key.carried.isEmpty && dice.chance(60) {
      if key.name == owners.name, resource.contains(":sqs:") { continue }
      context[key.name] = key.isList ? dice.some(key.carried) : [dice.pick(key.carried)]
    }
    // Unstated, a key of an ARN would follow from the resource: here it is stated to be absent.
    if context[owners.name] == nil, !resource.contains(":sqs:") { context[owners.name] = [] }
    return AccessRequest(
      principal: try Principal(parsing: dice.pick(principals)), action: action, resource: resource,
      context: context)
  }
}

/// Whether a request passes layers: the definition, without any of the engine's ways.
func passes(_ request: AccessRequest, _ layers: [Inquiry.Layer]) -> Bool {
  layers.allSatisfy { layer in
    var allows = !layer.needsAllow
    for policy in layer.policies {
      for (place, statement) in policy.statements.enumerated() {
        let truth = policy.applies(statement: place, to: request, in: layer.layer)
        if statement.effect == .deny, truth != .no { return false }
        if statement.effect == .allow, truth == .yes { allows = true }
      }
    }
    return allows
  }
}

/// A policy about one action with up to four statements, each under conditions of its own.
func joinedPolicy(_ dice: inout Dice, _ clauses: (inout Dice) -> String) throws -> PolicyDocument {
  let effects =
    ["Allow"] + (0..<dice.pick([1, 2, 2, 3])).map { _ in dice.pick(["Allow", "Deny", "Deny"]) }
  return try policy(
    effects.map {
      #"{"Effect":"\#($0)","Action":"s3:GetObject","Resource":"*","Condition":{\#(clauses(&dice))}}"#
    }.joined(separator: ","))
}

/// Conditions, by operator and key, as a statement has them.
func conditions(_ made: [String: [String: [String]]]) -> String {
  made.sorted { $0.key < $1.key }.map { name, keys in
    let inner = keys.sorted { $0.key < $1.key }.map { key, values in
      #""\#(key)":[\#(values.map { "\"\($0)\"" }.joined(separator: ","))]"#
    }
    return #""\#(name)":{\#(inner.joined(separator: ","))}"#
  }.joined(separator: ",")
}
