import CordonModel
import CordonWire
import Testing

@testable import CordonAWS

@Suite struct `Deploying stacks` {
  static func file(_ name: String, exports: [String] = [], imports: [String] = []) -> SourceFile {
    var text = "Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n"
    for name in imports {
      text += "  R\(name):\n    Type: AWS::EC2::Subnet\n    Properties: {VpcId: !ImportValue \(name)}\n"
    }
    if !exports.isEmpty { text += "Outputs:\n" }
    for name in exports { text += "  \(name):\n    Value: !Ref Vpc\n    Export: {Name: \(name)}\n" }
    return SourceFile(name: "build/\(name).yaml", text: text)
  }

  @Test func `a stack comes after those whose exports it takes`() throws {
    let order = try StackOrder([
      Self.file("a", imports: ["fromB", "elsewhere"]), Self.file("b", exports: ["fromB"], imports: ["fromC"]),
      Self.file("c", exports: ["fromC"]),
    ])
    #expect(order.stacks.map(\.name) == ["c", "b", "a"])
    #expect(order.stacks.last?.resources == ["AWS::EC2::VPC": 1, "AWS::EC2::Subnet": 2])
  }

  @Test func `stacks that take from each other have no order, nor have two that give the same`() {
    #expect(throws: StackOrder.Problem.circle(["a", "b"])) {
      try StackOrder([
        Self.file("a", exports: ["x"], imports: ["y"]), Self.file("b", exports: ["y"], imports: ["x"]),
      ])
    }
    #expect(throws: StackOrder.Problem.sameExport("x")) {
      try StackOrder([Self.file("a", exports: ["x"]), Self.file("b", exports: ["x"])])
    }
  }

  private static let catalog = SourceFile(
    name: "build/a-catalog.yaml",
    text: """
      Resources:
        Product:
          Type: AWS::ServiceCatalog::CloudFormationProduct
          Properties:
            ProvisioningArtifactParameters:
              - Info: {LoadTemplateFromURL: "https://acme-products.s3.eu-west-1.amazonaws.com/space.yaml"}
      """)
  private static let space = SourceFile(
    name: "build/space.yaml",
    text: "Parameters:\n  Who: {Type: String}\nResources:\n  S: {Type: AWS::SageMaker::Space}\n")
  private static let shelf = SourceFile(
    name: "build/shelf.yaml",
    text: "Resources:\n  B: {Type: AWS::S3::Bucket, Properties: {BucketName: acme-products}}\n")

  @Test func `what a catalog offers is no stack, and its bucket comes before the catalog`() throws {
    let order = try StackOrder([Self.catalog, Self.space, Self.shelf])
    #expect(order.stacks.map(\.name) == ["shelf", "a-catalog"])
    let offer = try #require(order.stacks.last?.offers.first)
    #expect(offer.file == "space.yaml" && offer.bucket == "acme-products" && offer.key == "space.yaml")
    // One that is not in the folder is somebody else's to put there.
    #expect(try StackOrder([Self.catalog]).stacks.first?.offers == [])
  }

  @Test func `an offered template is put where the catalog looks for it, signed`() async throws {
    let transport = AnsweringTransport(["/acme-products/space.yaml": [LiveReply(status: 200, body: [])]])
    let offer = try #require(
      try StackOrder([Self.catalog, Self.space, Self.shelf]).stacks.last?.offers.first)
    try await StackDeployer(LiveClient.at(transport)).put(offer)
    let asked = try #require(await transport.asked.first)
    #expect(asked.body == String(decoding: Self.space.bytes, as: UTF8.self))
    #expect(asked.authorization.contains("/eu-west-1/s3/aws4_request"))
  }

  // MARK: Change sets

  private static func xml(_ action: String, _ body: String) -> LiveReply {
    .ok("<\(action)Response><\(action)Result>\(body)</\(action)Result></\(action)Response>")
  }

  private static func status(_ text: String) -> LiveReply {
    xml("DescribeStacks", "<Stacks><member><StackStatus>\(text)</StackStatus></member></Stacks>")
  }

  private static func failure(_ code: String, _ message: String) -> LiveReply {
    LiveReply(
      status: 400,
      body: Array(
        "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>".utf8
      ))
  }

  private static let changes = xml(
    "DescribeChangeSet",
    """
    <Status>CREATE_COMPLETE</Status><Changes>
    <member><ResourceChange><Action>Add</Action><LogicalResourceId>Door</LogicalResourceId>\
    <ResourceType>AWS::EC2::VPCEndpoint</ResourceType></ResourceChange></member>
    <member><ResourceChange><Action>Modify</Action><Replacement>True</Replacement><LogicalResourceId>Key</LogicalResourceId>\
    <ResourceType>AWS::KMS::Key</ResourceType><Details><member><Target><Name>KeyPolicy</Name></Target></member></Details>\
    </ResourceChange></member></Changes>
    """)

  private static func stack() throws -> StackOrder.Stack { try StackOrder([file("net")]).stacks[0] }

  @Test func `a change set is shown in words, for a new stack and an old one`() async throws {
    for (reply, isNew) in [
      (Self.failure("ValidationError", "Stack with id net does not exist"), true),
      (Self.status("CREATE_COMPLETE"), false),
    ] {
      let transport = AnsweringTransport([
        "DescribeStacks": [reply], "CreateChangeSet": [Self.xml("CreateChangeSet", "<Id>1</Id>")],
        "DescribeChangeSet": [
          Self.xml("DescribeChangeSet", "<Status>CREATE_PENDING</Status>"), Self.changes,
        ],
      ])
      let plan = try #require(
        try await StackDeployer(LiveClient.at(transport)).plan(Self.stack(), called: "c-1"))
      #expect(plan.isNew == isNew)
      #expect(
        plan.changes.map { "\($0.name): \($0.words)" } == [
          "Door: makes a door to a service", "Key: replaces AWS::KMS::Key (KeyPolicy)",
        ])
      let body = await transport.asked.first { $0.body.hasPrefix("Action=CreateChangeSet") }?.body ?? ""
      #expect(body.contains("ChangeSetType=\(isNew ? "CREATE" : "UPDATE")"))
    }
  }

  @Test func `nothing to change is no failure, and leaves no change set behind`() async throws {
    let transport = AnsweringTransport([
      "DescribeStacks": [Self.status("UPDATE_COMPLETE")],
      "CreateChangeSet": [Self.xml("CreateChangeSet", "<Id>1</Id>")],
      "DescribeChangeSet": [
        Self.xml(
          "DescribeChangeSet",
          "<Status>FAILED</Status><StatusReason>The submitted information didn't contain changes.</StatusReason>"
        )
      ],
      "DeleteChangeSet": [Self.xml("DeleteChangeSet", "")],
    ])
    #expect(try await StackDeployer(LiveClient.at(transport)).plan(Self.stack(), called: "c-1") == nil)
    #expect(await transport.asked.last?.body.hasPrefix("Action=DeleteChangeSet") == true)
  }

  @Test func `a rollback names what failed first, and why`() async throws {
    func event(_ id: Int, _ name: String, _ status: String, _ reason: String) -> String {
      """
      <member><EventId>\(id)</EventId><LogicalResourceId>\(name)</LogicalResourceId><ResourceType>AWS::X::Y</ResourceType>\
      <ResourceStatus>\(status)</ResourceStatus><ResourceStatusReason>\(reason)</ResourceStatusReason></member>
      """
    }
    let old = event(1, "net", "REVIEW_IN_PROGRESS", "")
    let news =
      event(4, "Two", "CREATE_FAILED", "Resource creation cancelled")
      + event(3, "One", "CREATE_FAILED", "no quota") + event(2, "One", "CREATE_IN_PROGRESS", "")
    func events(_ text: String) -> LiveReply {
      Self.xml("DescribeStackEvents", "<StackEvents>\(text)</StackEvents>")
    }
    let transport = AnsweringTransport([
      "DescribeStacks": [
        Self.failure("ValidationError", "Stack with id net does not exist"),
        Self.status("CREATE_IN_PROGRESS"), Self.status("ROLLBACK_COMPLETE"),
      ],
      "CreateChangeSet": [Self.xml("CreateChangeSet", "<Id>1</Id>")], "DescribeChangeSet": [Self.changes],
      "ExecuteChangeSet": [Self.xml("ExecuteChangeSet", "")],
      "DescribeStackEvents": [events(old), events(news + old), events(news + old)],
    ])
    let deployer = StackDeployer(LiveClient.at(transport))
    let plan = try #require(try await deployer.plan(Self.stack(), called: "c-1"))
    var told: [String] = []
    do {
      try await deployer.carryOut(plan) { told.append("\($0.name) \($0.status)") }
      Issue.record("a rollback passed for a success")
    } catch {
      #expect(error.words == "ROLLBACK_COMPLETE: One (AWS::X::Y): no quota")
    }
    #expect(told == ["One CREATE_IN_PROGRESS", "One CREATE_FAILED", "Two CREATE_FAILED"])
  }

  @Test func `a reason that is not that nothing changes is said`() async throws {
    let transport = AnsweringTransport([
      "DescribeStacks": [Self.status("CREATE_COMPLETE")],
      "CreateChangeSet": [Self.xml("CreateChangeSet", "<Id>1</Id>")],
      "DescribeChangeSet": [
        Self.xml("DescribeChangeSet", "<Status>FAILED</Status><StatusReason>No export named x</StatusReason>")
      ],
      "DeleteChangeSet": [Self.xml("DeleteChangeSet", "")],
    ])
    await #expect(throws: StackDeployer.Problem.noPlan("No export named x")) {
      try await StackDeployer(LiveClient.at(transport)).plan(Self.stack(), called: "c-1")
    }
  }
}

