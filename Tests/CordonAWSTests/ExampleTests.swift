import CordonAWS
import CordonModel
import FoundationEssentials
import Testing

@Suite struct `The closed example` {
  private static func read(_ parameters: [String] = []) throws -> CloudDeployment {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let bytes = try Data(contentsOf: root.appending(path: "examples/aws/closed.yaml"))
    let settings = try parameters.map { try ParameterSetting(parsing: $0) }
    let file = SourceFile(name: "closed.yaml", bytes: Array(bytes))
    return try TemplateReader(parameters: settings).read([file])
  }

  @Test func `is read whole, without a gap`() throws {
    let read = try Self.read()
    #expect(read.resources.count == 107)
    #expect(read.unknowns.isEmpty)
    #expect(read.resources.allSatisfy { $0.condition == nil })
  }

  @Test func `names one organisation in the policy of every endpoint`() throws {
    let endpoints = try Self.read().resources.filter { $0.type == "AWS::EC2::VPCEndpoint" }
    #expect(endpoints.count == 16)
    for endpoint in endpoints {
      guard case .object(let members) = endpoint.properties.content else { continue }
      let policy = members.first { $0.name == "PolicyDocument" }.map { shown($0.value) } ?? "absent"
      #expect(policy.contains("aws:PrincipalOrgID: o-acme123456"), "\(endpoint.id)")
    }
  }

  @Test func `is known to the last word once account and region are given`() throws {
    let read = try Self.read(["AWS::AccountId=111122223333", "AWS::Region=eu-west-1"])
    let bucket = "churn-data-111122223333-eu-west-1-an"
    #expect(read.property("BucketName", of: "DataBucket") == bucket)
    #expect(!read.resources.contains { shown($0.properties).contains("?parameter") })
  }
}
