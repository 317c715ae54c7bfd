public import CordonPolicy

/// The IAM documents that an environment's high-level lines stand for, compiled once.
///
/// The gateway enforces exactly these, `cordon explain` prints them, and what is synthesised for AWS starts from
/// them: one compilation, so that no target can drift from another.
public struct CompiledPolicies: Sendable {
  /// A document with the name that `cordon explain` knows it by.
  public struct Titled: Sendable, Equatable {
    /// E.g. `endpoint/churn/s3`, `bucket/churn-data`, `role/churn-workspace`, `portal`, `person/scientist-1`.
    public var title: String
    /// The document.
    public var document: PolicyDocument
  }

  private struct DoorKey: Hashable {
    var project: Slug
    var kind: EndpointKind
  }

  private struct Door {
    var compiled: [PolicyDocument]
    var own: [PolicyDocument]
  }

  private struct PersonKey: Hashable {
    var person: Slug
    var role: Person.Role
  }

  private let environment: Environment
  private var people: [PersonKey: PolicyDocument] = [:]
  private let portal: PolicyDocument?
  private var identities: [ProjectRole: [PolicyDocument]] = [:]
  private var trusts: [ProjectRole: PolicyDocument] = [:]
  private var endpoints: [DoorKey: Door] = [:]
  private var bucketPolicies: [BucketName: PolicyDocument] = [:]
  private var sessionDocuments: [Slug: PolicyDocument] = [:]
  private let portalCeiling: PolicyDocument
  private let scps: [[PolicyDocument]]
  private let rcps: [[PolicyDocument]]
  private let unlistedResource: PolicyDocument

  /// Compiles an environment's documents.
  ///
  /// - Parameter lock: The package lock in force; with one the package endpoint lets through its names only.
  /// - Throws: `PolicyError` where a document of the user's cannot be joined to the compiled ones.
  public init(_ environment: Environment, lock: PackageLock? = nil) throws(PolicyError) {
    self.environment = environment
    let documents = PolicyDocuments(environment: environment, lock: lock)
    // They may be long, and are the same in every project.
    let packages = try Self.parsed(documents.packages())
    scps = [[try PolicyDocument(json: documents.serviceControl())]]
    rcps = [[try PolicyDocument(json: documents.resourceControl())]]
    unlistedResource = try PolicyDocument(json: documents.denyEverything())
    portalCeiling = try PolicyDocument(json: documents.portalCeiling())
    portal = try documents.portal().map { text throws(PolicyError) in try PolicyDocument(json: text) }
    for person in environment.people {
      sessionDocuments[person.name] = try PolicyDocument(json: documents.identity(of: person))
      for role in person.roles {
        people[PersonKey(person: person.name, role: role)] =
          try PolicyDocument(json: documents.person(person, as: role))
      }
    }
    for project in environment.projects {
      for purpose in ProjectRole.Purpose.allCases {
        let role = documents.role(of: project, purpose)
        let own = purpose == .workspace ? environment.ownPolicies.roles[project.name] ?? [] : []
        identities[role] = [try PolicyDocument(json: documents.identity(project, purpose))] + own
        trusts[role] = try PolicyDocument(json: documents.trust(project))
      }
      for kind in EndpointKind.allCases {
        let compiled =
          kind == .packages ? packages : try Self.parsed(documents.endpoint(kind, project: project))
        let own = environment.ownPolicies.endpoints[kind] ?? []
        endpoints[DoorKey(project: project.name, kind: kind)] = Door(compiled: compiled, own: own)
      }
      for bucket in project.buckets {
        bucketPolicies[bucket.name] = try PolicyDocument(json: documents.bucket(bucket, of: project))
      }
    }
    for (bucket, own) in environment.ownPolicies.buckets {
      guard let compiled = bucketPolicies[bucket] else { continue }
      bucketPolicies[bucket] = try PolicyDocument.joining([compiled] + own)
    }
  }

  private static func parsed(_ texts: [String]) throws(PolicyError) -> [PolicyDocument] {
    var documents: [PolicyDocument] = []
    for text in texts { documents.append(try PolicyDocument(json: text)) }
    return documents
  }

