import CordonModel
import CordonPolicy
import CordonStore
import CordonWire
import Foundation
import Testing

@testable import CordonGateway

private let foreignKeys = SigV4.Credentials(
  accessKeyID: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG")

@Suite struct `S3 decisions` {
  @Test func `a write to the project's own store is recorded and done`() async throws {
    try await S3Fixture.run { fixture in
      let answer = try await fixture.send(TestCall("PUT", "/churn-store/a/b.txt", body: Array("hello".utf8)))
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer.header("etag") == "\"5d41402abc4b2a76b9719d911017c592\"")
      #expect(answer.header("x-amz-version-id") != nil)
      #expect(try await fixture.content("churn-store", "a/b.txt") == "hello")
      let record = try #require(fixture.log.last)
      #expect(fixture.log.all.count == 1)
      #expect(record.eventName == "PutObject" && record.outcome == .allowed && record.route == "s3")
      #expect(record.resources == ["arn:aws:s3:::churn-store", "arn:aws:s3:::churn-store/a/b.txt"])
      #expect(record.person == "scientist-1")
      #expect(record.principal == "arn:aws:sts::111122223333:assumed-role/churn-workspace/scientist-1")
      #expect(record.requestID == answer.header("x-amz-request-id"))
    }
  }

  @Test(arguments: [
    ("s3", "resource policy", "PUT", "/churn-data/x"),
    ("s3", "resource policy", "DELETE", "/churn-data/x"),
    ("s3-other-project", "resource policy", "GET", "/fraud-data/x"),
    ("s3-other-project", "resource policy", "PUT", "/fraud-store/x"),
    ("s3-other-project", "resource policy", "GET", "/fraud-store"),
    ("s3-other-project", "resource policy", "HEAD", "/fraud-store"),
    ("s3-foreign-bucket", "endpoint policy", "PUT", "/attackers-bucket/x"),
    ("s3-foreign-bucket", "endpoint policy", "GET", "/attackers-bucket/x"),
    ("s3-foreign-bucket", "endpoint policy", "PUT", "/nobody-has-this/x"),
    ("s3-foreign-bucket", "endpoint policy", "HEAD", "/nobody-has-this"),
    ("s3-publish", "service control policy", "PUT", "/churn-store?policy"),
    ("s3-publish", "service control policy", "PUT", "/churn-store?acl"),
    ("s3-publish", "service control policy", "PUT", "/churn-store?website"),
    ("s3-publish", "service control policy", "PUT", "/churn-store?replication"),
    ("s3-publish", "service control policy", "PUT", "/churn-store?notification"),
    ("s3-publish", "service control policy", "PUT", "/churn-store?logging"),
    ("s3-publish", "service control policy", "PUT", "/churn-store?inventory&id=1"),
    ("s3-publish", "service control policy", "PUT", "/churn-store?publicAccessBlock"),
    ("s3-publish", "service control policy", "PUT", "/churn-store?cors"),
    ("s3-publish", "service control policy", "PUT", "/churn-store/x?acl"),
    ("s3-publish", "identity policy", "PUT", "/churn-store?lifecycle"),
    ("s3-foreign-bucket", "service control policy", "PUT", "/a-new-bucket"),
    ("s3", "service control policy", "DELETE", "/churn-store"),
  ])
  func `what would carry data out is refused and recorded`(
    route: String, control: String, method: String, target: String
  ) async throws {
    try await S3Fixture.run { fixture in
      try await fixture.put("churn-data", "x", "data")
      let answer = try await fixture.send(
        TestCall(method, target, body: method == "PUT" ? Array("canary".utf8) : []))
      #expect(answer.status == 403)
      if method != "HEAD" { #expect(answer.element("Code") == "AccessDenied", "\(answer.text)") }
      let record = try #require(fixture.log.last)
      #expect(record.outcome == .denied)
      #expect(record.route == route)
      #expect(record.errorCode == "AccessDenied")
      #expect(record.control == control, "\(record.reason)")
      #expect(try await fixture.content("attackers-bucket", "x") == nil)
      #expect(try await fixture.content("churn-data", "x") == "data")
    }
  }

  @Test func `a denial says who, what, by which statement, and what to do`() async throws {
    try await S3Fixture.run { fixture in
      let answer = try await fixture.send(TestCall("PUT", "/churn-store?policy"))
      let message = try #require(answer.element("Message"))
      #expect(
        message.contains(
          "assumed-role/churn-workspace/scientist-1 is not authorized to perform: s3:PutBucketPolicy"))
      #expect(message.contains("NoDoorThatCopiesOut"))
      #expect(message.contains("cordon explain organization/service-control"))
      #expect(answer.element("RequestId") == answer.header("x-amz-request-id"))
      #expect(message.contains(answer.header("x-amz-request-id") ?? "?"))
    }
  }

  @Test func `a bucket that does not exist and one that is another's look the same`() async throws {
    try await S3Fixture.run { fixture in
      var answers: [[String?]] = []
      for bucket in ["attackers-bucket", "nobody-has-this"] {
        let answer = try await fixture.send(TestCall("GET", "/\(bucket)/key"))
        let message = answer.element("Message")?.replacing(bucket, with: "B")
          .replacing(answer.header("x-amz-request-id") ?? "?", with: "R")
        answers.append(["\(answer.status)", answer.element("Code"), message])
      }
      #expect(answers[0] == answers[1])
    }
  }

  @Test func `without s3 ListBucket an object that is not there looks forbidden`() async throws {
    let own =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:ListBucket","Resource":"*"}]}"#
    try await S3Fixture.run(change: { environment in
      environment.ownPolicies.roles[try Slug("churn")] = [try PolicyDocument(json: own)]
    }) { fixture async throws in
      #expect(try await fixture.send(TestCall("GET", "/churn-store/absent")).status == 403)
      #expect(try await fixture.send(TestCall("HEAD", "/churn-store/absent")).status == 403)
      #expect(fixture.log.last?.outcome == .denied)
    }
    try await S3Fixture.run { fixture in
      let answer = try await fixture.send(TestCall("GET", "/churn-store/absent"))
      #expect(answer.status == 404 && answer.element("Code") == "NoSuchKey")
      #expect(answer.element("Key") == "absent")
      #expect(try await fixture.send(TestCall("HEAD", "/churn-store/absent")).status == 404)
    }
  }

  @Test func `nothing happens when the ledger cannot write`() async throws {
    try await S3Fixture.run { fixture in
      try await fixture.put("churn-store", "there", "old")
      fixture.log.breakDown()
      for call in [
        TestCall("PUT", "/churn-store/new", body: [1]), TestCall("DELETE", "/churn-store/there"),
        TestCall("GET", "/churn-store/there"), TestCall("GET", "/fraud-store/there"),
      ] {
        await #expect(throws: RecordedDecisions.Unwritable.self) { try await fixture.send(call) }
      }
      #expect(try await fixture.content("churn-store", "new") == nil)
      #expect(try await fixture.content("churn-store", "there") == "old")
    }
  }

  @Test func `both sides of a copy are judged and recorded`() async throws {
    try await S3Fixture.run { fixture in
      try await fixture.put("churn-data", "x", "data")
      try await fixture.put("fraud-data", "x", "secret")
      func copy(_ source: String, to target: String) async throws -> TestAnswer {
        fixture.log.clear()
        return try await fixture.send(
          TestCall("PUT", target, headers: [HeaderField("x-amz-copy-source", source)]))
      }
      #expect(try await copy("churn-data/x", to: "/churn-store/y").status == 200)
      #expect(fixture.log.all.map(\.details["action"]) == ["s3:GetObject", "s3:PutObject"])
      #expect(fixture.log.all.allSatisfy { $0.outcome == .allowed && $0.route == "s3-copy" })
      #expect(try await copy("fraud-data/x", to: "/churn-store/z").status == 403)
      #expect(fixture.log.last?.route == "s3-other-project")
      #expect(try await fixture.content("churn-store", "z") == nil)
      #expect(try await copy("churn-data/x", to: "/attackers-bucket/x").status == 403)
      #expect(fixture.log.all.map(\.outcome) == [.allowed, .denied])
      #expect(fixture.log.last?.route == "s3-foreign-bucket")
      #expect(try await copy("attackers-bucket/x", to: "/churn-store/q").status == 403)
    }
  }

  @Test func `with the endpoint policy off for a drill, the breach is real`() async throws {
    try await S3Fixture.run(weakened: [.endpointPolicy]) { fixture in
      let answer = try await fixture.send(TestCall("PUT", "/attackers-bucket/x", body: Array("canary".utf8)))
      #expect(answer.status == 200, "\(answer.text)")
      #expect(try await fixture.content("attackers-bucket", "x") == "canary")
      #expect(fixture.log.last?.route == "s3-foreign-bucket" && fixture.log.last?.outcome == .allowed)
      #expect(try await fixture.send(TestCall("GET", "/nobody-has-this/x")).element("Code") == "NoSuchBucket")
      let foreign = try await fixture.send(
        TestCall("PUT", "/attackers-bucket/y", body: [1]), by: .keys(foreignKeys))
      #expect(foreign.element("Code") == "InvalidAccessKeyId")
    }
  }

  @Test func `with the credential check off for a drill, foreign keys carry data out`() async throws {
    try await S3Fixture.run(weakened: [.credentialCheck]) { fixture in
      let answer = try await fixture.send(
        TestCall("PUT", "/attackers-bucket/x", body: Array("canary".utf8)), by: .keys(foreignKeys))
      #expect(answer.status == 200, "\(answer.text)")
      #expect(try await fixture.content("attackers-bucket", "x") == "canary")
      #expect(fixture.log.last?.route == "s3-foreign-credentials")
      #expect(fixture.log.last?.principal == "arn:aws:iam::999999999999:user/foreign")
    }
  }

  @Test func `a session policy is a ceiling`() async throws {
    try await S3Fixture.run { fixture in
      let policy =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::churn-store/public/*"}]}"#
      let source = try fixture.base.source(.sts)
      let session = fixture.base.issuer.issue(
        SessionRequest(
          role: fixture.base.gatekeeper.workspacePrincipal(source).role, name: "narrow", source: source,
          policies: [try PolicyDocument(json: policy)]))
      try await fixture.put("churn-store", "public/a", "a")
      try await fixture.put("churn-store", "b", "b")
      #expect(
        try await fixture.send(TestCall("GET", "/churn-store/public/a"), by: .keys(session.credentials))
          .status == 200)
      let denied = try await fixture.send(TestCall("GET", "/churn-store/b"), by: .keys(session.credentials))
      #expect(denied.status == 403)
      #expect(fixture.log.last?.control == "session policy")
    }
  }

  @Test func `plain HTTP is refused by the bucket's own policy`() async throws {
    try await S3Fixture.run { fixture in
      let answer = try await fixture.send(TestCall("GET", "/churn-store/x"), isSecure: false)
      #expect(answer.status == 403)
      #expect(fixture.log.last?.control == "resource policy")
    }
  }

  @Test(arguments: [
    (403, "StringEquals", "s3:ExistingObjectTag/class", "secret", "GET", "/churn-store/tagged"),
    (200, "StringEquals", "s3:ExistingObjectTag/class", "other", "GET", "/churn-store/tagged"),
    (403, "StringEquals", "s3:prefix", "a/", "GET", "/churn-store?prefix=a/"),
    (200, "StringEquals", "s3:prefix", "a/", "GET", "/churn-store?prefix=b/"),
    (403, "NumericGreaterThan", "s3:max-keys", "10", "GET", "/churn-store?max-keys=11"),
    (403, "StringEquals", "s3:authType", "REST-HEADER", "GET", "/churn-store/tagged"),
    (403, "NumericGreaterThan", "s3:signatureAge", "60000", "GET", "/churn-store/tagged"),
    (200, "NumericGreaterThan", "s3:signatureAge", "180000", "GET", "/churn-store/tagged"),
    (403, "StringLike", "aws:UserAgent", "evil*", "GET", "/churn-store/tagged"),
    (
      403, "StringEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/churn-workspace", "GET",
      "/churn-store/tagged"
    ),
    (403, "StringEquals", "aws:userid", "none", "GET", "/fraud-store/x"),
    (403, "StringEquals", "s3:ResourceAccount", "111122223333", "GET", "/churn-store/tagged"),
    (403, "NumericLessThan", "s3:TlsVersion", "1.3", "GET", "/churn-store/tagged"),
    (403, "DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z", "GET", "/churn-store/tagged"),
  ])
  func `a user's own policy sees the keys of the call`(
    status: Int, condition: String, key: String, value: String, method: String, target: String
  ) async throws {
    let own = """
      {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*",
      "Condition":{"\(condition)":{"\(key)":"\(value)"}}}]}
      """
    try await S3Fixture.run(change: { environment in
      environment.ownPolicies.roles[try Slug("churn")] = [try PolicyDocument(json: own)]
    }) { fixture in
      try await fixture.put("churn-store", "tagged", "x") { $0.tags = ["class": "secret"] }
      let answer = try await fixture.send(
        TestCall(method, target, headers: [HeaderField("user-agent", "evil/1.0")]), skew: -120)
      #expect(answer.status == status, "\(answer.text)")
    }
  }

  @Test func `tags that a call gives are judged, in the header and in the body`() async throws {
    let own = """
      {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:PutObject*","Resource":"*",
      "Condition":{"StringEquals":{"s3:RequestObjectTag/class":"public"}}}]}
      """
    try await S3Fixture.run(change: { environment in
      environment.ownPolicies.roles[try Slug("churn")] = [try PolicyDocument(json: own)]
    }) { fixture in
      try await fixture.put("churn-store", "x", "x")
      func put(_ tags: String) async throws -> Int {
        try await fixture.send(
          TestCall("PUT", "/churn-store/y", headers: [HeaderField("x-amz-tagging", tags)], body: [1])
        ).status
      }
      func set(_ value: String) async throws -> Int {
        let body = "<Tagging><TagSet><Tag><Key>class</Key><Value>\(value)</Value></Tag></TagSet></Tagging>"
        return try await fixture.send(TestCall("PUT", "/churn-store/x?tagging", body: Array(body.utf8)))
          .status
      }
      #expect(try await put("class=public") == 403)
      #expect(try await put("class=internal") == 200)
      #expect(try await set("public") == 403)
      #expect(try await set("internal") == 200)
    }
  }

  @Test func `ListBuckets names the project's own buckets only`() async throws {
    try await S3Fixture.run { fixture in
      let answer = try await fixture.send(TestCall("GET", "/"))
      #expect(answer.status == 200, "\(answer.text)")
      for name in ["churn-data", "churn-plain", "churn-store"] {
        #expect(answer.text.contains("<Name>\(name)</Name>"))
      }
      #expect(!answer.text.contains("fraud") && !answer.text.contains("attacker"))
    }
  }

  @Test func `an expected owner that is another's is a refusal`() async throws {
    try await S3Fixture.run { fixture in
      try await fixture.put("churn-store", "x", "x")
      func get(_ account: String) async throws -> Int {
        try await fixture.send(
          TestCall("GET", "/churn-store/x", headers: [HeaderField("x-amz-expected-bucket-owner", account)])
        ).status
      }
      #expect(try await get("111122223333") == 200)
      #expect(try await get("999999999999") == 403)
    }
  }
}
