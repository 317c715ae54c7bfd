/// What a machine must offer so that a workspace is closed.
public enum Mechanism: String, Sendable, Codable, CaseIterable, Hashable {
  /// User namespaces that a process without privileges may make.
  case userNamespaces = "user-namespaces"
  /// Network namespaces.
  case networkNamespaces = "network-namespaces"
  /// bubblewrap, at least 0.8.0.
  case bubblewrap
  /// System call filters.
  case seccomp
  /// close_range(2) and pidfd_open(2).
  case closeRange = "close-range"
  /// Overlay mounts: no file is shared between workspaces, so none can be locked as a signal.
  case overlay
  /// A memory limit for all processes of a workspace together.
  case memoryLimit = "memory-limit"
  /// A limit of processes.
  case processLimit = "process-limit"
  /// A limit of processor time.
  case processorLimit = "processor-limit"
  /// A disk of its own for each workspace.
  case diskQuota = "disk-quota"
  /// A host user of its own for each workspace.
  case separateUser = "separate-user"
  /// Device nodes of its own, such as /dev/null, for each workspace.
  case privateDevices = "private-devices"

  /// May a specification do without it? The others are what a workspace is made of.
  public var isExcusable: Bool {
    switch self {
    case .userNamespaces, .networkNamespaces, .bubblewrap, .seccomp, .closeRange: false
    case .overlay, .memoryLimit, .processLimit, .processorLimit, .diskQuota, .separateUser, .privateDevices:
      true
    }
  }

  /// What does not hold without it.
  public var weakens: String {
    switch self {
    case .userNamespaces: "nothing can be isolated"
    case .networkNamespaces: "a workspace would share the host's network"
    case .bubblewrap: "nothing builds the workspace's file system and process namespace"
    case .seccomp: "AF_VSOCK, io_uring, keyrings and ptrace would leave the namespaces"
    case .closeRange: "a workspace could inherit descriptors of the gateway"
    case .overlay: "two workspaces share the files of /usr and can signal to each other by locking them"
    case .memoryLimit: "one workspace can exhaust the machine's memory; only a limit per process remains"
    case .processLimit: "a fork bomb is limited per command only"
    case .processorLimit: "one workspace can take all processor time"
    case .diskQuota:
      "one workspace can fill the disk, and two can signal to each other through its free space"
    case .separateUser:
      "all workspaces run as the same host user; an escape from one reaches the others' files"
    case .privateDevices: "two workspaces share /dev/null and can signal to each other by locking it"
    }
  }

  /// The line that installs or enables it.
  public var remedy: String {
    switch self {
    case .userNamespaces: "sysctl -w user.max_user_namespaces=15000 kernel.unprivileged_userns_clone=1"
    case .networkNamespaces: "boot a kernel with CONFIG_NET_NS"
    case .bubblewrap: "apt-get install bubblewrap"
    case .seccomp: "boot a kernel with CONFIG_SECCOMP_FILTER"
    case .closeRange: "boot Linux 5.9 or newer"
    case .overlay: "modprobe overlay"
    case .memoryLimit, .processLimit, .processorLimit:
      "run as root, or as a user with delegated cgroups (systemd: Delegate=yes), with the memory, pids and cpu controllers"
    case .diskQuota: "run as root with loop devices (modprobe loop) and mkfs.ext4 (apt-get install e2fsprogs)"
    case .separateUser, .privateDevices: "run as root"
    }
  }
}

/// A mechanism that this machine, or this way of running, does not offer.
public struct MissingMechanism: Error, Equatable, Sendable, Hashable, CustomStringConvertible {
  /// What is missing.
  public var mechanism: Mechanism
  /// How that showed.
  public var detail: String

  /// A missing mechanism.
  public init(_ mechanism: Mechanism, detail: String) {
    self.mechanism = mechanism
    self.detail = detail
  }

  /// What is missing, what it weakens and what to do.
  public var description: String {
    let excuse = mechanism.isExcusable ? " (or accept it: without: [\(mechanism.rawValue)])" : ""
    return "\(mechanism.rawValue) is missing: \(detail). Without it \(mechanism.weakens). "
      + "To get it: \(mechanism.remedy)\(excuse)"
  }
}

/// A control that a drill can switch off to show that the attack suite notices. Never for real data.
public enum SandboxControl: String, Sendable, Codable, CaseIterable, Hashable {
  /// Commands run in the network namespace of whoever launches them.
  case networkNamespace = "network-namespace"
  /// No system call is filtered.
  case seccomp
  /// Commands see the launcher's environment.
  case environmentClearing = "environment-clearing"
  /// Commands inherit descriptor 9, the host's root folder.
  case descriptorClosing = "descriptor-closing"
  /// Workspaces share the files of /usr.
  case sharedFileOverlay = "shared-file-overlay"
  /// Workspaces share the host's device nodes.
  case privateDevices = "private-devices"
  /// Commands see the host's file system, read-only.
  case rootFileSystem = "root-file-system"
  /// Commands see the host's processes.
  case processNamespace = "process-namespace"
  /// A workspace may open terminals until the kernel has none left.
  case terminalLimit = "terminal-limit"
  /// Commands see the kernel's own files below /proc.
  case kernelFiles = "kernel-files"
  /// No limit is set.
  case resourceLimits = "resource-limits"
}
