import CordonAWS
import CordonModel
import Testing

/// A template that has something of everything; `P` of `R` is what a test asks for.
private func template(_ expression: String) -> String {
  """
  Parameters:
    Name: {Type: String, Default: blue}
    Size: {Type: Number, Default: 3}
    Ids: {Type: CommaDelimitedList, Default: "a, b,c"}
    Open: {Type: String}
    OpenIds: {Type: List<AWS::EC2::Subnet::Id>}
    Stage: {Type: String, AllowedValues: [dev, prod]}
    Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /aws/image}
  Mappings:
    Map: {eu: {ami: ami-eu, zones: [x, y]}, us: {ami: ami-us, zones: [z]}}
  Conditions:
    Sure: !Equals [!Ref Name, blue]
    Never: !Not [!Condition Sure]
    Maybe: !Equals [!Ref Open, x]
    IsProd: !Equals [!Ref Stage, prod]
  Resources:
    Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
    Role: {Type: AWS::IAM::Role}
    R:
      Type: AWS::Test::Thing
      Properties:
        P: \(expression)
  """
}

@Suite struct `What a function comes to` {
  @Test(arguments: [
    ("blue", "!Ref Name"), ("#3", "!Ref Size"), ("[a, b, c]", "!Ref Ids"), ("<Vpc>", "!Ref Vpc"),
    ("?parameter:Open", "!Ref Open"), ("?parameter:OpenIds", "!Ref OpenIds"),
    ("{dev|prod if parameter Stage}", "!Ref Stage"), ("?dynamic-reference:ssm:/aws/image", "!Ref Image"),
    ("?parameter:AWS::AccountId", "!Ref AWS::AccountId"), ("absent", "!Ref AWS::NoValue"),
    ("?parameter:AWS::StackName", "!Ref AWS::StackName"), ("blue", "{Ref: Name}"),
    ("[a]", "[a, !Ref AWS::NoValue]"), ("(a: b)", "{a: b, c: !Ref AWS::NoValue}"),
    ("<Role.Arn>", "!GetAtt Role.Arn"), ("<Role.Arn>", "!GetAtt [Role, Arn]"),
    ("<Role.Arn>", "{'Fn::GetAtt': [Role, Arn]}"), ("<Vpc.A.B>", "!GetAtt Vpc.A.B"),
    ("<Vpc.blue>", "!GetAtt [Vpc, !Ref Name]"), ("10.0.0.0/16", "!GetAtt Vpc.CidrBlock"),
  ])
  func `references`(expected: String, expression: String) throws {
    #expect(try deployment(template(expression)).property("P", of: "R") == expected)
  }

  @Test(arguments: [
    ("x-blue-y", "!Sub 'x-${Name}-y'"), ("${aws:username}", "!Sub '${!aws:username}'"),
    ("<Vpc>+/+<Role.Arn>", "!Sub '${Vpc}/${Role.Arn}'"), ("plain", "!Sub plain"),
    ("b-blue", "!Sub ['${A}-${Name}', {A: b}]"), ("<Role>+x", "!Sub ['${A}x', {A: !Ref Role}]"),
    ("a$b ${", "!Sub 'a$b ${'"), ("blue", "!Sub '${ Name }'"), ("", "!Sub ''"),
    ("arn:+?parameter:AWS::Partition+:x", "!Sub 'arn:${AWS::Partition}:x'"),
    ("a,b", "!Join [',', [a, b]]"), ("a:<Vpc>", "!Join [':', [a, !Ref Vpc]]".replacing("a:<", with: "a:<")),
    ("", "!Join ['-', []]"), ("a-b-c", "!Join ['-', !Ref Ids]"),
    ("?parameter:OpenIds", "!Join ['-', !Ref OpenIds]"),
    ("{a-b|b if Maybe}", "!Join ['-', [!If [Maybe, a, !Ref AWS::NoValue], b]]"),
    ("{a|b if Maybe}+-c", "!Join ['-', [!If [Maybe, a, b], c]]"),
    ("1true", "!Join ['', [1, true]]"), ("<Vpc>", "!Join ['', [!Ref Vpc]]"),
    ("?dynamic-reference:ssm:/x:1", "'{{resolve:ssm:/x:1}}'"),
    (
      "a+?dynamic-reference:secretsmanager:s:SecretString:p+b",
      "'a{{resolve:secretsmanager:s:SecretString:p}}b'"
    ),
    ("?dynamic-reference:ssm:/blue/k", "!Sub '{{resolve:ssm:/${Name}/k}}'"),
    ("?dynamic-reference:{{resolve:ssm:/}}", "!Sub '{{resolve:ssm:/${Open}}}'"),
  ])
  func `text`(expected: String, expression: String) throws {
    let found = try deployment(template(expression)).property("P", of: "R")
    #expect(found == expected.replacing("a:<", with: "a:+<"))
  }

