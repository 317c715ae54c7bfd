import CordonModel
import Testing

@testable import CordonAWS

@Suite struct `The template writer` {
  private static func read(_ stacks: [CloudStack]) throws -> CloudDeployment {
    let files = try StackSet(stacks).templates()
    return try TemplateReader().read(files.map { SourceFile(name: $0.name, text: $0.text) })
  }

  private static func holding(_ value: CloudValue) -> CloudStack {
    var stack = CloudStack(name: "one", summary: "One")
    stack.add("Thing", "AWS::SNS::Topic", ["Value": value])
    return stack
  }

  @Test(arguments: [
    "", " ", "true", "No", "null", "~", "y", "1", "0x1", "1e3", "2012-10-17", "10:20", "a: b", "a #b", "a:",
    ":a",
    "- a", "[a]", "{a}", "*", "&a", "!a", "%a", "@a", "`a", "|", ">", "'a'", "\"a\"", "a\\b", "a\tb",
    "a\nb\n",
    "a\n\n", "\na\n", " a\nb\n", "a\n  b\n", "a\r\n", "${a}", "ä", "\u{2028}", "\u{7}", "a, b", "=", "<<",
    "a  b",
    "#!/bin/bash\nset -eu\n",
  ])
  func `writes text that is read back`(_ text: String) throws {
    let read = try Self.read([Self.holding(.text(text))])
    #expect(read.resources[0].properties["Value"] == .text(text))
  }

  @Test func `writes every shape that is read back`() throws {
    let value: CloudValue = [
      "list": [1, true, "a", ["b": ["c", ["d", [:]], []]], [["e": "f", "Null": "false"]]], "number": -1,
      "yes": "no", "a b": "c", "script": ["x": "one\ntwo\n"],
    ]
    #expect(try Self.read([Self.holding(value)]).resources[0].properties["Value"] == value)
  }

  @Test func `writes the values of other stacks as imports, told apart where their names are one`() throws {
    var stacks: [CloudStack] = []
    var parts: [CloudHandle] = []
    for name in ["a", "b"] {
      var stack = CloudStack(name: name, summary: name)
      parts.append(stack.add("Thing", "AWS::SNS::Topic", [:]))
      stacks.append(stack)
    }
    let text: CloudValue = "${x} \(parts[0].ref)-\(parts[1].ref)-\(parts[0]["TopicName"])"
    var reader = CloudStack(name: "c", summary: "c")
    let own = reader.add("Own", "AWS::SNS::Topic", [:])
    reader.add(
      "Thing", "AWS::SNS::Topic", ["Text": text, "Own": "\(own.arn)/\(parts[1].ref)", "Whole": parts[1].ref])
    let read = try Self.read([reader] + stacks)
    let thing = try #require(read.resources.first { $0.id == ResourceID(stack: "c", name: "Thing") })
    #expect(thing.properties["Text"] == text)
    #expect(thing.properties["Own"] == "\(own.arn)/\(parts[1].ref)")
    #expect(thing.properties["Whole"] == parts[1].ref)
  }

  @Test func `puts a stack behind those that it reads, and refuses a circle`() throws {
    var first = CloudStack(name: "first", summary: "first")
    var second = CloudStack(name: "second", summary: "second")
    let thing = second.add("Thing", "AWS::SNS::Topic")
    first.add("Reader", "AWS::SNS::Topic", ["Value": thing.ref])
    #expect(try StackSet([first, second]).stacks.map(\.name) == ["second", "first"])
    second.add("Back", "AWS::SNS::Topic", ["Value": CloudHandle(id: first.resources[0].id).ref])
    #expect(throws: SynthesisError.cycle(["first", "second"])) { try StackSet([first, second]) }
  }

  @Test func `refuses what CloudFormation would not take`() throws {
    var stack = CloudStack(name: "large", summary: "Large")
    for number in 1...501 { stack.add("Thing\(number)", "AWS::SNS::Topic") }
    #expect(throws: SynthesisError.tooLarge(stack: "large", what: "resources", count: 501, most: 500)) {
      try StackSet([stack])
    }
    var twice = Self.holding("a")
    twice.add("Thing", "AWS::SNS::Topic")
    #expect(throws: SynthesisError.sameName(stack: "one", name: "Thing")) { try StackSet([twice]) }
    let long = try StackSet([Self.holding(.text(String(repeating: "a", count: 1_000_001)))])
    #expect(throws: SynthesisError.self) { try long.templates() }
  }
}
