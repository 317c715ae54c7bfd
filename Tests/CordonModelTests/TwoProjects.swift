import CordonModel
import CordonPolicy
import CordonWire

/// An environment with two projects, and somebody outside.
struct TwoProjects {
  var environment: Environment
  static let foreignAccount = "999988887777"
  static let foreignOrganization = "o-evil999999"

  init(weakened: Set<Control> = []) throws {
    environment = Environment(
      name: try Slug("demo"),
      organization: Organization(
        id: try OrganizationID("o-acme123456"), account: try AccountID("111122223333")),
      region: try Region("eu-west-1"))
    environment.projects = try ["churn", "fraud"].map { name in
      Project(
        name: try Slug(name),
        buckets: [
          Bucket(name: try BucketName("\(name)-data"), readOnly: true),
          Bucket(name: try BucketName("\(name)-store")),
        ],
        store: try BucketName("\(name)-store"),
        workspaces: [Workspace(name: try Slug("\(name)-1"), limits: Workspace.Size.small.limits)])
    }
    environment.allowedHosts = [
      AllowedHost(pattern: .exact(try DomainName("allowed.test")), port: 443),
      AllowedHost(pattern: .childrenOf(try DomainName("wild.test")), port: 8443, reason: "drill"),
    ]
    environment.pypi = PyPIRules(allow: ["pandas"], withDependencies: true, minimumAge: 0)
    environment.weakenedForDrill = weakened
  }

  func role(_ project: String, _ purpose: ProjectRole.Purpose) throws -> ProjectRole {
    ProjectRole(project: try Slug(project), purpose: purpose, account: environment.organization.account)
  }

  func door(_ project: String, _ endpoint: EndpointKind) throws -> CordonModel.SourcePosition {
    CordonModel.SourcePosition(
      environment: environment.name, project: try Slug(project), workspace: try Slug("\(project)-1"),
      endpoint: endpoint)
  }
}

/// Who calls: a role of a project, somebody of another organisation with all rights there, or nobody.
enum Caller: Sendable {
  case workspace(String)
  case reader(String)
  case foreigner
  case anonymous
}

/// One request as it reaches a door.
struct Call: Sendable, CustomStringConvertible {
  var caller: Caller
  var action: String
  var resource: String
  var door: EndpointKind
  /// Whose door; the caller's own unless said otherwise.
  var through: String?
  var isSecure = true
  /// Whether the resource is somebody else's, whose policy lets everybody in.
  var isForeignResource = false
  /// A session policy.
  var session: String?

  var description: String {
    "\(caller) \(action) \(resource) through \(through ?? "own") \(door.rawValue)"
      + (isSecure ? "" : " without TLS")
  }

  private var project: String {
    if let through { return through }
    return switch caller {
    case .workspace(let project), .reader(let project): project
    case .foreigner, .anonymous: "churn"
    }
  }

  /// What the policies of an environment say.
  func decide(in projects: TwoProjects, _ policies: CompiledPolicies) throws -> Decision {
    let door = try projects.door(project, door)
    let layers = try layers(projects, policies, door)
    let account = projects.environment.organization.account.text
    let request = AccessRequest(
      principal: try principal(projects), action: action, resource: resource,
      resourceAccount: isForeignResource ? TwoProjects.foreignAccount : account,
      context: context(projects.environment, door))
    return layers.decide(request)
  }

  private func principal(_ projects: TwoProjects) throws -> Principal {
    switch caller {
    case .workspace(let project): try Principal(parsing: projects.role(project, .workspace).sessionARN("ann"))
    case .reader(let project): try Principal(parsing: projects.role(project, .reader).sessionARN("ann"))
    case .foreigner: try Principal(parsing: "arn:aws:iam::\(TwoProjects.foreignAccount):user/eve")
    case .anonymous: .anonymous
    }
  }

