import CordonPolicy
import Testing

@Suite struct `Hostile input` {
  /// Bytes that matter to the readers: quotes, brackets, wildcards, separators, broken UTF-8.
  private static let spices: [[UInt8]] =
    [
      "\"", "{", "}", "[", "]", ",", ":", "\\", "\\u", "*", "?", "${", "}", "'", "::", "/", "-", "0", "1e99",
      "null",
      "[[[[[[[[", "\u{0}", "é", "\u{1F600}", "arn:", "IfExists", "ForAllValues:", "%", " ",
    ].map { Array($0.utf8) } + [[0xFF], [0xC0], [0xED, 0xA0, 0x80], [0xF0, 0x9F]]

  private func mutated(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(4) {
      let at = random.below(bytes.count + 1)
      switch random.below(5) {
      case 0: bytes.insert(contentsOf: random.one(of: Self.spices), at: at)
      case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(8)))
      case 2: if at < bytes.count { bytes[at] = UInt8(truncatingIfNeeded: random.next()) }
      case 3: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + random.below(40))], at: at)
      default: bytes = Array(bytes.prefix(max(at, 1)))
      }
      if bytes.isEmpty { return [0x7B] }
    }
    return bytes
  }

  @Test func `mutated lines are answered with a decision or an error`() throws {
    var vectors: [PolicyVector] = []
    for topic in PolicyVector.topics + ["bad-lines"] { vectors += try PolicyVector.read(topic) }
    var random = Seeded(77)
    let batch = DecideBatch()
    var decisions = 0
    for round in 0..<6_000 {
      let line = mutated(random.one(of: vectors).bytes, &random)
      guard let answer = batch.answer(bytes: line) else { continue }
      let value = try JSONValue(parsing: answer)
      #expect((value["decision"] == nil) != (value["error"] == nil), "round \(round): \(answer)")
      #expect(!answer.utf8.contains(UInt8(ascii: "\n")))
      if value["decision"] != nil { decisions += 1 }
    }
    #expect(decisions > 250)
  }

  @Test func `random bytes are answered with an error`() throws {
    var random = Seeded(78)
    for _ in 0..<3_000 {
      let bytes = (0..<random.below(60)).flatMap { _ in
        random.below(3) == 0 ? [UInt8(truncatingIfNeeded: random.next())] : random.one(of: Self.spices)
      }
      guard let answer = DecideBatch().answer(bytes: bytes) else { continue }
      #expect(try JSONValue(parsing: answer)["error"] != nil)
    }
  }

  @Test func `random values are compared without a trap`() throws {
    let keys = [
      "0", "9", "-", "+", ".", ":", "/", "T", "Z", "e", "f", "a", "1", "99999999999999999999", "::", "%",
    ]
    let operators = [
      "NumericLessThan", "DateLessThan", "IpAddress", "BinaryEquals", "Bool", "ArnLike", "StringLike",
    ]
    var random = Seeded(79)
    let caller = try Principal(parsing: "arn:aws:iam::111122223333:user/alice")
    for _ in 0..<4_000 {
      let text = (0..<random.below(9)).map { _ in random.one(of: keys) }.joined()
      let value = (0..<random.below(9)).map { _ in random.one(of: keys) }.joined()
      let condition: JSONValue = .object([(random.one(of: operators), ["k:x": .string(text)])])
      let policy = try PolicyDocument([
        "Statement": ["Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition]
      ])
      let request = AccessRequest(
        principal: caller, action: "s3:GetObject", resource: "*", context: ["k:x": .one(value)])
      #expect(PolicySet(identity: [policy]).decide(request).outcome != .explicitlyDenied)
    }
  }
}
