import CordonModel
import Testing

@testable import CordonAWS

@Suite struct `A price of a deployment` {
  private static let prices = """
    pages:
      list: { page: "https://allowed.test/prices", date: 2026-09-14 }
    prices:
      - { meter: endpoint-hour, regions: [eu-west-1], price: 0.011, source: list }
      - { meter: nat-hour, regions: [eu-west-1, eu-west-2], price: 0.048, source: list }
      - { meter: key-month, regions: every, price: 1, source: list }
      - { meter: key-month, regions: [us-east-1], price: 2, source: list }
      - { meter: zone-month, regions: every, price: 0.5, upTo: 2, source: list }
      - { meter: function-gb-seconds, regions: every, price: 0.0000166667, source: list }
      - { meter: notebook-hour, of: ml.t3.medium, regions: every, price: 0.05, source: list }
      - { meter: log-gb, regions: every, price: 0.57, source: list }
      - { meter: job-hours, of: ml.m5.xlarge, regions: every, price: 0.257, source: list }
      - { meter: studio-hours, of: ml.t3.medium, regions: every, price: 0.055, source: list }
    free:
      - { types: ["AWS::EC2::VPC", "AWS::EC2::VPCEndpoint Gateway"], source: list }
    """

  private static func table(_ text: String = prices) throws -> PriceTable {
    try PriceTable(reading: SourceFile(name: "prices.yaml", text: text))
  }

  private static func estimate(
    _ resources: String, region: String? = "eu-west-1", use: AssumedUse = AssumedUse()
  ) throws -> CostEstimate {
    let text = "Resources:\n" + resources.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
    let read = try TemplateReader().read([SourceFile(name: "net.yaml", text: text + "\n")])
    return try CostEstimate(read, prices: table(), use: use, region: region)
  }

  private static let endpoint = """
    Door:
      Type: AWS::EC2::VPCEndpoint
      Properties: { VpcEndpointType: Interface, SubnetIds: [subnet-1, subnet-2, subnet-3] }
    """

  @Test func `counts an interface endpoint in each of its zones for every hour`() throws {
    let estimate = try Self.estimate(Self.endpoint)
    let line = try #require(estimate.lines.first)
    #expect(estimate.lines.count == 1 && line.meter == .endpointHour && line.quantity.description == "2190")
    #expect(line.amount.exact == "24.09" && estimate.total.description == "24.09")
    #expect(line.source == PriceSource(page: "https://allowed.test/prices", date: "2026-09-14"))
    #expect(estimate.open.map(\.meter) == [.endpointData] && estimate.unknown.isEmpty)
  }

  @Test func `is unknown in a region that no page names`() throws {
    for region in ["eu-north-1", nil] {
      let estimate = try Self.estimate(Self.endpoint, region: region)
      #expect(estimate.lines.isEmpty && estimate.total == .zero)
      let reason = region.map { "in \($0)" } ?? "where the region is not known"
      #expect(estimate.unknown.map(\.reason) == ["no cited price of endpoint-hour \(reason)"])
    }
  }

  @Test(arguments: [("1", "eu-west-1"), ("2", "us-east-1"), ("1", nil)])
  func `of the region goes before that of every region`(price: String, region: String?) throws {
    let estimate = try Self.estimate("Key: { Type: AWS::KMS::Key }", region: region)
    #expect(estimate.lines.map(\.price.description) == [price])
  }

  @Test func `of a type that no page names is unknown, and of one that is free is nothing`() throws {
    let estimate = try Self.estimate(
      """
      Net: { Type: AWS::EC2::VPC }
      Gate: { Type: AWS::EC2::VPCEndpoint, Properties: { ServiceName: com.amazonaws.eu-west-1.s3 } }
      Balancer: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcEndpointType: GatewayLoadBalancer } }
      Thing: { Type: AWS::IoT::Thing }
      """)
    #expect(estimate.free.map(\.kind) == ["AWS::EC2::VPC", "AWS::EC2::VPCEndpoint Gateway"])
    #expect(estimate.unknown.map(\.resource.name) == ["Balancer", "Thing"] && estimate.lines.isEmpty)
  }

