import FoundationEssentials
import Glibc
import Testing

@testable import CordonLinux

@Suite struct `A control group` {
  static let limits = ResourceLimits(memoryBytes: 64 << 20, processes: 8, processorPercent: 50)

  /// Starts a sleeper in a group.
  private func sleeper(in group: ControlGroup, setsid: Bool = false) throws -> ChildProcess {
    let launched = try LaunchPlan(
      descriptors: [],
      steps: group.joinPaths.map { .joinControlGroup($0) } + [
        .dieWithParent, .execute("/bin/sleep", arguments: ["sleep", "4321"], environment: []),
      ]
    ).launch([:])
    try launched.confirm()
    return launched.process
  }

  @Test func `holds its processes, kills them all and goes`() throws {
    let tree = try #require(ControlGroupTree.detect())
    #expect(tree.enforced == Set(LimitedResource.allCases))
    let group = try tree.makeGroup(named: "cordon-test-\(getpid())-kill", limits: Self.limits)
    let processes = try (0..<3).map { _ in try sleeper(in: group) }
    #expect(group.members == processes.map(\.identifier).sorted())
    #expect(
      group.usage.processes == 3 && group.usage.memoryBytes ?? 0 > 0
        && group.usage.processorMicroseconds != nil)
    try group.setFrozen(true)
    try group.killAll()
    #expect(processes.map { $0.waitBlocking() } == [.signalled(9), .signalled(9), .signalled(9)])
    try group.remove()
    #expect(group.folders.values.allSatisfy { !FileManager.default.fileExists(atPath: $0) })
    try group.remove()
  }

  /// Mixed machines have both: the tree of version 2 is there, with few controllers.
  @Test func `of version 2 kills and freezes without any controller`() throws {
    let mounts = ControlGroupMounts(
      mountinfo: try ControlFile.read("/proc/self/mountinfo"),
      ownGroups: try ControlFile.read("/proc/self/cgroup"))
    let unified = try #require(mounts.unified, "mount -t cgroup2 none /sys/fs/cgroup/unified")
    let tree = ControlGroupTree(version: .v2, parents: ["": unified.mountPoint], enforced: [])
    let group = try tree.makeGroup(named: "cordon-test-\(getpid())-v2", limits: ResourceLimits())
    let process = try sleeper(in: group)
    #expect(group.members == [process.identifier])
    try group.setFrozen(true)
    try group.setFrozen(false)
    try group.killAll()
    #expect(process.waitBlocking() == .signalled(9))
    try group.remove()
  }

  @Test func `left behind is swept by its prefix, and no other`() throws {
    let tree = try #require(ControlGroupTree.detect())
    let prefix = "cordon-test-\(getpid())-sweep-"
    let kept = try tree.makeGroup(named: "cordon-test-\(getpid())-kept", limits: ResourceLimits())
    let processes = try ["a", "b"].map {
      try sleeper(in: try tree.makeGroup(named: prefix + $0, limits: Self.limits))
    }
    #expect(try tree.sweep(prefix: prefix) == [prefix + "a", prefix + "b"])
    #expect(processes.map { $0.waitBlocking() } == [.signalled(9), .signalled(9)])
    #expect(try tree.sweep(prefix: prefix) == [] && tree.sweep(prefix: "") == [])
    #expect(kept.folders.values.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    try kept.remove()
  }

  @Test func `that cannot hold a limit is not made`() throws {
    let full = try #require(ControlGroupTree.detect())
    let parents = full.parents.filter { $0.key == "freezer" }
    let tree = ControlGroupTree(version: .v1, parents: parents, enforced: [])
    let name = "cordon-test-\(getpid())-none"
    #expect(throws: SystemError(code: ENOTSUP, call: "limit memory by cgroup")) {
      try tree.makeGroup(named: name, limits: Self.limits)
    }
    #expect(try tree.sweep(prefix: name) == [])
  }

  @Test func `writes the files of either version`() {
    let v1 = ControlGroupTree(version: .v1, parents: [:], enforced: []).settings(for: Self.limits)
    #expect(
      v1.map { "\($0.file)=\($0.value)" } == [
        "memory.limit_in_bytes=67108864", "memory.memsw.limit_in_bytes=67108864", "pids.max=8",
        "cpu.cfs_period_us=100000", "cpu.cfs_quota_us=50000",
      ])
    let v2 = ControlGroupTree(version: .v2, parents: [:], enforced: []).settings(for: Self.limits)
    #expect(
      v2.map { "\($0.file)=\($0.value)" } == [
        "memory.max=67108864", "memory.swap.max=0", "pids.max=8", "cpu.max=50000 100000",
      ])
    #expect(ControlGroupTree(version: .v2, parents: [:], enforced: []).settings(for: ResourceLimits()) == [])
  }

  @Test func `places are found in mixed, unified and nested machines`() {
    let mixed = ControlGroupMounts(
      mountinfo: """
        30 25 0:26 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        31 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
        32 25 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
        garbage
        """,
      ownGroups: "5:cpu,cpuacct:/a\n4:memory:/a/b\n0::/\nbad\n")
    #expect(
      mixed.divided["memory"]?.upwards == [
        "/sys/fs/cgroup/memory/a/b", "/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory",
      ])
    #expect(mixed.divided["cpuacct"]?.upwards.first == "/sys/fs/cgroup/cpu,cpuacct/a")
    #expect(mixed.unified?.upwards == ["/sys/fs/cgroup/unified"])
    let container = ControlGroupMounts(
      mountinfo: "32 25 0:28 /pod/x /sys/fs/cgroup ro - cgroup2 cgroup rw", ownGroups: "0::/pod/x/y\n")
    #expect(container.unified?.upwards == ["/sys/fs/cgroup/y", "/sys/fs/cgroup"])
    #expect(
      ControlGroupMounts(mountinfo: "", ownGroups: "")
        == ControlGroupMounts(mountinfo: "x - y", ownGroups: ":"))
  }
}
