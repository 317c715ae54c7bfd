import CordonLinux
public import CordonModel
import FoundationEssentials
import GRDB
import Glibc

/// What seeding a bucket did.
public struct SeedReport: Sendable, Equatable {
  /// Something in the host's folder that is no object.
  public struct Skipped: Sendable, Equatable {
    /// Its path under the folder.
    public var path: String
    /// Why it was left out.
    public var why: String
  }

  /// Keys that were new or changed on the host, and are now in the bucket.
  public var imported: [ObjectKey] = []
  /// How many were in the bucket already.
  public var unchanged = 0
  /// What was left out.
  public var skipped: [Skipped] = []
}

extension ObjectStore {
  /// Puts a host's file, or every regular file under a folder, into a bucket; a read-only bucket too.
  ///
  /// A file that was imported before is imported again only when it changed on the host: what people did to the
  /// object since then stays. Symbolic links are never followed, so that nothing outside the folder gets in.
  ///
  /// - Parameter path: An absolute path. A file's key is its name, a folder's files have their path in it.
  public func seed(_ bucket: BucketName, from path: String) async throws(StoreError) -> SeedReport {
    let found = try await files.run { try SeedSource.find(path) }
    var report = SeedReport(skipped: found.skipped)
    for file in found.files {
      if try await isSeeded(bucket, file) {
        report.unchanged += 1
      } else {
        try await seed(bucket, file)
        report.imported.append(file.key)
      }
    }
    return report
  }

  private func isSeeded(_ bucket: BucketName, _ file: SeedSource.File) async throws(StoreError) -> Bool {
    try await read { catalog in
      try catalog.row(
        "SELECT stamp FROM seeds WHERE bucket = ? AND key = ?",
        [catalog.bucket(bucket).id, Data(file.key.bytes)])?.text(0) == file.stamp
    }
  }

  private func seed(_ bucket: BucketName, _ file: SeedSource.File) async throws(StoreError) {
    let writer = try await beginPut(bucket, file.key, isSeeding: true)
    let source = try await files.run { try file.handle.open() }
    var offset: Int64 = 0
    while true {
      let start = offset
      let bytes = try await files.run { Array(try source.read(SeedSource.readSize, at: start)) }
      if bytes.isEmpty { break }
      try await writer.write(bytes)
      offset += Int64(bytes.count)
    }
    guard try await files.run({ try source.status().stamp }) == file.stamp else {
      await writer.abort()
      throw .unreadable("'\(file.key)' changed while it was imported")
    }
    var metadata = ObjectMetadata()
    metadata.contentType = SeedSource.contentType(of: file.key.text)
    _ = try await writer.finish(metadata)
    try await commit { catalog in
      try catalog.run(
        "INSERT OR REPLACE INTO seeds VALUES (?, ?, ?)",
        [catalog.bucket(bucket).id, Data(file.key.bytes), file.stamp])
      return ((), [])
    }
  }
}

/// What lies on the host to be imported.
struct SeedSource: Sendable {
  struct File: Sendable {
    var key: ObjectKey
    var handle: SeedHandle
    /// Changes whenever the file does.
    var stamp: String
  }

  static let readSize = 256 << 10
  private static let deepest = 64

  private(set) var files: [File] = []
  private(set) var skipped: [SeedReport.Skipped] = []

  static func find(_ path: String) throws -> SeedSource {
    guard path.hasPrefix("/") else {
      throw StoreError.invalidArgument("the path '\(path)' to import is not absolute")
    }
    var source = SeedSource()
    let handle = SeedHandle(components: [], root: path)
    let status = try handle.open().status()
    if status.isFolder {
      try source.walk(handle, depth: 0)
    } else {
      let name = path.split(separator: "/").last.map(String.init) ?? ""
      source.add(handle, status, key: name)
    }
    return source
  }

  private mutating func walk(_ folder: SeedHandle, depth: Int) throws {
    guard depth < Self.deepest else { return skip(folder.path, "it is too deep in the folder") }
    for name in try folder.open().names() {
      guard let name else {
        skip(folder.path, "a name in it is not UTF-8")
        continue
      }
      let child = SeedHandle(components: folder.components + [name], root: folder.root)
      guard let status = try? child.open().status() else {
        skip(child.path, "it is a symbolic link, or cannot be read")
        continue
      }
      if status.isFolder { try walk(child, depth: depth + 1) } else { add(child, status, key: child.path) }
    }
  }

  private mutating func add(_ handle: SeedHandle, _ status: DurableFile.Status, key: String) {
    guard status.isRegular else { return skip(key, "it is not a regular file") }
    guard let key = try? ObjectKey(key) else { return skip(key, "its path is too long for a key") }
    files.append(File(key: key, handle: handle, stamp: status.stamp))
  }

  private mutating func skip(_ path: String, _ why: String) {
    skipped.append(SeedReport.Skipped(path: path, why: why))
  }

  /// By the name's end; what is not known is said to be bytes.
  static func contentType(of name: String) -> String {
    switch name.split(separator: ".").last?.lowercased() {
    case "csv": "text/csv"
    case "json": "application/json"
    case "md": "text/markdown"
    case "txt": "text/plain"
    case "html": "text/html"
    case "png": "image/png"
    case "jpg", "jpeg": "image/jpeg"
    case "parquet": "application/vnd.apache.parquet"
    case "gz": "application/gzip"
    case "zip": "application/zip"
    default: "application/octet-stream"
    }
  }
}

/// A file by its way from the folder, opened step by step so that no link on the way is followed.
struct SeedHandle: Sendable {
  var components: [String]
  var root: String

  var path: String { components.joined(separator: "/") }

  /// Opens the file; without waiting where it is a pipe, which `status` then tells.
  func open() throws -> DurableFile {
    var file = try DurableFile.open(root, O_RDONLY | O_NONBLOCK)
    for component in components { file = try file.open(component, O_RDONLY | O_NONBLOCK) }
    return file
  }
}
