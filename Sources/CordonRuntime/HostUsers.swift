import CordonModel
import Foundation

/// Which host user each workspace has, written down so that a workspace keeps its files whatever is added to or
/// removed from the spec, and wherever the folder is moved.
struct HostUsers: Codable, Equatable {
  /// Why no host users are handed out.
  enum Refusal: Error, CustomStringConvertible {
    case unreadable(String)
    case copied(String, original: String)
    case exhausted(String)

    var description: String {
      switch self {
      case .unreadable(let path):
        "\(path) cannot be read; put it back, or move the state folder aside and start anew"
      case .copied(let path, let original):
        "\(path) is a copy of \(original), and both would run as the same host users; move one of them off this machine"
      case .exhausted(let path):
        "\(path) has seen \(HostUsers.most) workspaces, and each needs a host user of its own; use a new --state"
      }
    }
  }

  /// How many workspaces one state folder has at most.
  static let most = 256

  /// The folder that they were handed out for.
  var folder: String
  /// The first of `most` user ids in a row.
  var first: UInt32
  /// The place of each workspace, by project and name. None is ever handed out twice.
  var places: [String: Int] = [:]

  /// The folder's users, with a place for each workspace of `environment`.
  static func assign(for environment: Environment, in folder: StateFolder) throws -> HostUsers {
    let earlier = try read(folder)
    var users = earlier ?? HostUsers(folder: folder.path, first: folder.firstHostUser)
    if users.folder != folder.path {
      let original = StateFolder(path: users.folder)
      if original != folder, (try? read(original))?.first == users.first {
        throw Refusal.copied(folder.path, original: users.folder)
      }
      users.folder = folder.path
    }
    for (project, workspace) in environment.workspaces {
      let key = key(project: project.name, workspace: workspace.name)
      guard users.places[key] == nil else { continue }
      guard users.places.count < most else { throw Refusal.exhausted(folder.path) }
      users.places[key] = users.places.count
    }
    if users != earlier { try users.write(folder) }
    return users
  }

  /// A workspace's host user; nil for one that has none.
  func user(project: Slug, workspace: Slug) -> UInt32? {
    places[Self.key(project: project, workspace: workspace)].map { first + UInt32($0) }
  }

  private static func key(project: Slug, workspace: Slug) -> String { "\(project)/\(workspace)" }

  private static func read(_ folder: StateFolder) throws -> HostUsers? {
    guard FileManager.default.fileExists(atPath: folder.users) else { return nil }
    guard let data = FileManager.default.contents(atPath: folder.users),
      let users = try? JSONDecoder().decode(HostUsers.self, from: data), users.isSound
    else { throw Refusal.unreadable(folder.users) }
    return users
  }

  /// Ids of distributions, of root and of nobody are never handed out, whatever the file says.
  private var isSound: Bool {
    (0x4000_0000..<0x6000_0000).contains(first) && first % UInt32(Self.most) == 0
      && Set(places.values).count == places.count && places.values.allSatisfy { (0..<Self.most).contains($0) }
  }

  private func write(_ folder: StateFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try encoder.encode(self).write(to: URL(filePath: folder.users), options: .atomic)
  }
}
