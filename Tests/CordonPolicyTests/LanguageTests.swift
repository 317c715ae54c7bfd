import CordonPolicy
import Testing

@Suite struct `Policy language` {
  @Test func `a policy is readable as a tree`() throws {
    let policy = try PolicyDocument(
      json: """
        {"Version": "2012-10-17", "Id": "p", "Statement": [{
          "Sid": "One", "Effect": "Deny", "NotPrincipal": {"AWS": ["111122223333"], "Service": "sns.amazonaws.com"},
          "NotAction": ["s3:Get*"], "Resource": "*",
          "Condition": {"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a*", 7, true]}}}]}
        """)
    let statement = try #require(policy.statements.first)
    #expect(policy.version == .v2012)
    #expect(policy.id == "p")
    #expect(statement.sid == "One")
    #expect(statement.effect == .deny)
    #expect(statement.principal?.isNegated == true)
    #expect(statement.principal?.entries == [.account("111122223333"), .service("sns.amazonaws.com")])
    #expect(statement.action.isNegated)
    #expect(statement.action.patterns.map(\.text) == ["s3:Get*"])
    #expect(statement.resource?.patterns.first?.parts == [.anyRun])
    let clause = try #require(statement.conditions.first)
    #expect(clause.operation.description == "ForAnyValue:StringLikeIfExists")
    #expect(clause.key == ConditionKey("AWS:tagkeys"))
    #expect(clause.values.map(\.text) == ["a*", "7", "true"])
    #expect(statement.position == TextPosition(line: 1, column: 52))
  }

