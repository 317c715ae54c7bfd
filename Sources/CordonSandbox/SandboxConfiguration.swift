public import CordonLinux

/// Everything that is known about a workspace before it starts. A plain value: the same configuration gives
/// the same plans.
public struct SandboxConfiguration: Sendable, Equatable, Codable {
  /// Whose rights a workspace has on the host.
  public enum Identity: Sendable, Equatable, Codable {
    /// A host user for this workspace alone; the launcher is root.
    case dedicatedUser(UInt32)
    /// The user who runs Cordon.
    case caller
  }

  /// Where the workspace's files stay between two starts.
  public enum Home: Sendable, Equatable, Codable {
    /// A folder of the host. Its path shows in the workspace's mount table: name it by a random id.
    case folder(String)
    /// An ext4 image, made at first use, mounted only inside the workspace: its size is the quota.
    case quotaImage(String, bytes: UInt64)
    /// Memory: gone with the workspace.
    case memory(bytes: UInt64)
  }

  /// What runs inside.
  public enum Purpose: String, Sendable, Codable {
    /// A person's work: a shell, notebooks, jobs.
    case work
    /// A browser, which builds a sandbox of its own for each page.
    case browser
  }

  /// Sizes of the folders that live in memory.
  public struct Memory: Sendable, Equatable, Codable {
    /// /tmp in bytes.
    public var temporary: UInt64
    /// /dev/shm in bytes.
    public var shared: UInt64
    /// /run in bytes.
    public var run: UInt64

    /// Sizes in bytes.
    public init(temporary: UInt64 = 2 << 30, shared: UInt64 = 1 << 30, run: UInt64 = 16 << 20) {
      self.temporary = temporary
      self.shared = shared
      self.run = run
    }
  }

  /// A socket that the gateway answers, bound inside the workspace's network namespace.
  public struct Listener: Sendable, Hashable, Codable {
    /// The address inside.
    public var address: SocketAddress
    /// Stream or datagram.
    public var transport: Transport
    /// What it is for: `dns`, `proxy`, `s3`. The launcher never looks into it.
    public var purpose: String

    /// A listener.
    public init(_ address: SocketAddress, _ transport: Transport, purpose: String) {
      self.address = address
      self.transport = transport
      self.purpose = purpose
    }
  }

  /// A folder of the host that shows up inside as well.
  public struct Folder: Sendable, Equatable, Codable {
    /// Where it is on the host.
    public var source: String
    /// Where it shows inside, below /home/workspace, /srv, /mnt or /opt.
    public var target: String
    /// May the workspace write? Otherwise it gets a read-only view with inodes of its own.
    public var isWritable: Bool

    /// A folder.
    public init(source: String, target: String, isWritable: Bool = false) {
      self.source = source
      self.target = target
      self.isWritable = isWritable
    }
  }

  /// Short name: letters, digits and `-`. It names control groups and appears in logs.
  public var name: String
  /// Host name inside.
  public var hostname: String
  /// What runs inside.
  public var purpose = Purpose.work
  /// Whose rights it has.
  public var identity: Identity
  /// Its files.
  public var home: Home
  /// Does the home's image give the disk back what is deleted in it? Never where its space is set aside.
  public var returnsDiskSpace = false
  /// Limits by control group.
  public var limits: ResourceLimits
  /// Sizes of the folders in memory.
  public var memory: Memory
  /// Sockets handed to the gateway.
  public var listeners: [Listener]
  /// Files below /etc, by value; they replace copies of the host's.
  public var files: [EtcFile]
  /// Folders of the host.
  public var folders: [Folder]
  /// Is there a folder in which a server inside can listen for the gateway, and for nobody else?
  public var ingress = false
  /// Environment variables of every command.
  public var environment: [String: String]
  /// Starts the names of control groups: one prefix an environment, so that a sweep finds its own only.
  public var controlGroupPrefix: String
  /// Mechanisms that this workspace knowingly does without.
  public var without: Set<Mechanism>
  /// Controls that a drill has switched off.
  public var weakened: Set<SandboxControl>

