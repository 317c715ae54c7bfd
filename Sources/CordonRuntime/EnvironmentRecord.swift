import Foundation

/// What a state folder says of the environment in it, whether or not it runs.
struct EnvironmentRecord: Codable, Equatable {
  /// The record is there and says nothing that can be understood.
  struct Unreadable: Error, CustomStringConvertible {
    var path: String

    var description: String {
      "\(path) cannot be read, so it is not known what this folder holds; put it back, or choose another --state"
    }
  }

  /// The environment's name.
  var name: String
  /// The spec's absolute path.
  var spec: String
  /// A digest of everything that was read when it was brought up, to see whether any of it changed since.
  var inputs: String
  /// A digest of the package lock in force; it may change while the environment runs.
  var lock: String?
  /// Whether this folder belongs to a drill; once said, it never changes.
  var isDrill: Bool
  /// Controls that were switched off.
  var weakened: [String]
  /// When it was brought up, ISO 8601.
  var since: String

  /// The folder's record; nil where there is none yet.
  static func read(_ folder: StateFolder) throws -> EnvironmentRecord? {
    guard FileManager.default.fileExists(atPath: folder.record) else { return nil }
    guard let data = FileManager.default.contents(atPath: folder.record),
      let record = try? JSONDecoder().decode(EnvironmentRecord.self, from: data)
    else { throw Unreadable(path: folder.record) }
    return record
  }

  func write(_ folder: StateFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try encoder.encode(self).write(to: URL(filePath: folder.record), options: .atomic)
  }
}

extension StateFolder {
  /// The absolute path of the spec that was brought up here last; nil where none was.
  public func recordedSpec() throws -> String? { try EnvironmentRecord.read(self)?.spec }
}
