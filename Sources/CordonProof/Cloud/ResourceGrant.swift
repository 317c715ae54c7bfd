import CordonModel
import CordonPolicy

/// A policy of one of our resources, which may grant to a role of ours what no policy of the role does.
///
/// IAM User Guide, reference_policies_evaluation-logic: in one account a resource's policy is enough. One that names the
/// account leaves the decision to identity policies; one that names the role is still bound by its boundary; one that names
/// the session, a user or everyone is bound by explicit denials alone.
struct ResourceGrant: Sendable {
  let holder: CloudResource
  /// The prefix of the actions that it is about.
  let service: String
  let reading: PolicyReading
  /// What the policy denies.
  let denying: LayerReading

  init(holder: CloudResource, service: String, reading: PolicyReading) {
    self.holder = holder
    self.service = service
    self.reading = reading
    denying = LayerReading(.resource, policies: [reading], needsAllow: false)
  }

  /// The ways in which the policy alone lets `role` through; none where it grants it nothing.
  func ways(for role: HeldRole) -> [[LayerReading]] {
    var ways: [[LayerReading]] = []
    if let free = reading.granting(role, .unbounded) {
      ways.append([LayerReading(.resource, policies: [free])])
    }
    if let bound = reading.granting(role, .bounded) {
      let boundary = role.boundary.map { [LayerReading(.boundary, policies: [$0])] } ?? []
      ways.append([LayerReading(.resource, policies: [bound])] + boundary)
    }
    return ways
  }
}

/// How a statement of a resource's policy reaches a role.
enum GrantScope {
  case none
  /// As far as its boundary lets it.
  case bounded
  /// Whatever its own policies leave out.
  case unbounded
}

extension PolicyReading {
  /// The Allow statements that reach `role` in one way, as if they named everyone; nil where there are none.
  fileprivate func granting(_ role: HeldRole, _ scope: GrantScope) -> PolicyReading? {
    guard let wide = widest.granting(role, scope, generous: true) else { return nil }
    var copy = self
    copy.widest = wide
    copy.narrowest = narrowest.granting(role, scope, generous: false) ?? .silent
    if copy.narrowest == .silent, copy.unknowns.isEmpty {
      copy.unknowns = [
        UnknownPart(
          "\(name) names a principal by a pattern that AWS does not document",
          resource: resource.map { "\($0)" }, location: location)
      ]
    }
    return copy
  }
}

extension PolicyDocument {
  fileprivate func granting(_ role: HeldRole, _ scope: GrantScope, generous: Bool) -> PolicyDocument? {
    let places = statements.indices.filter { place in
      statements[place].effect == .allow
        && statements[place].principal?.reaches(role, scope, generous: generous) == true
    }
    guard !places.isEmpty else { return nil }
    let wanted = Grants(document: self, places: places, generous: generous)
    if let known = Self.granted[wanted] { return known }
    let made = granting(places, generous: generous)
    Self.granted.keep(made, for: wanted)
    return made
  }

  private struct Grants: Hashable {
    var document: PolicyDocument
    var places: [Int]
    var generous: Bool
  }

  /// Every role is asked of every policy: few policies grant anything to one, and those grant the same to many.
  private static let granted = Remembered<Grants, PolicyDocument?>(most: 1_024)

  /// The statements at `places`, as if they named everyone.
  private func granting(_ places: [Int], generous: Bool) -> PolicyDocument? {
    guard let value = try? JSONValue(parsing: json), let whole = value["Statement"] else { return nil }
    let texts = whole.elements ?? [whole]
    let kept = places.filter(texts.indices.contains).map { place in
      let members = (texts[place].members ?? []).filter {
        $0.name != "Principal" && $0.name != "NotPrincipal"
      }
      return JSONValue.object(members.map { ($0.name, $0.value) } + [("Principal", .string("*"))])
    }
    let rest = (value.members ?? []).filter { $0.name != "Statement" }.map { ($0.name, $0.value) }
    // A document that was read once is read again; if not, it lets everything through.
    return (try? PolicyDocument(JSONValue.object(rest + [("Statement", .array(kept))])))
      ?? (generous ? .everything(true) : nil)
  }
}

extension PrincipalClause {
  fileprivate func reaches(_ role: HeldRole, _ scope: GrantScope, generous: Bool) -> Bool {
    if isNegated { return scope == .unbounded }
    return entries.contains { $0.scope(of: role, generous: generous) == scope }
  }
}

extension PrincipalEntry {
  fileprivate func scope(of role: HeldRole, generous: Bool) -> GrantScope {
    switch self {
    case .everyone: return .unbounded
    case .wildcard(_, .aws): return generous ? .unbounded : .none
    case .arn(let arn):
      guard case .aws(let own) = role.principal, arn.account == own.account else { return .none }
      switch arn.kind {
      case .assumedRole(let name, _): return role.isCalled(name) ? .unbounded : .none
      case .role: return role.isCalled(arn.name) ? .bounded : .none
      case .user: return arn.text == own.text ? .unbounded : .none
      case .federatedUser: return own.kind == .user ? .unbounded : .none
      default: return .none
      }
    case .account, .service, .federated, .canonicalUser, .nobody, .wildcard: return .none
    }
  }
}

