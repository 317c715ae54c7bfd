import CordonModel
import CordonWire
import Testing

@Suite struct `Names that the gateway serves` {
  private let names: ServiceNames

  init() throws { names = ServiceNames(region: try Region("eu-west-1")) }

  @Test(
    arguments: [
      (.s3, "s3.eu-west-1.amazonaws.com"), (.s3, "s3.amazonaws.com"),
      (.s3, "s3.dualstack.eu-west-1.amazonaws.com"),
      (.s3, "churn-data.s3.eu-west-1.amazonaws.com"), (.s3, "churn-data.s3.amazonaws.com"),
      (.sts, "sts.eu-west-1.amazonaws.com"), (.sts, "sts.amazonaws.com"),
      (.packages, "packages.cordon.internal"),
      (nil, "s3.us-east-1.amazonaws.com"), (nil, "churn-data.s3.us-east-1.amazonaws.com"),
      (nil, "a.b.s3.eu-west-1.amazonaws.com"), (nil, "amazonaws.com"), (nil, "kms.eu-west-1.amazonaws.com"),
      (nil, "x.sts.eu-west-1.amazonaws.com"), (nil, "x.packages.cordon.internal"), (nil, "cordon.internal"),
      (nil, "s3.eu-west-1.amazonaws.com.evil.test"), (nil, "xs3.eu-west-1.amazonaws.com"), (nil, "evil.test"),
    ] as [(EndpointKind?, String)])
  func `a name leads to its endpoint or nowhere`(endpoint: EndpointKind?, name: String) throws {
    #expect(names.endpoint(of: try DomainName(name)) == endpoint)
  }

  @Test(
    arguments: [
      ("churn-data", "churn-data.s3.eu-west-1.amazonaws.com"), ("churn-data", "churn-data.s3.amazonaws.com"),
      (nil, "s3.eu-west-1.amazonaws.com"), (nil, "a.b.s3.amazonaws.com"), (nil, "churn-data"), (nil, ""),
      (nil, "churn-data.s3.evil.test"),
    ] as [(String?, String)])
  func `a bucket is one label in front of an S3 name`(label: String?, host: String) {
    #expect(names.bucketLabel(of: host) == label)
  }

  @Test func `every fixed name is a name, leads to its endpoint and has a loopback address`() throws {
    for (name, address) in names.all {
      let endpoint = try #require(names.endpoint(of: DomainName(name)))
      let expected: [EndpointKind: [UInt8]] = [
        .s3: LoopbackAddress.s3, .sts: LoopbackAddress.sts, .packages: LoopbackAddress.packages,
      ]
      #expect(expected[endpoint] == address)
      #expect(address.first == 127)
    }
    #expect(Set(names.all.map(\.name)).count == names.all.count)
    #expect(LoopbackAddress.text(LoopbackAddress.s3) == "127.0.0.2")
    #expect(!names.all.map(\.address).contains(LoopbackAddress.outside), "no service stands where hosts do")
  }
}
