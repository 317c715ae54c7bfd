public import CordonLinux

/// The system calls that a workspace may not make.
///
/// Namespaces do not confine these: AF_VSOCK before Linux 7.0, io_uring (which makes sockets without
/// `socket(2)`), keyrings, the audit and uevent netlink families, ptrace of a same-user process.
public enum WorkspaceFilter {
  /// Refused with EPERM. cachestat tells which pages of a file that all workspaces read are in memory; the number of
  /// asynchronous I/O contexts (io_setup) is one counter for the whole kernel, which everybody can read and exhaust.
  static let denied = [
    "io_uring_setup", "io_uring_enter", "io_uring_register", "add_key", "request_key", "keyctl",
    "mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "open_tree", "move_mount", "fsopen",
    "fsconfig", "fsmount", "fspick", "mount_setattr", "bpf", "userfaultfd", "perf_event_open", "kexec_load",
    "kexec_file_load", "init_module", "finit_module", "delete_module", "ptrace", "process_vm_readv",
    "process_vm_writev", "kcmp", "pidfd_getfd", "open_by_handle_at", "name_to_handle_at", "syslog", "acct",
    "swapon", "swapoff", "reboot", "quotactl", "quotactl_fd", "iopl", "ioperm", "fanotify_init", "mknod",
    "mknodat", "lookup_dcookie", "vhangup", "uselib", "nfsservctl", "_sysctl", "cachestat",
    "io_setup", "io_submit", "io_getevents", "io_destroy", "io_cancel", "io_pgetevents",
  ]

  /// Calls that are newer than this list (Linux 6.13) do not exist for a workspace: nobody has read them.
  static let newestReviewed: UInt32 = 466

  private static let notPermitted: Int32 = 1  // EPERM
  private static let noSuchCall: Int32 = 38  // ENOSYS
  private static let noSuchFamily: Int32 = 97  // EAFNOSUPPORT

  /// What Chromium's own sandbox needs beside what a workspace may do: it puts its renderers into user, process and network
  /// namespaces of their own and takes their root away (chromium.googlesource.com, docs/linux/sandboxing.md). No mount is
  /// among it.
  static let neededByBrowser: Set<String> = ["unshare", "chroot"]

  /// The program in the form that bubblewrap's `--seccomp` reads.
  public static func program(for purpose: SandboxConfiguration.Purpose = .work) throws(SeccompError)
    -> [UInt8]
  {
    try filter(for: purpose).assembled()
  }

  static func filter(for purpose: SandboxConfiguration.Purpose = .work) throws(SeccompError) -> SeccompFilter
  {
    var filter = SeccompFilter()
    checkArchitecture(&filter)
    for call in denied where purpose == .work || !neededByBrowser.contains(call) {
      filter.jump(if: .equals(try SeccompFilter.number(of: call)), to: "denied")
    }
    if purpose == .browser { filter.jump(if: .equals(try SeccompFilter.number(of: "unshare")), to: "clone") }
    filter.jump(if: .equals(try SeccompFilter.number(of: "clone3")), to: "unknown")
    filter.jump(if: .equals(try SeccompFilter.number(of: "clone")), to: "clone")
    filter.jump(if: .equals(try SeccompFilter.number(of: "ioctl")), to: "ioctl")
    filter.jump(if: .equals(try SeccompFilter.number(of: "socket")), to: "socket")
    filter.jump(if: .equals(try SeccompFilter.number(of: "socketpair")), to: "socket")
    filter.jump(if: .atLeast(newestReviewed + 1), to: "unknown")
    filter.return(.allow)
    checkClone(&filter, for: purpose)
    checkIoctl(&filter)
    checkSocket(&filter)
    addVerdicts(&filter)
    return filter
  }

  /// The numbers below are those of x86_64. i386 and x32 calls have others, so they kill the process.
  private static func checkArchitecture(_ filter: inout SeccompFilter) {
    filter.load(.architecture)
    filter.jump(if: .equals(SeccompFilter.architecture), to: "native")
    filter.return(.killProcess)
    filter.label("native")
    filter.load(.number)
    filter.jump(if: .atLeast(0x4000_0000), to: "killed")
  }

  /// Processes and threads yes, namespaces no (CLONE_NEW*). clone3 keeps its flags behind a pointer that a
  /// filter cannot follow; libc falls back to clone when it does not exist.
  ///
  /// A browser may make user, process and network namespaces: those its renderers live in.
  private static func checkClone(_ filter: inout SeccompFilter, for purpose: SandboxConfiguration.Purpose) {
    filter.label("clone")
    filter.load(.argument(0))
    filter.jump(if: .anyBit(purpose == .work ? 0x7E02_0000 : 0x0E02_0000), to: "denied")
    filter.return(.allow)
  }

  /// TIOCSTI types into the terminal, TIOCLINUX pastes into it.
  private static func checkIoctl(_ filter: inout SeccompFilter) {
    filter.label("ioctl")
    filter.load(.argument(1))
    filter.jump(if: .equals(0x5412), to: "denied")
    filter.jump(if: .equals(0x541C), to: "denied")
    filter.return(.allow)
  }

  /// AF_UNIX as it comes (multiprocessing needs it; no foreign socket is in reach), AF_INET and AF_INET6 for
  /// plain TCP and UDP, AF_NETLINK for routes only.
  private static func checkSocket(_ filter: inout SeccompFilter) {
    filter.label("socket")
    filter.load(.argument(0))
    filter.jump(if: .equals(1), to: "allowed")
    filter.jump(if: .equals(2), to: "internet")
    filter.jump(if: .equals(10), to: "internet")
    filter.jump(if: .equals(16), to: "netlink")
    filter.return(.fail(noSuchFamily))
    filter.label("internet")
    filter.load(.argument(1))
    filter.mask(0xF)
    filter.jump(if: .equals(1), to: "protocol")
    filter.jump(if: .equals(2), to: "protocol")
    filter.return(.fail(noSuchFamily))
    filter.label("protocol")
    filter.load(.argument(2))
    for known: UInt32 in [0, 6, 17] { filter.jump(if: .equals(known), to: "allowed") }
    filter.return(.fail(noSuchFamily))
    filter.label("netlink")
    filter.load(.argument(2))
    filter.jump(if: .equals(0), to: "allowed")
    filter.return(.fail(noSuchFamily))
  }

  private static func addVerdicts(_ filter: inout SeccompFilter) {
    filter.label("denied")
    filter.return(.fail(notPermitted))
    filter.label("unknown")
    filter.return(.fail(noSuchCall))
    filter.label("killed")
    filter.return(.killProcess)
    filter.label("allowed")
    filter.return(.allow)
  }
}
