import CordonModel
import CordonPolicy
import CordonWire

/// Writes questions down for the engine: the layers that the gateway would evaluate, and who calls from where.
struct LocalInquiries {
  let environment: Environment
  let policies: CompiledPolicies
  let places: SpecPlaces

  /// Projects that somebody works in: each has doors, and somebody behind them.
  private var projects: [Project] { environment.projects.filter { !$0.workspaces.isEmpty } }
  private var account: String { environment.organization.account.text }

  /// Every form of a question, for every project and role that could try it.
  func inquiries(_ question: LocalQuestion) -> [LocalInquiry] {
    projects.flatMap { project in
      switch question {
      case .unlistedName: [own("cordon:ResolveName", .dns, project, resources: "name/*", but: names)]
      case .unlistedHost:
        [own("cordon:Connect", .proxy, project, resources: "host/*", but: hosts(anyPort: true))]
      case .unlistedPort: unlistedPorts(project)
      case .foreignCredentials: [foreignCredentials(project)]
      case .anonymous: project.buckets.map { anonymous(project, $0) }
      case .otherBucket:
        others(than: project).flatMap { owner in
          owner.buckets.flatMap { bucket in
            roles(project).map { call(as: $0, through: project, on: bucket, of: owner) }
          }
        }
      case .foreignBucket: roles(project).map { foreignBucket(as: $0, project) }
      case .keysElsewhere:
        others(than: project).flatMap { owner in
          owner.buckets.flatMap { bucket in
            roles(owner).map { call(as: $0, through: project, on: bucket, of: owner) }
          }
        }
      case .publish: roles(project).map { publish(as: $0, project) }
      case .foreignRole: roles(project).map { foreignRole(as: $0, project) }
      case .neighbourRole:
        others(than: project).flatMap { owner in
          roles(owner).flatMap { target in
            roles(project).map { neighbourRole(target, as: $0, project) }
          }
        }
      }
    }
  }

  // MARK: Who and where

  private func others(than project: Project) -> [Project] {
    environment.projects.filter { $0.name != project.name }
  }

  private func roles(_ project: Project) -> [ProjectRole] {
    ProjectRole.Purpose.allCases.map {
      ProjectRole(project: project.name, purpose: $0, account: environment.organization.account)
    }
  }

  private func door(_ kind: EndpointKind, _ project: Project) -> SourcePosition {
    // The workspace is in no document and in no key.
    SourcePosition(
      environment: environment.name, project: project.name,
      workspace: project.workspaces.first?.name ?? project.name, endpoint: kind)
  }

  private func facts(_ door: SourcePosition) -> LocalFacts {
    var facts = LocalFacts()
    facts.setPlace(door, in: environment)
    return facts
  }

  /// A session of the role; any name will do that a policy does not ask for.
  private func callers(_ role: ProjectRole) -> Inquiry.Callers {
    .oneOf([role.sessionARN("session")].compactMap { try? Principal(parsing: $0) })
  }

  // MARK: Names and hosts

  private func own(
    _ action: String, _ kind: EndpointKind, _ project: Project, resources: String, but listed: [String]
  ) -> LocalInquiry {
    let door = door(kind, project)
    let role = roles(project)[0]
    var facts = facts(door)
    facts.setOwnCaller(environment)
    facts.setOwnResource(environment)
    facts.exclude("resource", listed)
    return assemble(
      policies.layers(role: role, door: door), role: role, door: door, facts, callers(role), [action],
      [cordonARN(resources)])
  }

  private func cordonARN(_ resource: String) -> String {
    "arn:aws:cordon:\(environment.region):\(account):\(resource)"
  }

  /// Names that workspaces are meant to have answered: those that the gateway serves, and listed hosts.
  private var names: [String] {
    let served = ServiceNames(region: environment.region).all.map(\.name)
    let buckets = served.filter { $0.hasPrefix("s3.") }.map { "*.\($0)" }
    return (served + buckets + environment.allowedHosts.map { Self.text($0.pattern) }).map {
      cordonARN("name/\($0)")
    }
  }

  private func hosts(anyPort: Bool) -> [String] {
    environment.allowedHosts.map {
      cordonARN("host/\(Self.text($0.pattern))/\(anyPort ? "*" : "\($0.port)")")
    }
  }

  static func text(_ pattern: AllowedHost.Pattern) -> String {
    switch pattern {
    case .exact(let name): "\(name)"
    case .childrenOf(let parent): "*.\(parent)"
    }
  }

