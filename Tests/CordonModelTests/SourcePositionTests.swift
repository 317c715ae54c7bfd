import CordonModel
import Testing

@Suite struct `Where a call comes from` {
  private func position(_ environment: String, _ project: String, _ kind: EndpointKind) throws
    -> SourcePosition
  {
    SourcePosition(
      environment: try Slug(environment), project: try Slug(project), workspace: try Slug("w"), endpoint: kind
    )
  }

  @Test func `ids are the same on every machine and in every version`() throws {
    let source = try position("breast-cancer", "diagnosis", .s3)
    #expect(source.vpc == "vpc-019437c4317ef1581")
    #expect(source.vpce == "vpce-0a23108a37cbf7d18")
  }

  @Test func `ids have the form that policies compare`() throws {
    for kind in EndpointKind.allCases {
      let source = try position("demo", "churn", kind)
      #expect(source.vpc.wholeMatch(of: /vpc-0[0-9a-f]{16}/) != nil)
      #expect(source.vpce.wholeMatch(of: /vpce-0[0-9a-f]{16}/) != nil)
    }
  }

  @Test func `every project of every environment has its own network and doors`() throws {
    var networks: Set<String> = []
    var doors: Set<String> = []
    let names = (0..<40).map { "p\($0)" }
    for environment in names {
      for project in names {
        for kind in EndpointKind.allCases { doors.insert(try position(environment, project, kind).vpce) }
        networks.insert(try position(environment, project, .dns).vpc)
      }
    }
    #expect(networks.count == 1_600)
    #expect(doors.count == 1_600 * EndpointKind.allCases.count)
  }

  @Test func `names that read alike when joined are told apart`() throws {
    #expect(try position("a-b", "c", .s3).vpc != position("a", "b-c", .s3).vpc)
    #expect(try position("a", "b", .s3).vpc == position("a", "b", .sts).vpc)
  }
}
