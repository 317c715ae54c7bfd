import CordonModel

/// A route out of a workspace on this machine, and everything that somebody who walks it can do.
struct LocalRoute: Sendable {
  /// The name that the attack suite knows it by.
  var id: String
  var path: EgressPath
  /// What walking it means, in one line.
  var title: String
  /// The ways to walk it; the route is closed only if each of them is.
  var ways: [LocalWay]

  init(_ id: String, _ path: EgressPath, _ title: String, _ ways: [LocalWay]) {
    self.id = id
    self.path = path
    self.title = title
    self.ways = ways
  }
}

/// One way to walk a route. Any barrier that holds closes it.
struct LocalWay: Sendable {
  /// What is done, in a few words.
  var name: String
  /// A command for a shell inside a workspace that does it, or what is done in the remote browser.
  var command: String
  var barriers: [LocalBarrier]
  /// Whether a person does it, or a page for them, in the remote browser.
  var isInBrowser = false

  init(_ name: String, _ command: String, _ barriers: LocalBarrier...) {
    self.name = name
    self.command = command
    self.barriers = barriers
  }

  /// Something that happens in the remote browser.
  static func inBrowser(_ name: String, _ deed: String, _ barriers: LocalBarrier...) -> LocalWay {
    var way = LocalWay(name, deed)
    way.barriers = barriers
    way.isInBrowser = true
    return way
  }
}

/// Something that may stand in a way.
enum LocalBarrier: Sendable {
  /// A control that a drill can switch off.
  case control(Control)
  /// A mechanism that a spec can do without.
  case mechanism(SandboxMechanism)
  /// How the gateway or the launcher is built; there is no switch for it.
  case fact(LocalFact)
  /// What the spec lets cross the portal.
  case crossing(PortalAction)
  /// The browser's policy, as far as the spec's line for a crossing leaves it closed.
  case browserPolicy(PortalAction)
  /// The compiled documents, asked by the engine.
  case policy(LocalQuestion)
}

/// How the gateway and the launcher are built. Each is a fact of this executable that no policy shows: the attack suite
/// tries it.
enum LocalFact: String, Sendable, CaseIterable {
  case namesOnly = "canonical-names"
  case httpOnly = "http-only"
  case tlsFirst = "tls-first"
  case ownTLS = "own-tls"
  case noUpgrade = "no-upgrade"
  case strictFraming = "strict-framing"
  case listedFiles = "listed-files"
  case ownRequest = "own-upstream-request"
  case ownStore = "own-object-store"
  case ownRoles = "own-roles"
  case noCapabilities = "no-capabilities"
  case noNewPrivileges = "no-new-privileges"
  case ownMemory = "ipc-namespace"
  case ownFolders = "mount-namespace"
  case ownStreams = "own-streams"
  case ownNetwork = "browser-network-namespace"

  /// The layer as a map names it.
  var layer: String {
    switch self {
    case .namesOnly, .httpOnly, .tlsFirst, .ownTLS, .noUpgrade, .strictFraming: "gateway's HTTP rules"
    case .listedFiles, .ownRequest: "package mirror"
    case .ownStore: "object store"
    case .ownRoles: "gateway's credentials"
    case .noCapabilities, .noNewPrivileges, .ownMemory, .ownFolders: "kernel"
    case .ownStreams: "launcher"
    case .ownNetwork: "browser's sandbox"
    }
  }

  /// What it is, as a sentence without its full stop.
  var sentence: String {
    switch self {
    case .namesOnly: "the proxy admits host names in their canonical spelling, and an address is no name"
    case .httpOnly: "the proxy speaks HTTP only, and ends a connection whose header does not come"
    case .tlsFirst: "after CONNECT nothing is dialled before a TLS hello was read"
    case .ownTLS: "TLS ends in the gateway, which makes a connection of its own to the host"
    case .noUpgrade: "the proxy forwards no upgrade to another protocol"
    case .strictFraming: "a message whose length can be read in two ways is refused"
    case .listedFiles: "the mirror serves files that a listed page names, and nothing else"
    case .ownRequest: "the mirror makes its own request upstream, without the client's headers and query"
    case .ownStore:
      "objects are kept in the environment's own store, and a bucket that it does not have is looked for nowhere"
    case .ownRoles: "sessions are issued for this environment's roles only"
    case .noCapabilities: "no process of a workspace has a capability"
    case .noNewPrivileges: "no program gains privileges when it is started"
    case .ownMemory: "a workspace has its own System V and POSIX memory and queues"
    case .ownFolders: "a workspace has its own /tmp, /run, /dev/shm and home"
    case .ownStreams:
      "a command's input and output are pipes or a terminal of its own, never a file of the host"
    case .ownNetwork: "a session's browser has a network with the gateway's listener in it and nothing else"
    }
  }
}
