import Glibc

/// What a workspace may use at most. A nil is no limit.
public struct ResourceLimits: Sendable, Equatable, Codable {
  /// Memory in bytes, swap included.
  public var memoryBytes: UInt64?
  /// Processes and threads.
  public var processes: Int?
  /// Processor time: 100 is one core.
  public var processorPercent: Int?

  /// Limits.
  public init(memoryBytes: UInt64? = nil, processes: Int? = nil, processorPercent: Int? = nil) {
    self.memoryBytes = memoryBytes
    self.processes = processes
    self.processorPercent = processorPercent
  }
}

/// The kinds of limit that a cgroup tree can hold.
public enum LimitedResource: String, Sendable, CaseIterable, Codable {
  /// Memory.
  case memory
  /// Number of processes.
  case processes
  /// Processor time.
  case processor

  var controller: String {
    switch self {
    case .memory: "memory"
    case .processes: "pids"
    case .processor: "cpu"
    }
  }
}

/// What a group uses now.
public struct ResourceUsage: Sendable, Equatable {
  /// Memory in bytes.
  public var memoryBytes: UInt64?
  /// Processes and threads.
  public var processes: UInt64?
  /// Processor time since the group was made.
  public var processorMicroseconds: UInt64?
}

/// One group of processes with its limits: a folder in each cgroup tree that takes part.
///
/// A value: another process with the same rights can join it by its paths.
public struct ControlGroup: Sendable, Equatable, Codable {
  /// Version 1 has a tree for each controller, version 2 one tree for all.
  public enum Version: String, Sendable, Codable {
    /// One tree for each controller.
    case v1
    /// One tree.
    case v2
  }

  /// Which interface the files below have.
  public var version: Version
  /// Folder for each v1 controller (`memory`, `pids`, `cpu`, `freezer`); under the empty name for v2.
  public var folders: [String: String]

  /// Files that a process writes "0" to in order to join.
  public var joinPaths: [String] { Set(folders.values).sorted().map { $0 + "/cgroup.procs" } }

  /// Processes in the group now.
  public var members: [Int32] {
    var all: Set<Int32> = []
    for path in joinPaths { all.formUnion(Self.numbers(in: path)) }
    return all.sorted()
  }

  private static func numbers(in path: String) -> [Int32] {
    (try? ControlFile.read(path))?.split(separator: "\n").compactMap { Int32($0) } ?? []
  }

  /// What the group uses.
  public var usage: ResourceUsage {
    switch version {
    case .v1:
      ResourceUsage(
        memoryBytes: value("memory", "memory.usage_in_bytes"), processes: value("pids", "pids.current"),
        processorMicroseconds: value("cpuacct", "cpuacct.usage").map { $0 / 1000 })
    case .v2:
      ResourceUsage(
        memoryBytes: value("", "memory.current"), processes: value("", "pids.current"),
        processorMicroseconds: statistic("usage_usec"))
    }
  }

  private func value(_ controller: String, _ file: String) -> UInt64? {
    guard let folder = folders[controller], let text = try? ControlFile.read("\(folder)/\(file)") else {
      return nil
    }
    return UInt64(text.filter(\.isNumber))
  }

  private func statistic(_ name: String) -> UInt64? {
    guard let folder = folders[""], let text = try? ControlFile.read("\(folder)/cpu.stat") else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
    return line?.split(separator: " ").last.flatMap { UInt64($0) }
  }

  /// Stops every process of the group where it is, or lets all go on.
  public func setFrozen(_ frozen: Bool) throws(SystemError) {
    switch version {
    case .v1:
      guard let folder = folders["freezer"] else { throw SystemError(code: ENOTSUP, call: "freeze a cgroup") }
      try ControlFile.write("\(folder)/freezer.state", frozen ? "FROZEN" : "THAWED")
    case .v2:
      try ControlFile.write("\(folders[""] ?? "")/cgroup.freeze", frozen ? "1" : "0")
    }
  }

  /// Kills every process of the group, those that fork meanwhile included, and waits until none is left.
  public func killAll() throws(SystemError) {
    if version == .v2, (try? ControlFile.write("\(folders[""] ?? "")/cgroup.kill", "1")) != nil {
      try awaitEmpty()
      return
    }
    // Frozen processes cannot fork past the list; without a freezer the loop in `awaitEmpty` catches them.
    try? setFrozen(true)
    for process in members { kill(process, SIGKILL) }
    try? setFrozen(false)
    try awaitEmpty()
  }

  private func awaitEmpty() throws(SystemError) {
    for _ in 0..<2000 {
      let left = members
      if left.isEmpty { return }
      for process in left { kill(process, SIGKILL) }
      usleep(1000)
    }
    throw SystemError(code: EBUSY, call: "kill a cgroup")
  }

  /// Removes the folders; the group must be empty.
  public func remove() throws(SystemError) {
    for folder in Set(folders.values) { try ControlFile.removeFolder(folder) }
  }
}
