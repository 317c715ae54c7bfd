import CordonWire
import Crypto
import Foundation

/// What the mirror keeps on disk: pages as they were seen, files that were verified, and what wheels require.
///
/// Every call waits for the disk. A page that is older than its time still serves when upstream is down.
struct PackageCache: Sendable {
  /// A project's page with the moment it was asked for.
  struct StoredPage: Codable, Sendable {
    /// Seconds since 1970.
    var fetchedAt: Int
    var files: [IndexFile]
  }

  /// A file that is open for reading, so that nobody takes it away while it is served.
  struct OpenFile: Sendable {
    var handle: FileHandle
    var size: Int
  }

  /// Why nothing more is fetched.
  struct Full: Error, CustomStringConvertible {
    var description: String { "the disk of the package cache has no more free than the ledger needs" }
  }

  /// What the cache may come to, downloads under way included, unless the disk has less for it. It lets go of what was
  /// not asked for longest.
  static let mostBytes = 20 << 30
  /// What stays free on its disk, unless it is told otherwise: the ledger needs it more.
  static let diskFloor = 1 << 30

  private let folder: String
  let mostBytes: Int
  private let diskFloor: Int

  init(
    folder: String, mostBytes: Int = PackageCache.mostBytes, diskFloor: Int = PackageCache.diskFloor
  ) throws {
    self.folder = folder
    self.mostBytes = mostBytes
    self.diskFloor = diskFloor
    for part in ["pages", "files", "partial"] {
      try FileManager.default.createDirectory(
        atPath: folder + "/" + part, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
      )
    }
    // Downloads that a crash cut short.
    for left in try FileManager.default.contentsOfDirectory(atPath: folder + "/partial") {
      try FileManager.default.removeItem(atPath: folder + "/partial/" + left)
    }
    // It may have been allowed more before.
    try makeRoom(for: 0)
  }

  /// What the caches in `folder` hold: pages, files and downloads under way; 0 where there is none.
  static func bytesHeld(in folder: String) -> Int {
    let names = FileManager.default.enumerator(atPath: folder)
    var total = 0
    while let name = names?.nextObject() as? String {
      guard let facts = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name),
        facts[.type] as? FileAttributeType == .typeRegular
      else { continue }
      total += facts[.size] as? Int ?? 0
    }
    return total
  }

  // MARK: Pages

  func page(of name: PackageName) -> StoredPage? {
    guard let data = FileManager.default.contents(atPath: page(name)) else { return nil }
    return try? JSONDecoder().decode(StoredPage.self, from: data)
  }

  func keep(_ page: StoredPage, of name: PackageName) throws {
    try JSONEncoder().encode(page).write(to: URL(filePath: self.page(name)), options: .atomic)
  }

  func forgetPage(of name: PackageName) { try? FileManager.default.removeItem(atPath: page(name)) }

  private func page(_ name: PackageName) -> String { folder + "/pages/\(name).json" }

  // MARK: Files

  /// Where a verified file of that hash lies; the hash is part of the path, so a changed index cannot serve
  /// an old file under a new name.
  private func path(_ name: PackageName, _ sha256: String) -> String { folder + "/files/\(name)/\(sha256)" }

  /// Opens a file, and notes that it was asked for; nil where it is not here.
  func open(_ name: PackageName, sha256: String) -> OpenFile? {
    let path = path(name, sha256)
    guard let handle = FileHandle(forReadingAtPath: path), let size = try? handle.seekToEnd(),
      (try? handle.seek(toOffset: 0)) != nil
    else { return nil }
    try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path)
    return OpenFile(handle: handle, size: Int(clamping: size))
  }

  /// Whether a file is here and still is what its name says; one that is not is thrown away.
  func verify(_ name: PackageName, sha256: String) -> Bool {
    guard let file = open(name, sha256: sha256) else { return false }
    var digest = SHA256()
    do {
      while let part = try file.handle.read(upToCount: 1 << 20), !part.isEmpty { digest.update(data: part) }
      if Hex.text(digest.finalize()) == sha256 { return true }
    } catch {
      // A file that cannot be read is as good as none.
    }
    try? FileManager.default.removeItem(atPath: path(name, sha256))
    return false
  }

  /// A new name for a download under way.
  func partial() -> String { folder + "/partial/\(UUID())" }

  func discard(_ partial: String) { try? FileManager.default.removeItem(atPath: partial) }

  /// Moves a verified download to where it is served from.
  func adopt(_ partial: String, name: PackageName, sha256: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder + "/files/\(name)", withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try FileManager.default.moveItem(atPath: partial, toPath: path(name, sha256))
    try makeRoom(for: 0, sparing: path(name, sha256))
  }

  /// How many bytes downloads may have now, all together.
  func room() throws -> Int {
    let facts = try FileManager.default.attributesOfFileSystem(forPath: folder)
    guard let free = facts[.systemFreeSize] as? Int else { throw Full() }
    guard free > diskFloor else { throw Full() }
    return free - diskFloor
  }

  /// Lets go of the files that were not asked for longest, until the rest fits, with `coming` bytes of downloads beside
  /// it. Pages stay: they are small, and the files are useless without them.
  func makeRoom(for coming: Int, sparing newest: String? = nil) throws {
    var kept: [(path: String, size: Int, asked: Date)] = []
    for project in try FileManager.default.contentsOfDirectory(atPath: folder + "/files") {
      for file in try FileManager.default.contentsOfDirectory(atPath: folder + "/files/" + project) {
        let path = "\(folder)/files/\(project)/\(file)"
        // Another thread may have let go of it just now.
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path) else { continue }
        kept.append((path, facts[.size] as? Int ?? 0, facts[.modificationDate] as? Date ?? .distantPast))
      }
    }
    var total = kept.reduce(coming + Self.bytesHeld(in: folder + "/pages")) { $0 + $1.size }
    guard total > mostBytes else { return }
    for file in kept.sorted(by: { $0.asked < $1.asked }) where file.path != newest && total > mostBytes {
      try? FileManager.default.removeItem(atPath: file.path)
      total -= file.size
    }
  }

  // MARK: What wheels require

  /// The requirements in a cached wheel; empty where it cannot be read, which the client that installs it
  /// will say.
  func requirements(_ name: PackageName, sha256: String) -> [Requirement] {
    guard let file = open(name, sha256: sha256) else { return [] }
    let archive = WheelArchive(size: file.size) { offset, count in
      try file.handle.seek(toOffset: UInt64(clamping: offset))
      return Array(try file.handle.read(upToCount: count) ?? Data())
    }
    return (try? archive.metadata()).map { WheelMetadata.requirements(in: $0) } ?? []
  }

  /// The requirements in a cached `METADATA` that upstream served beside its wheel.
  func requirements(metadata name: PackageName, sha256: String) -> [Requirement] {
    guard let file = open(name, sha256: sha256), file.size <= WheelArchive.longestMetadata,
      let text = try? file.handle.readToEnd()
    else { return [] }
    return WheelMetadata.requirements(in: Array(text))
  }

  func learned() -> PackageClosure.Requirements {
    guard let data = FileManager.default.contents(atPath: folder + "/requirements.json") else { return [:] }
    return (try? JSONDecoder().decode(PackageClosure.Requirements.self, from: data)) ?? [:]
  }

  func keep(_ learned: PackageClosure.Requirements) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try encoder.encode(learned).write(to: URL(filePath: folder + "/requirements.json"), options: .atomic)
  }
}
