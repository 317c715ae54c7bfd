import CordonLinux

/// A command to run in a workspace.
public struct SandboxCommand: Sendable, Equatable {
  /// Program and arguments; the program is looked up in the workspace's PATH.
  public var arguments: [String]
  /// Variables beside those of the workspace; they win.
  public var environment: [String: String]
  /// Where it starts; nil is the home.
  public var folder: String?

  /// A command.
  public init(_ arguments: [String], environment: [String: String] = [:], folder: String? = nil) {
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
  }
}

/// How the plan of a command differs from one launch to the next.
struct EnterOptions: Equatable {
  var command: SandboxCommand
  /// Does the command get a terminal of its own?
  var hasTerminal = false
  /// What lies over /proc.
  var masks: [KernelFiles.Mask] = []
  /// Standard streams that nobody reads or writes.
  var nullStreams: Set<Int32> = []
  /// `cgroup.procs` files to join.
  var controlGroups: [String] = []
  /// The launcher's own environment; only the drill `environment-clearing` lets it through.
  var launcherEnvironment: [String] = []
}

extension SandboxPlan {
  static let bubblewrap = "/usr/bin/bwrap"
  static let homeFolder = "/home/workspace"
  static let ingressFolder = "/run/cordon/ingress"
  static let path = "/home/workspace/.local/bin:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"

  /// Numbers of the descriptors in the order of the `descriptors` below.
  private var status: Int32 { 3 }
  private var mountNamespace: Int32 { 4 }
  private var networkNamespace: Int32 { 5 }
  private var userNamespace: Int32 { 6 }

  /// The plan of a child that becomes bubblewrap with the command inside.
  ///
  /// When the machine's memory runs out, commands go before the gateway does.
  func entering(_ options: EnterOptions, filter: [UInt8]) -> LaunchPlan {
    let namespaces: [DescriptorName] = user == nil ? ["mount", "network", "user"] : ["mount", "network"]
    return LaunchPlan(
      descriptors: ["input", "output", "errors", "status"] + namespaces,
      leadsProcesses: user != nil && isOn(.processNamespace),
      steps: (user == nil ? [.dumpable(true)] : [])
        + [.writeExistingFile("/proc/self/oom_score_adj", Array("500".utf8))]
        + options.controlGroups.map { .joinControlGroup($0) }
        + leak() + join() + [
          .newSession, .newKeyring, .fileModeMask(0o022), .limit(resource: Number.coreLimit, 0),
        ]
        + dropPrivileges() + [.noNewPrivileges, .dieWithParent] + lead()
        + options.nullStreams.sorted().map { .open("/dev/null", flags: 2, at: $0) }
        + execute(options, filter))
  }

  /// The drill `descriptor-closing`: what an inherited folder of the host would give away.
  private func leak() -> [LaunchStep] {
    isOn(.descriptorClosing) ? [] : [.open("/", flags: Number.openFolder, at: Number.leaked)]
  }

  private func join() -> [LaunchStep] {
    var steps: [LaunchStep] = user == nil ? [.join(.user, descriptor: userNamespace)] : []
    if isOn(.networkNamespace) { steps.append(.join(.network, descriptor: networkNamespace)) }
    return steps + [.join(.mount, descriptor: mountNamespace)]
  }

  /// bubblewrap arms its own parent-death signal late: killed before that, it leaves a half-built sandbox
  /// behind that goes on. As process 1 of a namespace of its own it takes everything along at any moment.
  private func lead() -> [LaunchStep] { user == nil && isOn(.processNamespace) ? [.forkInit] : [] }

  /// The uid goes first: started as root, an escape from bubblewrap would be root on the host. In the user
  /// namespace of a caller the process is user 1000, and loses its capabilities with the exec.
  private func dropPrivileges() -> [LaunchStep] {
    guard let user else { return [.dropBoundingSet] }
    return [.clearGroups, .dropBoundingSet, .become(user: user, group: user), .dropCapabilities]
  }

  /// Arguments and environment go through memory, as /proc/1/cmdline and environ inside show bubblewrap's own.
  private func execute(_ options: EnterOptions, _ filter: [UInt8]) -> [LaunchStep] {
    let hidden = sandboxArguments(options).reduce(into: [UInt8]()) { $0 += Array($1.utf8) + [0] }
    let hasFilter = isOn(.seccomp)
    var kept: [Int32] = [0, 1, 2, status, Number.arguments]
    if hasFilter { kept.append(Number.filter) }
    if !isOn(.descriptorClosing) { kept.append(Number.leaked) }
    var steps: [LaunchStep] = [.memory("arguments", hidden, at: Number.arguments)]
    if hasFilter { steps.append(.memory("filter", filter, at: Number.filter)) }
    let environment = isOn(.environmentClearing) ? [] : options.launcherEnvironment
    return steps + [.changeFolder("/"), .closeDescriptors(except: kept)] + kept.map { .inherit($0) } + [
      .execute(
        Self.bubblewrap,
        arguments: ["bwrap", "--args", "\(Number.arguments)", "--"] + wrapped(options),
        environment: environment)
    ]
  }