  /// Without a listed host the question is the one for any host that nobody listed.
  private func unlistedPorts(_ project: Project) -> [LocalInquiry] {
    guard !environment.allowedHosts.isEmpty else { return inquiriesForAnyHost(project) }
    return environment.allowedHosts.map { host in
      own(
        "cordon:Connect", .proxy, project, resources: "host/\(Self.text(host.pattern))/*",
        but: hosts(anyPort: false))
    }
  }

  private func inquiriesForAnyHost(_ project: Project) -> [LocalInquiry] {
    [own("cordon:Connect", .proxy, project, resources: "host/*", but: [])]
  }

  // MARK: S3

  private func call(
    as role: ProjectRole, through project: Project, on bucket: CordonModel.Bucket, of owner: Project
  )
    -> LocalInquiry
  {
    let door = door(.s3, project)
    var facts = facts(door)
    facts.setOwnCaller(environment)
    facts.setOwnResource(environment)
    return assemble(
      policies.layers(role: role, door: door, bucket: bucket.name), role: role, door: door, facts,
      callers(role),
      ["s3:*"], [bucket.name.arn, bucket.name.arn(key: "*")], resource: .bucket(bucket.name))
  }

  private func foreignBucket(as role: ProjectRole, _ project: Project) -> LocalInquiry {
    let door = door(.s3, project)
    var facts = facts(door)
    facts.setOwnCaller(environment)
    facts.setForeignResource(environment)
    let buckets = environment.projects.flatMap(\.buckets)
    facts.exclude("resource", buckets.flatMap { [$0.name.arn, $0.name.arn(key: "*")] })
    var layers = policies.layers(role: role, door: door)
    // The owner of the bucket is hostile: its own policies allow everything.
    layers.rcps = []
    return assemble(
      layers, role: role, door: door, facts, callers(role), ["s3:*"], ["arn:aws:s3:::*"], owner: .foreign)
  }

  private func foreignCredentials(_ project: Project) -> LocalInquiry {
    let door = door(.s3, project)
    var facts = facts(door)
    facts.exclude("aws:PrincipalOrgID", [environment.organization.id.text])
    facts.exclude("aws:PrincipalAccount", [account])
    return assemble(
      PolicySet(endpoint: policies.layers(role: nil, door: door).endpoint), role: nil, door: door, facts,
      .outside(accounts: [account]), ["s3:*"], ["arn:aws:s3:::*"], owner: .foreign)
  }

  private func anonymous(_ project: Project, _ bucket: CordonModel.Bucket) -> LocalInquiry {
    let door = door(.s3, project)
    var facts = facts(door)
    facts.setOwnResource(environment)
    facts.setAbsent(
      "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount", "aws:PrincipalArn",
      "aws:username")
    var layers = policies.layers(role: nil, door: door, bucket: bucket.name)
    // Nobody is in no account that a service control policy could bind.
    layers.scps = []
    return assemble(
      layers, role: nil, door: door, facts,
      .oneOf([.anonymous]), ["s3:*"], [bucket.name.arn, bucket.name.arn(key: "*")],
      resource: .bucket(bucket.name), owner: .resourceGrants)
  }

  /// S3 User Guide: the bucket configurations that let others in, or that deliver objects elsewhere.
  private static let publishing = [
    "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl", "s3:PutBucketWebsite", "s3:PutReplicationConfiguration",
    "s3:PutBucketNotification", "s3:PutBucketLogging", "s3:PutInventoryConfiguration",
    "s3:PutAnalyticsConfiguration", "s3:PutMetricsConfiguration", "s3:PutBucketPublicAccessBlock",
    "s3:PutAccountPublicAccessBlock", "s3:CreateAccessPoint", "s3:PutAccessPointPolicy",
    "s3:PutBucketOwnershipControls", "s3:PutBucketCORS", "s3:CreateBucketMetadataTableConfiguration",
  ]

  private func publish(as role: ProjectRole, _ project: Project) -> LocalInquiry {
    let door = door(.s3, project)
    var facts = facts(door)
    facts.setOwnCaller(environment)
    facts.setOwnResource(environment)
    // Without the buckets' own policies, which hold denials only: what passes no other layer passes not with them.
    return assemble(
      policies.layers(role: role, door: door), role: role, door: door, facts, callers(role), Self.publishing,
      [])
  }

  // MARK: Roles

