import CordonModel
import CordonPolicy
import Testing

@testable import CordonProof

@Suite struct `A policy with values that are not known` {
  /// The readings of a policy whose one statement is `text`.
  func reading(_ text: String) throws -> PolicyReading {
    let stack = try Stack(
      #"{"P":{"type":"AWS::IAM::Policy","PolicyDocument":{"Version":"2012-10-17","Statement":[\#(text)]}}}"#)
    let policy = stack.deployment.resources[0]
    let document = try #require(policy["PolicyDocument"])
    return stack.estate.policy(document, of: policy, named: "P", namesPrincipals: false)
  }

  @Test(arguments: [
    (
      #"{"Effect":"Allow","Action":"s3:*","Resource":{"Open":"B"}}"#,
      #"[{"Effect":"Allow","Action":["s3:*"],"Resource":["*"]}]"#, "[]"
    ),
    (
      #"{"Effect":"Allow","Action":"s3:*","Resource":{"Join":["arn:aws:s3:::",{"Open":"B"},"/*"]}}"#,
      #"[{"Effect":"Allow","Action":["s3:*"],"Resource":["arn:aws:s3:::*/*"]}]"#, "[]"
    ),
    (
      #"{"Effect":"Deny","Action":"s3:*","Resource":["arn:aws:s3:::a",{"Open":"B"}]}"#,
      #"[{"Effect":"Deny","Action":["s3:*"],"Resource":["arn:aws:s3:::a"]}]"#,
      #"[{"Effect":"Deny","Action":["s3:*"],"Resource":["arn:aws:s3:::a","*"]}]"#
    ),
    (
      #"{"Effect":"Allow","Action":"*","NotResource":{"Open":"B"}}"#,
      #"[{"Effect":"Allow","Action":["*"],"Resource":"*"}]"#,
      #"[{"Effect":"Allow","Action":["*"],"NotResource":["*"]}]"#
    ),
    (
      #"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":{"Open":"O"}}}}"#,
      #"[{"Effect":"Allow","Action":["*"],"Resource":["*"]}]"#, "[]"
    ),
    (
      #"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":["o-a",{"Open":"O"}]}}}"#,
      "[]",
      #"[{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":["o-a"]}}}]"#
    ),
    (
      #"{"Either":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}]}"#,
      #"[{"Effect":"Allow","Action":["*"],"Resource":["*"]}]"#,
      #"[{"Effect":"Deny","Action":["*"],"Resource":["*"]}]"#
    ),
  ])
  func `is read as widely and as narrowly as they permit`(text: String, wide: String, narrow: String) throws {
    let reading = try reading(text)
    #expect(!reading.unknowns.isEmpty)
    func document(_ statements: String) throws -> PolicyDocument {
      try PolicyDocument(json: #"{"Version":"2012-10-17","Statement":\#(statements)}"#)
    }
    #expect(reading.widest.statements == (try document(wide)).statements, "\(reading.widest.json)")
    #expect(reading.narrowest.statements == (try document(narrow)).statements, "\(reading.narrowest.json)")
  }

  @Test func `that are all known reads the same both ways`() throws {
    let reading = try reading(#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"}"#)
    #expect(reading.unknowns.isEmpty)
    #expect(reading.widest == reading.narrowest)
  }

  @Test func `of a resource that may not exist denies nothing and allows nothing for sure`() throws {
    let stack = try Stack(
      #"{"P":{"type":"AWS::IAM::Policy","condition":"IsProd","D":{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}}}"#
    )
    let policy = stack.deployment.resources[0]
    let reading = stack.estate.policy(
      try #require(policy["D"]), of: policy, named: "P", namesPrincipals: false)
    #expect(reading.widest.statements.isEmpty)
    #expect(reading.narrowest.statements.count == 1)
  }
}