  @Test func `that holds for the first so many is not taken for more`() throws {
    let zones = (1...3).map { "Zone\($0): { Type: AWS::Route53::HostedZone }" }
    let two = try Self.estimate(zones.prefix(2).joined(separator: "\n"))
    #expect(two.total.description == "1.00" && two.unknown.isEmpty)
    let three = try Self.estimate(zones.joined(separator: "\n"))
    #expect(three.lines.isEmpty && three.unknown.count == 3)
    #expect(three.unknown.first?.reason.contains("more than the 2 of a month") == true)
  }

  @Test func `is unknown where the files leave open how much there is`() throws {
    let read = try TemplateReader().read([
      SourceFile(
        name: "net.yaml",
        text: """
          Parameters: { Subnets: { Type: CommaDelimitedList }, Shards: { Type: Number } }
          Conditions: { Wanted: !Equals [!Ref "AWS::StackName", x] }
          Resources:
            Door: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcEndpointType: Interface, SubnetIds: !Ref Subnets } }
            Stream: { Type: AWS::Kinesis::Stream, Properties: { ShardCount: !Ref Shards } }
            Nat: { Type: AWS::EC2::NatGateway, Condition: Wanted }
          """)
    ])
    let estimate = try CostEstimate(read, prices: Self.table(), region: "eu-west-1")
    #expect(estimate.lines.isEmpty)
    #expect(
      estimate.unknown.map(\.reason) == [
        "endpoint-hour: its SubnetIds are not known", "shard-hour: its ShardCount is not known",
        "exists only where the condition 'Wanted' holds",
      ])
  }

  @Test func `knows instances by their type`() throws {
    let estimate = try Self.estimate(
      """
      Small: { Type: AWS::SageMaker::NotebookInstance, Properties: { InstanceType: ml.t3.medium } }
      Large: { Type: AWS::SageMaker::NotebookInstance, Properties: { InstanceType: ml.p5.48xlarge } }
      """)
    #expect(estimate.lines.map(\.amount.description) == ["36.50"])
    #expect(
      estimate.unknown.map(\.reason) == ["no cited price of notebook-hour of ml.p5.48xlarge in eu-west-1"])
  }

  @Test func `of a job is that of the instance which its definition names, and of a space that of its own`()
    throws
  {
    var use = AssumedUse()
    try use.assume("job-hours=10")
    try use.assume("studio-hours=100")
    let cluster = "ClusterConfig: { InstanceType: ml.m5.xlarge }"
    let estimate = try Self.estimate(
      """
      Drift: { Type: AWS::SageMaker::DataQualityJobDefinition, Properties: { JobDefinitionName: drift-1, JobResources: { \(cluster) } } }
      Named: { Type: AWS::SageMaker::MonitoringSchedule, Properties: { MonitoringScheduleConfig: { MonitoringJobDefinitionName: drift-1 } } }
      Job: { Type: AWS::SageMaker::ProcessingJob, Properties: { ProcessingResources: { \(cluster) } } }
      Other: { Type: AWS::SageMaker::MonitoringSchedule, Properties: { MonitoringScheduleConfig: { MonitoringJobDefinitionName: none } } }
      Desk: { Type: AWS::SageMaker::Space, Properties: { SpaceSettings: { JupyterLabAppSettings: { DefaultResourceSpec: { InstanceType: ml.t3.medium } } } } }
      """, use: use)
    #expect(
      estimate.lines.map { "\($0.resource.name) \($0.amount.exact)" } == [
        "Named 2.57", "Job 2.57", "Desk 5.5",
      ])
    #expect(estimate.unknown.map(\.resource.name).contains("Other"))
  }

  @Test func `is summed by stack, and by the project that resources or their stack are tagged with`() throws {
    let tag = "Tags: [{ Key: project, Value: churn }]"
    let churn = """
      Resources:
        Key: { Type: AWS::KMS::Key, Properties: { \(tag) } }
        Untagged: { Type: AWS::KMS::Key }
      """
    let base = """
      Resources:
        Key: { Type: AWS::KMS::Key, Properties: { Tags: [{ Key: environment, Value: risk }] } }
        Untagged: { Type: AWS::KMS::Key }
        Lent: { Type: AWS::KMS::Key, Properties: { \(tag) } }
      """
    let read = try TemplateReader().read([
      SourceFile(name: "churn.yaml", text: churn), SourceFile(name: "base.yaml", text: base),
    ])
    let estimate = try CostEstimate(read, prices: Self.table(), region: "eu-west-1")
    #expect(estimate.byStack.map(\.name) == ["churn", "base"])
    #expect(estimate.byStack.map(\.sum.description) == ["2.00", "3.00"])
    #expect(estimate.byProject.map(\.name) == ["churn", nil])
    #expect(estimate.byProject.map(\.sum.description) == ["3.00", "2.00"])
  }

  @Test func `takes use as it is assumed, for each resource or for one`() throws {
    let logs = "A: { Type: AWS::Logs::LogGroup }\nB: { Type: AWS::Logs::LogGroup }"
    let file = SourceFile(
      name: "use.yaml", text: "hours: 100\neach: { log-gb: 1 }\nresources: { B: { log-gb: 0.5 } }\n")
    var use = try AssumedUse(reading: file)
    #expect(try Self.estimate(logs, use: use).lines.map(\.amount.exact) == ["0.57", "0.285"])
    try use.assume("log-gb=2")
    #expect(try Self.estimate(logs, use: use).lines.map(\.amount.exact) == ["1.14", "0.285"])
    var half = AssumedUse()
    try half.assume("hours=0.5")
    #expect(try Self.estimate("Nat: { Type: AWS::EC2::NatGateway }", use: half).total.exact == "0.024")
  }

  @Test func `has no rounding in it but the last`() throws {
    var use = AssumedUse()
    try use.assume("function-gb-seconds=300000.000001")
    let line = try #require(try Self.estimate("F: { Type: AWS::Lambda::Function }", use: use).lines.first)
    #expect(line.amount.exact == "5.0000100000166667" && line.amount.description == "5.00")
    #expect(CostSum(units: 5_000_000_000_000_000).description == "0.01")
    #expect(CostSum(units: 4_999_999_999_999_999).description == "0.00")
    #expect((CostSum(units: .max) + CostSum(units: 1)).units == .max)
  }

  @Test(arguments: [
    "0", "1", "0.011", "0.000000000001", "999999.999999999999", "12.50",
  ])
  func `reads a decimal number and writes it back`(text: String) throws {
    let price = try #require(UnitPrice(text))
    #expect(UnitPrice(price.description) == price)
  }

  @Test(arguments: [
    "", ".", "1.", ".5", "-1", "+1", "1e3", "0x1", "1,000", "1000000", "0.0000000000001", "١",
    "99999999999999999999999999", "1.2.3", " 1", "NaN",
  ])
  func `takes no other number`(text: String) {
    #expect(UnitPrice(text) == nil)
  }
}