  /// A workspace with safe defaults: nothing is reachable and nothing is excused.
  public init(
    name: String, identity: Identity, home: Home, limits: ResourceLimits = ResourceLimits(),
    memory: Memory = Memory(), listeners: [Listener] = [], files: [EtcFile] = [], folders: [Folder] = [],
    environment: [String: String] = [:], controlGroupPrefix: String = "cordon-",
    without: Set<Mechanism> = [], weakened: Set<SandboxControl> = []
  ) {
    self.name = name
    self.hostname = name
    self.identity = identity
    self.home = home
    self.limits = limits
    self.memory = memory
    self.listeners = listeners
    self.files = files
    self.folders = folders
    self.environment = environment
    self.controlGroupPrefix = controlGroupPrefix
    self.without = without
    self.weakened = weakened
  }

  /// The first thing that cannot work, found before anything is started.
  var problem: SandboxError? {
    let label = name.utf8.allSatisfy { Self.isNameByte($0) } && (1...48).contains(name.utf8.count)
    if !label { return .invalid("name", "'\(name)' is not letters, digits and '-', 1 to 48 of them") }
    let host =
      hostname.utf8.allSatisfy { Self.isNameByte($0) || $0 == 46 } && (1...64).contains(hostname.utf8.count)
    if !host {
      return .invalid("hostname", "'\(hostname)' is not letters, digits, '-' and '.', 1 to 64 of them")
    }
    if case .dedicatedUser(0) = identity { return .invalid("identity", "a workspace never runs as root") }
    if controlGroupPrefix.isEmpty || controlGroupPrefix.contains("/") {
      return .invalid("controlGroupPrefix", "must be a file name")
    }
    if let file = files.first(where: { !$0.hasSafePath }) {
      return .invalid("files", "'\(file.path)' is not a plain path below /etc")
    }
    if let folder = folders.first(where: { !$0.hasSafeTarget }) {
      return .invalid("folders", "'\(folder.target)' is not below /home/workspace, /srv, /mnt or /opt")
    }
    if let name = environment.keys.first(where: { $0.isEmpty || $0.contains("=") }) {
      return .invalid("environment", "'\(name)' is not a variable's name")
    }
    let sockets = Set(listeners.map { "\($0.address) \($0.transport.rawValue)" })
    if sockets.count != listeners.count { return .invalid("listeners", "two share one address") }
    return nil
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 45
  }
}

extension SandboxConfiguration.Folder {
  var hasSafeTarget: Bool {
    let parents = ["/home/workspace/", "/srv/", "/mnt/", "/opt/"]
    return parents.contains { target.hasPrefix($0) && target.count > $0.count } && isPlainPath(target)
  }
}

/// An absolute path without `.`, `..`, empty parts or a NUL.
func isPlainPath(_ path: String) -> Bool {
  let parts = path.split(separator: "/", omittingEmptySubsequences: false)
  guard parts.first == "", parts.count > 1, !path.utf8.contains(0) else { return false }
  return parts.dropFirst().allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
}

/// Why a workspace did not start, or a command did not run in it.
public enum SandboxError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A value of the configuration cannot be used.
  case invalid(String, String)
  /// The machine lacks mechanisms that the configuration does not excuse.
  case missing([MissingMechanism])
  /// A step of the launch failed.
  case launch(LaunchError)
  /// A system call outside the launch failed.
  case system(SystemError)
  /// The quota image could not be made.
  case quota(QuotaImage.Failure)
  /// The child handed over something else than the planned listeners and namespaces.
  case handOver(String)
  /// A stream of a command is a file of the host: inside, /proc/self/fd would reach it.
  case hostFile(descriptor: Int32)
  /// The command's file system could not be built; bubblewrap's own message is in the command's errors.
  case notStarted(shellCode: Int32)

  /// What happened, one line for each cause.
  public var description: String {
    switch self {
    case .invalid(let field, let why): "\(field): \(why)"
    case .missing(let all): all.map(\.description).joined(separator: "\n")
    case .launch(let error): error.description
    case .system(let error): error.description
    case .quota(let failure): failure.description
    case .handOver(let what): "hand-over of listeners: \(what)"
    case .hostFile(let descriptor): "descriptor \(descriptor) is a file of the host; use a pipe or a terminal"
    case .notStarted(let code): "the sandbox did not start (bubblewrap ended with \(code))"
    }
  }
}
