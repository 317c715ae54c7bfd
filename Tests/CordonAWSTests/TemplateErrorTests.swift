import CordonAWS
import CordonModel
import Testing

private func property(_ expression: String) -> String {
  """
  Parameters: {Name: {Type: String, Default: x}, Pick: {Type: String, AllowedValues: [a, b]}}
  Resources:
    Vpc: {Type: AWS::EC2::VPC}
    R: {Type: AWS::Test::Thing, Properties: {P: \(expression)}}
  """
}

@Suite struct `A template that cannot be read` {
  @Test(arguments: [
    ("4:47: nothing here is called 'Vcp'; did you mean 'Vpc'?", "!Ref Vcp"),
    ("4:47: nothing here is called 'Vcp'; did you mean 'Vpc'?", "!GetAtt Vcp.Arn"),
    ("4:47: nothing here is called 'Vcp'; did you mean 'Vpc'?", "!Sub '${Vcp.Arn}'"),
    ("4:47: nothing here is called 'AWS::Acount'; did you mean 'AWS::AccountId'?", "!Ref AWS::Acount"),
    ("4:47: Fn::GetAtt takes 'Resource.Attribute', or a list of the two", "!GetAtt Vpc"),
    ("4:47: unknown function '!Sbu'; did you mean '!Sub'?", "!Sbu x"),
    ("4:47: unknown function 'Fn::Jion'; did you mean 'Fn::Join'?", "{'Fn::Jion': x}"),
    ("4:47: Fn::Join takes a list of two: the separator as text, and the list to join", "!Join [a]"),
    ("4:47: Fn::Select takes an index below the list's length, 1", "!Select [1, [a]]"),
    ("4:56: Fn::Select takes a whole number from 0 as its index", "!Select [-1, [a]]"),
    (
      "4:47: Fn::If takes a list of three: a condition's name, the value if true, the value if false",
      "!If [a, b]"
    ),
    ("4:47: nothing here is called 'Nope'", "!If [Nope, a, b]"),
    ("4:47: nothing here is called 'NoMap'", "!FindInMap [NoMap, a, b]"),
    (
      "4:47: Fn::Sub takes names of letters, digits, '.', '_' and ':' in ${}; for the text itself write ${!a b}",
      "!Sub '${a b}'"
    ),
    ("4:47: Fn::Equals takes a place in 'Conditions'; here write Fn::If", "!Equals [a, b]"),
    ("4:48: Fn::Sub takes an object of its own, without other keys beside it", "{'Fn::Sub': x, a: b}"),
    (
      "4:48: Fn::Cidr takes a list: the block, how many blocks (1 to 256) and, if they are IPv4, how many bits each has",
      "[!Cidr [10.0.0.0/24, 9, 8]]"
    ),
    ("4:59: Fn::Join takes text; a list stands where text belongs", "!Join ['', [[a]]]"),
  ])
  func `says where, what and what to write`(expected: String, expression: String) {
    let found = mistakes(property(expression), parameters: ["Pick=a"])
    #expect(found == [expected])
  }

  @Test(arguments: [
    ("1:1: 'Resources' is missing in the template", "Description: x"),
    (
      "1:1: neither a CloudFormation template (an object with 'Resources') nor a plan of 'terraform show -json'",
      "[]"
    ),
    ("1:1: unknown key 'Resourcs' in the template; did you mean 'Resources'?", "Resourcs: {}\nResources: {}"),
    (
      "1:13: the key 'A' appears twice; keep one of them",
      "Resources: {A: {Type: T::T::T}, A: {Type: T::T::T}}"
    ),
    ("1:14: 'Type' is missing in resource 'A'", "Resources:  {A: {}}"),
    (
      "1:32: unknown key 'Propertes' in resource 'A'; did you mean 'Properties'?",
      "Resources: {A: {Type: T::T::T, Propertes: {}}}"
    ),
    (
      "1:77: circular: A -> B -> A",
      "Resources: {A: {Type: T::T::T, DependsOn: B}, B: {Type: T::T::T, DependsOn: A}}"
    ),
    ("1:48: circular: A -> A", "Resources: {A: {Type: T::T::T, Properties: {P: !Ref A}}}"),
    (
      "2:12: circular: C -> D -> C", "Conditions: {C: !Condition D,\n  D: !Not [!Condition C]}\nResources: {}"
    ),
    (
      "1:13: the name 'V\u{0440}c' holds U+0440; names are made of A-Z, a-z and 0-9",
      "Resources: {V\u{0440}c: {Type: T::T::T}}"
    ),
    (
      "1:45: the name '\u{0420}olicy' holds U+0420; names are made of A-Z, a-z and 0-9",
      "Resources: {A: {Type: T::T::T, Properties: {\u{0420}olicy: x}}}"
    ),
    (
      "no template has a parameter 'Nme'; did you mean 'Name'?",
      "Parameters: {Name: {Type: String}}\nResources: {}"
    ),
    (
      "1:44: the parameter 'S' takes one of 'a', 'b'",
      "Parameters: {S: {Type: String, Default:    c, AllowedValues: [a, b]}}\nResources: {}"
    ),
    ("1:16: a merge key '<<'; CloudFormation has none, write the values out", "{a: &x {b: c}, <<: *x}"),
    ("1:1: aliases beside keys that are not plain text; write the values out", "a: &x {b: c}\n*x : d"),
    ("2:1: a second document; put one template in a file", "Resources: {}\n---\nx: 1"),
  ])
  func `as a whole says where, too`(expected: String, text: String) {
    let found = mistakes(text, parameters: expected.contains("'Nme'") ? ["Nme=x"] : [])
    #expect(found == [expected])
  }

  @Test func `shows several mistakes at once, fifty at most`() {
    let lines = (0..<80).map { "  R\($0): {Type: T::T::T, Properties: {P: !Ref Missing\($0)}}" }
    let found = mistakes("Resources:\n" + lines.joined(separator: "\n"))
    #expect(found.count == 51)
    #expect(found.last == "more than 50 errors; the rest is not listed")
    #expect(found[1].hasPrefix("3:"))
  }

  @Test func `is quoted without what repaints a terminal`() {
    let found = mistakes("Resources: {A: {Type: T::T::T, Properties: {P: !Ref \"a\\e[2Jb\\u202E\"}}}")
    #expect(found.count == 1)
    #expect(found[0].contains("a\\u{001B}[2Jb\\u{202E}"))
  }
}