  /// With a terminal, the command leads a session that the terminal controls: keys such as Ctrl-C then reach
  /// the command and its children, and not bubblewrap, which would die of them and take the command along.
  private func wrapped(_ options: EnterOptions) -> [String] {
    var all = options.command.arguments
    if options.hasTerminal { all = ["/usr/bin/setsid", "--ctty", "--"] + all }
    if let processes = processesPerCommand {
      all = ["/usr/bin/prlimit", "--nproc=\(processes):\(processes)", "--"] + all
    }
    if let bytes = memoryPerProcess { all = ["/usr/bin/prlimit", "--data=\(bytes):\(bytes)", "--"] + all }
    return all
  }

  /// Without a control group the user namespace of each command still counts processes, and each process its
  /// own memory: weaker, and so the configuration has to say that it does without.
  private var processesPerCommand: Int? {
    configuration.without.contains(.processLimit) && isOn(.resourceLimits)
      ? configuration.limits.processes : nil
  }

  private var memoryPerProcess: UInt64? {
    configuration.without.contains(.memoryLimit) && isOn(.resourceLimits)
      ? configuration.limits.memoryBytes : nil
  }

  /// What makes a command unusable. A NUL in a variable would end it and begin an option of bubblewrap.
  func problem(with options: EnterOptions) -> SandboxError? {
    if options.command.arguments.first?.isEmpty ?? true { return .invalid("command", "is empty") }
    if options.command.environment.keys.contains(where: { $0.isEmpty || $0.contains("=") }) {
      return .invalid("environment", "a variable has no usable name")
    }
    let all = sandboxArguments(options) + options.command.arguments
    return all.contains { $0.utf8.contains(0) } ? .invalid("command", "contains a NUL") : nil
  }

  /// bubblewrap's arguments. Paths of the first kind are in the workspace's own root: no host path shows.
  func sandboxArguments(_ options: EnterOptions) -> [String] {
    namespaceArguments() + fileArguments(options) + folderArguments() + closingArguments(options)
      + environmentArguments(options)
  }

  private func namespaceArguments() -> [String] {
    let process = isOn(.processNamespace) ? ["--unshare-pid"] : []
    return ["--unshare-user", "--unshare-ipc"] + process + [
      "--unshare-uts", "--unshare-cgroup-try",
    ] + (configuration.purpose == .work ? ["--disable-userns"] : []) + [
      "--uid", "1000", "--gid", "1000",
      "--hostname", configuration.hostname, "--cap-drop", "ALL", "--new-session", "--die-with-parent",
      "--json-status-fd", "\(status)",
    ]
  }

  private func fileArguments(_ options: EnterOptions) -> [String] {
    let root =
      isOn(.rootFileSystem)
      ? ["--ro-bind", "/usr", "/usr"]
        + ["bin", "sbin", "lib", "lib64"].flatMap { ["--symlink", "usr/\($0)", "/\($0)"] }
      : ["--ro-bind", "/host", "/", "--tmpfs", "/home"]
    let processes = isOn(.processNamespace) ? ["--proc", "/proc"] : ["--ro-bind", "/proc", "/proc"]
    let kernel =
      isOn(.kernelFiles) ? options.masks.flatMap { ["--ro-bind", $0.source, $0.target] } : []
    return root + ["--ro-bind", "/etc", "/etc"] + processes + kernel + [
      "--dev", "/dev", "--dev-bind", "/terminals", "/dev/pts", "--bind", "/shared", "/dev/shm",
      "--remount-ro", "/dev",
      "--bind", "/scratch", "/tmp", "--perms", "0700", "--size", "\(configuration.memory.run)", "--tmpfs",
      "/run",
    ] + (configuration.ingress ? ["--bind", "/ingress", Self.ingressFolder] : []) + [
      "--bind", "/home", Self.homeFolder,
    ]
  }

  private func folderArguments() -> [String] {
    configuration.folders.enumerated().flatMap { index, folder in
      [folder.isWritable ? "--bind" : "--ro-bind", "/" + Self.place(ofFolder: index), folder.target]
    }
  }

  /// What bubblewrap itself made for the root is memory without a size; read-only it cannot be filled.
  private func closingArguments(_ options: EnterOptions) -> [String] {
    let compatibility = isOn(.rootFileSystem) ? ["--symlink", "../tmp", "/var/tmp", "--remount-ro", "/"] : []
    let filter = isOn(.seccomp) ? ["--seccomp", "\(Number.filter)"] : []
    return compatibility + ["--chdir", options.command.folder ?? Self.homeFolder] + filter
  }

  private func environmentArguments(_ options: EnterOptions) -> [String] {
    var all = [
      "HOME": Self.homeFolder, "USER": "workspace", "LOGNAME": "workspace", "SHELL": "/bin/bash",
      "PATH": Self.path, "LANG": "C.UTF-8", "TMPDIR": "/tmp",
    ]
    all.merge(configuration.environment) { $1 }
    all.merge(options.command.environment) { $1 }
    let cleared = isOn(.environmentClearing) ? ["--clearenv"] : []
    return cleared + all.sorted { $0.key < $1.key }.flatMap { ["--setenv", $0.key, $0.value] }
  }
}
