import CordonLinux
public import CordonModel
import Foundation

/// Where an environment keeps everything it has on this machine. Removing the folder removes the environment.
public struct StateFolder: Sendable, Hashable {
  /// Why a folder cannot hold an environment's state.
  public enum Refusal: Error, CustomStringConvertible, Equatable {
    case notAFolder(String)
    case notOwned(String, owner: Int)
    case holdsOtherFiles(String, example: String)

    /// What to do about it.
    public var description: String {
      switch self {
      case .notAFolder(let path): "\(path) is not a folder; choose another --state"
      case .notOwned(let path, let owner):
        "\(path) belongs to user \(owner), who could change what is in it; choose another --state"
      case .holdsOtherFiles(let path, let example):
        "\(path) holds other files (\(example)) and no environment; name an empty or a new folder with --state"
      }
    }
  }

  /// The folder, absolute, with its links resolved: one folder has one name, whichever way it is reached.
  public let path: String

  /// A state folder at `path`; a relative path is resolved against the working directory.
  public init(path: String) {
    self.path = Self.resolved(URL(filePath: path).standardizedFileURL)
  }

  private static func resolved(_ url: URL) -> String {
    var existing = url
    var missing: [String] = []
    while existing.path != "/", !FileManager.default.fileExists(atPath: existing.path) {
      missing.insert(existing.lastPathComponent, at: 0)
      existing.deleteLastPathComponent()
    }
    return missing.reduce(existing.resolvingSymlinksInPath()) { $0.appending(path: $1) }.path
  }

  /// The folder an environment has unless the caller names another: under `/var/lib/cordon` for root, else under the
  /// XDG state home.
  public static func standard(for environment: Slug) -> StateFolder {
    StateFolder(path: parent + "/" + environment.text)
  }

  /// Every environment in the standard place that has a record of its spec.
  public static func inStandardPlace() -> [StateFolder] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    return names.sorted().map { StateFolder(path: parent + "/" + $0) }.filter {
      FileManager.default.fileExists(atPath: $0.record)
    }
  }

  private static var parent: String {
    guard geteuid() != 0 else { return "/var/lib/cordon" }
    // XDG base directory specification: a path that is not absolute is to be ignored.
    if let home = ProcessInfo.processInfo.environment["XDG_STATE_HOME"], home.hasPrefix("/") {
      return home + "/cordon"
    }
    return FileManager.default.homeDirectoryForCurrentUser.path + "/.local/state/cordon"
  }

  /// What was brought up here: the spec's path, a digest of what was read, whether it is a drill's.
  public var record: String { path + "/environment.json" }
  /// The ledger's folder.
  public var ledger: String { path + "/ledger" }
  /// The object store's folder.
  public var store: String { path + "/store" }
  /// The certificate authority's folder.
  public var certificates: String { path + "/ca" }
  /// People's accounts and sessions.
  public var identity: String { path + "/identity" }
  /// Recordings of sessions.
  public var recordings: String { path + "/recordings" }
  /// Sessions that are open, for a gateway that comes after one that was killed.
  var sessions: String { path + "/sessions" }
  /// The package mirror's cache.
  public var packages: String { path + "/packages" }
  /// The Python environment of the workspaces' notebooks.
  public var notebooks: String { path + "/notebooks" }
  /// Home folders or images of the workspaces.
  public var homes: String { path + "/homes" }
  /// A workspace's home: the folder, or the image of this name with `.ext4` behind it. Homes lie by project, so that a
  /// workspace of the same name in another project does not find them.
  func home(of workspace: Slug, in project: Slug) -> String { "\(homes)/\(project)/\(workspace)" }
  /// Which host user each workspace has.
  public var users: String { path + "/users.json" }
  /// What exists only while the gateway runs.
  public var run: String { path + "/run" }
  /// The gateway's control socket.
  public var controlSocket: String { run + "/control.sock" }
  /// Held by the gateway for as long as it runs.
  public var lock: String { path + "/lock" }
  /// Held by one `up` or `down` at a time.
  public var turn: String { path + "/turn" }
  /// The gateway's log.
  public var log: String { path + "/gateway.log" }

  /// Makes the folders, readable by their owner only.
  ///
  /// A folder that holds anything else is left as it is: a mistyped `--state` must not close somebody's files.
  public func create() throws {
    try check()
    for folder in [path, ledger, store, certificates, identity, recordings, packages, homes, run] {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
    }
  }

  private func check() throws {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return }
    guard attributes[.type] as? FileAttributeType == .typeDirectory else { throw Refusal.notAFolder(path) }
    let owner = attributes[.ownerAccountID].flatMap { Int("\($0)") } ?? -1
    guard owner == Int(geteuid()) else { throw Refusal.notOwned(path, owner: owner) }
    guard !FileManager.default.fileExists(atPath: record) else { return }
    // A disk of its own for the state has a lost+found.
    let own = Set(
      ([
        record, ledger, store, certificates, identity, recordings, sessions, packages, notebooks, homes,
        users, run, lock, turn, log,
      ]).map {
        URL(filePath: $0).lastPathComponent
      } + ["lost+found"])
    let other = try FileManager.default.contentsOfDirectory(atPath: path).sorted().first { !own.contains($0) }
    if let other { throw Refusal.holdsOtherFiles(path, example: other) }
  }

  /// Hands over a path by which the control socket can be bound and reached.
  ///
  /// A socket's address holds 107 bytes (unix(7)); a longer path goes by way of a descriptor of its folder.
  func withControlSocketPath<R: ~Copyable>(_ body: (String) throws -> R) throws -> R {
    guard controlSocket.utf8.count > 107 else { return try body(controlSocket) }
    let folder = try FileDescriptor(opening: run, flags: O_DIRECTORY)
    return try body("/proc/self/fd/\(folder.rawValue)/control.sock")
  }

  /// A short name that is this folder's and no other's: part of control group names.
  public var fingerprint: String { Fingerprint(path).description }

  /// The first of the host user ids that this folder starts out with, 256 in a row, from a range that no
  /// distribution hands out. Derived from the folder, so that two environments on one machine do not meet.
  var firstHostUser: UInt32 { 0x4000_0000 + UInt32(Fingerprint(path).value % (1 << 21)) * 256 }
}

/// Sixty-four bits that tell texts apart (FNV-1a). Not against somebody who looks for two that have the same.
struct Fingerprint: CustomStringConvertible {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  init(_ text: String) { add(text) }

  mutating func add(_ text: String) {
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // Texts are kept apart, so that moving a letter from one to the next is seen.
    value = (value ^ 0xFF) &* 0x100_0000_01b3
  }

  var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
