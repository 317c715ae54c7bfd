import CordonModel
import Testing

@testable import CordonProof

@Suite struct `Depth` {
  @Test func `names the one control without which a closed route is not closed`() throws {
    let file = try #require(try TemplateFile.all().first { $0.name == "dns-alert-repaired.yaml" })
    let depth = CloudProof { Engine().answer($0) }.depth(try file.deployment())
    let resources = depth.filter { $0.route == "dns-firewall" }.map(\.resource)
    #expect(Set(resources) == ["Association", "Rules"])
  }

  @Test(arguments: ["the closed example", "the synthesised example"])
  func `rests on one control only where AWS has no second`(name: String) throws {
    let engine = RememberedEngine()
    let deployment =
      try name == "the closed example"
      ? TemplateFile.closed().deployment()
      : `Every control of the synthesised example, weakened alone,`.deployment()
    let proof = CloudProof { engine.answer($0) }
    #expect(proof.prove(deployment).depthLost.isEmpty)
    let alone = proof.depth(deployment)
    let routes = Set(alone.map(\.route))
    for route in CloudProof.routes where routes.contains(route.name) {
      #expect(route.documentation.alone != nil, "\(route.name): a second layer is missing")
    }
    #expect(alone.allSatisfy { $0.text.hasSuffix(")") })
  }

  @Test func `is lost where a layer behind the one that holds does not`() throws {
    let lost = try Stack(
      #"{"V":{"type":"AWS::EC2::VPC"},"S":{"type":"AWS::EC2::SecurityGroup","VpcId":{"Ref":"V"}}}"#
    ).deployment.map().depthLost
    #expect(lost.contains { $0.route == "internet-route" && $0.resource == "S" })
  }
}
