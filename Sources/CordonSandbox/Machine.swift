public import CordonLinux
import Glibc

/// What this machine offers to a launcher with the rights of this process, asked once.
public struct Machine: Sendable {
  /// Mechanisms that are not there.
  public var missing: [MissingMechanism]
  /// Where control groups are made.
  public var controlGroups: ControlGroupTree?
  /// Copies of the host's /etc for workspaces.
  public var etc: [EtcFile]
  /// What workspaces see of the kernel's own state.
  public var kernel: KernelFiles
  /// Is the launcher root?
  public var isRoot: Bool

  /// A machine with known properties.
  public init(
    missing: [MissingMechanism], controlGroups: ControlGroupTree?, etc: [EtcFile], isRoot: Bool,
    kernel: KernelFiles = KernelFiles()
  ) {
    self.missing = missing
    self.controlGroups = controlGroups
    self.etc = etc
    self.isRoot = isRoot
    self.kernel = kernel
  }

  /// Asks the running kernel and looks for the tools.
  public static func examine() -> Machine {
    let isRoot = geteuid() == 0
    let tree = ControlGroupTree.detect()
    let missing = MechanismProbe(isRoot: isRoot, controlGroups: tree).missing()
    return Machine(
      missing: missing, controlGroups: tree, etc: EtcFile.hostCopies(), isRoot: isRoot,
      kernel: KernelFiles.examine())
  }

  /// What a configuration needs, does not get here, and does not excuse.
  public func missing(for configuration: SandboxConfiguration) -> [MissingMechanism] {
    let needed = configuration.needed
    var found = missing.filter { needed.contains($0.mechanism) }
    if case .folder = configuration.home, !found.contains(where: { $0.mechanism == .diskQuota }) {
      found.append(MissingMechanism(.diskQuota, detail: "the home is a plain folder"))
    }
    if configuration.identity == .caller {
      found += [.separateUser, .privateDevices].filter { mechanism in
        !found.contains { $0.mechanism == mechanism }
      }.map { MissingMechanism($0, detail: "the workspace runs as the caller") }
    } else if !isRoot {
      found.append(MissingMechanism(.separateUser, detail: "only root can become another user"))
    }
    // Becoming another user cannot be excused while the configuration asks for it.
    return found.filter { missing in
      let impossible = missing.mechanism == .separateUser && configuration.identity != .caller
      return impossible || !missing.mechanism.isExcusable
        || !configuration.without.contains(missing.mechanism)
    }
  }
}

extension SandboxConfiguration {
  /// Mechanisms that this configuration uses.
  var needed: Set<Mechanism> {
    var all: Set<Mechanism> = [
      .userNamespaces, .networkNamespaces, .bubblewrap, .seccomp, .closeRange, .overlay, .diskQuota,
    ]
    if limits.memoryBytes != nil { all.insert(.memoryLimit) }
    if limits.processes != nil { all.insert(.processLimit) }
    if limits.processorPercent != nil { all.insert(.processorLimit) }
    return all
  }
}

/// Tries each mechanism in a child.
struct MechanismProbe {
  let isRoot: Bool
  let controlGroups: ControlGroupTree?

  func missing() -> [MissingMechanism] {
    var all = [
      userNamespaces(), networkNamespaces(), bubblewrap(), seccomp(), closeRange(), overlay(), quota(),
    ]
    all += LimitedResource.allCases.map(limit)
    if !isRoot {
      all.append(MissingMechanism(.separateUser, detail: "not root"))
      all.append(MissingMechanism(.privateDevices, detail: "not root"))
    }
    return all.compactMap { $0 }
  }

  /// Runs steps in a child; nil when all succeed.
  private func trial(_ mechanism: Mechanism, _ steps: [LaunchStep]) -> MissingMechanism? {
    let plan = LaunchPlan(descriptors: [], steps: steps + [.exit(0)])
    do {
      let launched = try plan.launch([:])
      try launched.confirm()
      return launched.process.waitBlocking() == .exited(0)
        ? nil : MissingMechanism(mechanism, detail: "the trial died")
    } catch { return MissingMechanism(mechanism, detail: "\(error)") }
  }

  /// As the user that will need it: root succeeds where others may not.
  private func userNamespaces() -> MissingMechanism? {
    trial(.userNamespaces, (isRoot ? [.become(user: 65534, group: 65534)] : []) + [.unshare(.user)])
  }

  private func networkNamespaces() -> MissingMechanism? {
    trial(.networkNamespaces, [.unshare(isRoot ? .network : [.user, .network]), .loopbackUp])
  }

  private func overlay() -> MissingMechanism? {
    let id = { (number: UInt32) in Array("0 \(number) 1".utf8) }
    let user: [LaunchStep] = [
      .dumpable(true), .unshare([.user, .mount]),
      .writeExistingFile("/proc/self/setgroups", Array("deny".utf8)),
      .writeExistingFile("/proc/self/uid_map", id(geteuid())),
      .writeExistingFile("/proc/self/gid_map", id(getegid())),
    ]
    return trial(
      .overlay,
      (isRoot ? [.unshare(.mount)] : user) + [
        .mount(source: "none", target: "/", type: "", flags: [.recursive, .isPrivate], options: ""),
        .mount(source: "tmpfs", target: "/mnt", type: "tmpfs", flags: [], options: ""),
        .changeFolder("/mnt"), .makeFolder("empty", mode: 0o755), .makeFolder("usr", mode: 0o755),
        .mount(
          source: "overlay", target: "usr", type: "overlay", flags: .readOnly, options: "lowerdir=empty:/usr"),
      ])
  }

  private func bubblewrap() -> MissingMechanism? {
    guard let result = try? HostTool.run(SandboxPlan.bubblewrap, ["--version"]), result.status == .exited(0)
    else { return MissingMechanism(.bubblewrap, detail: "\(SandboxPlan.bubblewrap) does not run") }
    let version = result.text.split(whereSeparator: { $0 == " " || $0.isNewline }).last.map(String.init) ?? ""
    let parts = version.split(separator: ".").compactMap { Int($0) }
    let isEnough = parts.count >= 2 && (parts[0], parts[1]) >= (0, 8)
    return isEnough ? nil : MissingMechanism(.bubblewrap, detail: "version '\(version)' is older than 0.8")
  }

  private func seccomp() -> MissingMechanism? {
    SeccompFilter.isAvailable ? nil : MissingMechanism(.seccomp, detail: "the kernel does not filter")
  }

  private func closeRange() -> MissingMechanism? {
    trial(.closeRange, [.closeDescriptors(except: [])])
  }

  private func limit(_ resource: LimitedResource) -> MissingMechanism? {
    let mechanism: Mechanism =
      switch resource {
      case .memory: .memoryLimit
      case .processes: .processLimit
      case .processor: .processorLimit
      }
    if controlGroups?.enforced.contains(resource) == true { return nil }
    return MissingMechanism(mechanism, detail: "no writable cgroup has the controller")
  }

  private func quota() -> MissingMechanism? {
    if !isRoot { return MissingMechanism(.diskQuota, detail: "not root") }
    if (try? FileDescriptor(opening: "/dev/loop-control", flags: O_RDWR)) == nil {
      return MissingMechanism(.diskQuota, detail: "/dev/loop-control cannot be opened")
    }
    let tool = try? HostTool.run(QuotaImage.makeFileSystem, ["-V"])
    return tool?.status == .exited(0) ? nil : MissingMechanism(.diskQuota, detail: "mkfs.ext4 does not run")
  }
}
