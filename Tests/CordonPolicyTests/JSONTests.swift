import CordonPolicy
import Testing

@Suite struct `JSON` {
  @Test(arguments: [
    (#"{"b":1,"a":[true,false,null,"x"]}"#, #"{"b":1,"a":[true,false,null,"x"]}"#),
    (" [ 1 , -2.50 , 1e+9 ] ", "[1,-2.50,1e+9]"),
    (#""\u00e9\n\t\"\\\/""#, #""é\n\t\"\\/""#),
    (#""\ud83d\ude00""#, "\"\u{1F600}\""),
    ("\"\u{7F}\u{2028}\"", #""\u007f\u2028""#),
    ("{}", "{}"), ("[]", "[]"), ("0", "0"), ("-0.0", "-0.0"), (#""""#, #""""#),
  ])
  func `what is read is written back`(text: String, written: String) throws {
    #expect(try JSONValue(parsing: text).written() == written)
  }

  @Test(arguments: [
    ("", JSONError.Problem.unexpectedEnd, 1, 1), ("[1,2", .unexpectedEnd, 1, 5),
    ("[1 2]", .expected("',' or ']'"), 1, 4),
    ("{\"a\":1,}", .expected("a member name in double quotes"), 1, 8), ("[1,]", .expected("a value"), 1, 4),
    ("01", .trailingText, 1, 2), ("1.", .unexpectedEnd, 1, 3), ("[1.]", .invalidNumber, 1, 4),
    ("[-]", .invalidNumber, 1, 3), ("nul", .unexpectedEnd, 1, 4), ("nulL", .expected("null"), 1, 4),
    ("\"a\nb\"", .controlCharacterInString, 1, 3), (#""\x""#, .invalidEscape, 1, 2),
    (#""\ud800""#, .invalidEscape, 1, 2), (#""\ude00\ud83d""#, .invalidEscape, 1, 2),
    ("{\"a\":1,\n \"a\":2}", .duplicateName("a"), 2, 2),
    ("{\"é\":1,\"e\u{301}\":2}", .duplicateName("e\u{301}"), 1, 8),
    ("\u{FEFF}{}", .expected("a value"), 1, 1), ("{} {}", .trailingText, 1, 4),
    ("[\"äö\",]", .expected("a value"), 1, 7),
    ("'a'", .expected("a value"), 1, 1), ("{a:1}", .expected("a member name in double quotes"), 1, 2),
    ("[NaN]", .expected("a value"), 1, 2), ("{\"a\" 1}", .expected("':'"), 1, 6),
    ("\"abc", .unexpectedEnd, 1, 5),
  ])
  func `a mistake is refused where it stands`(
    text: String, problem: JSONError.Problem, line: Int, column: Int
  ) {
    #expect(throws: JSONError(problem, at: TextPosition(line: line, column: column))) {
      try JSONValue(parsing: text)
    }
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xE0, 0x80, 0x80, 0x22],
      [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xF8, 0x88, 0x80, 0x80, 0x80, 0x22],
      [0x22, 0xE2, 0x82, 0x22],
      [0x22, 0x80, 0x22], [0x22, 0xC3], [0x22, 0xF0, 0x9F],
    ] as [[UInt8]])
  func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
    #expect(throws: JSONError(.invalidUTF8, at: TextPosition(line: 1, column: 2))) {
      try JSONValue(parsing: bytes)
    }
  }

  @Test func `depth and length are bounded`() throws {
    let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
    #expect(throws: JSONError(.tooDeep(limit: 64), at: TextPosition(line: 1, column: 65))) {
      try JSONValue(parsing: deep)
    }
    #expect(throws: Never.self) { try JSONValue(parsing: String(deep.dropFirst().dropLast())) }
    let million = String(repeating: "[", count: 1_000_000)
    #expect(throws: JSONError.self) { try JSONValue(parsing: million) }
    #expect(throws: JSONError(.tooLong(limit: 3), at: TextPosition(line: 1, column: 1))) {
      try JSONValue(parsing: "[1,2]", limits: JSONLimits(bytes: 3))
    }
  }

  @Test func `positions count scalars and lines`() throws {
    let value = try JSONValue(parsing: "{\n  \"ä\": [\"ö\", 7]\n}")
    let list = try #require(value["ä"])
    #expect(list.position == TextPosition(line: 2, column: 8))
    #expect(list.elements?[1].position == TextPosition(line: 2, column: 14))
    #expect(value.members?.first?.namePosition?.description == "2:3")
  }

  @Test func `canonical text does not depend on the order of members`() throws {
    let one = try JSONValue(parsing: #"{"b":{"y":1,"x":2},"a":3}"#)
    let other = try JSONValue(parsing: #"{"a":3,"b":{"x":2,"y":1}}"#)
    #expect(one != other)
    #expect(one.written(.canonical) == #"{"a":3,"b":{"x":2,"y":1}}"#)
    #expect(one.written(.canonical) == other.written(.canonical))
    #expect(one.written(.readable) == "{\n  \"b\": {\n    \"y\": 1,\n    \"x\": 2\n  },\n  \"a\": 3\n}")
  }

  @Test func `values made in code are written as they were made`() {
    let value: JSONValue = ["name": "x", "list": [1, true, "y"], "none": .null]
    #expect(value.written() == #"{"name":"x","list":[1,true,"y"],"none":null}"#)
    #expect(value["name"]?.text == "x")
    #expect(value["list"]?.elements?.first?.int == 1)
    #expect(value["list"]?.elements?[1].bool == true)
  }

  @Test(arguments: [
    ("StringEqual", "StringEquals"), ("stringequals", "StringEquals"), ("StrignLike", "StringLike"),
    ("Boool", "Bool"), ("xyz", nil),
  ])
  func `a slip finds the word that was meant`(word: String, meant: String?) {
    #expect(Spelling.nearest(to: word, among: ["StringEquals", "StringLike", "Bool", "Null"]) == meant)
  }
}
