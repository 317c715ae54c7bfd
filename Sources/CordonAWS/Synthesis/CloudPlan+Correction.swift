import CordonModel

// What undoes what guardrails should have stopped: a function that hears of every call that made something in SageMaker. It
// stands in a network of its own with one door, so that code that runs by itself is no way out. docs/decisions/aws-0001.
extension CloudPlan {
  func correction(_ base: FoundationParts) throws -> CloudStack {
    var stack = self.stack(
      "correction", "What undoes work in SageMaker that stands outside a network or a seal")
    // The last range: projects are added from the front.
    let last = (1 << (AWSRules.networkLength - rules.network.length)) - 1
    guard last > environment.projects.count else {
      throw SynthesisError.cannotExpress(
        "\(rules.network) has no room for \(environment.projects.count) projects, the browser and the correction",
        at: "aws")
    }
    let range = try self.range(of: last)
    let vpc = self.vpc(range, nil, name: "correction", in: &stack)
    let routes = stack.add(
      "RouteTable", "AWS::EC2::RouteTable", ["VpcId": vpc.ref, "Tags": tags(nil)],
      comment: "Only the local route.")
    let a = try subnet("SubnetA", 0, zone: 0, of: range, vpc: vpc, routes: routes, nil, in: &stack)
    let b = try subnet("SubnetB", 1, zone: 1, of: range, vpc: vpc, routes: routes, nil, in: &stack)
    let group = correctionDoor(vpc, [a, b], in: &stack)
    try firewall(
      [.text("api.sagemaker.\(region).amazonaws.com")], of: vpc, called: "\(environment.name)-correction",
      nil,
      base, in: &stack)
    watched(vpc, nil, base, in: &stack)
    let log = logGroup("Log", "correction", base.key, in: &stack)
    let function = self.function([a, b], group, log, base, in: &stack)
    rule(function, in: &stack)
    return stack
  }

  private func correctionDoor(
    _ vpc: CloudHandle, _ subnets: [CloudHandle], in stack: inout CloudStack
  ) -> CloudHandle {
    let group = stack.add(
      "FunctionSecurityGroup", "AWS::EC2::SecurityGroup",
      [
        "GroupDescription": "The function", "VpcId": vpc.ref, "SecurityGroupEgress": Self.nothing,
        "Tags": tags(nil),
      ])
    let doors = stack.add(
      "EndpointSecurityGroup", "AWS::EC2::SecurityGroup",
      [
        "GroupDescription": "The door", "VpcId": vpc.ref,
        "SecurityGroupIngress": [
          [
            "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": vpc["CidrBlock"],
            "Description": "from the network",
          ]
        ],
        "SecurityGroupEgress": Self.nothing, "Tags": tags(nil),
      ])
    stack.add(
      "FunctionToEndpoint", "AWS::EC2::SecurityGroupEgress",
      [
        "GroupId": group.ref, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
        "DestinationSecurityGroupId": doors.ref, "Description": "to the door",
      ])
    let own: CloudValue = [
      "StringEquals": [
        "aws:PrincipalOrgID": .text(organization), "aws:PrincipalAccount": .text(account),
        "aws:ResourceOrgID": .text(organization), "aws:ResourceAccount": .text(account),
      ]
    ]
    interface(
      "SageMakerApiEndpoint", service: "com.amazonaws.\(region).sagemaker.api",
      Self.document([Self.ownPeople(own)]), vpc, subnets, doors, in: &stack)
    return group
  }

  private func function(
    _ subnets: [CloudHandle], _ group: CloudHandle, _ log: CloudHandle, _ base: FoundationParts,
    in stack: inout CloudStack
  ) -> CloudHandle {
    let boundary = stack.add(
      "Boundary", "AWS::IAM::ManagedPolicy",
      [
        "Description": "What the correction cannot do, whatever else is attached",
        "PolicyDocument": Self.document([Self.everything, onlyOwnResources, Self.noURLs]),
      ])
    let role = stack.add(
      "FunctionRole", "AWS::IAM::Role",
      [
        "PermissionsBoundary": boundary.ref,
        "AssumeRolePolicyDocument": Self.document([
          [
            "Effect": "Allow", "Principal": ["Service": "lambda.amazonaws.com"], "Action": "sts:AssumeRole",
            "Condition": ownAccount,
          ]
        ]),
        "Policies": [["PolicyName": "undo", "PolicyDocument": Self.document(undo(log))]], "Tags": tags(nil),
      ], comment: "Ends and removes, and makes nothing.")
    return stack.add(
      "Function", "AWS::Lambda::Function",
      [
        "FunctionName": .text("\(environment.name)-correction"), "Runtime": "python3.13",
        "Handler": "index.handler", "Timeout": 60, "Role": role.arn, "KmsKeyArn": base.key.arn,
        "Code": ["ZipFile": .text(correctionCode)],
        "LoggingConfig": ["LogGroup": log.ref],
        "VpcConfig": ["SubnetIds": .list(subnets.map(\.ref)), "SecurityGroupIds": [group.ref]],
        "Tags": tags(nil),
      ])
  }

  private func undo(_ log: CloudHandle) -> [CloudValue] {
    [
      [
        "Sid": "Undo", "Effect": "Allow",
        "Action": .texts(
          Self.stopped.map { "sagemaker:Stop\($0)" } + Self.removed.map { "sagemaker:Delete\($0)" }),
        "Resource": .text(arn("sagemaker", "*")),
      ],
      [
        "Sid": "OwnLog", "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": log.arn,
      ],
      [
        // Lambda makes a function's interfaces with the function's role: Lambda Developer Guide, "Required IAM permissions".
        "Sid": "StandInTheNetwork", "Effect": "Allow",
        "Action": [
          "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSubnets", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
        ],
        "Resource": "*",
      ],
    ]
  }

  private func rule(_ function: CloudHandle, in stack: inout CloudStack) {
    let rule = stack.add(
      "Made", "AWS::Events::Rule",
      [
        "Description": "Every call that made something in SageMaker", "State": "ENABLED",
        "EventPattern": [
          "source": ["aws.sagemaker"], "detail-type": ["AWS API Call via CloudTrail"],
          "detail": ["eventSource": ["sagemaker.amazonaws.com"], "eventName": [["prefix": "Create"]]],
        ],
        "Targets": [["Id": "undo", "Arn": function.arn]],
      ])
    stack.add(
      "RuleCallsFunction", "AWS::Lambda::Permission",
      [
        "Action": "lambda:InvokeFunction", "FunctionName": function.ref,
        "Principal": "events.amazonaws.com", "SourceArn": rule.arn, "SourceAccount": .text(account),
      ])
  }
}
