import CordonAWS
import CordonModel
import Testing

/// A plan of the documented shape (`terraform show -json`, format 1.2).
private func plan(
  _ resources: String, changes: String = "", configuration: String = "", more: String = ""
) -> String {
  """
  {"format_version": "1.2", "terraform_version": "1.9.0",
   "variables": {"org": {"value": "o-acme123456"}},
   "planned_values": {"root_module": {"resources": [\(resources)]\(more)}},
   "resource_changes": [\(changes)],
   "configuration": {"provider_config": {"aws": {"expressions": {"region": {"constant_value": "eu-west-1"}}}},
    "root_module": {\(configuration)}}}
  """
}

private func resource(_ address: String, _ values: String, index: String? = nil) -> String {
  let parts = address.split(separator: ".")
  let type = parts[parts.count - 2]
  let index = index.map { ", \"index\": \($0)" } ?? ""
  return """
    {"address": "\(address.replacing("\"", with: "\\\""))", "mode": "managed", "type": "\(type)",
     "name": "n"\(index), "values": {\(values)}}
    """
}

private func change(_ address: String, _ unknown: String) -> String {
  #"{"address": "\#(address)", "change": {"actions": ["create"], "after_unknown": {\#(unknown)}}}"#
}

private func read(_ text: String) throws -> CloudDeployment {
  try DeploymentReader.read([SourceFile(name: "plan.json", text: text)])
}

@Suite struct `A Terraform plan` {
  @Test func `is read in CloudFormation's words, references resolved through the configuration`() throws {
    let text = plan(
      [
        resource("aws_vpc.main", #""cidr_block": "10.0.0.0/16", "enable_dns_support": true"#),
        resource("aws_subnet.a[0]", #""cidr_block": "10.0.0.0/24""#, index: "0"),
        resource("aws_subnet.a[1]", #""cidr_block": "10.0.1.0/24""#, index: "1"),
        resource(
          "aws_vpc_endpoint.s3",
          #""service_name": "com.amazonaws.eu-west-1.s3", "vpc_endpoint_type": "Gateway", "policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\"}]}""#
        ),
      ].joined(separator: ","),
      changes: [
        change("aws_subnet.a[0]", #""id": true, "vpc_id": true"#),
        change("aws_subnet.a[1]", #""id": true, "vpc_id": true"#),
        change(
          "aws_vpc_endpoint.s3",
          #""vpc_id": true, "subnet_ids": true, "route_table_ids": true, "security_group_ids": true"#),
      ].joined(separator: ","),
      configuration: """
        "resources": [
          {"address": "aws_vpc.main", "expressions": {}},
          {"address": "aws_subnet.a", "expressions": {"vpc_id": {"references": ["aws_vpc.main.id", "aws_vpc.main"]}}},
          {"address": "aws_vpc_endpoint.s3", "expressions": {"vpc_id": {"references": ["aws_vpc.main.id", "aws_vpc.main"]},
           "subnet_ids": {"references": ["aws_subnet.a"]}, "security_group_ids": {"references": ["data.aws_x.y.id", "data.aws_x.y"]}}}]
        """)
    let found = try read(text)
    #expect(
      found.resources.map(\.type) == [
        "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::Subnet", "AWS::EC2::VPCEndpoint",
      ])
    #expect(found.property("CidrBlock", of: "aws_vpc.main") == "10.0.0.0/16")
    #expect(found.property("VpcId", of: "aws_subnet.a[1]") == "<aws_vpc.main>")
    #expect(
      found.property("SubnetIds", of: "aws_vpc_endpoint.s3")
        == "[<aws_subnet.a[0]>, <aws_subnet.a[1]>, ?beside-references:aws_vpc_endpoint.s3.subnet_ids]")
    #expect(found.property("RouteTableIds", of: "aws_vpc_endpoint.s3") == "absent")
    #expect(
      found.property("SecurityGroupIds", of: "aws_vpc_endpoint.s3")
        == "?known-after-apply:aws_vpc_endpoint.s3.security_group_ids")
    #expect(
      found.property("PolicyDocument", of: "aws_vpc_endpoint.s3")
        == "(Version: 2012-10-17, Statement: [(Effect: Allow)])")
    #expect(found.region == "eu-west-1")
    #expect(found.parameters == ["org": "o-acme123456"])
    #expect(found.resources[0].location == Location(file: "plan.json", line: 3, column: 51))
  }

  @Test func `follows variables and outputs of modules`() throws {
    let child = """
      , "child_modules": [{"address": "module.net", "resources": [{"address": "module.net.aws_vpc.this", "mode": "managed",
        "type": "aws_vpc", "name": "this", "values": {}}]},
       {"address": "module.work", "resources": [{"address": "module.work.aws_security_group.g", "mode": "managed",
        "type": "aws_security_group", "name": "g", "values": {}}]}]
      """
    let text = plan(
      "", changes: change("module.work.aws_security_group.g", #""vpc_id": true, "egress": true"#),
      configuration: """
        "module_calls": {
          "net": {"module": {"resources": [{"address": "aws_vpc.this", "expressions": {}}],
            "outputs": {"vpc": {"expression": {"references": ["aws_vpc.this.id", "aws_vpc.this"]}}}}},
          "work": {"expressions": {"vpc_id": {"references": ["module.net.vpc", "module.net"]}},
            "module": {"resources": [{"address": "aws_security_group.g",
              "expressions": {"vpc_id": {"references": ["var.vpc_id"]}}}]}}}
        """, more: child)
    let found = try read(text)
    #expect(
      found.resources.map(\.id.description) == [
        "module.net/aws_vpc.this", "module.work/aws_security_group.g",
      ])
    #expect(
      found.property("VpcId", of: "aws_security_group.g", stack: "module.work") == "<module.net/aws_vpc.this>"
    )
    // Terraform takes the default rule away: what is left is nothing.
    #expect(
      found.property("SecurityGroupEgress", of: "aws_security_group.g", stack: "module.work")
        == "[(IpProtocol: -1, CidrIp: 127.0.0.1/32)]")
  }

