import CordonAWS
import CordonModel
import Testing

@testable import CordonProof

@Suite struct `What no file shows` {
  static func map(
    _ condition: String, _ route: any Route, more: String = "", stated: [String: String] = [:]
  ) throws -> EgressMap {
    let text =
      #"{"Resources":{\#(more)"R":{"Type":"AWS::IAM::Role","Properties":{"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"}]},"Policies":[{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sagemaker:CreatePresignedDomainUrl","s3:GetObject"],"Resource":"*","Condition":\#(condition)}]}}]}}}}"#
    let deployment = try TemplateReader().read([SourceFile(name: "t.json", text: text)])
    return CloudProof { Engine().answer($0) }.prove(deployment, routes: [route], assumptions: stated)
  }

  static let eip = #""E":{"Type":"AWS::EC2::EIP","Properties":{"Domain":"vpc"}},"#
  static let group =
    #""G":{"Type":"AWS::EC2::SecurityGroup","Properties":{"SecurityGroupIngress":[{"CidrIp":"198.51.100.0/24"}]}},"#

  @Test(arguments: [
    (Verdict.closed, ["192.0.2.0/24"], "192.0.2.0/24", "", [:]),
    (.open, [], "192.0.2.0/24", "", ["own-addresses": "none"]),
    (.closed, ["192.0.2.0/24"], "192.0.2.0/24", "", ["own-addresses": "192.0.2.0/24"]),
    // With an address of the portal's in the files, no other is taken for it.
    (.open, [], "192.0.2.0/24", eip, [:]),
    // A range of a provider's, in which anyone may have an address.
    (.open, [], "192.0.0.0/16", "", [:]),
  ])
  func `of whose an address is, is printed, and can be denied`(
    expected: Verdict, printed: [String], address: String, more: String, stated: [String: String]
  ) throws {
    let map = try Self.map(
      #"{"IpAddress":{"aws:SourceIp":"\#(address)"}}"#, PresignedURLRoute(), more: more, stated: stated)
    #expect(map.routes.first?.verdict == expected, "\(map.routes.first?.steps ?? [])")
    let values = map.assumptions.filter { $0.name == "own-addresses" && $0.value != "none" }.map(\.value)
    #expect(values == printed)
  }

  @Test func `of an address that no condition names is nothing`() throws {
    let map = try Self.map(
      #"{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#, PresignedURLRoute(), more: Self.group)
    #expect(map.assumptions.first { $0.name == "own-addresses" }?.value == "192.0.2.0/24")
  }

  @Test(arguments: [
    (Verdict.closed, ["vpce-0a1b2c3d"], [:]), (.open, [], ["own-endpoints": "none"]),
    (.closed, ["vpce-0a1b2c3d"], ["own-endpoints": "vpce-0a1b2c3d"]),
    (.open, ["vpce-0f0f0f0f"], ["own-endpoints": "vpce-0f0f0f0f"]),
  ])
  func `of whose an endpoint is, is printed, and can be denied`(
    expected: Verdict, printed: [String], stated: [String: String]
  ) throws {
    let map = try Self.map(
      #"{"StringEquals":{"aws:SourceVpce":"vpce-0a1b2c3d"}}"#, PresignedURLRoute(), stated: stated)
    #expect(map.routes.first?.verdict == expected, "\(map.routes.first?.steps ?? [])")
    let values = map.assumptions.filter { $0.name == "own-endpoints" && $0.value != "none" }.map(\.value)
    #expect(values == printed)
  }

  @Test func `of an endpoint that the files declare is nothing`() throws {
    let closed = try TemplateFile.closed().deployment()
    let estate = CloudEstate(closed)
    #expect(estate.placeAssumptions.isEmpty)
    #expect(estate.namedPlaces.isEmpty)
  }

  @Test(arguments: [(true, [:]), (false, ["plan-lists": "references"])])
  func `of what a plan's set holds beside its references is not known, unless it is said`(
    isOpen: Bool, stated: [String: String]
  ) throws {
    let place = Location(file: "p.json", line: 1, column: 1)
    let list = CloudValue(
      .list([
        CloudValue(.string("subnet-1")), CloudValue(.unknown(.init(.besideReferences, "aws_x.y.subnet_ids"))),
      ]), at: place)
    let texts = CloudEstate(CloudDeployment(resources: []), stated: stated).texts(list)
    #expect(texts.known == ["subnet-1"])
    #expect(texts.unknown.isEmpty != isOpen)
  }
}
