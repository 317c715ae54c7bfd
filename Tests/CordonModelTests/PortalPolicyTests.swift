import CordonModel
import CordonPolicy
import Testing

@Suite struct `What a signed-in person may do` {
  @Test(arguments: [
    (true, "ann", ["data-scientist"], "cordon:SignIn", "portal", "192.0.2.7"),
    (true, "ann", ["data-scientist"], "cordon:StartSession", "project/churn", "192.0.2.7"),
    (false, "ann", ["data-scientist"], "cordon:StartSession", "project/fraud", "192.0.2.7"),
    (false, "ann", ["data-scientist"], "cordon:StartSession", "project/churn-2", "192.0.2.7"),
    (false, "ann", ["data-scientist"], "cordon:StartSession", "project/*", "192.0.2.7"),
    (false, "ann", ["data-scientist"], "cordon:StartSession", "project/churn", "198.51.100.1"),
    (false, "ann", ["data-scientist"], "cordon:StartSession", "project/churn", ""),
    (false, "ann", ["data-scientist"], "cordon:SignIn", "portal", "198.51.100.1"),
    (false, "ann", ["auditor"], "cordon:SignIn", "portal", "192.0.2.7"),
    (false, "ann", [], "cordon:SignIn", "portal", "192.0.2.7"),
    (true, "bob", ["reviewer"], "cordon:SignIn", "portal", "192.0.2.7"),
    (false, "bob", ["reviewer"], "cordon:StartSession", "project/churn", "192.0.2.7"),
    (false, "bob", ["reviewer", "data-scientist"], "cordon:StartSession", "project/churn", "192.0.2.7"),
    (true, "eve", ["data-scientist"], "cordon:SignIn", "portal", "192.0.2.7"),
    (false, "eve", ["data-scientist"], "cordon:StartSession", "project/churn", "192.0.2.7"),
    (false, "nobody", ["data-scientist"], "cordon:SignIn", "portal", "192.0.2.7"),
    (false, "ann", ["data-scientist"], "s3:GetObject", "portal", "192.0.2.7"),
  ])
  func `is what the spec gives the roles that they have now`(
    expected: Bool, name: String, roles: [String], action: String, resource: String, address: String
  ) throws {
    let environment = try Self.environment()
    let account = environment.organization.account
    let principal = PortalPrincipal(
      person: try Slug(name), roles: Set(roles.compactMap(Person.Role.init)), projects: [try Slug("churn")])
    var context = RequestContext()
    context["aws:PrincipalOrgID"] = [environment.organization.id.text]
    if !address.isEmpty { context["aws:SourceIp"] = [address] }
    let decision = try CompiledPolicies(environment).layers(principal).decide(
      AccessRequest(
        principal: try Principal(parsing: principal.arn(in: account)), action: action,
        resource: "arn:aws:cordon:eu-west-1:\(account):\(resource)", resourceAccount: account.text,
        context: context))
    #expect((decision.outcome == .allowed) == expected)
  }

  @Test func `every document has its title`() throws {
    let titles = try CompiledPolicies(Self.environment()).titled.map(\.title)
    #expect(
      Set(titles).isSuperset(of: ["portal/addresses", "person/ann/data-scientist", "person/bob/reviewer"]))
  }

  private static func environment() throws -> Environment {
    var environment = Environment(
      name: try Slug("fraud-models"),
      organization: Organization(
        id: try OrganizationID("o-acme123456"), account: try AccountID("111122223333")),
      region: try Region("eu-west-1"))
    environment.people = [
      Person(name: try Slug("ann"), roles: [.dataScientist], projects: [try Slug("churn")]),
      Person(name: try Slug("bob"), roles: [.reviewer], projects: [try Slug("churn")]),
      Person(name: try Slug("eve"), roles: [.dataScientist], projects: []),
    ]
    environment.portal = PortalRules(
      listener: PortalRules.Listener(address: try #require(IPAddress("127.0.0.1")), port: 8443),
      origin: "https://127.0.0.1:8443", from: [try AddressRange("192.0.2.0/24")])
    return environment
  }
}