@Suite struct `A price table` {
  @Test func `of the program reads, and every line cites a page and a day`() throws {
    let table = try PriceTable(reading: SourceFile(name: "own", text: PriceTable.published))
    #expect(table.lines.count > 35 && table.free.count > 8)
    for source in table.lines.map(\.source) + table.free.map(\.source) {
      #expect(source.page.hasPrefix("https://") && source.date.count == 10)
    }
    // A page of one region's list prices that region alone.
    for line in table.lines {
      let parts = line.source.page.split(separator: "/").map(String.init)
      guard let regions = line.regions, let end = parts.firstIndex(of: "current") else { continue }
      let region = parts[end + 1]
      #expect(regions == [region], "\(line)")
    }
  }

  private static let page = "pages: { p: { page: \"https://allowed.test/\", date: 2026-09-14 } }\n"

  @Test(arguments: [
    ("prices.yaml:1:1: expected a price table, found nothing", ""),
    ("prices.yaml:1:1: expected the price table, found a list", "[]"),
    ("prices.yaml:1:1: 'pages' is missing in the price table", "prices: []"),
    (
      "prices.yaml:2:1: unknown key 'price' in the price table; did you mean 'prices'?",
      page + "price: []\nprices: []"
    ),
    (
      "prices.yaml:3:14: unknown key 'nat-hours' in what is counted; did you mean 'nat-hour'?",
      page + "prices:\n  - { meter: nat-hours, regions: every, price: 1, source: p }"
    ),
    (
      "prices.yaml:3:47: expected a price like 0.011: twelve places at most, below a million, found '1e3'",
      page + "prices:\n  - { meter: nat-hour, regions: every, price: 1e3, source: p }"
    ),
    (
      "found '-1'",
      page + "prices:\n  - { meter: nat-hour, regions: every, price: -1, source: p }"
    ),
    (
      "prices.yaml:3:5: 'source' is missing in a price",
      page + "prices:\n  - { meter: nat-hour, regions: every, price: 1 }"
    ),
    (
      "prices.yaml:3:58: nothing here is called 'q'",
      page + "prices:\n  - { meter: nat-hour, regions: every, price: 1, source: q }"
    ),
    (
      "expected a list of regions, or 'every', found 'Ireland'",
      page + "prices:\n  - { meter: nat-hour, regions: Ireland, price: 1, source: p }"
    ),
    (
      "the key 'nat-hour in eu-west-1' appears twice",
      page
        + """
        prices:
          - { meter: nat-hour, regions: [eu-west-1], price: 1, source: p }
          - { meter: nat-hour, regions: [eu-west-2, eu-west-1], price: 2, source: p }
        """
    ),
    (
      "expected a date like 2026-09-14, found '2026-14-09'",
      "pages: { p: { page: \"https://a.test\", date: 2026-14-09 } }\nprices: []"
    ),
    (
      "expected an address that begins with https://",
      "pages: { p: { page: \"javascript:x\", date: 2026-09-14 } }\nprices: []"
    ),
    ("expected USD", page + "currency: EUR\nprices: []"),
    (
      "expected a type like AWS::EC2::Subnet, found 'Subnet'",
      page + "prices: []\nfree: [{ types: [Subnet], source: p }]"
    ),
    ("not JSON", "{ \"prices\": [ "),
    ("nested deeper", String(repeating: "[", count: 500)),
  ])
  func `with a mistake is refused at its place`(says: String, text: String) {
    let name = text.hasPrefix("{ \"") || text.hasPrefix("[[") ? "prices.json" : "prices.yaml"
    let errors = #expect(throws: TemplateErrors.self) {
      try PriceTable(reading: SourceFile(name: name, text: text))
    }
    #expect(errors.map { "\($0)" }?.contains(says) == true, "\(errors.map { "\($0)" } ?? "none")")
  }

  @Test(arguments: [
    (
      "use.yaml:1:9: unknown key 'log-gbs' in what is counted; did you mean 'log-gb'?", "each: { log-gbs: 1 }"
    ),
    ("'nat-hour' counts what is there", "each: { nat-hour: 1 }"),
    ("expected the hours of a month, 744 at most, found '745'", "hours: 745"),
    ("found 'much'", "each: { log-gb: much }"),
    ("expected amounts by what is counted, found '7'", "resources: { a/B: 7 }"),
  ])
  func `of use with a mistake is refused at its place`(says: String, text: String) {
    let errors = #expect(throws: TemplateErrors.self) {
      try AssumedUse(reading: SourceFile(name: "use.yaml", text: text))
    }
    #expect(errors.map { "\($0)" }?.contains(says) == true, "\(errors.map { "\($0)" } ?? "none")")
  }

  @Test func `of use names only resources that are there`() throws {
    let use = try AssumedUse(
      reading: SourceFile(name: "use.yaml", text: "resources: { Logs: { log-gb: 1 } }"))
    let read = try TemplateReader().read([
      SourceFile(name: "net.yaml", text: "Resources: { Log: { Type: AWS::Logs::LogGroup } }")
    ])
    let errors = #expect(throws: TemplateErrors.self) {
      try CostEstimate(read, prices: PriceTable(), use: use)
    }
    #expect(
      errors.map { "\($0)" } == "use.yaml:1:14: nothing here is called 'Logs'; did you mean 'Log'?")
  }
}
