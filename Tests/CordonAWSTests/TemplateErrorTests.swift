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
}
