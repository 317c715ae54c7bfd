import CordonModel
import CordonPolicy
import CordonWire
import Testing

@testable import CordonAWS

@Suite struct `What runs in an account` {
  static let networks = LiveTable.network.filter { $0.action == "DescribeVpcs" }

  @Test func `a network is read with what further calls say of it`() async throws {
    let transport = AnsweringTransport([
      "DescribeVpcs": [
        .ok(
          "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/16</cidrBlock>"
            + "<dhcpOptionsId>dopt-1</dhcpOptionsId></item></vpcSet></DescribeVpcsResponse>")
      ],
      "DescribeVpcAttribute": [
        .ok("<R><enableDnsSupport><value>false</value></enableDnsSupport></R>"), .ok("<R/>"),
      ],
    ])
    let estate = await LiveReader(LiveClient.at(transport), steps: Self.networks).read()
    #expect(estate.gaps.isEmpty)
    let vpc = try #require(estate.resources.first)
    #expect(vpc.ref == "vpc-1")
    #expect(vpc.properties["EnableDnsSupport"]?.plainText == "false")
    #expect(estate.resources.map(\.type) == ["AWS::EC2::VPC", "AWS::EC2::VPCDHCPOptionsAssociation"])
  }

  @Test func `which properties were looked for is known, and is kept with what was read`() throws {
    let read = LiveTable.readProperties
    #expect(read["AWS::S3::Bucket"]?.contains("VersioningConfiguration") == true)
    #expect(read["AWS::SageMaker::Domain"] == ["*"])
    // Of these no more is known than that they are there.
    #expect(read["AWS::SageMaker::Cluster"] == nil && read["AWS::ServiceCatalog::StackSetConstraint"] == nil)
    let estate = LiveEstate(account: "111122223333", region: "eu-west-1")
    let text = LiveSnapshot([estate]).json.written()
    let again = try LiveSnapshot(SourceFile(name: "s.json", text: text))
    #expect(again.places == [estate] && again.deployments.map(\.readProperties) == [read])
    // A file of an earlier Cordon does not say.
    let old =
      #"{"cordonSnapshot": 1, "places": [{"account": "1", "region": "r", "resources": [], "notRead": []}]}"#
    #expect(
      try LiveSnapshot(SourceFile(name: "s.json", text: old)).deployments.map(\.readProperties) == [[:]])
  }

  @Test func `a call that is denied is a gap that names what it hides`() async {
    let transport = AnsweringTransport(["*": [.error(400, "AccessDeniedException")]])
    let estate = await LiveReader(LiveClient.at(transport), steps: LiveTable.steps).read()
    let hidden = Set(estate.gaps.flatMap(\.hides))
    for step in LiveTable.steps { #expect(hidden.isSuperset(of: step.hides), "\(step.action)") }
    #expect(estate.resources.isEmpty)
    #expect(estate.facts["default-network"] == nil)
    #expect(estate.facts["other-functions"] == nil)
    #expect(
      estate.deployment().unknowns.contains {
        $0.unknown.name == "ec2:DescribeVpcs was denied (AccessDeniedException)"
      })
  }

  @Test func `a part that was denied is not known, and is not its default`() async throws {
    let transport = AnsweringTransport([
      "ListNotebookInstances": [
        .ok(#"{"NotebookInstances": [{"NotebookInstanceName": "a", "NotebookInstanceArn": "arn"}]}"#)
      ],
      "DescribeNotebookInstance": [.error(400, "AccessDeniedException")],
    ])
    let steps = LiveTable.learning.filter { $0.action == "ListNotebookInstances" }
    let estate = await LiveReader(LiveClient.at(transport), steps: steps).read()
    let value = try #require(estate.resources.first?.properties["DirectInternetAccess"])
    #expect(
      value.content
        == .unknown(
          CloudUnknown(.unread, "sagemaker:DescribeNotebookInstance was denied (AccessDeniedException)")))
    #expect(estate.gaps.map(\.hides) == [["AWS::SageMaker::NotebookInstance"]])
  }

  @Test func `a call that is denied also hides what would have been listed of its elements`() async {
    let transport = AnsweringTransport(["*": [.error(400, "AccessDeniedException")]])
    let steps = LiveTable.messages.filter { $0.action == "ListEventBuses" }
    let estate = await LiveReader(LiveClient.at(transport), steps: steps).read()
    #expect(estate.gaps.flatMap(\.hides).contains("AWS::Events::Rule"))
  }

  @Test func `what a further call would have said is not known, and is not left out`() async throws {
    let transport = AnsweringTransport([
      "DescribeTrails": [.ok(#"{"trailList": [{"Name": "t", "TrailARN": "arn:t"}]}"#)],
      "GetTrailStatus": [.error(400, "AccessDeniedException")], "GetEventSelectors": [.ok("{}")],
    ])
    let steps = LiveTable.watch.filter { $0.action == "DescribeTrails" }
    let estate = await LiveReader(LiveClient.at(transport), steps: steps).read()
    let trail = try #require(estate.resources.first)
    #expect(
      trail.properties["IsLogging"]?.content
        == .unknown(CloudUnknown(.unread, "cloudtrail:GetTrailStatus was denied (AccessDeniedException)")))
    #expect(trail.properties["EventSelectors"] == nil)
  }

  @Test func `who is told of a budget is asked of each of its notifications`() async throws {
    let transport = AnsweringTransport([
      "DescribeBudgets": [.ok(#"{"Budgets": [{"BudgetName": "b"}]}"#)],
      "DescribeNotificationsForBudget": [
        .ok(
          #"{"Notifications": [{"NotificationType": "ACTUAL", "Threshold": 80.0, "NotificationState": "OK"}, {"NotificationType": "FORECASTED", "Threshold": 100.0}]}"#
        )
      ],
      "DescribeSubscribersForNotification": [
        .ok(#"{"Subscribers": [{"SubscriptionType": "SNS", "Address": "arn:t"}]}"#),
        .error(400, "AccessDeniedException"),
      ],
    ])
    let steps = LiveTable.watch.filter { $0.action == "DescribeBudgets" }
    let estate = await LiveReader(LiveClient.at(transport), steps: steps).read()
    let asked = await transport.asked.map(\.body).filter { $0.contains("Notification\"") }
    #expect(asked.count == 2 && !asked[0].contains("NotificationState") && !asked[0].contains("Cordon"))
    #expect(asked[0].contains("\"BudgetName\":\"b\"") && asked[0].contains("111122223333"))
    let told = try #require(estate.resources.first?.properties["NotificationsWithSubscribers"]?.elements)
    #expect(told[0]["Subscribers"] == [["SubscriptionType": "SNS", "Address": "arn:t"]])
    guard case .unknown? = told[1]["Subscribers"]?.content else {
      Issue.record("what was denied is known")
      return
    }
  }

  @Test func `a snapshot of before says nothing of what its reader did not look for`() throws {
    let text =
      #"{"cordonSnapshot": 1, "places": [{"account": "1", "region": "r", "resources": [], "notRead": []}]}"#
    let old = try #require(try LiveSnapshot(SourceFile(name: "s.json", text: text)).deployments.first)
    #expect(old.unknowns.flatMap { $0.hides ?? [] }.contains("AWS::ServiceCatalog::LaunchRoleConstraint"))
    let new = LiveEstate(account: "1", region: "r").deployment()
    #expect(new.unknowns.flatMap { $0.hides ?? [] } == [LiveEstate.otherServices])
  }

  @Test func `records are read of zones that are nobody else's, page by page`() async {
    func zone(_ id: String, _ isPrivate: Bool) -> String {
      "<HostedZone><Id>/hostedzone/\(id)</Id><Name>\(id).test.</Name><Config><PrivateZone>\(isPrivate)</PrivateZone></Config></HostedZone>"
    }
    func set(_ name: String, _ more: String = "") -> String {
      "<R><ResourceRecordSets><ResourceRecordSet><Name>\(name)</Name><Type>A</Type></ResourceRecordSet></ResourceRecordSets>\(more)</R>"
    }
    let path = "/2013-04-01/hostedzone"
    let next = "<NextRecordName>b.test.</NextRecordName><NextRecordType>A</NextRecordType>"
    let transport = AnsweringTransport([
      path + "?hostedzonetype=PrivateHostedZone": [
        .ok("<R><HostedZones>\(zone("Z1", true))\(zone("Z2", false))</HostedZones></R>")
      ],
      path + "/Z1/rrset": [.ok(set("a.test.", next))],
      path + "/Z1/rrset?name=b.test.&type=A": [.ok(set("b.test."))],
    ])
    let steps = LiveTable.names.filter { $0.target.hasSuffix("PrivateHostedZone") }
    let estate = await LiveReader(LiveClient.at(transport), steps: steps).read()
    #expect(estate.gaps.map(\.words) == [])
    #expect(estate.resources.map(\.ref) == ["/hostedzone/Z1 a.test. A", "/hostedzone/Z1 b.test. A"])
  }

  @Test func `the account's own organisation and missing parts become facts`() async {
    let transport = AnsweringTransport([
      "DescribeOrganization": [.ok(#"{"Organization": {"Id": "o-acme123456", "Arn": "arn"}}"#)],
      "DescribeVpcs": [.ok("<R><vpcSet/></R>")],
      "*": [.ok("{}")],
    ])
    let steps = Self.networks + LiveTable.identity.filter { $0.action == "DescribeOrganization" }
    let estate = await LiveReader(LiveClient.at(transport), steps: steps).read()
    #expect(estate.organization == "o-acme123456")
    #expect(estate.facts["default-network"] == "deleted")
  }

  @Test func `environment variables of functions are never kept`() async {
    let transport = AnsweringTransport([
      "/2015-03-31/functions": [
        .ok(
          #"{"Functions": [{"FunctionName": "f", "FunctionArn": "arn:f", "Role": "r", "Environment": {"Variables": {"K": "sesame"}}}]}"#
        )
      ],
      "*": [.error(404, "ResourceNotFoundException")],
    ])
    let steps = LiveTable.messages.filter { $0.action == "ListFunctions" }
    let estate = await LiveReader(LiveClient.at(transport), steps: steps).read()
    #expect(estate.resources.map(\.ref) == ["f"])
    #expect(!LiveSnapshot([estate]).json.written().contains("sesame"))
  }

  @Test func `a grant of a key counts as a statement of its policy`() async throws {
    let transport = AnsweringTransport([
      "ListKeys": [.ok(#"{"Keys": [{"KeyId": "k", "KeyArn": "arn:k"}]}"#)],
      "GetKeyPolicy": [.ok(#"{"Policy": "{\"Statement\": {\"Effect\": \"Allow\"}}"}"#)],
      "ListGrants": [
        .ok(
          #"{"Grants": [{"GrantId": "g", "GranteePrincipal": "arn:aws:iam::999988887777:root", "Operations": ["Decrypt"]}]}"#
        )
      ],
      "*": [.ok("{}")],
    ])
    let estate = await LiveReader(
      LiveClient.at(transport), steps: LiveTable.storage.filter { $0.action == "ListKeys" }
    ).read()
    let statements = try #require(estate.resources.first?.properties["KeyPolicy"]?["Statement"]?.elements)
    #expect(statements.count == 2)
    #expect(statements.last?["Principal"]?["AWS"]?.plainText == "arn:aws:iam::999988887777:root")
    #expect(statements.last?["Action"]?.elements?.map(\.plainText) == ["kms:Decrypt"])
  }

  // MARK: Snapshots

  @Test func `a snapshot reads back as what was kept, with its places`() throws {
    var estate = LiveEstate(account: "111122223333", region: "eu-west-1")
    estate.resources = [
      LiveResource(
        type: "AWS::EC2::VPC", ref: "vpc-1", arn: nil,
        properties: [
          "CidrBlock": "10.0.0.0/16", "Missing": CloudValue(.unknown(CloudUnknown(.unread, "denied"))),
        ])
    ]
    estate.gaps = [
      LiveGap(
        permission: "ec2:DescribeVpcs", words: "was denied", hides: ["AWS::EC2::VPC"], onlyTakesAway: false)
    ]
    let text = LiveSnapshot([estate]).json.written(.readable)
    let read = try LiveSnapshot(SourceFile(name: "today.json", text: text))
    #expect(read.places == [estate])
    #expect(read.deployments.first?.resources.first?.location.file == "today.json")
    #expect(read.deployments.first?.resources.first?.assigned?.ref == "vpc-1")
  }

  @Test(arguments: [
    "{}", "[]", #"{"cordonSnapshot": 2, "places": []}"#, #"{"cordonSnapshot": 1, "places": []}"#,
    #"{"cordonSnapshot": 1, "places": [{"account": "1", "region": "r"}]}"#,
    #"{"cordonSnapshot": 1, "places": [{"account": "1", "region": "r", "resources": [{}], "notRead": []}]}"#,
    #"{"cordonSnapshot": 1, "places": [{"account": "1", "region": "r", "resources": [], "notRead": [{"call": "a", "because": "b"}]}]}"#,
  ])
  func `a file that is no snapshot is refused`(text: String) {
    #expect(throws: TemplateError.self) { try LiveSnapshot(SourceFile(name: "s.json", text: text)) }
  }

  // MARK: What is called

  @Test func `every call only reads, and none reads data or secrets`() {
    // AWS has no call of another name for these; its levels are List and Read, which a test beside the actions' list holds.
    let named = ["budgets:ViewBudget", "servicecatalog:SearchProductsAsAdmin"]
    for action in LivePermissions.actions where !named.contains(action) {
      let verb = action.split(separator: ":").last.map(String.init) ?? ""
      #expect(["Describe", "Get", "List"].contains { verb.hasPrefix($0) }, "\(action)")
    }
    let banned = [
      "secretsmanager:GetSecretValue", "ssm:GetParameter", "s3:GetObject", "lambda:GetFunction",
      "kms:Decrypt",
      "dynamodb:GetItem", "logs:GetLogEvents", "workspaces-web:GetIdentityProvider", "kinesis:GetRecords",
      "codecommit:GetFile", "config:GetResourceConfigHistory", "budgets:ModifyBudget",
    ]
    for action in banned { #expect(!LivePermissions.actions.contains(action)) }
  }
}