  @Test func `puts separate parts where they belong, and keeps those that belong elsewhere`() throws {
    let text = plan(
      [
        resource("aws_s3_bucket.b", #""bucket": "churn-data", "id": "churn-data""#),
        resource(
          "aws_s3_bucket_versioning.v",
          #""bucket": "churn-data", "versioning_configuration": [{"status": "Enabled"}]"#),
        resource(
          "aws_iam_role.r",
          #""name": "job", "id": "job", "managed_policy_arns": ["arn:aws:iam::aws:policy/A"]"#),
        resource(
          "aws_iam_role_policy_attachment.x", #""role": "job", "policy_arn": "arn:aws:iam::aws:policy/B""#),
        resource(
          "aws_iam_role_policy_attachment.y", #""role": "other", "policy_arn": "arn:aws:iam::aws:policy/C""#),
        resource("aws_glue_job.z", #""name": "z""#),
      ].joined(separator: ","),
      configuration: """
        "resources": [
          {"address": "aws_s3_bucket_versioning.v", "expressions": {"bucket": {"references": ["aws_s3_bucket.b.id", "aws_s3_bucket.b"]}}},
          {"address": "aws_iam_role_policy_attachment.x", "expressions": {"role": {"references": ["aws_iam_role.r.name", "aws_iam_role.r"]}}},
          {"address": "aws_iam_role_policy_attachment.y", "expressions": {"role": {"constant_value": "other"}}}]
        """)
    let found = try read(text)
    #expect(found.property("VersioningConfiguration", of: "aws_s3_bucket.b") == "(Status: Enabled)")
    #expect(
      found.property("ManagedPolicyArns", of: "aws_iam_role.r")
        == "[arn:aws:iam::aws:policy/A, arn:aws:iam::aws:policy/B]")
    #expect(
      found.resources.map(\.type) == [
        "AWS::S3::Bucket", "AWS::IAM::Role", "aws_glue_job", "aws_iam_role_policy_attachment",
      ])
    #expect(found.unknowns.map(\.unknown.cause) == [.outside])
  }

  @Test(arguments: [
    (
      "AWS::EC2::SecurityGroupEgress: (GroupId: <aws_security_group.g>, IpProtocol: tcp, FromPort: #443, ToPort: #443, CidrIp: 0.0.0.0/0)",
      "aws_security_group_rule.n",
      #""type": "egress", "protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"], "security_group_id": "sg-1""#
    ),
    (
      "AWS::EC2::SecurityGroupEgress: (GroupId: <aws_security_group.g>, IpProtocol: -1, CidrIp: 0.0.0.0/0)",
      "aws_vpc_security_group_egress_rule.n",
      #""security_group_id": "sg-1", "ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0""#
    ),
    (
      "AWS::EC2::NetworkAclEntry: (NetworkAclId: acl-1, RuleNumber: #100, Egress: true, Protocol: 6, RuleAction: allow, CidrBlock: 0.0.0.0/0, PortRange: (From: #443, To: #443))",
      "aws_network_acl_rule.n",
      #""network_acl_id": "acl-1", "rule_number": 100, "egress": true, "protocol": "tcp", "rule_action": "allow", "cidr_block": "0.0.0.0/0", "from_port": 443, "to_port": 443"#
    ),
    (
      "AWS::SageMaker::NotebookInstance: (DirectInternetAccess: Enabled, RootAccess: Disabled)",
      "aws_sagemaker_notebook_instance.n", #""direct_internet_access": "Enabled", "root_access": "Disabled""#
    ),
    (
      "AWS::SageMaker::Domain: (AppNetworkAccessType: VpcOnly, DefaultUserSettings: (SharingSettings: (NotebookOutputOption: Disabled)))",
      "aws_sagemaker_domain.n",
      #""app_network_access_type": "VpcOnly", "default_user_settings": [{"sharing_settings": [{"notebook_output_option": "Disabled"}]}]"#
    ),
    (
      "AWS::SageMaker::NotebookInstanceLifecycleConfig: (OnStart: [(Content: Y3VybA==)])",
      "aws_sagemaker_notebook_instance_lifecycle_configuration.n", #""on_start": "Y3VybA==""#
    ),
    (
      "AWS::Organizations::Policy: (Type: SERVICE_CONTROL_POLICY, Content: (Statement: []))",
      "aws_organizations_policy.n", #""content": "{\"Statement\":[]}""#
    ),
    (
      "AWS::Route53Resolver::FirewallConfig: (ResourceId: vpc-1, FirewallFailOpen: ENABLED)",
      "aws_route53_resolver_firewall_config.n", #""resource_id": "vpc-1", "firewall_fail_open": "ENABLED""#
    ),
    (
      "AWS::WorkSpacesWeb::UserSettings: (CopyAllowed: Disabled)", "aws_workspacesweb_user_settings.n",
      #""copy_allowed": "Disabled""#
    ),
    (
      "AWS::Lambda::Url: (TargetFunctionArn: f, AuthType: NONE)", "aws_lambda_function_url.n",
      #""function_name": "f", "authorization_type": "NONE""#
    ),
    (
      "AWS::ECR::ReplicationConfiguration: (ReplicationConfiguration: (Rules: [(Destinations: [(Region: us-east-1, RegistryId: 9)])]))",
      "aws_ecr_replication_configuration.n",
      #""replication_configuration": [{"rule": [{"destination": [{"region": "us-east-1", "registry_id": "9"}]}]}]"#
    ),
    (
      "AWS::EC2::SecurityGroupEgress: (GroupId: <aws_security_group.g>, IpProtocol: -1, CidrIp: ?known-after-apply:aws_security_group_rule.n.cidr_blocks)",
      "aws_security_group_rule.n", #""type": "egress", "protocol": "-1", "security_group_id": "sg-1""#
    ),
    ("aws_unheard_of: (a: #1)", "aws_unheard_of.n", #""a": 1"#),
  ])
  func `says each type in its words`(expected: String, address: String, values: String) throws {
    let text = plan(
      resource("aws_security_group.g", #""id": "sg-1""#) + "," + resource(address, values),
      configuration: """
        "resources": [{"address": "\(address)",
          "expressions": {"security_group_id": {"references": ["aws_security_group.g.id", "aws_security_group.g"]}}}]
        """)
    let found = try read(text).resources
    #expect(found.count == 2)
    #expect("\(found[1].type): \(shown(found[1].properties))" == expected)
  }

  @Test func `makes routes and attachments of what Terraform writes inside`() throws {
    let text = plan(
      [
        resource("aws_internet_gateway.g", #""vpc_id": "vpc-1""#),
        resource(
          "aws_route_table.t",
          #""vpc_id": "vpc-1", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1", "nat_gateway_id": ""}]"#
        ),
      ].joined(separator: ","))
    let found = try read(text).resources
    #expect(
      found.map { "\($0.id) \($0.type)" } == [
        "aws_internet_gateway.g AWS::EC2::InternetGateway",
        "aws_internet_gateway.g.attachment AWS::EC2::VPCGatewayAttachment",
        "aws_route_table.t AWS::EC2::RouteTable", "aws_route_table.t.route[0] AWS::EC2::Route",
      ])
    #expect(
      shown(found[3].properties)
        == "(RouteTableId: <aws_route_table.t>, DestinationCidrBlock: 0.0.0.0/0, GatewayId: igw-1)")
  }

  @Test func `puts a policy together from the statements behind it when its text is not known yet`() throws {
    let data = #"""
      {"address": "data.aws_iam_policy_document.d", "mode": "data", "type": "aws_iam_policy_document", "name": "d",
       "values": {"statement": [{"sid": "S", "effect": "Deny", "actions": ["s3:*"], "not_actions": null,
        "principals": [{"type": "AWS", "identifiers": ["*"]}],
        "condition": [{"test": "StringNotEquals", "variable": "aws:PrincipalOrgID", "values": ["o-acme123456"]}]}]}}
      """#
    let text = plan(
      resource("aws_s3_bucket.b", #""bucket": "x""#) + ","
        + resource("aws_s3_bucket_policy.p", #""bucket": "x""#) + ","
        + data,
      changes: change("aws_s3_bucket_policy.p", #""policy": true"#) + ","
        + change("data.aws_iam_policy_document.d", #""json": true, "statement": [{"resources": true}]"#),
      configuration: """
        "resources": [
          {"address": "aws_s3_bucket_policy.p", "expressions": {"policy": {"references":
            ["data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"]}}},
          {"address": "data.aws_iam_policy_document.d", "expressions": {"statement": [{"resources": {"references":
            ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]}}]}}]
        """)
    let expected =
      "(Version: 2012-10-17, Statement: [(Sid: S, Effect: Deny, Action: [s3:*], "
      + "Resource: ?known-after-apply:data.aws_iam_policy_document.d.statement[0].resources, Principal: (AWS: [*]), "
      + "Condition: (StringNotEquals: (aws:PrincipalOrgID: [o-acme123456])))])"
    #expect(try read(text).property("PolicyDocument", of: "aws_s3_bucket_policy.p") == expected)
  }

  @Test func `keeps what is written beside a reference, and says where more may be`() throws {
    let role = #""managed_policy_arns": null"#
    let text = plan(
      [
        resource("aws_iam_policy.p", ""), resource("aws_iam_role.r", role), resource("aws_subnet.s", ""),
        resource("aws_vpc_endpoint.e", #""subnet_ids": ["subnet-1", null]"#),
      ].joined(separator: ","),
      changes: change("aws_iam_role.r", #""managed_policy_arns": true"#) + ","
        + change("aws_vpc_endpoint.e", #""subnet_ids": [false, true]"#),
      configuration: """
        "resources": [
          {"address": "aws_iam_role.r", "expressions": {"managed_policy_arns": {"references":
            ["aws_iam_policy.p.arn", "aws_iam_policy.p"]}}},
          {"address": "aws_vpc_endpoint.e", "expressions": {"subnet_ids": {"references": ["aws_subnet.s.id", "aws_subnet.s"]}}}]
        """)
    let found = try read(text)
    #expect(
      found.property("ManagedPolicyArns", of: "aws_iam_role.r")
        == "[<aws_iam_policy.p>, ?beside-references:aws_iam_role.r.managed_policy_arns]")
    #expect(found.property("SubnetIds", of: "aws_vpc_endpoint.e") == "[subnet-1, <aws_subnet.s>]")
  }

  @Test func `that is no plan is refused with its place`() {
    let none = SourceFile(name: "p.json", text: #"{"format_version": "1.2", "planned_values": {}}"#)
    let place = Location(file: "p.json", line: 1, column: 1)
    #expect(throws: TemplateErrors([.missingKey("planned_values.root_module", in: "the plan", at: place)])) {
      try DeploymentReader.read([none])
    }
    #expect(throws: TemplateErrors([.notADeployment(at: place)])) {
      try DeploymentReader.read([SourceFile(name: "p.json", text: #"{"a": 1}"#)])
    }
    #expect(throws: TemplateErrors.self) { try DeploymentReader.read([]) }
  }

  @Test func `changed anywhere, is read or refused`() {
    let seed = plan(
      resource("aws_vpc.main", #""id": "vpc-1""#) + ","
        + resource("aws_subnet.a[0]", #""tags": {"a": "b"}, "route": [{"cidr_block": "x"}]"#, index: "0"),
      changes: change("aws_subnet.a[0]", #""vpc_id": true"#),
      configuration:
        #""resources": [{"address": "aws_subnet.a", "expressions": {"vpc_id": {"references": ["aws_vpc.main.id", "aws_vpc.main", "var.x", "module.m.o"]}}}]"#
    )
    var random = SplitMix(seed: 7)
    for _ in 0..<1_000 {
      var bytes = Array(seed.utf8)
      for _ in 0...Int(random.next() % 4) {
        let index = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes[index] = Array("{}[]\",:.0a_".utf8)[Int(random.next() % 11)]
        case 1: bytes.remove(at: index)
        default:
          let end = min(bytes.count, index + Int(random.next() % 30))
          bytes.insert(contentsOf: Array(bytes[index..<end]), at: Int(random.next() % UInt64(bytes.count)))
        }
      }
      do throws(TemplateErrors) {
        _ = try DeploymentReader.read([SourceFile(name: "p.json", bytes: bytes)])
      } catch {
        #expect(!error.errors.isEmpty)
      }
    }
  }
}
