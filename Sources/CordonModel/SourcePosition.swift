/// A door of the gateway to one service, with an endpoint policy.
public enum EndpointKind: String, Sendable, CaseIterable, Codable {
  /// Name answers on port 53.
  case dns
  /// CONNECT and absolute-form HTTP to listed outside hosts.
  case proxy
  /// Short-lived credentials, where SDKs look for them.
  case credentials
  case s3
  case sts
  /// The package mirror.
  case packages
  /// The remote browser of one person's session: the notebook, and listed outside hosts.
  case browser

  /// Whether AWS has this endpoint as well, so that `aws:SourceVpce` is set on its calls.
  public var isService: Bool {
    switch self {
    case .s3, .sts, .packages: true
    case .dns, .proxy, .credentials, .browser: false
    }
  }
}

/// A workspace's place, whichever of its doors is meant, or none.
public struct WorkspacePosition: Sendable, Hashable {
  /// The environment's name.
  public var environment: Slug
  /// The project whose network this is.
  public var project: Slug
  /// The workspace.
  public var workspace: Slug

  /// Names a workspace's place.
  public init(environment: Slug, project: Slug, workspace: Slug) {
    self.environment = environment
    self.project = project
    self.workspace = workspace
  }
}

/// Which listener was called, and so who calls: nothing inside a workspace can forge it.
public struct SourcePosition: Sendable, Hashable {
  /// The environment's name.
  public var environment: Slug
  /// The project whose network this is.
  public var project: Slug
  /// The workspace that the listener stands in.
  public var workspace: Slug
  /// The door that was called.
  public var endpoint: EndpointKind

  /// Names a listener's place.
  public init(environment: Slug, project: Slug, workspace: Slug, endpoint: EndpointKind) {
    self.environment = environment
    self.project = project
    self.workspace = workspace
    self.endpoint = endpoint
  }

  /// The workspace that the listener stands in, with its project and environment.
  public var place: WorkspacePosition {
    WorkspacePosition(environment: environment, project: project, workspace: workspace)
  }

  /// The project's network id, in the form of a VPC's (`aws:SourceVpc`).
  public var vpc: String { SourcePosition.vpc(environment: environment, project: project) }

  /// The door's id, in the form of a VPC endpoint's (`aws:SourceVpce`).
  public var vpce: String {
    SourcePosition.vpce(environment: environment, project: project, endpoint: endpoint)
  }

  /// The network id of a project.
  public static func vpc(environment: Slug, project: Slug) -> String {
    "vpc-0" + fingerprint("\(environment)/\(project)")
  }

  /// The id of a project's door to one service.
  public static func vpce(environment: Slug, project: Slug, endpoint: EndpointKind) -> String {
    "vpce-0" + fingerprint("\(environment)/\(project)/\(endpoint.rawValue)")
  }

  /// Sixteen hexadecimal digits that stand for `text`: stable names, not a security property (FNV-1a, 64 bit).
  private static func fingerprint(_ text: String) -> String {
    let hash = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
