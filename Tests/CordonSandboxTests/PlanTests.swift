import CordonLinux
import Testing

@testable import CordonSandbox

/// Plans are values: what a launch does is read here, not run.
@Suite struct `A plan` {
  static let configuration = SandboxConfiguration(
    name: "one", identity: .dedicatedUser(70_001), home: .folder("/data/x1"),
    memory: .init(temporary: 2048, shared: 1024, run: 512),
    listeners: [.init(SocketAddress(host: "127.0.0.1", port: 53), .datagram, purpose: "dns")],
    environment: ["TOKEN": "secret"], controlGroupPrefix: "test-")

  private func changed(_ change: (inout SandboxConfiguration) -> Void) -> SandboxPlan {
    var configuration = Self.configuration
    change(&configuration)
    return SandboxPlan(configuration: configuration)
  }

  private func words(_ plan: LaunchPlan) -> [String] { plan.steps.map(\.description) }

  @Test func `for opening as root reads like this`() {
    let plan = changed { _ in }.opening(SandboxPreparation())
    #expect(plan.descriptors == ["null", "null", "errors", "control"])
    #expect(
      words(plan) == [
        "arm the parent-death signal", "set the file mode mask", "unshare mount+network", "mount none at /",
        "mount tmpfs at /mnt", "change to folder /mnt", "make folder layer", "make folder empty",
        "make folder usr", "mount /usr at layer", "mount overlay at usr", "unmount layer",
        "link bin to usr/bin", "link sbin to usr/sbin", "link lib to usr/lib", "link lib64 to usr/lib64",
        "make folder etc", "write new file etc/group", "write new file etc/hostname",
        "write new file etc/hosts",
        "write new file etc/nsswitch.conf", "write new file etc/passwd", "write new file etc/resolv.conf",
        "make folder dev", "make folder dev/pts", "mount /dev/pts at dev/pts", "make device dev/null",
        "make device dev/zero", "make device dev/full",
        "make device dev/random", "make device dev/urandom", "make device dev/tty", "make folder terminals",
        "mount devpts at terminals", "make folder proc",
        "mount /proc at proc", "make folder home", "mount /data/x1 at home", "make folder tmp",
        "make folder scratch", "mount tmpfs at scratch", "make folder shared", "mount tmpfs at shared",
        "pivot to /mnt", "bring lo up", "listen on 127.0.0.1:53 (datagram)", "open /proc/self/ns/mnt",
        "open /proc/self/ns/net", "hand over 3 descriptors", "await the acknowledgement", "exit 0",
      ])
  }

  @Test func `for opening as an ordinary user makes a user namespace first`() {
    let plan = changed { $0.identity = .caller }.opening(SandboxPreparation(caller: (1234, 1235)))
    #expect(
      plan.steps.prefix(8) == [
        .dieWithParent, .fileModeMask(0), .dumpable(true), .unshare([.user, .mount, .network]),
        .writeExistingFile("/proc/self/setgroups", Array("deny".utf8)),
        .writeExistingFile("/proc/self/uid_map", Array("1000 1234 1".utf8)),
        .writeExistingFile("/proc/self/gid_map", Array("1000 1235 1".utf8)),
        .mount(source: "none", target: "/", type: "", flags: [.recursive, .isPrivate], options: ""),
      ])
    #expect(words(plan).contains("open /proc/self/ns/user"))
    #expect(!words(plan).contains { $0.hasPrefix("make device") })
  }

  @Test func `for a command gives up root before bubblewrap starts`() {
    let options = EnterOptions(command: SandboxCommand(["true"]), controlGroups: ["/cg/cgroup.procs"])
    let plan = changed { _ in }.entering(options, filter: [1])
    #expect(plan.descriptors == ["input", "output", "errors", "status", "mount", "network"])
    #expect(
      words(plan) == [
        "write /proc/self/oom_score_adj", "join control group /cg/cgroup.procs",
        "join network namespace (descriptor 5)",
        "join mount namespace (descriptor 4)", "start a session", "start a keyring", "set the file mode mask",
        "set resource limit 4 to 0", "clear groups", "drop the bounding set",
        "become user 70001, group 70001",
        "drop capabilities", "set no_new_privs", "arm the parent-death signal", "keep arguments in memory",
        "keep filter in memory", "change to folder /", "close descriptors", "keep descriptor 0 over the exec",
        "keep descriptor 1 over the exec", "keep descriptor 2 over the exec",
        "keep descriptor 3 over the exec",
        "keep descriptor 64 over the exec", "keep descriptor 65 over the exec", "execute /usr/bin/bwrap",
      ])
    #expect(
      plan.steps.last
        == .execute("/usr/bin/bwrap", arguments: ["bwrap", "--args", "64", "--", "true"], environment: []))
  }

  @Test func `hides variables in memory, and gives bubblewrap these arguments`() {
    let arguments = changed { _ in }.sandboxArguments(
      EnterOptions(command: SandboxCommand(["true"], folder: "/tmp")))
    #expect(
      arguments == [
        "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try",
        "--disable-userns", "--uid", "1000", "--gid", "1000", "--hostname", "one", "--cap-drop", "ALL",
        "--new-session", "--die-with-parent", "--json-status-fd", "3", "--ro-bind", "/usr", "/usr",
        "--symlink", "usr/bin", "/bin", "--symlink", "usr/sbin", "/sbin", "--symlink", "usr/lib", "/lib",
        "--symlink", "usr/lib64", "/lib64", "--ro-bind", "/etc", "/etc", "--proc", "/proc", "--dev", "/dev",
        "--dev-bind", "/terminals", "/dev/pts", "--bind", "/shared", "/dev/shm", "--remount-ro", "/dev",
        "--bind", "/scratch", "/tmp", "--perms",
        "0700",
        "--size", "512", "--tmpfs", "/run", "--bind", "/home", "/home/workspace", "--symlink", "../tmp",
        "/var/tmp", "--remount-ro", "/", "--chdir", "/tmp", "--seccomp", "65", "--clearenv",
        "--setenv", "HOME", "/home/workspace", "--setenv", "LANG", "C.UTF-8", "--setenv", "LOGNAME",
        "workspace",
        "--setenv", "PATH", SandboxPlan.path, "--setenv", "SHELL", "/bin/bash", "--setenv", "TMPDIR", "/tmp",
        "--setenv", "TOKEN", "secret", "--setenv", "USER", "workspace",
      ])
  }

  @Test func `never shares the network, and never sees the host's root, unless a drill says so`() {
    let options = EnterOptions(command: SandboxCommand(["true"]))
    for control in SandboxControl.allCases {
      let plan = changed { $0.weakened = [control] }
      let entering = words(plan.entering(options, filter: [1]))
      #expect(entering.contains { $0.hasPrefix("join network") } == (control != .networkNamespace))
      #expect(entering.contains("keep filter in memory") == (control != .seccomp))
      #expect(entering.contains("keep descriptor 9 over the exec") == (control == .descriptorClosing))
      let arguments = plan.sandboxArguments(options)
      #expect(!arguments.contains("--unshare-net"))
      #expect(arguments.contains("/host") == (control == .rootFileSystem))
      #expect(arguments.contains("--unshare-pid") == (control != .processNamespace))
      #expect(arguments.contains("--clearenv") == (control != .environmentClearing))
      let opening = words(plan.opening(SandboxPreparation()))
      #expect(opening.contains("mount overlay at usr") == (control != .sharedFileOverlay))
      let terminals = plan.opening(SandboxPreparation()).steps.contains { step in
        guard case .mount("devpts", _, _, _, let options) = step else { return false }
        return options.hasSuffix(",max=64")
      }
      #expect(terminals == (control != .terminalLimit))
      #expect(opening.contains("make device dev/null") == (control != .privateDevices))
      #expect(opening.contains("mount / at host") == (control == .rootFileSystem))
    }
  }

  @Test func `lets files of the specification replace copies of the host's`() {
    let own = EtcFile("/etc/ssl/openssl.cnf", text: "own")
    let plan = changed { $0.files = [own] }
      .opening(SandboxPreparation(etc: [EtcFile("/etc/ssl/openssl.cnf", text: "host's")]))
    let written = plan.steps.filter { $0.description.contains("openssl") }
    #expect(written == [.writeNewFile("etc/ssl/openssl.cnf", mode: 0o644, Array("own".utf8))])
    #expect(plan.steps.contains(.makeFolder("etc/ssl", mode: 0o755)))
  }

  @Test(arguments: [
    ("/mnt", [String]()), ("/media", ["/mnt/data"]), ("/srv", ["/mnt", "/media/x"]), ("/mnt", ["/mnt2/x"]),
  ])
  func `builds the new root where it hides no source`(stage: String, sources: [String]) {
    let plan = changed { $0.folders = sources.map { .init(source: $0, target: "/srv/x") } }
    #expect(plan.configuration.stage == stage)
  }

  @Test(arguments: [
    (true, "/home/workspace/x"), (true, "/srv/data/deep"), (false, "/srv/"), (false, "/srv/../etc"),
    (false, "/etc/x"),
    (false, "/srv//x"), (false, "srv/x"), (false, "/srv/x\0"), (false, "/srv/./x"), (false, "/"),
  ])
  func `shows folders below certain places only`(isSafe: Bool, target: String) {
    #expect(SandboxConfiguration.Folder(source: "/x", target: target).hasSafeTarget == isSafe)
  }

  @Test func `is the same for the same configuration`() throws {
    let options = EnterOptions(command: SandboxCommand(["true"]))
    #expect(
      changed { _ in }.entering(options, filter: [1]) == changed { _ in }.entering(options, filter: [1]))
    #expect(changed { _ in }.opening(SandboxPreparation()) == changed { _ in }.opening(SandboxPreparation()))
  }
}