@Suite struct `Drift from a spec` {
  static func estate(_ resources: [LiveResource]) -> LiveEstate {
    LiveEstate(account: "111122223333", region: "eu-west-1", resources: resources)
  }

  static let planned = CloudDeployment(resources: [
    resource(
      "Portal", "AWS::WorkSpacesWeb::UserSettings", ["CopyAllowed": "Disabled", "PasteAllowed": "Disabled"]),
    resource("Vpc", "AWS::EC2::VPC", ["CidrBlock": "10.0.0.0/16", "EnableDnsSupport": true]),
    resource("Data", "AWS::S3::Bucket", ["BucketName": "allowed-data"]),
    resource(
      "Subnet", "AWS::EC2::Subnet",
      ["VpcId": CloudValue(.reference(CloudReference(ResourceID(stack: "net", name: "Vpc"))))]),
  ])

  static func resource(_ name: String, _ type: String, _ properties: CloudValue) -> CloudResource {
    CloudResource(
      id: ResourceID(stack: "net", name: name), type: type, properties: properties,
      location: Location(file: "net.yaml", line: 1, column: 1))
  }

  static func made(_ name: String, _ ref: String) -> LiveResource {
    LiveResource(type: LiveEstate.stackResource, ref: ref, properties: ["Stack": "net", "Name": .text(name)])
  }

