import CordonLinux

extension SandboxPlan {
  /// The plan of the child that opens the workspace, hands everything over and ends.
  func opening(_ prepared: SandboxPreparation) -> LaunchPlan {
    LaunchPlan(
      descriptors: ["null", "null", "errors", "control"],
      steps: leaveHost(prepared) + stage(prepared) + handOver())
  }

  /// As root the namespaces belong to the host's root. Without privileges a user namespace comes first: its
  /// maker has all capabilities in it until an exec, and as user 1000, not root, none after it
  /// (user_namespaces(7); there too: groups cannot be mapped before setting them is denied).
  private func leaveHost(_ prepared: SandboxPreparation) -> [LaunchStep] {
    let quiet: LaunchStep = .mount(
      source: "none", target: "/", type: "", flags: [.recursive, .isPrivate], options: "")
    if user != nil { return [.dieWithParent, .fileModeMask(0), .unshare([.mount, .network]), quiet] }
    let map = { (id: UInt32) in Array("1000 \(id) 1".utf8) }
    return [
      // A launcher that changed its user since its last exec could not write its own maps (proc(5)).
      .dieWithParent, .fileModeMask(0), .dumpable(true), .unshare([.user, .mount, .network]),
      .writeExistingFile("/proc/self/setgroups", Array("deny".utf8)),
      .writeExistingFile("/proc/self/uid_map", map(prepared.caller.user)),
      .writeExistingFile("/proc/self/gid_map", map(prepared.caller.group)),
      quiet,
    ]
  }

  private func stage(_ prepared: SandboxPreparation) -> [LaunchStep] {
    // The host's root shows up before the stage does: a recursive view of it would hold the stage itself.
    var steps: [LaunchStep] = [
      memoryFolder(at: prepared.stage, mode: "0755", bytes: 32 << 20), .changeFolder(prepared.stage),
    ]
    steps += sharedFiles() + etc(prepared.etc) + devices() + terminals()
    steps += kernelSteps(prepared.kernel)
    steps.append(.makeFolder("proc", mode: 0o755))
    steps.append(view(of: "/proc", at: "proc", flags: user == nil ? [.bind, .recursive] : .bind))
    steps += homeSteps(prepared.volume)
    steps += configuration.folders.enumerated().flatMap { folderSteps($0.element, index: $0.offset) }
    steps += writableMemory() + ingress()
    if !isOn(.rootFileSystem) {
      steps += [.makeFolder("host", mode: 0o755), view(of: "/", at: "host", flags: [.bind, .recursive])]
    }
    return steps + [.pivotRoot(prepared.stage)]
  }

  /// /usr as an overlay without an upper layer: same contents, own inodes, so a lock or an open file in one
  /// workspace means nothing in another. The empty layer is on top because `statfs` asks the top layer: free
  /// space of the host's disk would be a signal as well. Layer names are relative, as they show inside.
  private func overlay(of source: String, at target: String, layer: String) -> [LaunchStep] {
    [
      .makeFolder(layer, mode: 0o755), .makeFolder("empty", mode: 0o755), .makeFolder(target, mode: 0o755),
      view(of: source, at: layer, flags: user == nil ? [.bind, .recursive] : .bind),
      .mount(
        source: "overlay", target: target, type: "overlay", flags: [.readOnly, .noSetUID, .noDevices],
        options: "lowerdir=empty:\(layer)"),
      .unmount(layer),
    ]
  }

  private var mayOverlay: Bool { isOn(.sharedFileOverlay) && !configuration.without.contains(.overlay) }

  private func sharedFiles() -> [LaunchStep] {
    let links: [LaunchStep] = ["bin", "sbin", "lib", "lib64"].map { .symbolicLink(to: "usr/\($0)", at: $0) }
    if mayOverlay { return overlay(of: "/usr", at: "usr", layer: "layer") + links }
    return [.makeFolder("usr", mode: 0o755), view(of: "/usr", at: "usr", flags: [.bind, .recursive])] + links
  }

  private func etc(_ copies: [EtcFile]) -> [LaunchStep] {
    var files: [String: EtcFile] = [:]
    for file in EtcFile.standard(hostname: configuration.hostname) + copies + configuration.files {
      files[file.path] = file
    }
    let all = files.values.sorted { $0.path < $1.path }
    var folders: Set<String> = []
    var steps: [LaunchStep] = [.makeFolder("etc", mode: 0o755)]
    for folder in all.flatMap(\.folders) where folders.insert(folder).inserted {
      steps.append(.makeFolder(String(folder.dropFirst()), mode: 0o755))
    }
    return steps + all.map(etcStep)
  }

  private func etcStep(_ file: EtcFile) -> LaunchStep {
    let path = String(file.path.dropFirst())
    switch file.content {
    case .bytes(let bytes): return .writeNewFile(path, mode: 0o644, bytes)
    case .link(let target): return .symbolicLink(to: target, at: path)
    }
  }

