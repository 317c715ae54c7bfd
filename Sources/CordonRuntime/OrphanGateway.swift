import CordonLinux
import Foundation

/// A gateway that runs on although its state folder, or what was in it, has been removed.
///
/// It holds the workspaces' namespaces, so that they live on too; but nobody reaches its socket, and what it records
/// is lost.
struct OrphanGateway: Equatable {
  /// Something holds the removed lock and is not known to be the gateway: it is not ended, and nothing is begun
  /// beside it.
  struct Doubtful: Error, CustomStringConvertible {
    var process: Int32
    var folder: StateFolder
    var why: String

    var description: String {
      "process \(process) holds the lock of \(folder.path), which was removed, but \(why). If it is a gateway that an "
        + "older cordon started, end it with: kill \(process). If not, find out what it is: it may pretend to be one"
    }
  }

  var process: Int32 { identity.number }
  /// It is this very process that is ended, not a later one of its number.
  private let identity: ProcessIdentity
  private let folder: StateFolder

  /// The one whose folder this was. It has the lock of the folder open, which is no longer there by that name; only
  /// processes of this user are looked at, as others could claim anything.
  ///
  /// A process of the same user could claim it as well, for an ordinary user even one in a workspace: it opens a file
  /// that has such a name where it is. So it must run the very file that this command runs, outside of any sandbox.
  ///
  /// - Throws: Where what claims to be the gateway is not known to be it.
  static func find(of folder: StateFolder) throws(Doubtful) -> OrphanGateway? {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    var doubt: Doubtful?
    for number in numbers.compactMap({ Int32($0) }) where holdsRemoved(folder.lock, number) {
      guard let identity = try? ProcessIdentity(of: number) else {
        // Gone by now, or nobody may look at it.
        if holdsRemoved(folder.lock, number) {
          doubt = Doubtful(process: number, folder: folder, why: "what it is cannot be seen")
        }
        continue
      }
      guard let why = objection(to: identity) else {
        return OrphanGateway(identity: identity, folder: folder)
      }
      doubt = Doubtful(process: number, folder: folder, why: why)
    }
    if let doubt { throw doubt }
    return nil
  }

  /// Why a process is not one that this program started; nil where nothing says so.
  private static func objection(to identity: ProcessIdentity) -> String? {
    guard let own = try? ProcessIdentity(of: getpid()) else {
      return "this process cannot be compared with it"
    }
    if identity.user != own.user { return "it is another user's" }
    if identity.namespaces != own.namespaces { return "it runs in a sandbox" }
    guard identity.program != own.program else { return nil }
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(identity.number)/exe")
    return "it runs another program (\(program ?? "unknown"))"
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
    guard try Self.find(of: folder) == self else { return }
    kill(process, SIGTERM)
    for turn in 0..<400 {
      guard try Self.find(of: folder) == self else { return }
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
