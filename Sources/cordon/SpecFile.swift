import CordonModel
import CordonRuntime
import CordonSpec
import Foundation

/// Reads a `cordon.yaml` for a command, with its mistakes in the user's words.
enum SpecFile {
  static func load(_ path: String) throws -> Specification {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Failure(
        "there is no file \(path) here; name the environment's spec, e.g. examples/breast-cancer/cordon.yaml")
    }
    do {
      return try Specification.load(path)
    } catch {
      throw Failure(error.description)
    }
  }

  /// The lock in the spec's folder; nil where none lies there.
  static func lock(beside spec: String) throws -> PackageLock? {
    do { return try PackageLockFile.read(beside: spec).map { try PackageLock(text: $0) } } catch {
      throw Failure("\(error)")
    }
  }

  static func read(_ path: String) throws -> Environment { try load(path).environment }
}
