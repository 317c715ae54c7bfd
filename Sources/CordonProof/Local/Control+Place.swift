import CordonModel

extension Control {
  /// The layer as a map names it.
  var layer: String {
    switch self {
    case .dnsAllowlist: "DNS allowlist"
    case .proxyAllowlist: "proxy allowlist"
    case .sniCheck: "server name check of the proxy"
    case .hostCheck: "host check of the proxy"
    case .endpointPolicy: "endpoint policy"
    case .credentialCheck: "credential check"
    case .mirrorAllowlist, .mirrorReadOnly: "package mirror"
    case .networkNamespace: "network namespace"
    case .seccomp: "system call filter"
    case .environmentClearing, .descriptorClosing, .uidSeparation: "launcher"
    case .sharedFilesOverlay: "overlay"
    case .rootFilesystem: "root file system"
    case .processNamespace: "process namespace"
    case .browserPolicy: "browser policy"
    case .browserDoor: "browser door"
    case .portalCrossings: "portal"
    default: "sandbox"
    }
  }

  /// Where the spec declares what the control holds for.
  func location(in places: SpecPlaces) -> Location {
    switch self {
    case .dnsAllowlist, .proxyAllowlist, .sniCheck, .hostCheck: places.location("egress")
    case .endpointPolicy, .credentialCheck: places.location("organization")
    case .mirrorAllowlist, .mirrorReadOnly: places.location("packages")
    case .browserPolicy, .browserDoor, .portalCrossings: places.location("browser", "people", "projects")
    default: places.location("projects")
    }
  }

  /// The mechanism without which it cannot hold, where a spec can do without one.
  var mechanism: SandboxMechanism? {
    switch self {
    case .sharedFilesOverlay: .overlay
    case .uidSeparation: .separateUser
    case .privateDevices: .privateDevices
    default: nil
    }
  }
}
