import FoundationEssentials

/// The folder of a drill, which is its own for as long as its process lives.
///
/// A drill that ends clears its folder away. One that is killed, or whose terminal is closed (`unshare` then kills what
/// it started), cannot; the next drill of the same user does. It knows by the lock, which the kernel takes back with
/// the process.
final class DrillFolder {
  /// Not below /tmp, where a workspace has a folder of its own: the planted file must be at a path that only the
  /// sandbox's root file system can hide.
  static let parent = "/var/tmp"
  private static let prefix = "cordon-drill-"
  private static let lockName = "drill.lock"

  let path: String
  private let lock: Int32

  /// Makes a folder, and removes those that killed drills have left.
  init(in parent: String = DrillFolder.parent) throws(DrillError) {
    Self.removeAbandoned(in: parent)
    path = try Posix.makeTemporaryFolder(prefix: "\(parent)/\(Self.prefix)")
    let draft = "\(path)/\(Self.lockName).new"
    do throws(DrillError) {
      guard let lock = try Posix.lock(draft, makes: true) else { throw .world("\(draft) is locked") }
      self.lock = lock
    } catch {
      Files.remove(path)
      throw error
    }
    do {
      // Under its name only once it is locked: a folder without it is no business of any other drill.
      try FileManager.default.moveItem(atPath: draft, toPath: "\(path)/\(Self.lockName)")
    } catch {
      remove()
      throw .world("cannot name the lock of \(path): \(error)")
    }
  }

  deinit { Posix.closeDescriptor(lock) }

  func remove() { Files.remove(path) }

  /// Removes the caller's own folders whose drill is gone.
  static func removeAbandoned(in parent: String = DrillFolder.parent) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where name.hasPrefix(prefix) {
      let folder = "\(parent)/\(name)"
      // Links are not followed: anybody can make one in such a place.
      guard let facts = try? FileManager.default.attributesOfItem(atPath: folder),
        facts[.type] as? FileAttributeType == .typeDirectory,
        facts[.ownerAccountID] as? UInt == Posix.userID,
        let lock = try? Posix.lock("\(folder)/\(lockName)", makes: false)
      else { continue }
      Files.remove(folder)
      Posix.closeDescriptor(lock)
    }
  }
}
