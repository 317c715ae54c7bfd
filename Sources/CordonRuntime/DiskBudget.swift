import CordonGateway
import CordonLinux
import CordonModel
import CordonStore
import Foundation

/// What an environment may still take of its state folder's disk, and whether the disk has it.
///
/// Homes, buckets, package cache and ledger share one disk. As long as no more is promised than there is, nobody who stays within a
/// promise can fill the disk for the others.
struct DiskBudget {
  /// Something that may still grow.
  struct Promise: Equatable {
    var what: String
    var bytes: UInt64
  }

  /// More is promised than there is.
  struct Refusal: Error, CustomStringConvertible {
    var folder: String
    var free: UInt64
    var promises: [Promise]

    var description: String {
      let lines = promises.map { "  \(DiskBudget.size($0.bytes))  \($0.what)" }.joined(separator: "\n")
      return """
        the disk of \(folder) has \(DiskBudget.size(free)) free, and the environment may take \
        \(DiskBudget.size(DiskBudget.sum(promises))) more of it:
        \(lines)
        lower 'size: { disk: ... }' of workspaces or 'storage: { limit: ... }' of projects, free disk space, or choose \
        another --state; to let workspaces fill the disk for each other, write 'sandbox: { without: \
        [\(SandboxMechanism.diskReservation.rawValue)] }'
        """
    }
  }

  /// The disk must keep so much that no upload takes: the ledger goes on in it while the operator makes room.
  static func floor(of disk: DiskSpace) -> UInt64 { min(1 << 30, disk.total / 20) }

  /// Kept for the ledger alone, by a file of that size.
  static func ledgerReserve(of disk: DiskSpace) -> UInt64 { min(64 << 20, disk.total / 32) }

  /// Whether less than the floor is free. A disk that cannot be asked is taken for full.
  static func isScarce(_ path: String) -> Bool {
    guard let disk = try? DiskSpace(at: path) else { return true }
    return disk.free < floor(of: disk)
  }

  let environment: Environment
  let folder: StateFolder
  let isRoot: Bool

  init(_ plan: EnvironmentPlan) {
    self.init(environment: plan.environment, folder: plan.folder, isRoot: geteuid() == 0)
  }

  init(environment: Environment, folder: StateFolder, isRoot: Bool) {
    self.environment = environment
    self.folder = folder
    self.isRoot = isRoot
  }

  /// Whether disk space is set aside at all; a spec can do without.
  var isKept: Bool {
    !environment.acceptedMissingMechanisms.contains(SandboxMechanism.diskReservation.rawValue)
  }

  /// Throws where the disk has less than is promised.
  func check() throws {
    guard isKept else { return }
    let disk = try DiskSpace(at: folder.path)
    let promises = try promises(on: disk)
    guard Self.sum(promises) <= disk.free else {
      throw Refusal(folder: folder.path, free: disk.free, promises: promises)
    }
  }

  func promises(on disk: DiskSpace) throws -> [Promise] {
    let held = UInt64(clamping: PackageCacheUse.bytes(in: folder.packages))
    let cache = Promise(
      what: "package cache", bytes: UInt64(PackageCacheUse.least) - min(UInt64(PackageCacheUse.least), held))
    // The ledger stands last: it is the one that the others must leave room for.
    let others = try otherPromises(on: disk)
    guard environment.pypi != nil else { return others }
    return Array(others.dropLast()) + [cache] + others.suffix(1)
  }

  /// What the package cache may come to: what the disk has beside the other promises, between the least that it is
  /// promised and the most that is any use.
  func cacheLimit(on disk: DiskSpace) throws -> Int {
    guard isKept else { return PackageCacheUse.most }
    let others = Self.sum(try otherPromises(on: disk))
    let spare = Int(clamping: disk.free - min(disk.free, others))
    let (limit, overflow) = spare.addingReportingOverflow(PackageCacheUse.bytes(in: folder.packages))
    return max(PackageCacheUse.least, min(PackageCacheUse.most, overflow ? .max : limit))
  }

  private func otherPromises(on disk: DiskSpace) throws -> [Promise] {
    let held = try StoreUse.read(folder: folder.store)
    let buckets = environment.projects.map { project in
      let taken = UInt64(clamping: held[project.name]?.bytes ?? 0)
      return Promise(
        what: "buckets of project \(project.name)",
        bytes: UInt64(project.storage.limit) - min(taken, UInt64(project.storage.limit)))
    }
    let reserve = Self.ledgerReserve(of: disk)
    let kept = DiskSpace.ofFile(folder.ledger + "/reserve")?.allocated ?? 0
    let ledger = Promise(what: "ledger", bytes: Self.floor(of: disk) + reserve - min(reserve, kept))
    return homes + buckets + recordings + [ledger]
  }

  private var recordings: [Promise] {
    guard let rules = environment.browser.recording else { return [] }
    let held = UInt64(clamping: Recordings.bytes(in: folder.recordings))
    let limit = UInt64(rules.limit)
    return [Promise(what: "recordings of sessions", bytes: limit - min(limit, held))]
  }

  /// A home that is a plain folder has no limit that could be promised; the spec had to accept that.
  private var homes: [Promise] {
    guard isRoot, !environment.acceptedMissingMechanisms.contains(SandboxMechanism.diskQuota.rawValue) else {
      return []
    }
    return environment.workspaces.map { project, workspace in
      let image = DiskSpace.ofFile(folder.home(of: workspace.name, in: project.name) + ".ext4")
      let size = image?.size ?? UInt64(workspace.limits.disk)
      return Promise(what: "home of \(workspace.name)", bytes: size - min(size, image?.allocated ?? 0))
    }
  }

  static func sum(_ promises: [Promise]) -> UInt64 {
    promises.reduce(0) { sum, promise in
      let (next, overflow) = sum.addingReportingOverflow(promise.bytes)
      return overflow ? .max : next
    }
  }

  /// Whole MiB, or GiB with one digit behind the point.
  static func size(_ bytes: UInt64) -> String {
    let mebibytes = bytes >> 20
    guard mebibytes >= 1_024 else { return "\(mebibytes) MiB" }
    return "\(mebibytes >> 10).\((mebibytes & 1_023) * 10 >> 10) GiB"
  }
}
