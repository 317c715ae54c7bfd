import CordonPolicy
import CordonProof
import Testing

/// What the engine should find.
enum Expected: Sendable {
  case none, some, unknown
}

extension Answer {
  var kind: Expected {
    switch self {
    case .none: .none
    case .some: .some
    case .unknown: .unknown
    }
  }
}

/// Statements in short form, as the tables write them.
func policy(_ statements: String) throws -> PolicyDocument {
  try PolicyDocument(json: #"{"Version":"2012-10-17","Statement":[\#(statements)]}"#)
}

@Suite struct `Questions to the engine` {
  private static let allow = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#

  @Test(arguments: [
    (Expected.some, #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#),
    (.none, #"{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}"#),
    // The resource must be of the action's type.
    (.none, #"{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:ssm:*:*:parameter/*"}"#),
    (.none, #"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::data/*"}"#),
    (.some, #"{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::data*"}"#),
    // An action without resource types is asked for `*`.
    (.none, #"{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::*"}"#),
    (.some, #"{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}"#),
    // A Deny takes away what an Allow gives.
    (.none, #"\#(allow),{"Effect":"Deny","Action":"*","Resource":"*"}"#),
    (.some, #"\#(allow),{"Effect":"Deny","NotAction":"s3:Get*","Resource":"*"}"#),
    (
      .none,
      #"""
      {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a"}}},
      {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-a"}}}
      """#
    ),
    (
      .some,
      #"""
      \#(allow),{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-a"}}}
      """#
    ),
    (
      .none,
      #"""
      {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}}},
      {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}
      """#
    ),
    (
      .some,
      #"""
      {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}},
      {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/9"}}}
      """#
    ),
  ])
  func `one policy admits a request or admits none`(expected: Expected, statements: String) throws {
    let document = try policy(statements)
    let inquiry = Inquiry(layers: [.init(.identity, policies: [document])])
    let answer = Engine().answer(inquiry)
    #expect(answer.kind == expected, "\(answer)")
  }

  @Test func `every action but those listed is found`() throws {
    let listed = ActionCatalog.actions(of: "s3").map { "\"\($0)\"" }.joined(separator: ",")
    let document = try policy(
      #"{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":[\#(listed)],"Resource":"*"}"#
    )
    let answer = Engine().answer(Inquiry(layers: [.init(.identity, policies: [document])]))
    #expect(answer.kind == .some)
  }

  @Test func `a value that a variable stands for is followed`() throws {
    let document = try policy(
      #"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::home/${aws:PrincipalTag/team}/*"}"#
    )
    func answer(_ resource: String, _ team: String) throws -> Answer {
      let equals = try #require(ConditionOperator("StringEquals"))
      return Engine().answer(
        Inquiry(
          layers: [.init(.identity, policies: [document])], resources: [resource],
          constraints: [.init(key: ConditionKey("aws:PrincipalTag/team"), operation: equals, values: [team])])
      )
    }
    #expect(try answer("arn:aws:s3:::home/blue/*", "blue").kind == .some)
    #expect(try answer("arn:aws:s3:::home/blue/*", "red").kind == .none)
    #expect(try answer("arn:aws:s3:::elsewhere/*", "red").kind == .none)
  }
}

@Suite struct `Callers and keys they cannot set` {
  private static let open = #"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*""#

  private func answer(
    _ statements: String, _ callers: Inquiry.Callers, ordinary: Bool = false
  ) throws -> Answer {
    let implied = ImpliedKeys.ordinaryCaller
    return Engine().answer(
      Inquiry(
        layers: [.init(.endpoint, policies: [try policy(statements)], namesPrincipals: true)],
        callers: callers,
        constraints: ordinary ? implied.constraints : [], absent: ordinary ? implied.absent : []))
  }

  private func condition(_ text: String) -> String { Self.open + #","Condition":{\#(text)}}"# }

  @Test(arguments: [
    (Expected.some, #""Bool":{"aws:PrincipalIsAWSService":"true"}"#, Inquiry.Callers.anyone),
    (.none, #""Bool":{"aws:PrincipalIsAWSService":"true"}"#, .outside(accounts: ["111122223333"])),
    (.none, #""StringEquals":{"aws:PrincipalAccount":"111122223333"}"#, .outside(accounts: ["111122223333"])),
    (
      .some, #""StringNotEquals":{"aws:PrincipalAccount":"111122223333"}"#,
      .outside(accounts: ["111122223333"])
    ),
    (.some, #""StringEquals":{"aws:PrincipalType":"FederatedUser"}"#, .anyone),
    (.some, #""StringEquals":{"aws:PrincipalType":"AssumedRole"}"#, .outside(accounts: [])),
    (.some, #""ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/team/*"}"#, .anyone),
    (.some, #""ArnLike":{"aws:PrincipalArn":"arn:aws-cn:iam::*:user/*"}"#, .anyone),
    (.some, #""StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}"#, .anyone),
  ])
  func `what follows from the caller is not the caller's to choose`(
    expected: Expected, text: String, callers: Inquiry.Callers
  ) throws {
    let answer = try answer(condition(text), callers)
    #expect(answer.kind == expected, "\(answer)")
  }

  @Test func `an ordinary caller is no service and was not called by one`() throws {
    for text in [
      #""Bool":{"aws:PrincipalIsAWSService":"true"}"#, #""Bool":{"aws:ViaAWSService":"true"}"#,
      #""Null":{"aws:CalledVia":"false"}"#, #""Null":{"aws:SourceAccount":"false"}"#,
    ] {
      let answer = try answer(condition(text), .outside(accounts: []), ordinary: true)
      #expect(answer.kind == .none, "\(text) \(answer)")
    }
  }

  @Test func `everyone but a long list of accounts is still someone`() throws {
    let accounts = ["999999999999", "888888888888", "777777777777", "999999888888"]
    #expect(try answer(Self.open + "}", .outside(accounts: accounts)).kind == .some)
  }

  @Test func `a path that a session does not show is tried where a policy names it`() throws {
    let session = try Principal(parsing: "arn:aws:sts::111122223333:assumed-role/worker/s1")
    let text = #""ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/team/worker"}"#
    #expect(try answer(condition(text), .oneOf([session])).kind == .some)
  }
}
