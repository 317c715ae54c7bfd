import CordonModel
import CordonPolicy

/// A role or user of ours whose credentials a person, or code that a person wrote, has in hand.
struct HeldRole: Sendable {
  let resource: CloudResource
  let principal: Principal
  let arn: String
  /// Its policies; more than the files show where a managed policy's text is not in them.
  let identity: [PolicyReading]
  /// Its boundary, if it has one.
  let boundary: PolicyReading?
  /// The tags that it has.
  let tags: [(String, String)]
  /// Whether tags of the holder's choice may be added.
  let tagsAreOpen: Bool
  /// Its policies as a layer that must allow.
  let allowing: LayerReading
  /// The same with its boundary, if it has one.
  let own: [LayerReading]
  /// What both deny.
  let denying: [LayerReading]

  init(
    resource: CloudResource, principal: Principal, arn: String, identity: [PolicyReading],
    boundary: PolicyReading?, tags: [(String, String)], tagsAreOpen: Bool
  ) {
    self.resource = resource
    self.principal = principal
    self.arn = arn
    self.identity = identity
    self.boundary = boundary
    self.tags = tags
    self.tagsAreOpen = tagsAreOpen
    allowing = LayerReading(.identity, policies: identity)
    own = [allowing] + (boundary.map { [LayerReading(.boundary, policies: [$0])] } ?? [])
    denying =
      [LayerReading(.identity, policies: identity, needsAllow: false)]
      + (boundary.map { [LayerReading(.boundary, policies: [$0], needsAllow: false)] } ?? [])
  }

  /// The layers that a request of it meets in its own account.
  func layers(_ scene: Scene) -> [LayerReading] { own + scene.serviceControls }
}

extension CloudEstate {
  /// Roles and users whose credentials people or their code hold: those that a compute service of SageMaker's or EC2's, or a
  /// principal outside AWS's services, may become. `--assume administrators=A,B` leaves some out.
  var heldRoles: [HeldRole] {
    let left = Set(stated["administrators"]?.split(separator: ",").map(String.init) ?? [])
    let roles = all("AWS::IAM::Role", "AWS::IAM::User", "AWS::SSO::PermissionSet").filter { resource in
      !left.contains(resource.id.name) && !left.contains(name(resource)) && isHeld(resource)
    }
    return roles.compactMap { held($0) }
  }

  /// Roles that workloads run with, by properties that say so, and that are not in the files.
  var unseenRoles: [(resource: CloudResource, text: String)] {
    let names: Set<String> = ["RoleArn", "ExecutionRoleArn", "ExecutionRole"]
    var found: [(resource: CloudResource, text: String)] = []
    for resource in deployment.resources where resource.type.hasPrefix("AWS::SageMaker::") {
      resource.properties.visit { _, value in
        for member in value.members where names.contains(member.name) {
          switch text(member.value) {
          case .known(let arn): if find(arn, "AWS::IAM::Role") == nil { found.append((resource, arn)) }
          case .unknown(let parts): found.append((resource, parts.first?.text ?? member.name))
          case .absent: break
          }
        }
      }
    }
    return found
  }

  /// Services that run what people write.
  private static let runners: Set<String> = [
    "sagemaker.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "codebuild.amazonaws.com",
    "glue.amazonaws.com", "elasticmapreduce.amazonaws.com", "batch.amazonaws.com", "bedrock.amazonaws.com",
    "pods.eks.amazonaws.com", "eks-fargate-pods.amazonaws.com", "emr-serverless.amazonaws.com",
    "airflow.amazonaws.com", "airflow-env.amazonaws.com", "ssm.amazonaws.com", "lambda.amazonaws.com",
    "tasks.apprunner.amazonaws.com", "build.apprunner.amazonaws.com", "kinesisanalytics.amazonaws.com",
    "notebooks.sagemaker.amazonaws.com", "bedrock-agentcore.amazonaws.com",
  ]

  private func isHeld(_ resource: CloudResource) -> Bool {
    guard resource.type == "AWS::IAM::Role" else { return true }
    guard let trust = resource["AssumeRolePolicyDocument"] else { return true }
    let reading = policy(trust, of: resource, named: "trust", namesPrincipals: true)
    return reading.widest.statements.contains { statement in
      guard statement.effect == .allow, !Self.isForAServer(statement), let clause = statement.principal
      else { return false }
      guard !clause.isNegated else { return true }
      return clause.entries.contains { entry in
        if case .service(let name) = entry {
          return Self.runners.contains(name.hasSuffix(".cn") ? String(name.dropLast(3)) : name)
        }
        return true
      }
    }
  }

  /// Whether a statement of a trust policy lets SageMaker have the role for tracking servers alone. These run AWS's code and hand
  /// their credentials to nobody; a job that names the role comes with another source, or with none, and is refused.
  private static func isForAServer(_ statement: Statement) -> Bool {
    let matching: Set<ConditionOperator.Comparison> = [.arnEquals, .arnLike, .stringEquals, .stringLike]
    return statement.conditions.contains { clause in
      clause.key == ConditionKey("aws:SourceArn") && matching.contains(clause.operation.comparison)
        && !clause.operation.ifExists && clause.operation.quantifier == .single && !clause.values.isEmpty
        && clause.values.allSatisfy { value in
          let parts = value.text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
          return parts.count == 6 && parts[2] == "sagemaker" && parts[5].hasPrefix("mlflow-tracking-server/")
        }
    }
  }

