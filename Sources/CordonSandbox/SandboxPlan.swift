import CordonLinux

/// Turns a configuration into launch plans. Pure: no file is read and no call is made here.
///
/// Opening a workspace builds a small root in a mount namespace of its own, with nothing of the host in it
/// but a view of /usr, device nodes and /proc. A command then enters that namespace as the workspace's user
/// and lets bubblewrap make the rest: user, process, IPC and host name namespaces.
struct SandboxPlan {
  /// Numbers of descriptors that plans make themselves; those given by the launcher come first, from 0.
  enum Number {
    static let arguments: Int32 = 64
    static let filter: Int32 = 65
    static let firstNamespace: Int32 = 70
    static let ingress: Int32 = 79
    static let firstListener: Int32 = 80
    /// RLIMIT_CORE: a core dump would be written for the host to keep.
    static let coreLimit: Int32 = 4
    /// O_DIRECTORY.
    static let openFolder: Int32 = 0o200000
    /// What the drill `descriptor-closing` leaks.
    static let leaked: Int32 = 9
  }

  let configuration: SandboxConfiguration

  var user: UInt32? {
    if case .dedicatedUser(let user) = configuration.identity { user } else { nil }
  }

  func isOn(_ control: SandboxControl) -> Bool { !configuration.weakened.contains(control) }

  /// Namespaces of a workspace. The workspace's user owns none of them when there is a dedicated one: then no
  /// process of the workspace has a capability over its network, whatever it does.
  var namespaces: [Namespaces] { user == nil ? [.user, .mount, .network] : [.mount, .network] }
}

/// What the launcher has prepared on the host for one start.
struct SandboxPreparation: Equatable {
  /// An existing folder over which the new root is built; nothing needed later lies below it.
  var stage = "/mnt"
  /// The block device with the home, when it is an image.
  var volume: String?
  /// The user and group of a launcher without privileges.
  var caller: (user: UInt32, group: UInt32) = (0, 0)
  /// Copies of the host's /etc.
  var etc: [EtcFile] = []
  /// What shows of the kernel's own state.
  var kernel = KernelFiles()

  static func == (left: Self, right: Self) -> Bool {
    left.stage == right.stage && left.volume == right.volume && left.caller == right.caller
      && left.etc == right.etc && left.kernel == right.kernel
  }
}