  private func foreignRole(as role: ProjectRole, _ project: Project) -> LocalInquiry {
    let door = door(.sts, project)
    var facts = facts(door)
    facts.setOwnCaller(environment)
    facts.setForeignResource(environment)
    facts.exclude("resource", ["arn:aws:iam::\(account):role/*"])
    var layers = policies.layers(role: role, door: door)
    layers.rcps = []
    return assemble(
      layers, role: role, door: door, facts, callers(role), ["sts:AssumeRole"], ["arn:aws:iam::*:role/*"],
      owner: .foreign)
  }

  private func neighbourRole(_ target: ProjectRole, as role: ProjectRole, _ project: Project) -> LocalInquiry
  {
    let door = door(.sts, project)
    var facts = facts(door)
    facts.setOwnCaller(environment)
    facts.setOwnResource(environment)
    return assemble(
      policies.layersToAssume(target, as: role, door: door), role: role, door: door, facts, callers(role),
      ["sts:AssumeRole"], [target.arn], resource: .role(target), owner: .resourceGrants)
  }

  // MARK: Layers

  /// Who must allow.
  private enum Owner {
    /// One account: the caller's policy or the resource's.
    case same
    /// Another account's resource: its owner allows everything, so the caller's own side decides.
    case foreign
    /// Only the resource's own policy grants: a role's trust, or a caller without an identity.
    case resourceGrants
  }

  private enum NamedResource {
    case bucket(BucketName)
    case role(ProjectRole)
  }

  private func assemble(
    _ set: PolicySet, role: ProjectRole?, door: SourcePosition, _ facts: LocalFacts,
    _ callers: Inquiry.Callers,
    _ actions: [String], _ resources: [String], resource: NamedResource? = nil, owner: Owner = .same
  ) -> LocalInquiry {
    let titles = ceilings(set, door) + grants(set, role, resource, owner)
    let every = titles.filter { !$0.isGrant }.map(\.layer)
    // A Deny of a policy counts whoever grants.
    let denials = titles.filter(\.isGrant).map { title in
      var layer = title.layer
      layer.needsAllow = false
      return layer
    }
    let inquiry = Inquiry(
      layers: every + denials, grants: titles.filter(\.isGrant).map { [$0.layer] }, callers: callers,
      actions: actions, resources: resources, constraints: facts.constraints, absent: facts.absent,
      resourceAccount: owner == .foreign ? nil : account)
    return LocalInquiry(inquiry: inquiry, titles: titles)
  }

  private func ceilings(_ set: PolicySet, _ door: SourcePosition) -> [LocalInquiry.Titled] {
    let organization = places.location("organization")
    var titles: [LocalInquiry.Titled] = []
    func add(_ layer: Inquiry.Layer, _ title: String, _ location: Location) {
      titles.append(.init(layer: layer, title: title, location: location, isGrant: false))
    }
    for (level, documents) in set.rcps.enumerated() {
      add(
        .init(.rcp, level: level, policies: documents, namesPrincipals: true),
        "organization/resource-control",
        organization)
    }
    for (level, documents) in set.scps.enumerated() {
      add(.init(.scp, level: level, policies: documents), "organization/service-control", organization)
    }
    if !set.endpoint.isEmpty {
      add(
        .init(.endpoint, policies: set.endpoint, namesPrincipals: true),
        "endpoint/\(door.project)/\(door.endpoint.rawValue)", place(of: door))
    }
    return titles
  }

  private func place(of door: SourcePosition) -> Location {
    switch door.endpoint {
    case .dns, .proxy: places.location("egress", "organization")
    case .browser: places.location("browser", "people")
    case .packages: places.location("packages")
    case .credentials, .s3, .sts: places.location("organization")
    }
  }

  private func grants(
    _ set: PolicySet, _ role: ProjectRole?, _ resource: NamedResource?, _ owner: Owner
  ) -> [LocalInquiry.Titled] {
    var titles: [LocalInquiry.Titled] = []
    if let role, owner != .resourceGrants {
      titles.append(
        .init(
          layer: .init(.identity, policies: set.identity), title: "role/\(role.name)",
          location: places.location("project \(role.project)", "projects"), isGrant: true))
    }
    if let policy = set.resource, let resource, owner != .foreign {
      let (title, location) =
        switch resource {
        case .bucket(let bucket): ("bucket/\(bucket)", places.location("bucket \(bucket)", "projects"))
        case .role(let role):
          ("role/\(role.name)/trust", places.location("project \(role.project)", "projects"))
        }
      titles.append(
        .init(
          layer: .init(.resource, policies: [policy], namesPrincipals: true), title: title,
          location: location,
          isGrant: true))
    }
    return titles
  }
}
