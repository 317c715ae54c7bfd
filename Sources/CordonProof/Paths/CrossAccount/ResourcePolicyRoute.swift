import CordonModel
import CordonPolicy

/// A resource of ours whose own policy lets strangers in.
struct ResourcePolicyRoute: Route {
  let name = "resource-policy"
  let path = EgressPath.crossAccountCopy
  let title = "a key, topic, queue, secret, function or repository of ours answers to other accounts"
  let documentation = RouteDocumentation(
    """
    A resource's own policy is one half of a cross-account grant; the stranger's account gives the other half. A key that \
    strangers may use opens every copy of what it encrypted.
    """,
    closedBy: [
      "resource policies that name principals of ours, or deny all others", "a resource control policy",
    ],
    notClosedBy: ["service control policies: they do not bind strangers"])

  /// Types with a policy of their own: where it is written and which actions it is about.
  private static let holders: [(type: String, path: [String], actions: String)] = [
    ("AWS::KMS::Key", ["KeyPolicy"], "kms:*"), ("AWS::KMS::ReplicaKey", ["KeyPolicy"], "kms:*"),
    ("AWS::SNS::TopicPolicy", ["PolicyDocument"], "sns:*"),
    ("AWS::SQS::QueuePolicy", ["PolicyDocument"], "sqs:*"),
    ("AWS::SecretsManager::ResourcePolicy", ["ResourcePolicy"], "secretsmanager:*"),
    ("AWS::S3::AccessPoint", ["Policy"], "s3:*"),
    ("AWS::S3::MultiRegionAccessPointPolicy", ["Policy"], "s3:*"),
    ("AWS::CodeArtifact::Repository", ["PermissionsPolicyDocument"], "codeartifact:*"),
    ("AWS::CodeArtifact::Domain", ["PermissionsPolicyDocument"], "codeartifact:*"),
    ("AWS::Events::EventBusPolicy", ["Statement"], "events:*"),
    ("AWS::Logs::ResourcePolicy", ["PolicyDocument"], "logs:*"),
    ("AWS::Logs::Destination", ["DestinationPolicy"], "logs:*"),
    ("AWS::Backup::BackupVault", ["AccessPolicy"], "backup:*"),
    ("AWS::EFS::FileSystem", ["FileSystemPolicy"], "elasticfilesystem:*"),
    ("AWS::OpenSearchService::Domain", ["AccessPolicies"], "es:*"),
    ("AWS::Kinesis::ResourcePolicy", ["ResourcePolicy"], "kinesis:*"),
    ("AWS::DynamoDB::Table", ["ResourcePolicy", "PolicyDocument"], "dynamodb:*"),
  ]

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    for holder in Self.holders {
      for resource in scene.estate.all(holder.type) {
        judgement.doors += doors(resource, holder.path, holder.actions, scene)
        if let document = resource.properties[path: holder.path], holder.type == "AWS::KMS::Key" {
          let reading = scene.estate.policy(
            document, of: resource, named: "the policy of \(resource.id)", namesPrincipals: true)
          if !scene.refusesStrangers([reading], [holder.actions]) {
            judgement.lose("the policy of \(resource.id) does not refuse strangers", resource)
          }
        }
      }
    }
    for bus in scene.estate.all("AWS::Events::EventBusPolicy") where bus["Statement"] == nil {
      judgement.add(self.bus(bus, scene.estate))
    }
    for permission in scene.estate.all("AWS::Lambda::Permission", "AWS::Lambda::LayerVersionPermission") {
      judgement.add(function(permission, scene.estate))
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "no resource with a policy of its own")))
    }
    return judgement
  }

  private func doors(_ resource: CloudResource, _ path: [String], _ actions: String, _ scene: Scene) -> [Door]
  {
    let estate = scene.estate
    guard let document = resource.properties[path: path] else {
      // Without a policy of its own the account's alone decide (for a key: the account's root, KMS guide).
      return [
        .closed(
          "\(resource.id)", HeldControl(HeldControl(resource, layer: "no policy of its own").closing, .none))
      ]
    }
    let reading = estate.policy(
      document, of: resource, named: "the policy of \(resource.id)", namesPrincipals: true)
    return [Credentials.foreign, .anonymous].map { caller in
      let question = RequestQuestion(
        layers: [LayerReading(.resource, policies: [reading])] + scene.resourceControls,
        callers: estate.callers(caller), actions: [actions], demands: .of(caller, .direct, .own, estate),
        resourceAccount: estate.account)
      let who = if case .anonymous = caller { "anyone" } else { "other accounts" }
      return scene.door("\(resource.id) to \(who)", question, at: resource) { witness in
        RouteWitness(
          CommandLineCall(witness.request).text(profile: "attacker"),
          story: "The policy of \(resource.id) lets \(who) call \(witness.request.action).",
          fix: "name principals of yours only in the policy of \(resource.id)", at: resource,
          request: witness.request.members)
      }
    }
  }

  /// The older form of a bus's policy: one principal, and perhaps a condition on the organisation.
  private func bus(_ policy: CloudResource, _ estate: CloudEstate) -> Door {
    let isOwn =
      estate.text(policy, "Principal").value.map { estate.isOurs(principal: $0) } ?? false
      || estate.text(policy.properties[path: ["Condition", "Value"]]).value == estate.organization
    if isOwn {
      return .closed(
        "\(policy.id)", HeldControl(policy, layer: "event bus policy", property: ["Principal"]))
    }
    return .unknown("\(policy.id)", "what the bus tells a stranger is not modelled", policy)
  }

  private func function(_ permission: CloudResource, _ estate: CloudEstate) -> Door {
    let name = "\(permission.id)"
    let principal = estate.text(permission, "Principal")
    guard let text = principal.value else { return .unknown(name, principal.unknowns, permission) }
    let organization =
      estate.text(permission, "PrincipalOrgID").value ?? estate.text(permission, "OrganizationId").value
    let source = estate.text(permission, "SourceArn").value.map { estate.owner(of: $0) }
    let isOwn =
      estate.isOurs(principal: text) || organization == estate.organization
      || text.hasSuffix(".amazonaws.com")
        && (estate.text(permission, "SourceAccount").value == estate.account || source == .own)
    if isOwn {
      return .closed(name, HeldControl(permission, layer: "function policy", property: ["Principal"]))
    }
    if text.hasSuffix(".amazonaws.com"), source == nil || source == .unknown {
      return .unknown(name, "for whose account \(text) may call is not said: give SourceAccount", permission)
    }
    return .open(
      name,
      RouteWitness(
        "AWS_PROFILE=attacker aws lambda invoke --function-name \(estate.text(permission, "FunctionName").value ?? name) out.json",
        by: .stranger("the public API of AWS", credentials: "\(text == "*" ? "any account's" : text)"),
        story: "\(text == "*" ? "Anyone" : text) may call the function and gets its answers.",
        fix: "name a principal of yours in \(name)", at: permission, "Principal"))
  }
}