  @Test func `policies that say the same in another order are equal`() throws {
    let one = try PolicyDocument(json: #"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#)
    let other = try PolicyDocument(json: #"{"Statement":{"Resource":"*","Effect":"Allow","Action":"*"}}"#)
    #expect(one == other)
    #expect(one.json == #"{"Statement":{"Action":"*","Effect":"Allow","Resource":"*"}}"#)
    #expect(try PolicyDocument(json: one.json) == one)
  }

  @Test func `documents of one version are joined in order`() throws {
    let one = try PolicyDocument(
      json: #"{"Version":"2012-10-17","Statement":{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"}}"#)
    let two = try PolicyDocument(
      json: #"{"Version":"2012-10-17","Statement":[{"Sid":"B","Effect":"Deny","Action":"*","Resource":"*"}]}"#
    )
    let old = try PolicyDocument(json: #"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#)
    #expect(try PolicyDocument.joining([one, two]).statements.map(\.sid) == ["A", "B"])
    #expect(throws: PolicyError.self) { try PolicyDocument.joining([one, old]) }
    #expect(throws: PolicyError.self) { try PolicyDocument.joining([]) }
    #expect(try PolicyDocument(json: one.indentedJSON) == one)
  }

  @Test func `a mistake says where it is and what to type`() {
    let text = """
      {"Version": "2012-10-17",
       "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*",
         "Condition": {"StringEqual": {"aws:SourceVpce": "vpce-1"}}}]}
      """
    let expected = PolicyError.unknownOperator(
      "StringEqual", at: TextPosition(line: 3, column: 18), didYouMean: "StringEquals")
    #expect(throws: expected) { try PolicyDocument(json: text) }
    #expect(
      expected.description == "3:18: unknown condition operator 'StringEqual'; did you mean 'StringEquals'?")
  }

  @Test func `every operator of the language is known with its variants`() {
    for comparison in ConditionOperator.Comparison.allCases {
      let name = comparison.rawValue
      #expect(ConditionOperator(name)?.description == name)
      for variant in [name + "IfExists", "ForAllValues:" + name, "ForAnyValue:" + name + "IfExists"] {
        #expect((ConditionOperator(variant)?.description == variant) == (comparison != .null), "\(variant)")
      }
    }
    #expect(ConditionOperator.Comparison.allCases.count == 27)
  }

  @Test(arguments: [
    (PolicyKind.identity, true, false), (.boundary, true, false), (.session, true, false),
    (.scp, true, false),
    (.resource, false, true), (.rcp, true, true), (.endpoint, true, true),
  ])
  func `a policy is refused where it must not be attached`(kind: PolicyKind, without: Bool, with: Bool) throws
  {
    let plain = try PolicyDocument(json: #"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#)
    let named = try PolicyDocument(
      json: #"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#)
    #expect(((try? plain.check(as: kind)) != nil) == without)
    #expect(((try? named.check(as: kind)) != nil) == with)
  }

  @Test func `a misplaced policy that is evaluated anyway is read against the caller`() throws {
    let named = try PolicyDocument(
      json: #"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#)
    let nameless = try PolicyDocument(json: #"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#)
    let request = AccessRequest(
      principal: try Principal(parsing: "arn:aws:iam::111122223333:user/alice"), action: "s3:GetObject",
      resource: "arn:aws:s3:::data/a")
    #expect(PolicySet(identity: [named]).decide(request).outcome == .implicitlyDenied)
    let decision = PolicySet(resource: nameless).decide(request)
    #expect(decision.outcome == .explicitlyDenied)
    #expect(decision.because.cause == .refusedUndecided)
  }

  @Test func `sizes are bounded`() {
    let long = String(repeating: "a", count: PolicyLimits.valueBytes + 1)
    #expect(throws: PolicyError.self) {
      try PolicyDocument(json: #"{"Statement":{"Effect":"Allow","Action":"s3:\#(long)","Resource":"*"}}"#)
    }
    let statement = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#
    let many = Array(repeating: statement, count: PolicyLimits.statements + 1).joined(separator: ",")
    #expect(throws: PolicyError.self) { try PolicyDocument(json: "{\"Statement\":[\(many)]}") }
    #expect(throws: PolicyError.self) {
      try PolicyDocument(json: String(repeating: " ", count: PolicyLimits.bytes) + "{}")
    }
  }

  @Test(arguments: [
    ("arn:aws:iam::111122223333:user/team/alice", PrincipalARN.Kind.user, "alice", "111122223333"),
    ("arn:aws:iam::111122223333:role/x/analyst", .role, "analyst", "111122223333"),
    (
      "arn:aws:sts::111122223333:assumed-role/analyst/run", .assumedRole(role: "analyst", session: "run"),
      "analyst", "111122223333"
    ),
    ("arn:aws:sts::111122223333:federated-user/fred", .federatedUser, "fred", "111122223333"),
    ("arn:aws-cn:iam::111122223333:root", .root, "root", "111122223333"),
    ("111122223333", .root, "root", "111122223333"),
    (
      "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", .user,
      "CloudFront Origin Access Identity E1", "cloudfront"
    ),
  ])
  func `a caller's ARN is taken apart`(text: String, kind: PrincipalARN.Kind, name: String, account: String)
    throws
  {
    let arn = try PrincipalARN(text)
    #expect(arn.kind == kind)
    #expect(arn.name == name)
    #expect(arn.account == account)
  }

  @Test(arguments: [
    ("anonymous", Principal.anonymous), ("sns.amazonaws.com", .service("sns.amazonaws.com")),
    ("accounts.google.com", .federated("accounts.google.com")),
    (
      "arn:aws:iam::111122223333:saml-provider/idp", .federated("arn:aws:iam::111122223333:saml-provider/idp")
    ),
  ])
  func `a caller is read from its name`(text: String, principal: Principal) throws {
    #expect(try Principal(parsing: text) == principal)
  }

  @Test(arguments: [
    "", "alice", "arn:aws:s3:::data", "arn:aws:iam::111122223333:user/", "arn:aws:iam::111122223333", "arn:",
    "1111",
    "arn:aws:iam:eu-west-1:111122223333:user/x", "a b.com",
  ])
  func `what is no caller is refused`(text: String) {
    #expect(throws: PolicyError.self) { try Principal(parsing: text) }
  }
}