  /// A role or user with its policies, as though somebody held its credentials.
  func held(_ resource: CloudResource) -> HeldRole? {
    let arn = arn(resource)
    var text = arn
    if resource.type == "AWS::SSO::PermissionSet" {
      text = "arn:\(standIn.partition):iam::\(account):role/AWSReservedSSO_\(name(resource))_0000000000000000"
    }
    guard let principal = try? PrincipalARN(text) else { return nil }
    let tags = (resource["Tags"]?.elements ?? []).compactMap { tag -> (String, String)? in
      guard let key = self.text(tag["Key"]).value, let value = self.text(tag["Value"]).value else {
        return nil
      }
      return (key, value)
    }
    return HeldRole(
      resource: resource, principal: .aws(principal), arn: text, identity: identityPolicies(resource),
      boundary: boundary(resource), tags: tags, tagsAreOpen: stated["tags"] != "fixed" && taggingIsPossible)
  }

  private func identityPolicies(_ resource: CloudResource) -> [PolicyReading] {
    var found: [PolicyReading] = []
    for inline in resource["Policies"]?.elements ?? [] {
      guard let document = inline["PolicyDocument"] else { continue }
      found.append(
        policy(
          document, of: resource, named: "\(resource.id) \(text(inline["PolicyName"]).value ?? "")",
          namesPrincipals: false))
    }
    if let inline = resource["InlinePolicy"] {
      found.append(policy(inline, of: resource, named: "\(resource.id)", namesPrincipals: false))
    }
    let managed =
      (resource["ManagedPolicyArns"]?.elements ?? []) + (resource["ManagedPolicies"]?.elements ?? [])
    found += managed.filter { !isNothing($0) }.map { managedPolicy($0, of: resource) }
    found += attached(to: resource)
    if resource.type == "AWS::IAM::User" { found += groupPolicies(resource) }
    return found
  }

  /// The policies of the groups that a user is in.
  private func groupPolicies(_ user: CloudResource) -> [PolicyReading] {
    let names = [ref(user), name(user)]
    let own = texts(user["Groups"])
    let additions = all("AWS::IAM::UserToGroupAddition").filter { addition in
      let users = texts(addition["Users"])
      return users.known.contains(where: names.contains) || !users.unknown.isEmpty
    }.map { text($0, "GroupName") }
    let known = unique(own.known + additions.compactMap(\.value))
    let unknown = own.unknown + additions.flatMap(\.unknowns)
    return known.flatMap { group -> [PolicyReading] in
      guard let group = find(group, "AWS::IAM::Group") else {
        let part = UnknownPart(
          "group \(group) of \(user.id) is not in the files: give the template that declares it")
        return [.open("group \(group)", [part], at: user.location)]
      }
      return identityPolicies(group)
    } + (unknown.isEmpty ? [] : [.open("a group", unknown, at: user.location)])
  }

  /// Policies that name the role, rather than the other way round.
  private func attached(to resource: CloudResource) -> [PolicyReading] {
    let kind =
      resource.type == "AWS::IAM::User" ? "User" : resource.type == "AWS::IAM::Group" ? "Group" : "Role"
    let (list, one) = ("\(kind)s", "\(kind)Name")
    let names = [ref(resource), arn(resource), name(resource)]
    return all(
      "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy",
      "AWS::IAM::GroupPolicy"
    ).compactMap { holder in
      let targets = texts(holder[list] ?? holder[one])
      guard targets.known.contains(where: names.contains) || !targets.unknown.isEmpty else { return nil }
      guard let document = holder["PolicyDocument"] else { return nil }
      var reading = policy(document, of: holder, named: "\(holder.id)", namesPrincipals: false)
      if !targets.known.contains(where: names.contains) {
        reading.unknowns += targets.unknown
        reading.widest = reading.widest.keeping(.allow)
        reading.narrowest = reading.narrowest.keeping(.deny)
      }
      return reading
    }
  }

  /// A policy by its ARN: of the files, of AWS as far as it is written here, or unknown.
  func managedPolicy(_ value: CloudValue, of resource: CloudResource) -> PolicyReading {
    guard let arn = text(value).value else {
      return .open("a managed policy", text(value).unknowns, at: value.location)
    }
    if let own = find(arn, "AWS::IAM::ManagedPolicy"), let document = own["PolicyDocument"] {
      return policy(document, of: own, named: "\(own.id)", namesPrincipals: false)
    }
    return ManagedPolicies.reading(arn, at: value.location ?? resource.location)
  }

  private func boundary(_ resource: CloudResource) -> PolicyReading? {
    guard let value = resource["PermissionsBoundary"] else { return nil }
    if let arn = value["ManagedPolicyArn"] { return managedPolicy(arn, of: resource) }
    if value["CustomerManagedPolicyReference"] != nil {
      return .open("a boundary", [UnknownPart("a boundary that is not in the files")], at: value.location)
    }
    return managedPolicy(value, of: resource)
  }
}
