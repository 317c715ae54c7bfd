public import CordonPolicy
public import CordonWire

/// What one `cordon.yaml` describes: an organisation's account, its people, projects and controls.
public struct Environment: Sendable, Equatable {
  /// The environment's name; part of every identifier that must not meet another environment's.
  public var name: Slug
  /// Whose account this is.
  public var organization: Organization
  /// The region whose service names are served inside.
  public var region: Region
  /// Who works here.
  public var people: [Person] = []
  /// Where people sign in; absent means that there is no portal.
  public var portal: PortalRules?
  /// What the remote browser lets a person do.
  public var browser = BrowserRules()
  /// Outside hosts that workspaces may reach. Empty closes the proxy altogether.
  public var allowedHosts: [AllowedHost] = []
  /// What the PyPI mirror serves; absent means that it serves nothing.
  public var pypi: PyPIRules?
  /// The units of isolation.
  public var projects: [Project] = []
  /// What the AWS target needs beside; absent means that none is synthesised.
  public var aws: AWSRules?
  /// The user's own IAM documents, beside the compiled ones.
  public var ownPolicies = OwnPolicies()
  /// Sandbox mechanisms that the spec accepts to be missing on this machine, by the name of `SandboxMechanism`.
  public var acceptedMissingMechanisms: Set<String> = []
  /// Controls that a drill switched off. Always empty in an environment that holds real data.
  public var weakenedForDrill: Set<Control> = []

  /// An environment with nothing in it.
  public init(name: Slug, organization: Organization, region: Region) {
    self.name = name
    self.organization = organization
    self.region = region
  }

  /// All workspaces with the project that each belongs to, in spec order.
  public var workspaces: [(project: Project, workspace: Workspace)] {
    projects.flatMap { project in project.workspaces.map { (project, $0) } }
  }

  /// The project that owns a bucket.
  public func owner(of bucket: BucketName) -> Project? {
    projects.first { project in project.buckets.contains { $0.name == bucket } }
  }
}

/// The organisation and account that own the environment.
public struct Organization: Sendable, Equatable {
  /// The organisation's id, e.g. `o-acme123456`.
  public var id: OrganizationID
  /// The account's twelve digits.
  public var account: AccountID

  /// Names an organisation's account.
  public init(id: OrganizationID, account: AccountID) {
    self.id = id
    self.account = account
  }
}

/// Somebody who works in the environment.
public struct Person: Sendable, Equatable {
  /// What a person may do.
  public enum Role: String, Sendable, CaseIterable {
    case dataScientist = "data-scientist"
    case reviewer
    case platformEngineer = "platform-engineer"
    case auditor
  }

  /// The person's name in the spec and in the ledger.
  public var name: Slug
  /// The person's roles.
  public var roles: [Role]
  /// The projects the person works in.
  public var projects: [Slug]
  /// What the OpenID provider calls the person; absent means the person's name.
  public var subject: String?

  /// Names a person.
  public init(name: Slug, roles: [Role], projects: [Slug], subject: String? = nil) {
    self.name = name
    self.roles = roles
    self.projects = projects
    self.subject = subject
  }
}

/// An outside host that workspaces may reach through the egress proxy. Each one is a route that the proof reports.
public struct AllowedHost: Sendable, Equatable {
  /// One exact name, or every direct and indirect child of a name.
  public enum Pattern: Sendable, Hashable {
    case exact(DomainName)
    /// Accepted only with a reason: whoever can register a child can receive data.
    case childrenOf(DomainName)
  }

  /// Whether the gateway reads the request inside TLS.
  public enum Inspection: String, Sendable, CaseIterable {
    /// The gateway ends TLS with the environment's CA, checks the host inside, and opens its own upstream connection.
    case intercept
    /// The gateway passes TLS through after checking the server name; the host inside cannot be seen.
    case splice
  }

  /// Which names.
  public var pattern: Pattern
  /// Which TCP port.
  public var port: UInt16
  /// Whether the gateway reads the request inside TLS.
  public var inspection: Inspection
  /// Why this host is listed; required for a wildcard and for `splice`.
  public var reason: String?
  /// The only address to dial; drills and pinned hosts use it, otherwise the gateway resolves once for itself.
  public var pinnedAddress: String?

  /// Lists a host.
  public init(
    pattern: Pattern, port: UInt16, inspection: Inspection = .intercept, reason: String? = nil,
    pinnedAddress: String? = nil
  ) {
    self.pattern = pattern
    self.port = port
    self.inspection = inspection
    self.reason = reason
    self.pinnedAddress = pinnedAddress
  }

  /// Whether this entry admits `name` on `port`.
  public func admits(_ name: DomainName, port: UInt16) -> Bool {
    guard port == self.port else { return false }
    switch pattern {
    case .exact(let listed): return listed == name
    case .childrenOf(let parent): return name.isChild(of: parent)
    }
  }
}

