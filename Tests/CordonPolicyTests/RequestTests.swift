import CordonPolicy
import Testing

@Suite struct `Requests` {
  @Test func `context keys ignore case and keep their spelling`() {
    var context: RequestContext = [
      "aws:SourceVpce": "vpce-1", "aws:TagKeys": ["a", "b"], "k:n": 3, "k:b": true,
    ]
    #expect(context["AWS:sourcevpce"] == ["vpce-1"])
    #expect(context["aws:tagkeys"] == ["a", "b"])
    #expect(context["k:n"] == ["3"])
    #expect(context["k:b"] == ["true"])
    #expect(context["k:gone"] == nil)
    context["AWS:SOURCEVPCE"] = ["vpce-2", "vpce-3"]
    context["k:n"] = nil
    #expect(context["aws:SourceVpce"] == ["vpce-2", "vpce-3"])
    #expect(context.stated.map(\.name) == ["aws:SourceVpce", "aws:TagKeys", "k:b"])
    #expect(context == RequestContext(context.stated.map { ($0.name, $0.values) }))
  }

  @Test func `a decision gives its reason`() throws {
    let allow = try PolicyDocument(
      json: #"{"Statement":{"Sid":"Read","Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#)
    let deny = try PolicyDocument(json: #"{"Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#)
    let request = AccessRequest(
      principal: try Principal(parsing: "arn:aws:iam::111122223333:user/alice"), action: "s3:GetObject",
      resource: "arn:aws:s3:::data/a")
    let allowed = PolicySet(identity: [deny, allow].reversed().dropLast()).decide(request)
    #expect(allowed.isAllowed)
    #expect(allowed.because == Reason(.granted, in: .identity, policy: 0, statement: 0, sid: "Read"))
    #expect(allowed.because.text == "statement 'Read' of identity policy 1 allows it")
    let denied = PolicySet(identity: [allow], scps: [[allow], [allow, deny]]).decide(request)
    #expect(denied.because == Reason(.refused, in: .scp, level: 1, policy: 1, statement: 0))
    #expect(denied.because.text == "statement 1 of service control policy 2 at level 2 denies it")
    let nothing = PolicySet().decide(request)
    #expect(nothing.outcome == .implicitlyDenied)
    #expect(nothing.because.text == "nothing in the identity policy allows it")
  }

  @Test func `a batch answers each line by itself`() throws {
    let batch = DecideBatch()
    #expect(batch.answer("  \t") == nil)
    let good = #"{"id":"a","request":{"principal":"111122223333","action":"s3:GetObject","resource":"*"}}"#
    let expected =
      #"{"id":"a","decision":"Allowed","because":{"layer":"builtin","cause":"root-user","#
      + #""text":"the root user of the account needs no grant"}}"#
    #expect(batch.answer(good) == expected)
    #expect(
      batch.answer(#"{"id":7,"request":{"principal":"anonymous"}}"#)
        == #"{"id":7,"error":{"code":"missing","message":"'action' is missing","line":1,"column":19}}"#)
    let judged = try #require(batch.judge(bytes: Array(good.utf8)))
    #expect(judged.id?.text == "a")
    #expect(try judged.result.get().isAllowed)
    #expect(batch.answer(bytes: [0xFF, 0xFE])?.contains(#""code":"json""#) == true)
    #expect(batch.answer(good) == expected)
  }

  @Test func `long requests are refused`() throws {
    let long = String(repeating: "x", count: PolicyLimits.requestBytes)
    let line =
      #"{"request":{"principal":"anonymous","action":"s3:GetObject","resource":"arn:aws:s3:::b/\#(long)"}}"#
    #expect(DecideBatch().answer(line)?.contains("too-large") == true)
    let values = Array(repeating: "1", count: PolicyLimits.contextValues).joined(separator: ",")
    let many =
      #"{"request":{"principal":"anonymous","action":"s3:GetObject","resource":"*","context":{"k:a":[\#(values)]}}}"#
    #expect(DecideBatch().answer(many)?.contains("too-large") == true)
  }
}