  static let same = [
    LiveResource(
      type: "AWS::WorkSpacesWeb::UserSettings", ref: "arn:u", arn: "arn:u",
      properties: ["CopyAllowed": "Disabled", "PasteAllowed": "Disabled", "WebAuthnAllowed": "Disabled"]),
    LiveResource(
      type: "AWS::EC2::VPC", ref: "vpc-1",
      properties: ["CidrBlock": "10.0.0.0/16", "EnableDnsSupport": "true"]),
    LiveResource(type: "AWS::S3::Bucket", ref: "allowed-data", properties: ["BucketName": "allowed-data"]),
    LiveResource(type: "AWS::EC2::Subnet", ref: "subnet-1", properties: ["VpcId": "vpc-1"]),
    made("Portal", "arn:u"), made("Vpc", "vpc-1"), made("Subnet", "subnet-1"),
  ]

  @Test func `what runs as it is written is no drift, though AWS wrote its defaults and its names`() {
    #expect(LiveDrift(of: Self.estate(Self.same), from: Self.planned).difference.changes == [])
  }

  @Test func `a change, a loss and an addition are named in the words of the controls`() {
    var live = Self.same
    live[0].properties = ["CopyAllowed": "Enabled", "PasteAllowed": "Disabled"]
    live.removeAll { $0.ref == "allowed-data" }
    live.append(
      LiveResource(
        type: "AWS::EC2::VPCEndpoint", ref: "vpce-9",
        properties: ["ServiceName": "com.amazonaws.eu-west-1.sts"]))
    let words = LiveDrift(of: Self.estate(live), from: Self.planned).difference.changes.map {
      "\($0.direction.rawValue): \($0.resource): \($0.words)"
    }
    #expect(words.count == 3)
    #expect(
      Set(words).contains("weaker: net/Portal: copying out of the remote browser: Disabled, then Enabled"))
    #expect(Set(words).contains("weaker: vpce-9: added: a door to a service, com.amazonaws.eu-west-1.sts"))
    #expect(Set(words).contains("neutral: net/Data: removed: AWS::S3::Bucket"))
  }
}
