import CordonLinux
import Foundation

/// A folder whose files are written together: whoever looks into it finds all of the old ones or all of the new ones.
struct WholeFolder {
  /// Where it is, as the user wrote it.
  let path: String

  /// Writes `files`, and gives the names of what was there before and is not among them; that stays.
  func write(_ files: [(name: String, text: String)]) throws -> [String] {
    do { return try replace(files) } catch let failure as Failure { throw failure } catch {
      throw Failure("cannot write to \(Console.printable(path)): \(Self.reason(error))")
    }
  }

  private func replace(_ files: [(name: String, text: String)]) throws -> [String] {
    let manager = FileManager.default
    let target = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path(percentEncoded: false)
    let place = target.hasSuffix("/") && target.count > 1 ? String(target.dropLast()) : target
    // Beside the folder, so that both are on one file system.
    let staging = "\(place).cordon-\(ProcessInfo.processInfo.processIdentifier)"
    let type = try? manager.attributesOfItem(atPath: place)[.type] as? FileAttributeType
    let isThere = type != nil
    guard !isThere || type == .typeDirectory else {
      throw Failure("\(Console.printable(path)) is not a folder; name another")
    }
    try manager.createDirectory(
      atPath: URL(filePath: place).deletingLastPathComponent().path(percentEncoded: false),
      withIntermediateDirectories: true)
    try manager.createDirectory(atPath: staging, withIntermediateDirectories: false)
    do {
      for file in files { try Data(file.text.utf8).write(to: URL(filePath: "\(staging)/\(file.name)")) }
      if isThere {
        let mode = try manager.attributesOfItem(atPath: place)[.posixPermissions]
        try mode.map { try manager.setAttributes([.posixPermissions: $0], ofItemAtPath: staging) }
        try Self.exchange(place, staging)
      } else {
        try FileRename.replace(place, with: staging)
      }
    } catch {
      try? manager.removeItem(atPath: staging)
      throw error
    }
    return isThere ? try keep(from: staging, in: place, made: Set(files.map(\.name))) : []
  }

  /// The old folder takes the place of the new one.
  private static func exchange(_ place: String, _ staging: String) throws {
    do throws(SystemError) {
      try FileRename.exchange(place, staging)
    } catch {
      guard error.code == EINVAL else { throw error }
      // A file system without exchange: for a moment neither is there, never a half of one.
      let aside = staging + "-old"
      try FileRename.replace(aside, with: place)
      try FileRename.replace(place, with: staging)
      try FileRename.replace(staging, with: aside)
    }
  }

  /// Moves what is not ours from the old folder into the new one, and removes the rest of the old.
  private func keep(from old: String, in new: String, made: Set<String>) throws -> [String] {
    let manager = FileManager.default
    let others = try manager.contentsOfDirectory(atPath: old).filter { !made.contains($0) }.sorted()
    for name in others { try FileRename.replace("\(new)/\(name)", with: "\(old)/\(name)") }
    try manager.removeItem(atPath: old)
    return others
  }

  private static func reason(_ error: any Error) -> String {
    (error as? SystemError).map { "\($0)" } ?? error.localizedDescription
  }
}