  private func layers(
    _ projects: TwoProjects, _ policies: CompiledPolicies, _ door: CordonModel.SourcePosition
  ) throws -> PolicySet {
    var role: ProjectRole?
    if case .workspace(let project) = caller { role = try projects.role(project, .workspace) }
    if case .reader(let project) = caller { role = try projects.role(project, .reader) }
    let session = try session.map { [try PolicyDocument(json: $0)] } ?? []
    var layers: PolicySet
    if action.hasPrefix("sts:"), let target = try target(projects) {
      layers = policies.layersToAssume(target, as: role, door: door, session: session)
    } else {
      layers = policies.layers(role: role, door: door, bucket: bucket, session: session)
    }
    if isForeignResource {
      layers.resource = try PolicyDocument(
        json: #"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#)
      layers.rcps = []
    }
    if case .foreigner = caller {
      layers.identity = [
        try PolicyDocument(json: #"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#)
      ]
      layers.scps = []
    }
    return layers
  }

  private var bucket: BucketName? {
    guard resource.hasPrefix("arn:aws:s3:::") else { return nil }
    return try? BucketName(String(resource.dropFirst(13).prefix { $0 != "/" }))
  }

  private func target(_ projects: TwoProjects) throws -> ProjectRole? {
    for project in ["churn", "fraud"] {
      for purpose in ProjectRole.Purpose.allCases where resource == (try projects.role(project, purpose).arn)
      {
        return try projects.role(project, purpose)
      }
    }
    return nil
  }

  private func context(_ environment: Environment, _ door: CordonModel.SourcePosition) -> RequestContext {
    let account = environment.organization.account.text
    let organization = environment.organization.id.text
    var context: RequestContext = [
      "aws:SourceVpc": "\(door.vpc)", "aws:SourceVpce": "\(door.vpce)",
      "aws:RequestedRegion": "\(environment.region)",
    ]
    context["aws:SecureTransport"] = [isSecure ? "true" : "false"]
    context["aws:ResourceAccount"] = [isForeignResource ? TwoProjects.foreignAccount : account]
    context["aws:ResourceOrgID"] = [isForeignResource ? TwoProjects.foreignOrganization : organization]
    switch caller {
    case .workspace, .reader:
      context["aws:PrincipalOrgID"] = [organization]
      context["aws:PrincipalAccount"] = [account]
    case .foreigner:
      context["aws:PrincipalOrgID"] = [TwoProjects.foreignOrganization]
      context["aws:PrincipalAccount"] = [TwoProjects.foreignAccount]
    case .anonymous: break
    }
    return context
  }
}

extension Call {
  /// A call on S3.
  static func s3(
    _ caller: Caller, _ action: String, _ resource: String, through: String? = nil, isSecure: Bool = true,
    isForeign: Bool = false, session: String? = nil
  ) -> Call {
    Call(
      caller: caller, action: "s3:\(action)", resource: resource == "*" ? "*" : "arn:aws:s3:::\(resource)",
      door: .s3,
      through: through, isSecure: isSecure, isForeignResource: isForeign, session: session)
  }

  /// A call on STS about a role of the environment's account, or of a foreign one.
  static func sts(
    _ caller: Caller, _ action: String, _ role: String, through: String? = nil, isForeign: Bool = false
  ) -> Call {
    let account = isForeign ? TwoProjects.foreignAccount : "111122223333"
    return Call(
      caller: caller, action: "sts:\(action)",
      resource: role == "*" ? "*" : "arn:aws:iam::\(account):role/\(role)",
      door: .sts, through: through, isForeignResource: isForeign)
  }

  /// One of Cordon's own actions by a workspace of `churn`.
  static func cordon(
    _ action: String, _ resource: String, _ door: EndpointKind, caller: Caller = .workspace("churn")
  )
    -> Call
  {
    Call(
      caller: caller, action: "cordon:\(action)",
      resource: "arn:aws:cordon:eu-west-1:111122223333:\(resource)",
      door: door)
  }
}