  /// The layers that judge a call of `role` through `door` on what `bucket` owns.
  ///
  /// - Parameters:
  ///   - role: The caller's role; nil for a caller that this environment does not know, who has no identity policy.
  ///   - door: The listener that was called.
  ///   - bucket: The bucket the call names; nil for calls without one.
  ///   - session: The session's own policies, a ceiling.
  public func layers(
    role: ProjectRole?, door: SourcePosition, bucket: BucketName? = nil, session: [PolicyDocument] = []
  ) -> PolicySet {
    PolicySet(
      identity: role.flatMap { identities[$0] } ?? [],
      session: session,
      resource: bucket.flatMap { bucketPolicies[$0] },
      scps: scps, rcps: rcps,
      endpoint: endpoint(door))
  }

  /// The layers that judge `sts:AssumeRole` on `target`: its trust policy stands where a resource policy does.
  public func layersToAssume(
    _ target: ProjectRole, as role: ProjectRole?, door: SourcePosition, session: [PolicyDocument] = []
  ) -> PolicySet {
    PolicySet(
      identity: role.flatMap { identities[$0] } ?? [], session: session,
      resource: trusts[target] ?? unlistedResource, scps: scps, rcps: rcps, endpoint: endpoint(door))
  }

  /// The layers that judge what a person does at the portal.
  ///
  /// - Parameter person: Who acts; whoever the environment does not know has no identity policy.
  public func layersAtPortal(person: Slug) -> PolicySet {
    PolicySet(identity: identity(of: person), scps: scps, rcps: rcps, endpoint: [portalCeiling])
  }

  /// The layers that judge what the browser of a person's session asks for through its door.
  public func layers(person: Slug, door: SourcePosition) -> PolicySet {
    PolicySet(identity: identity(of: person), scps: scps, rcps: rcps, endpoint: endpoint(door))
  }

  private func identity(of person: Slug) -> [PolicyDocument] {
    sessionDocuments[person].map { [$0] } ?? []
  }

  /// The layers that judge what a signed-in person does in the portal. A role that the spec does not give the person
  /// counts for nothing.
  public func layers(_ principal: PortalPrincipal) -> PolicySet {
    let roles = Person.Role.allCases.filter(principal.roles.contains)
    return PolicySet(
      identity: roles.compactMap { people[PersonKey(person: principal.person, role: $0)] },
      session: [], resource: portal, scps: scps, rcps: rcps, endpoint: [])
  }

  /// The ceiling of a door; a door that the environment does not have lets nothing through.
  private func endpoint(_ door: SourcePosition) -> [PolicyDocument] {
    endpoints[DoorKey(project: door.project, kind: door.endpoint)].map { $0.compiled + $0.own }
      ?? [unlistedResource]
  }

  /// Every document with its title, in a stable order.
  public var titled: [Titled] {
    var found = [
      Titled(title: "organization/service-control", document: scps[0][0]),
      Titled(title: "organization/resource-control", document: rcps[0][0]),
    ]
    found.append(Titled(title: "portal", document: portalCeiling))
    found += portal.map { [Titled(title: "portal/addresses", document: $0)] } ?? []
    for person in environment.people {
      found +=
        sessionDocuments[person.name].map { [Titled(title: "person/\(person.name)", document: $0)] } ?? []
      found += person.roles.compactMap { role in
        people[PersonKey(person: person.name, role: role)].map {
          Titled(title: "person/\(person.name)/\(role.rawValue)", document: $0)
        }
      }
    }
    for project in environment.projects {
      for purpose in ProjectRole.Purpose.allCases {
        let role = ProjectRole(
          project: project.name, purpose: purpose, account: environment.organization.account)
        found += (identities[role] ?? []).enumerated().map { index, document in
          Titled(title: "role/\(role.name)" + (index == 0 ? "" : "/own-\(index)"), document: document)
        }
        if let trust = trusts[role] {
          found.append(Titled(title: "role/\(role.name)/trust", document: trust))
        }
      }
      for kind in EndpointKind.allCases {
        guard let door = endpoints[DoorKey(project: project.name, kind: kind)] else { continue }
        let title = "endpoint/\(project.name)/\(kind.rawValue)"
        found += door.compiled.enumerated().map { index, document in
          Titled(title: title + (index == 0 ? "" : "/part-\(index + 1)"), document: document)
        }
        found += door.own.enumerated().map { index, document in
          Titled(title: "\(title)/own-\(index + 1)", document: document)
        }
      }
      for bucket in project.buckets {
        guard let policy = bucketPolicies[bucket.name] else { continue }
        found.append(Titled(title: "bucket/\(bucket.name)", document: policy))
      }
    }
    return found
  }
}
