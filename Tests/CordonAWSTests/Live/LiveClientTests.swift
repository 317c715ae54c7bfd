import CordonPolicy
import CordonWire
import Foundation
import Testing

@testable import CordonAWS

@Suite struct `Calls to an account` {
  static let names = LiveCall(.resolver, "ListFirewallRuleGroups")

  @Test func `a page leads to the next until there is none`() async throws {
    let transport = AnsweringTransport([
      "ListFirewallRuleGroups": [
        .ok(#"{"FirewallRuleGroups": [{"Id": "a"}], "NextToken": "two"}"#),
        .ok(#"{"FirewallRuleGroups": [{"Id": "b"}, {"Id": "c"}], "NextToken": ""}"#),
      ]
    ])
    var found: [String] = []
    try await LiveClient.at(transport).pages(of: Self.names, LivePaging("NextToken")) { answer in
      let page = answer.list("FirewallRuleGroups").compactMap { $0["Id"]?.plain }
      found += page
      return page.count
    }
    #expect(found == ["a", "b", "c"])
    #expect(await transport.asked.map(\.body) == ["{}", #"{"NextToken":"two"}"#])
  }

  @Test func `a list that leads to itself ends`() async {
    let transport = AnsweringTransport([
      "ListFirewallRuleGroups": [.ok(#"{"FirewallRuleGroups": [], "NextToken": "again"}"#)]
    ])
    await #expect(throws: LiveProblem.unreadable("the same page twice")) {
      try await LiveClient.at(transport).pages(of: Self.names, LivePaging("NextToken")) { _ in 0 }
    }
    #expect(await transport.asked.count == 2)
  }

  @Test func `a list without an end is given up`() async {
    let transport = AnsweringTransport([
      "ListFirewallRuleGroups": (0...LiveClient.mostPages).map {
        .ok(#"{"FirewallRuleGroups": [], "NextToken": "\#($0)"}"#)
      }
    ])
    await #expect(throws: LiveProblem.tooMuch("more than \(LiveClient.mostPages) pages")) {
      try await LiveClient.at(transport).pages(of: Self.names, LivePaging("NextToken")) { _ in 0 }
    }
  }

  @Test func `a service that asks for patience gets it, and longer each time`() async throws {
    let transport = AnsweringTransport([
      "ListFirewallRuleGroups": [
        .error(400, "ThrottlingException"), .error(503, "ServiceUnavailable"), .error(429, "Whatever"),
        .ok("{}"),
      ]
    ])
    _ = try await LiveClient.at(transport).call(Self.names)
    let pauses = await transport.pauses
    #expect(pauses.count == 3)
    for (pause, most) in zip(pauses, [400, 800, 1_600]) { #expect(pause >= most / 2 && pause <= most) }
  }

  @Test func `patience ends`() async {
    let transport = AnsweringTransport(["ListFirewallRuleGroups": [.error(400, "ThrottlingException")]])
    await #expect(throws: LiveProblem.exhausted("ThrottlingException")) {
      try await LiveClient.at(transport).call(Self.names)
    }
    #expect(await transport.asked.count == LiveClient.mostAttempts)
    #expect(await transport.pauses.allSatisfy { $0 <= LiveClient.longestPause })
  }

  @Test(arguments: [
    (LiveProblem.denied("AccessDeniedException"), LiveReply.error(400, "AccessDeniedException")),
    (
      .denied("UnauthorizedOperation"),
      Self.xml("<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>")
    ),
    (
      .denied("AccessDenied"),
      Self.xml("<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>")
    ),
    (.denied("status 403"), LiveReply(status: 403, body: [])),
    (.credentials("ExpiredToken"), Self.xml("<Error><Code>ExpiredToken</Code></Error>")),
    (.unsupported("UnknownOperationException"), .error(400, "UnknownOperationException")),
    (.unsupported("status 404"), LiveReply(status: 404, body: Array("<html>".utf8))),
    (.refused(code: "ResourceNotFoundException", message: "no"), .error(400, "ResourceNotFoundException")),
  ])
  func `a refusal keeps its reason, whatever protocol it came in`(expected: LiveProblem, reply: LiveReply)
    async
  {
    let transport = AnsweringTransport(["*": [reply]])
    await #expect(throws: expected) { try await LiveClient.at(transport).call(Self.names) }
    #expect(await transport.asked.count == 1)
  }

  static func xml(_ text: String) -> LiveReply { LiveReply(status: 403, body: Array(text.utf8)) }

  @Test(arguments: [
    (LiveService.ec2, "https://ec2.eu-west-1.amazonaws.com", "eu-west-1/ec2"),
    (.iam, "https://iam.amazonaws.com", "us-east-1/iam"),
    (.organizations, "https://organizations.us-east-1.amazonaws.com", "us-east-1/organizations"),
    (.s3Control, "https://111122223333.s3-control.eu-west-1.amazonaws.com", "eu-west-1/s3"),
    (.sageMaker, "https://api.sagemaker.eu-west-1.amazonaws.com", "eu-west-1/sagemaker"),
  ])
  func `a call goes to its service's host and is signed for it`(
    service: LiveService, origin: String, scope: String
  ) async throws {
    let transport = AnsweringTransport(["*": [.ok("")]])
    _ = try await LiveClient.at(transport).call(LiveCall(service, "DescribeVpcs", target: "GET /"))
    let asked = try #require(await transport.asked.first)
    #expect(asked.origin == origin)
    #expect(asked.authorization.contains("Credential=AKIDEXAMPLE/20150830/\(scope)/aws4_request"))
  }

  @Test func `what is signed is what a verifier reads`() async throws {
    let transport = AnsweringTransport(["*": [.ok("<a/>")]])
    let client = LiveClient.at(transport)
    let call = LiveCall(
      .portals, "GetPortal", target: "GET /portals/{portalArn+}",
      [("portalArn", .string("arn:aws:workspaces-web:eu-west-1:111122223333:portal/a b"))])
    #expect(
      call.request().target == "/portals/arn%3Aaws%3Aworkspaces-web%3Aeu-west-1%3A111122223333%3Aportal/a%20b"
    )
    _ = try? await client.call(call)
    #expect(await transport.asked.first?.authorization.contains("SignedHeaders=host;x-amz-date") == true)
  }
}

@Suite struct `Answers are hostile bytes` {
  static let list = LiveCall(.ec2, "DescribeVpcs")
  static let json = LiveCall(.resolver, "ListResolverRules")

  @Test func `lists of one, lists of many and nothing are told apart in XML`() throws {
    let answer = try LiveAnswer.read(
      Array("<R><a><item><id>1</id></item></a><b/><c>x</c><d><e>1</e><e>2</e></d></R>".utf8), of: Self.list)
    #expect(answer.list("a").map { $0["id"]?.plain } == ["1"])
    #expect(answer.list("b").isEmpty)
    #expect(answer["c"]?.plain == "x")
    #expect(answer.list("d.e").compactMap(\.plain) == ["1", "2"])
  }

  @Test(arguments: [
    "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a><![CDATA[x]]></a>", "<a>&lol;</a>", "<a><b></a></b>",
    "<a>",
    "<a><?php ?></a>", "plain", String(repeating: "<a>", count: 200), "<a x='1' x='2'/>", "<a>\u{1}</a>",
  ])
  func `XML that no service writes is refused`(text: String) {
    #expect(throws: LiveProblem.self) { try LiveAnswer.read(Array(text.utf8), of: Self.list) }
  }

  @Test(arguments: [
    "{", "[1,", "{\"a\":1,\"a\":2}", String(repeating: "[", count: 500), "nul", "{\"a\":\"\\ud800\"}",
    "[" + String(repeating: "0,", count: 700_000) + "0]",
  ])
  func `JSON that no service writes is refused`(text: String) {
    #expect(throws: LiveProblem.self) { try LiveAnswer.read(Array(text.utf8), of: Self.json) }
  }

  @Test func `an answer that is too long is refused`() {
    let body = [UInt8](repeating: 0x20, count: LiveAnswer.mostBytes + 1)
    #expect(throws: LiveProblem.self) { try LiveAnswer.read(body, of: Self.json) }
  }

  @Test func `damaged answers are refused or read, and never trap`() {
    let whole = Array("<R><vpcSet><item><vpcId>vpc-1</vpcId><t a='b'>&amp;x</t></item></vpcSet></R>".utf8)
    for position in whole.indices {
      for byte: UInt8 in [0, 0x3C, 0x3E, 0x26, 0x22, 0x80, 0xFF] {
        var damaged = whole
        damaged[position] = byte
        _ = try? LiveAnswer.read(damaged, of: Self.list)
        _ = LiveAnswer.problem(500, damaged, type: nil)
        _ = try? LiveAnswer.read(Array(whole[..<position]), of: Self.list)
      }
    }
  }
}