extension HeldRole {
  /// Whether the role is called `name`. What AWS appends to a permission set's role is not known, so any ending will do.
  fileprivate func isCalled(_ name: String) -> Bool {
    guard case .aws(let own) = principal, own.kind == .role else { return false }
    guard resource.type == "AWS::SSO::PermissionSet" else { return name == own.name }
    return name.hasPrefix(String(own.name.dropLast(16)))
  }

  /// What a request that a resource's policy grants meets all the same: denials of the role's own policies and of the guardrails.
  func denials(_ scene: Scene) -> [LayerReading] {
    denying + scene.serviceControls + scene.resourceControls
  }
}

extension CloudEstate {
  /// Types with a policy of their own: where it is written and the service it is about.
  private static let holders: [(type: String, path: [String], service: String)] = [
    ("AWS::S3::BucketPolicy", ["PolicyDocument"], "s3"), ("AWS::S3::AccessPoint", ["Policy"], "s3"),
    ("AWS::S3::MultiRegionAccessPointPolicy", ["Policy"], "s3"), ("AWS::KMS::Key", ["KeyPolicy"], "kms"),
    ("AWS::KMS::ReplicaKey", ["KeyPolicy"], "kms"), ("AWS::SNS::TopicPolicy", ["PolicyDocument"], "sns"),
    ("AWS::SQS::QueuePolicy", ["PolicyDocument"], "sqs"),
    ("AWS::SecretsManager::ResourcePolicy", ["ResourcePolicy"], "secretsmanager"),
    ("AWS::ECR::Repository", ["RepositoryPolicyText"], "ecr"),
    ("AWS::ECR::RegistryPolicy", ["PolicyText"], "ecr"),
    ("AWS::SageMaker::ModelPackageGroup", ["ModelPackageGroupPolicy"], "sagemaker"),
    ("AWS::CodeArtifact::Repository", ["PermissionsPolicyDocument"], "codeartifact"),
    ("AWS::CodeArtifact::Domain", ["PermissionsPolicyDocument"], "codeartifact"),
    ("AWS::Events::EventBusPolicy", ["Statement"], "events"),
    ("AWS::Logs::ResourcePolicy", ["PolicyDocument"], "logs"),
    ("AWS::Logs::Destination", ["DestinationPolicy"], "logs"),
    ("AWS::Backup::BackupVault", ["AccessPolicy"], "backup"),
    ("AWS::EFS::FileSystem", ["FileSystemPolicy"], "elasticfilesystem"),
    ("AWS::OpenSearchService::Domain", ["AccessPolicies"], "es"),
    ("AWS::Kinesis::ResourcePolicy", ["ResourcePolicy"], "kinesis"),
    ("AWS::DynamoDB::Table", ["ResourcePolicy", "PolicyDocument"], "dynamodb"),
  ]

  /// The policies of our resources.
  var resourceGrants: [ResourceGrant] {
    var found: [ResourceGrant] = []
    for holder in Self.holders {
      for resource in all(holder.type) {
        guard var document = resource.properties[path: holder.path] else { continue }
        if holder.type == "AWS::Events::EventBusPolicy" {
          document = Self.document([document], at: resource.location)
        }
        found.append(grant(document, of: resource, holder.service))
      }
    }
    for permission in all("AWS::Lambda::Permission", "AWS::Lambda::LayerVersionPermission") {
      guard let principal = permission["Principal"], let action = permission["Action"] else { continue }
      if text(principal).value?.hasSuffix(".amazonaws.com") == true { continue }
      let place = permission.location
      let statement = CloudValue(
        .object([
          .init(name: "Effect", value: CloudValue(.string("Allow"), at: place)),
          .init(
            name: "Principal", value: CloudValue(.object([.init(name: "AWS", value: principal)]), at: place)),
          .init(name: "Action", value: action),
          .init(name: "Resource", value: CloudValue(.string("*"), at: place)),
        ]), at: place)
      found.append(grant(Self.document([statement], at: place), of: permission, "lambda"))
    }
    return found
  }

  private func grant(_ document: CloudValue, of resource: CloudResource, _ service: String) -> ResourceGrant {
    let reading = policy(
      document, of: resource, named: "the policy of \(resource.id)", namesPrincipals: true)
    return ResourceGrant(holder: resource, service: service, reading: reading)
  }

  private static func document(_ statements: [CloudValue], at place: Location) -> CloudValue {
    CloudValue(
      .object([
        .init(name: "Version", value: CloudValue(.string("2012-10-17"), at: place)),
        .init(name: "Statement", value: CloudValue(.list(statements), at: place)),
      ]), at: place)
  }
}
