import CordonLinux
import Foundation

/// A gateway that runs on although its state folder, or what was in it, has been removed.
///
/// It holds the workspaces' namespaces, so that they live on too; but nobody reaches its socket, and what it records
/// is lost.
struct OrphanGateway: Equatable {
  let process: Int32
  private let folder: StateFolder

  /// The one whose folder this was. It has the lock of the folder open, which is no longer there by that name; only
  /// processes of this user are looked at, as others could claim anything.
  init?(of folder: StateFolder) {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    for number in numbers.compactMap({ Int32($0) }) where Self.holdsRemoved(folder.lock, number) {
      process = number
      self.folder = folder
      return
    }
    return nil
  }

  private static func holdsRemoved(_ path: String, _ process: Int32) -> Bool {
    let files = FileManager.default
    let owner = try? files.attributesOfItem(atPath: "/proc/\(process)")[.ownerAccountID]
    guard owner.flatMap({ Int("\($0)") }) == Int(geteuid()) else { return false }
    let open = "/proc/\(process)/fd"
    return ((try? files.contentsOfDirectory(atPath: open)) ?? []).contains {
      (try? files.destinationOfSymbolicLink(atPath: "\(open)/\($0)")) == path + " (deleted)"
    }
  }

  /// Ends it, gently where it still can: workspaces, mounts and commands go with it.
  func end() throws {
    kill(process, SIGTERM)
    for turn in 0..<400 {
      guard OrphanGateway(of: folder) == self else { return }
      // It may wait for what it cannot write any more.
      if turn == 200 { kill(process, SIGKILL) }
      usleep(50_000)
    }
    throw EnvironmentLauncher.Failure(description: "process \(process) does not end; \(self)")
  }
}

extension OrphanGateway: CustomStringConvertible {
  /// What happened and what to do.
  var description: String {
    "the gateway (process \(process)) still runs, but its state folder \(folder.path) was removed: nothing that it "
      + "does is kept, and nobody can reach it; end it with: cordon down --state \(folder.path)"
  }
}