  /// Nodes that bubblewrap binds into its /dev. Two workspaces that share the node of /dev/null can lock it
  /// and read each other's locks; only root can make nodes.
  private func devices() -> [LaunchStep] {
    // The host's terminals are there for bubblewrap alone: it finds the command's own one among them and shows
    // that one inside as /dev/console, so that ttyname(3) has an answer.
    var steps: [LaunchStep] = [
      .makeFolder("dev", mode: 0o755), .makeFolder("dev/pts", mode: 0o755),
      view(of: "/dev/pts", at: "dev/pts", flags: .bind),
    ]
    let nodes: [(String, UInt32, UInt32)] = [
      ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0),
    ]
    if user != nil && isOn(.privateDevices) {
      return steps + nodes.map { .characterDevice("dev/\($0.0)", mode: 0o666, major: $0.1, minor: $0.2) }
    }
    for (name, _, _) in nodes {
      steps.append(.writeNewFile("dev/\(name)", mode: 0o666, []))
      steps.append(view(of: "/dev/\(name)", at: "dev/\(name)", flags: .bind))
    }
    return steps
  }

  /// Terminals that a workspace makes for itself, all its commands together. The kernel has one pool for all
  /// (/proc/sys/kernel/pty/max); what one workspace takes, the others must not miss.
  private func terminals() -> [LaunchStep] {
    let limit = isOn(.terminalLimit) ? ",max=\(Self.terminalLimit)" : ""
    return [
      .makeFolder("terminals", mode: 0o755),
      .mount(
        source: "devpts", target: "terminals", type: "devpts", flags: [.noSetUID, .noExecute],
        options: "newinstance,ptmxmode=0666,mode=620\(limit)"),
    ]
  }

  static let terminalLimit = 64

  private func homeSteps(_ volume: String?) -> [LaunchStep] {
    let owner = user ?? 1000
    if let volume {
      return [
        .makeFolder("volume", mode: 0o755),
        .mount(
          source: volume, target: "volume", type: "ext4", flags: [.noSetUID, .noDevices],
          options: (configuration.returnsDiskSpace ? "discard," : "") + "errors=remount-ro"),
        .makeFolder("volume/home", mode: 0o700), .changeOwner("volume/home", user: owner, group: owner),
        .symbolicLink(to: "volume/home", at: "home"),
      ]
    }
    if case .memory(let bytes) = configuration.home {
      return [
        .makeFolder("home", mode: 0o755), memoryFolder(at: "home", mode: "0700", bytes: bytes),
        .changeOwner("home", user: owner, group: owner),
      ]
    }
    guard case .folder(let path) = configuration.home else { return [] }
    return [
      .makeFolder("home", mode: 0o755),
      view(of: path, at: "home", flags: user == nil ? [.bind, .recursive] : .bind),
    ]
  }

  private func folderSteps(_ folder: SandboxConfiguration.Folder, index: Int) -> [LaunchStep] {
    let place = Self.place(ofFolder: index)
    if !folder.isWritable && mayOverlay {
      return overlay(of: folder.source, at: place, layer: "layer-\(index)")
    }
    let flags: MountFlags = user == nil ? [.bind, .recursive] : .bind
    return [.makeFolder(place, mode: 0o755), view(of: folder.source, at: place, flags: flags)]
  }

  static func place(ofFolder index: Int) -> String { "folder-\(index)" }

  /// Shared by all commands of the workspace, so that their sizes hold for all together.
  private func writableMemory() -> [LaunchStep] {
    [
      // bubblewrap builds its root over /tmp and lets go of this one.
      .makeFolder("tmp", mode: 0o755), .makeFolder("scratch", mode: 0o755),
      memoryFolder(at: "scratch", mode: "1777", bytes: configuration.memory.temporary),
      .makeFolder("shared", mode: 0o755),
      memoryFolder(at: "shared", mode: "1777", bytes: configuration.memory.shared),
    ]
  }

  /// Where a server inside listens for the gateway. Memory of the workspace's own, and reached from outside by a
  /// descriptor alone: no path on the host leads to it, no other workspace has it, and it holds sockets, not files,
  /// so that nobody stores beside his quota in it.
  private func ingress() -> [LaunchStep] {
    guard configuration.ingress else { return [] }
    return [
      .makeFolder("ingress", mode: 0o755),
      .mount(
        source: "tmpfs", target: "ingress", type: "tmpfs", flags: [.noSetUID, .noDevices, .noExecute],
        options: "size=4096,nr_inodes=16,mode=0700"),
      .changeOwner("ingress", user: user ?? 1000, group: user ?? 1000),
    ]
  }

  private func memoryFolder(at path: String, mode: String, bytes: UInt64) -> LaunchStep {
    let inodes = max(4096, bytes / 16384)
    return .mount(
      source: "tmpfs", target: path, type: "tmpfs",
      flags: mode == "0755" ? .noSetUID : [.noSetUID, .noDevices],
      options: "size=\(bytes),nr_inodes=\(inodes),mode=\(mode)")
  }

  private func view(of source: String, at target: String, flags: MountFlags) -> LaunchStep {
    .mount(source: source, target: target, type: "", flags: flags, options: "")
  }

  /// Listeners are bound while this process still has capabilities over the network namespace. Later nobody
  /// inside can take their ports, with SO_REUSEPORT or without.
  private func handOver() -> [LaunchStep] {
    let listeners = configuration.listeners.enumerated().map { index, listener in
      LaunchStep.listen(
        listener.address, listener.transport, backlog: 1024, at: Number.firstListener + Int32(index))
    }
    let names = ["mnt", "net"] + (user == nil ? ["user"] : [])
    let opened = names.enumerated().map { index, name in
      LaunchStep.open("/proc/self/ns/\(name)", flags: 0, at: Number.firstNamespace + Int32(index))
    }
    let folder: [LaunchStep] =
      configuration.ingress ? [.open("/ingress", flags: Number.openFolder, at: Number.ingress)] : []
    let numbers =
      names.indices.map { Number.firstNamespace + Int32($0) }
      + (configuration.ingress ? [Number.ingress] : [])
      + listeners.indices.map { Number.firstListener + Int32($0) }
    return [.loopbackUp] + listeners + opened + folder + [
      .sendDescriptors(numbers, message: Array("workspace".utf8), over: 3), .awaitByte(from: 3), .exit(0),
    ]
  }
}
