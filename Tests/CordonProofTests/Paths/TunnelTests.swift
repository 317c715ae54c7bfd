import CordonModel
import Testing

@testable import CordonProof

@Suite struct `The tunnel's routes` {
  static let vpc =
    #""V":{"type":"AWS::EC2::VPC","CidrBlock":"10.0.0.0/16"},"T":{"type":"AWS::EC2::RouteTable","VpcId":{"Ref":"V"}}"#
  static let list =
    #""L":{"type":"AWS::Route53Resolver::FirewallDomainList","Domains":["sts.eu-west-1.amazonaws.com"]},"#
  static let all = #""E":{"type":"AWS::Route53Resolver::FirewallDomainList","Domains":["*"]},"#
  static let link =
    #""F":{"type":"AWS::Route53Resolver::FirewallRuleGroupAssociation","VpcId":{"Ref":"V"},"Priority":101,"FirewallRuleGroupId":{"Ref":"G"}},"#

  static func group(_ rules: String) -> String {
    #"\#(list)\#(all)\#(link)"G":{"type":"AWS::Route53Resolver::FirewallRuleGroup","FirewallRules":[\#(rules)]},"#
  }

  @Test(arguments: [
    (Verdict.closed, ""),
    (
      .open,
      #""R":{"type":"AWS::EC2::Route","RouteTableId":{"Ref":"T"},"DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":"nat-1"},"#
    ),
    (
      .open,
      #""R":{"type":"AWS::EC2::Route","RouteTableId":{"Ref":"T"},"DestinationIpv6CidrBlock":"::/0","EgressOnlyInternetGatewayId":"eigw-1"},"#
    ),
    (
      .unknown,
      #""R":{"type":"AWS::EC2::Route","RouteTableId":{"Ref":"T"},"DestinationCidrBlock":"10.9.0.0/16","TransitGatewayId":"tgw-1"},"#
    ),
    (
      .unknown,
      #""R":{"type":"AWS::EC2::Route","RouteTableId":{"Ref":"T"},"DestinationCidrBlock":"10.9.0.0/16","VpcPeeringConnectionId":"pcx-1"},"#
    ),
    (
      .unknown,
      #""R":{"type":"AWS::EC2::Route","RouteTableId":{"Ref":"T"},"DestinationCidrBlock":"10.9.0.0/16","CoreNetworkArn":"arn"},"#
    ),
    (
      .unknown,
      #""R":{"type":"AWS::EC2::Route","RouteTableId":{"Ref":"T"},"DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":{"Open":"Nat"}},"#
    ),
    (
      .unknown,
      #""R":{"type":"AWS::EC2::Route","condition":"C","RouteTableId":{"Ref":"T"},"DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":"nat-1"},"#
    ),
  ])
  func `tell where a network's routes lead`(expected: Verdict, more: String) throws {
    let report = try Stack("{\(more)\(Self.vpc)}").deployment.report("internet-route")
    #expect(report?.verdict == expected, "\(report?.steps ?? [])")
  }

  @Test(arguments: [
    (Verdict.open, ""),
    (
      .closed,
      group(
        #"{"Priority":1,"Action":"ALLOW","FirewallDomainListId":{"Ref":"L"}},{"Priority":9,"Action":"BLOCK","FirewallDomainListId":{"Ref":"E"}}"#
      )
    ),
    (
      .open,
      group(
        #"{"Priority":1,"Action":"ALLOW","FirewallDomainListId":{"Ref":"L"}},{"Priority":9,"Action":"ALERT","FirewallDomainListId":{"Ref":"E"}}"#
      )
    ),
    (.open, group(#"{"Priority":1,"Action":"ALLOW","FirewallDomainListId":{"Ref":"L"}}"#)),
    (.open, group(#"{"Priority":9,"Action":"BLOCK","Qtype":"TXT","FirewallDomainListId":{"Ref":"E"}}"#)),
    (
      .open,
      group(
        #"{"Priority":1,"Action":"ALLOW","FirewallDomainRedirectionAction":"TRUST_REDIRECTION_DOMAIN","FirewallDomainListId":{"Ref":"L"}},{"Priority":9,"Action":"BLOCK","FirewallDomainListId":{"Ref":"E"}}"#
      )
    ),
    (
      .open,
      group(
        #"{"Priority":9,"Action":"BLOCK","FirewallDomainListId":{"Ref":"E"}},{"Priority":2,"Action":"ALLOW","FirewallDomainListId":{"Ref":"E"}}"#
      )
    ),
    (
      .unknown,
      group(
        #"{"Priority":1,"Action":"ALLOW","FirewallDomainListId":"rslvr-fdl-x"},{"Priority":9,"Action":"BLOCK","FirewallDomainListId":{"Ref":"E"}}"#
      )
    ),
    (
      .closed,
      group(
        #"{"Priority":1,"Action":"BLOCK","FirewallDomainListId":"rslvr-fdl-x"},{"Priority":9,"Action":"BLOCK","FirewallDomainListId":{"Ref":"E"}}"#
      )
    ),
  ])
  func `follow a question down the firewall's rules`(expected: Verdict, more: String) throws {
    let report = try Stack("{\(more)\(Self.vpc)}").deployment.report("dns-firewall")
    #expect(report?.verdict == expected, "\(report?.steps ?? [])")
  }

  @Test(arguments: [
    (
      Verdict.closed, "direct-internet",
      #""N":{"type":"AWS::SageMaker::NotebookInstance","DirectInternetAccess":"Disabled"},"#
    ),
    (.open, "direct-internet", #""N":{"type":"AWS::SageMaker::NotebookInstance","SubnetId":"subnet-1"},"#),
    (.open, "direct-internet", #""N":{"type":"AWS::SageMaker::Domain"},"#),
    (
      .closed, "private-link",
      #""N":{"type":"AWS::EC2::VPCEndpoint","ServiceName":"com.amazonaws.eu-west-1.s3"},"#
    ),
    (
      .unknown, "private-link",
      #""N":{"type":"AWS::EC2::VPCEndpoint","ServiceName":"com.amazonaws.vpce.eu-west-1.vpce-svc-1"},"#
    ),
    (.unknown, "vpc-lattice", #""N":{"type":"AWS::EC2::VPCEndpoint","VpcEndpointType":"Resource"},"#),
    (
      .open, "dns-other-resolver",
      #""D":{"type":"AWS::EC2::DHCPOptions","DomainNameServers":["192.0.2.53"]},"A":{"type":"AWS::EC2::VPCDHCPOptionsAssociation","VpcId":{"Ref":"V"},"DhcpOptionsId":{"Ref":"D"}},"#
    ),
    (
      .closed, "dns-other-resolver",
      #""D":{"type":"AWS::EC2::DHCPOptions","DomainNameServers":["AmazonProvidedDNS"]},"A":{"type":"AWS::EC2::VPCDHCPOptionsAssociation","VpcId":{"Ref":"V"},"DhcpOptionsId":{"Ref":"D"}},"#
    ),
  ])
  func `look at every other door`(expected: Verdict, route: String, more: String) throws {
    let report = try Stack("{\(more)\(Self.vpc)}").deployment.report(route)
    #expect(report?.verdict == expected, "\(report?.steps ?? [])")
  }
}
