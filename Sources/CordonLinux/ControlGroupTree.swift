import Glibc

/// Where this process may make cgroups, and which limits they can hold.
public struct ControlGroupTree: Sendable, Equatable {
  /// The interface.
  public var version: ControlGroup.Version
  /// Folder for each v1 controller below which groups are made; under the empty name for v2.
  public var parents: [String: String]
  /// Mount point of each of these trees: `sweep` looks for leftovers from here down.
  public var mountPoints: [String: String]
  /// Limits that groups made here enforce.
  public var enforced: Set<LimitedResource>

  /// A tree with known folders.
  public init(
    version: ControlGroup.Version, parents: [String: String], mountPoints: [String: String] = [:],
    enforced: Set<LimitedResource>
  ) {
    self.version = version
    self.parents = parents
    self.mountPoints = mountPoints.isEmpty ? parents : mountPoints
    self.enforced = enforced
  }

  /// Looks for a place with the most limits. Nil when no cgroup tree is writable at all.
  ///
  /// Both interfaces can be mounted side by side, each holding some controllers: v1 trees with a v2 tree
  /// that holds hugetlb only exist in the field.
  public static func detect() -> ControlGroupTree? {
    guard let mounts = try? ControlFile.read("/proc/self/mountinfo"),
      let own = try? ControlFile.read("/proc/self/cgroup")
    else { return nil }
    let places = ControlGroupMounts(mountinfo: mounts, ownGroups: own)
    let candidates = [unified(places), divided(places)].compactMap { $0 }
    return candidates.max { $0.enforced.count < $1.enforced.count }
  }

  /// Version 1: groups below the group of this process, in each controller's tree.
  private static func divided(_ places: ControlGroupMounts) -> ControlGroupTree? {
    let wanted = LimitedResource.allCases.map(\.controller) + ["freezer", "cpuacct"]
    let used = places.divided.filter {
      wanted.contains($0.key) && ControlFile.isWritable($0.value.upwards[0])
    }
    let enforced = LimitedResource.allCases.filter { used[$0.controller] != nil }
    if used.isEmpty { return nil }
    return ControlGroupTree(
      version: .v1, parents: used.mapValues { $0.upwards[0] }, mountPoints: used.mapValues(\.mountPoint),
      enforced: Set(enforced))
  }

  /// Version 2: a group with processes cannot give controllers to groups below it (the "no internal
  /// processes" rule), so the parent is the first group upwards that can.
  private static func unified(_ places: ControlGroupMounts) -> ControlGroupTree? {
    guard let unified = places.unified else { return nil }
    var found: ControlGroupTree?
    for folder in unified.upwards where ControlFile.isWritable(folder) {
      let text = (try? ControlFile.read("\(folder)/cgroup.controllers")) ?? ""
      let here = Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
      let enforced = LimitedResource.allCases.filter {
        here.contains($0.controller) && enable($0.controller, in: folder)
      }
      if enforced.count > found?.enforced.count ?? -1 {
        found = ControlGroupTree(
          version: .v2, parents: ["": folder], mountPoints: ["": unified.mountPoint], enforced: Set(enforced))
      }
    }
    return found
  }

  private static func enable(_ controller: String, in folder: String) -> Bool {
    (try? ControlFile.write("\(folder)/cgroup.subtree_control", "+\(controller)")) != nil
  }

  /// Makes a group and sets its limits; a limit that this tree cannot hold is an error, not a silence.
  public func makeGroup(named name: String, limits: ResourceLimits) throws(SystemError) -> ControlGroup {
    let group = ControlGroup(version: version, folders: parents.mapValues { "\($0)/\(name)" })
    for folder in Set(group.folders.values) { try ControlFile.makeFolder(folder) }
    do { try set(limits, on: group) } catch {
      try? group.remove()
      throw error
    }
    return group
  }

  private func set(_ limits: ResourceLimits, on group: ControlGroup) throws(SystemError) {
    for setting in settings(for: limits) {
      guard let folder = group.folders[version == .v2 ? "" : setting.controller] else {
        throw SystemError(code: ENOTSUP, call: "limit \(setting.controller) by cgroup")
      }
      do { try ControlFile.write("\(folder)/\(setting.file)", setting.value) } catch {
        // Swap accounting is a build option; without swap there is nothing to account for.
        if setting.isOptional, error.code == ENOENT || error.code == ENOTSUP { continue }
        throw error
      }
    }
  }

  struct Setting: Equatable {
    var controller: String
    var file: String
    var value: String
    var isOptional = false
  }

  /// The files to write. `cpu.max` and its v1 pair are quota and period in microseconds.
  func settings(for limits: ResourceLimits) -> [Setting] {
    var all: [Setting] = []
    let isV2 = version == .v2
    if let memory = limits.memoryBytes {
      all.append(
        Setting(controller: "memory", file: isV2 ? "memory.max" : "memory.limit_in_bytes", value: "\(memory)")
      )
      all.append(
        Setting(
          controller: "memory", file: isV2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes",
          value: isV2 ? "0" : "\(memory)", isOptional: true))
    }
    if let processes = limits.processes {
      all.append(Setting(controller: "pids", file: "pids.max", value: "\(processes)"))
    }
    if let percent = limits.processorPercent {
      let quota = percent.multipliedReportingOverflow(by: 1000).partialValue
      if isV2 {
        all.append(Setting(controller: "cpu", file: "cpu.max", value: "\(quota) 100000"))
      } else {
        all.append(Setting(controller: "cpu", file: "cpu.cfs_period_us", value: "100000"))
        all.append(Setting(controller: "cpu", file: "cpu.cfs_quota_us", value: "\(quota)"))
      }
    }
    return all
  }

  /// Kills and removes every group whose name starts with `prefix`: what a crash left behind, also when the
  /// process that crashed was in another group than this one.
  ///
  /// - Returns: the names that were removed.
  @discardableResult
  public func sweep(prefix: String) throws(SystemError) -> [String] {
    prefix.isEmpty ? [] : try sweep { $0.hasPrefix(prefix) }
  }

  /// Kills and removes the groups with this name.
  @discardableResult
  public func sweep(exactly name: String) throws(SystemError) -> [String] { try sweep { $0 == name } }

  private func sweep(where matches: (String) -> Bool) throws(SystemError) -> [String] {
    var names: Set<String> = []
    for (controller, mountPoint) in mountPoints {
      for folder in Self.folders(below: mountPoint, depth: 12, where: matches) {
        let group = ControlGroup(version: version, folders: [controller: folder])
        try group.killAll()
        try group.remove()
        names.insert(String(folder.split(separator: "/").last ?? ""))
      }
    }
    return names.sorted()
  }

  private static func folders(below folder: String, depth: Int, where matches: (String) -> Bool) -> [String] {
    guard depth > 0 else { return [] }
    return ControlFile.folderNames(in: folder).flatMap { name in
      let path = "\(folder)/\(name)"
      return matches(name) ? [path] : folders(below: path, depth: depth - 1, where: matches)
    }
  }
}