/// What the PyPI mirror serves.
public struct PyPIRules: Sendable, Equatable {
  /// Listed project names, normalised as PEP 503 asks.
  public var allow: [String]
  /// Whether the listed projects' dependencies are served as well.
  public var withDependencies: Bool
  /// Files younger than this are not served, in seconds.
  public var minimumAge: Int
  /// The upstream simple index; absent means the index that the host's own pip uses.
  public var upstream: String?

  /// States the mirror's rules.
  public init(allow: [String], withDependencies: Bool, minimumAge: Int, upstream: String? = nil) {
    self.allow = allow
    self.withDependencies = withDependencies
    self.minimumAge = minimumAge
    self.upstream = upstream
  }
}

/// The unit of isolation: own network, buckets, key, role, budget.
public struct Project: Sendable, Equatable {
  /// The project's name.
  public var name: Slug
  /// The buckets it owns; the writable store is among them.
  public var buckets: [Bucket]
  /// The bucket that its work is stored in.
  public var store: BucketName
  /// Its interactive environments.
  public var workspaces: [Workspace]
  /// How much its buckets may hold.
  public var storage = StorageRules()
  /// How its runs are isolated.
  public var jobs = JobRules()
  /// What it may cost; absent means that no ceiling is stated.
  public var budget: Budget?

  /// Names a project and what it owns.
  public init(name: Slug, buckets: [Bucket], store: BucketName, workspaces: [Workspace]) {
    self.name = name
    self.buckets = buckets
    self.store = store
    self.workspaces = workspaces
  }
}

/// A bucket of a project.
public struct Bucket: Sendable, Equatable {
  /// The bucket's name, one in the whole environment.
  public var name: BucketName
  /// A file or folder on the host whose content the bucket starts with; an absolute path.
  public var seed: String?
  /// Workspaces may read but never write it.
  public var readOnly: Bool
  /// Every version of an object is kept.
  public var versioned: Bool

  /// Describes a bucket.
  public init(name: BucketName, seed: String? = nil, readOnly: Bool = false, versioned: Bool = true) {
    self.name = name
    self.seed = seed
    self.readOnly = readOnly
    self.versioned = versioned
  }
}

/// An interactive environment of a project.
public struct Workspace: Sendable, Equatable {
  /// The workspace's name, one in the whole environment.
  public var name: Slug
  /// What it may use of the machine.
  public var limits: Limits
  /// Who works in it; absent means whoever the operator lets in.
  public var person: Slug?
  /// Its JupyterLab, started when somebody comes to it; absent means that it has none.
  public var notebook: NotebookRules?

  /// Names a workspace.
  public init(name: Slug, limits: Limits, person: Slug? = nil, notebook: NotebookRules? = nil) {
    self.name = name
    self.limits = limits
    self.person = person
    self.notebook = notebook
  }

  /// What a workspace may use of the machine.
  public struct Limits: Sendable, Equatable {
    /// Memory in bytes.
    public var memory: Int
    /// CPU time in thousandths of one core.
    public var cpuMillicores: Int
    /// Processes and threads.
    public var processes: Int
    /// Home folder in bytes.
    public var disk: Int

    /// States the limits.
    public init(memory: Int, cpuMillicores: Int, processes: Int, disk: Int) {
      self.memory = memory
      self.cpuMillicores = cpuMillicores
      self.processes = processes
      self.disk = disk
    }
  }

  /// The sizes a spec can name.
  public enum Size: String, Sendable, CaseIterable {
    case small, medium, large

    /// What the size stands for.
    public var limits: Limits {
      let gibibyte = 1 << 30
      return switch self {
      case .small: Limits(memory: 4 * gibibyte, cpuMillicores: 2_000, processes: 512, disk: 8 * gibibyte)
      case .medium: Limits(memory: 16 * gibibyte, cpuMillicores: 4_000, processes: 1_024, disk: 32 * gibibyte)
      case .large:
        Limits(memory: 64 * gibibyte, cpuMillicores: 16_000, processes: 4_096, disk: 128 * gibibyte)
      }
    }
  }
}

/// IAM documents that the user adds to what Cordon compiles.
public struct OwnPolicies: Sendable, Equatable {
  /// By endpoint kind; joined to the compiled endpoint policy.
  public var endpoints: [EndpointKind: [PolicyDocument]] = [:]
  /// By bucket; joined to the compiled bucket policy.
  public var buckets: [BucketName: [PolicyDocument]] = [:]
  /// By project; joined to the project role's identity policies.
  public var roles: [Slug: [PolicyDocument]] = [:]

  /// No documents.
  public init() {}
}
