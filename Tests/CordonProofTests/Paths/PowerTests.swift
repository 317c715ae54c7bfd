import CordonAWS
import CordonModel
import Testing

@testable import CordonProof

@Suite struct `A power that a role may have` {
  /// A role that jobs run with and that may do `actions`, with a guardrail that denies `denied`.
  static func template(_ actions: [String], denied: [String] = []) -> String {
    let allowed = actions.map { "\"\($0)\"" }.joined(separator: ",")
    let guardrail = denied.map { "\"\($0)\"" }.joined(separator: ",")
    let control =
      denied.isEmpty
      ? ""
      : #","G":{"Type":"AWS::Organizations::Policy","Properties":{"Type":"SERVICE_CONTROL_POLICY","TargetIds":["r-ab12"],"Content":{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":[\#(guardrail)],"Resource":"*"}]}}}"#
    return
      #"{"Resources":{"R":{"Type":"AWS::IAM::Role","Properties":{"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]},"Policies":[{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[\#(allowed)],"Resource":"*"}]}}]}}\#(control)}}"#
  }

  static func verdict(_ route: any Route, _ text: String) throws -> RouteReport? {
    let deployment = try TemplateReader().read([SourceFile(name: "t.json", text: text)])
    return CloudProof { Engine().answer($0) }.prove(deployment, routes: [route])[route.name]
  }

  static let powers: [(any Route, [String])] = [
    (ServiceMadeCallRoute(), ServiceMadeCallRoute.actions), (ServiceShellRoute(), ServiceShellRoute.actions),
    (ServiceJobRoute(), ServiceJobRoute.actions), (ForeignDeliveryRoute(), ForeignDeliveryRoute.actions),
  ]

  @Test(arguments: powers.flatMap { route, actions in actions.map { (route.name, $0) } })
  func `opens its route alone, and is closed by a guardrail that denies it`(name: String, action: String)
    throws
  {
    let route = try #require(CloudProof.routes.first { $0.name == name })
    let open = try Self.verdict(route, Self.template([action]))
    #expect(open?.verdict == .open, "\(open?.steps ?? [])")
    if case .open(let witness)? = open?.finding {
      #expect(!witness.fix.isEmpty && witness.location?.file == "t.json")
    }
    let closed = try Self.verdict(route, Self.template([action], denied: [action]))
    #expect(closed?.verdict == .closed, "\(closed?.steps ?? [])")
  }

  @Test(arguments: QueryResultsRoute.starters)
  func `to have a service write results opens a way to buckets of others`(action: String) throws {
    let route = QueryResultsRoute()
    #expect(try Self.verdict(route, Self.template([action, "s3:PutObject"]))?.verdict == .open)
    #expect(try Self.verdict(route, Self.template([action]))?.verdict == .closed)
    #expect(try Self.verdict(route, Self.template(["s3:PutObject"]))?.verdict == .closed)
  }

  @Test(arguments: [
    (Verdict.open, #"{"StringNotEquals":{"aws:SourceVpce":"vpce-1"},"Bool":{"aws:ViaAWSService":"false"}}"#),
    (.closed, #"{"StringNotEquals":{"aws:ResourceOrgID":"o-acme123456"}}"#),
  ])
  func `is asked of the service's own second request`(expected: Verdict, condition: String) throws {
    let text = Self.template(["athena:StartQueryExecution", "s3:PutObject"], denied: ["s3:*"])
      .replacing(#""Resource":"*"}]}}}}}"#, with: #""Resource":"*","Condition":\#(condition)}]}}}}}"#)
    #expect(text.contains(condition))
    #expect(try Self.verdict(QueryResultsRoute(), text)?.verdict == expected)
  }

  @Test func `is reported where only the role's own policies refuse it`() throws {
    let text = Self.template(["s3:GetObject"], denied: ["ec2:*"])
    let deployment = try TemplateReader().read([SourceFile(name: "t.json", text: text)])
    let map = CloudProof { Engine().answer($0) }.prove(
      deployment, routes: [ServiceShellRoute(), ServiceJobRoute(), ForeignDeliveryRoute()])
    #expect(map.verdict == .closed || map.routes.allSatisfy { $0.verdict == .closed })
    #expect(Set(map.depthLost.map(\.route)) == ["service-shell", "service-job", "foreign-delivery"])
  }
}