  @Test(arguments: [
    ("b", "!Select [1, !Ref Ids]"), ("b", "!Select ['1', [a, b]]"),
    ("?parameter:OpenIds[0]", "!Select [0, !Ref OpenIds]"),
    ("<Vpc.Blocks[2]>", "!Select [2, !GetAtt Vpc.Blocks]"),
    ("?outside:availability zones[0]", "!Select [0, !GetAZs '']"),
    ("?outside:availability zones eu-west-1", "!GetAZs eu-west-1"),
    ("[a, b, ]", "!Split [',', 'a,b,']"), ("b", "!Select [1, !Split [/, a/b]]"),
    ("ami-eu", "!FindInMap [Map, eu, ami]"), ("[x, y]", "!FindInMap [Map, eu, zones]"),
    ("d", "!FindInMap [Map, jp, ami, {DefaultValue: d}]"),
    ("{ami-eu|ami-us if AWS::Region}", "!FindInMap [Map, !Ref AWS::Region, ami]"),
    ("{a|b if Maybe}", "!Select [0, !If [Maybe, [a], [b]]]"),
    ("#3", "Fn::Length: !Ref Ids"), ("#2", "{'Fn::Length': [1, 2]}"),
    ("[10.0.0.0/24, 10.0.1.0/24]", "!Cidr [10.0.0.0/16, 2, 8]"),
    ("[10.0.0.0/20, 10.0.16.0/20]", "!Cidr [!GetAtt Vpc.CidrBlock, 2, 12]"),
    ("[2001:db8::/64, 2001:db8:0:1::/64]", "!Cidr ['2001:db8::/56', 2]"),
    ("?parameter:Open", "!Cidr [!Ref Open, 2, 8]"),
  ])
  func `lists`(expected: String, expression: String) throws {
    let line =
      expression.hasPrefix("Fn::")
      ? "{\(expression.replacing("Fn::Length", with: "'Fn::Length'"))}" : expression
    #expect(try deployment(template(line)).property("P", of: "R") == expected)
  }

  @Test(arguments: [
    ("a", "!If [Sure, a, b]"), ("b", "!If [Never, a, b]"), ("{a|b if Maybe}", "!If [Maybe, a, b]"),
    ("{a|null if Maybe}", "!If [Maybe, a, !Ref AWS::NoValue]"),
    ("absent", "!If [Never, a, !Ref AWS::NoValue]"),
    ("a", "!If [Maybe, a, a]"), ("{a|b if IsProd}", "!If [IsProd, a, b]"),
    ("{[a]|[b] if Maybe}", "!If [Maybe, [a], [b]]"),
    ("[c, {a|null if Maybe}]", "[c, !If [Maybe, a, !Ref AWS::NoValue]]"),
  ])
  func `choices`(expected: String, expression: String) throws {
    #expect(try deployment(template(expression)).property("P", of: "R") == expected)
  }

  @Test(arguments: [
    (#"{"a":[1,true,"x"]}"#, "{'Fn::ToJsonString': {a: [1, true, x]}}"),
    (#"{"a":"+<Vpc>+"}"#, "{'Fn::ToJsonString': {a: !Ref Vpc}}"),
    (#"{"a":"q\"+<Vpc>+"}"#, #"{'Fn::ToJsonString': {a: !Sub 'q"${Vpc}'}}"#),
    ("(Fn::Base64: echo blue)", "!Base64 {'Fn::Sub': 'echo ${Name}'}"),
    ("(Fn::Base64: curl +<Vpc>)", "{'Fn::Base64': !Sub 'curl ${Vpc}'}"),
  ])
  func `encodings stay readable`(expected: String, expression: String) throws {
    #expect(try deployment(template(expression)).property("P", of: "R") == expected)
  }

  @Test(arguments: [
    ("echo blue", "!Base64 {'Fn::Sub': 'echo ${Name}'}"), ("curl evil.test", "Y3VybCBldmlsLnRlc3Q="),
    ("curl evil.test", "!Base64 curl evil.test"), ("not base64", "not base64"), ("word", "word"),
  ])
  func `scripts are read as they were written`(expected: String, expression: String) throws {
    let read = try deployment(template(expression))
    let resource = try #require(read.resources.first { $0.id.name == "R" })
    guard case .object(let members) = resource.properties.content else { return }
    #expect(shown(members[0].value.decoded) == expected)
  }

  @Test func `an unknown transform leaves a gap and an unknown value`() throws {
    let read = try deployment(
      template("{'Fn::Transform': {Name: AWS::Include, Parameters: {Location: s3://x}}}"))
    #expect(read.property("P", of: "R") == "?function:Fn::Transform AWS::Include")
    #expect(read.unknowns.map(\.unknown.name) == ["Fn::Transform AWS::Include"])
  }

  @Test func `what the user gives replaces defaults and pseudo parameters`() throws {
    let text = template("!Sub '${AWS::AccountId} ${AWS::Region} ${AWS::Partition} ${AWS::URLSuffix} ${Name}'")
    let given = ["AWS::AccountId=111122223333", "AWS::Region=cn-north-1", "Name=red"]
    let read = try deployment(text, parameters: given)
    #expect(read.property("P", of: "R") == "111122223333 cn-north-1 aws-cn amazonaws.com.cn red")
    #expect(read.account == "111122223333")
    #expect(read.region == "cn-north-1")
    #expect(read.parameters["Name"] == "red")
  }

  @Test func `a value knows its place`() throws {
    let read = try deployment(template("!Sub 'x-${Name}'"))
    let resource = try #require(read.resources.first { $0.id.name == "R" })
    #expect(resource.location == Location(file: "t.yaml", line: 19, column: 3))
    guard case .object(let members) = resource.properties.content else { return }
    #expect(members[0].location == Location(file: "t.yaml", line: 22, column: 7))
    #expect(members[0].value.location == Location(file: "t.yaml", line: 22, column: 10))
  }
}
