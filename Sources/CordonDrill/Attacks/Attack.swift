/// One of the eight ways data can leave; the order is the order of the table.
public enum Path: String, Sendable, CaseIterable, Codable {
  case browserDownload = "browser-download"
  case clipboardPrint = "clipboard-print"
  case externalUpload = "external-upload"
  case crossAccountCopy = "cross-account-copy"
  case packageShell = "package-shell"
  case notebookOutput = "notebook-output"
  case modelExport = "model-export"
  case tunnel
}

/// A control that the executable under test can be asked to leave out, by the name its `--weaken` knows.
///
/// The suite has its own list on purpose: it shares no code with what it attacks.
public enum WeakenableControl: String, Sendable, CaseIterable, Codable {
  case dnsAllowlist = "dns-allowlist"
  case proxyAllowlist = "proxy-allowlist"
  case sniCheck = "sni-check"
  case hostCheck = "host-check"
  case endpointPolicy = "endpoint-policy"
  case credentialCheck = "credential-check"
  case mirrorAllowlist = "mirror-allowlist"
  case mirrorReadOnly = "mirror-read-only"
  case networkNamespace = "network-namespace"
  case seccomp
  case environmentClearing = "environment-clearing"
  case descriptorClosing = "descriptor-closing"
  case sharedFilesOverlay = "shared-files-overlay"
  case rootFilesystem = "root-filesystem"
  case uidSeparation = "uid-separation"
  case privateDevices = "private-devices"
  case processNamespace = "process-namespace"
  case terminalLimit = "terminal-limit"
  case kernelFiles = "kernel-files"
  case browserPolicy = "browser-policy"
  case browserDoor = "browser-door"
  case portalCrossings = "portal-crossings"
}

/// Real attempts to walk one route, from inside a workspace.
public struct Attack: Sendable {
  /// Something of the twin environment without which the attack says nothing.
  public enum Need: String, Sendable, CaseIterable {
    /// An honest request to the allowed host arrives.
    case allowedHost = "allowed-host"
    /// An honest request of a client that knows no proxy arrives at an allowed host.
    case directHost = "direct-host"
    /// The project's own store takes and returns an object.
    case store
    /// A listed package's page comes through the mirror.
    case mirror
    /// A second project with a workspace.
    case neighbour
    /// A second project with a bucket.
    case foreignBucket = "foreign-bucket"
  }

  /// The route's name in the table, e.g. `dns-label`.
  public var id: String
  /// The path it belongs to.
  public var path: Path
  /// What is tried, in one line.
  public var title: String
  /// The control that is expected to close the route, with its layer.
  public var closedBy: String
  /// The controls whose absence this attack must notice.
  public var provesControls: [WeakenableControl] = []
  /// What must work for a failed attack to mean anything.
  public var needs: [Need] = []
  /// Commands that must be there, outside and inside.
  public var tools: [DrillTool] = []
  /// What is tried from a shell.
  public var attempts: [Attempt]
  /// What a person tries in the remote browser, through the portal.
  var visits: [BrowserAttempt] = []

  /// How many tries that is.
  public var tries: Int { attempts.reduce(visits.count) { $0 + $1.tries } }
}

/// One command that tries to get a secret out.
public struct Attempt: Sendable {
  /// Where a success shows. What the command itself believes does not count, but for `output`.
  public enum Evidence: Sendable, Hashable {
    /// The outside world: the sink, the allowed host, the package index.
    case outside
    /// The command's own output holds a secret that it had no way to know.
    case output
    /// The other workspace's output holds the secret.
    case receiver
    /// A store of another project holds the secret.
    case foreignStore
    /// The project's own store holds a secret that was written without the project's credentials.
    case ownStore
  }

  /// Whose secret it is, and who holds it before.
  public enum Secret: Sendable, Hashable {
    /// The command has it and tries to send it.
    case given
    /// The command prints it once it gained what it must not; there is nothing to send it to.
    case reward
    /// The process in the other workspace has it.
    case neighbours
    /// A file of the host.
    case hostFile
    /// A variable in the environment of whoever starts environment and command.
    case launcherEnvironment
    /// A descriptor that is open in whoever starts environment and command.
    case descriptor
    /// The host file that the command's output goes to.
    case outputFile
    /// An object in another project's bucket.
    case foreignObject
    /// A presigned URL of the first workspace, used by the other one; the secret is what it leads to.
    case ownObject
  }

  /// How the control run differs from the run inside, if it does.
  public enum ControlRun: Sendable, Hashable {
    /// The same command with nothing in the way.
    case plain
    /// As above, without root's privileges, which lift the limit that is used.
    case unprivileged
  }

  /// What this attempt does, in a few words.
  public var name: String
  /// How many tries the command makes.
  public var tries = 1
  /// The command.
  public var script: Script
  /// What runs in the other workspace meanwhile.
  public var receiver: Script?
  /// Whose secret is at stake.
  public var secret = Secret.given
  /// Where a success shows.
  public var evidence: Set<Evidence> = [.outside]
  /// How the control is run.
  public var control = ControlRun.plain
  /// How long the command may take.
  public var seconds = 20.0
  /// How many characters of a secret the channel is given; a slow one gets fewer.
  public var secretLength = 24

  init(
    _ name: String, tries: Int = 1, _ script: Script, receiver: Script? = nil, secret: Secret = .given,
    evidence: Set<Evidence> = [.outside], control: ControlRun = .plain, seconds: Double = 20,
    secretLength: Int = 24
  ) {
    self.name = name
    self.tries = tries
    self.script = script
    self.receiver = receiver
    self.secret = secret
    self.evidence = evidence
    self.control = control
    self.seconds = seconds
    self.secretLength = secretLength
  }
}

/// A command that the drill needs, and the line that installs it.
public struct DrillTool: Sendable, Hashable {
  /// The command.
  public var command: String
  /// The Debian package that brings it.
  public var package: String

  /// What to type when it is missing.
  public var install: String { "apt-get install --yes \(package)" }

  static let python = DrillTool(command: "python3", package: "python3")
  static let pip = DrillTool(command: "pip3", package: "python3-pip")
  static let curl = DrillTool(command: "curl", package: "curl")
  static let wget = DrillTool(command: "wget", package: "wget")
  static let dig = DrillTool(command: "dig", package: "dnsutils")
  static let iodine = DrillTool(command: "iodine", package: "iodine")
  static let dns2tcp = DrillTool(command: "dns2tcpc", package: "dns2tcp")
  static let git = DrillTool(command: "git", package: "git")
  static let ssh = DrillTool(command: "ssh", package: "openssh-client")
  static let ping = DrillTool(command: "ping", package: "iputils-ping")
  static let ip = DrillTool(command: "ip", package: "iproute2")
  static let unshare = DrillTool(command: "unshare", package: "util-linux")
  static let openssl = DrillTool(command: "openssl", package: "openssl")
}
