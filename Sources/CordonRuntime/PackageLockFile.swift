import Foundation

/// Where the reviewed closure of the package allowlist lies.
public enum PackageLockFile {
  /// The file's name, beside `cordon.yaml`.
  public static let name = "cordon.packages.lock"

  /// Where the lock of a spec lies.
  public static func path(beside spec: String) -> String {
    URL(filePath: spec).deletingLastPathComponent().appending(path: name).path
  }

  /// Where a new lock waits until the gateway takes it into force.
  public static func proposal(beside spec: String) -> String { path(beside: spec) + ".proposed" }

  /// The lock's text; nil where there is none.
  public static func read(beside spec: String) throws -> String? {
    let path = path(beside: spec)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try String(contentsOfFile: path, encoding: .utf8)
  }
}
