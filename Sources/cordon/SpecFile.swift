import ArgumentParser
import CordonModel
import CordonRuntime
import CordonSpec
import Foundation

/// Which account of an environment file a command is about.
struct AccountOption: ParsableArguments {
  @Option(
    name: .customLong("account"),
    help: "The name of one of the file's 'accounts', where it describes several.")
  var name: String?
}

/// Reads a `cordon.yaml` for a command, with its mistakes in the user's words.
enum SpecFile {
  /// Every account of the file, or the one that is named.
  static func loadEvery(_ path: String, account: AccountOption) throws -> [Specification] {
    try reading(path) { () throws(SpecErrors) in
      guard let name = account.name else { return try Specification.loadEvery(path) }
      return [try Specification.load(path, account: name)]
    }
  }

  /// The file's one account, or the one that is named.
  static func load(_ path: String, account: AccountOption? = nil) throws -> Specification {
    try reading(path) { () throws(SpecErrors) in try Specification.load(path, account: account?.name) }
  }

  private static func reading<Read>(_ path: String, _ read: () throws(SpecErrors) -> Read) throws -> Read {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Failure(
        "there is no file \(path) here; name the environment's spec, e.g. examples/breast-cancer/cordon.yaml")
    }
    do {
      return try read()
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

  static func read(_ path: String, account: AccountOption? = nil) throws -> Environment {
    try load(path, account: account).environment
  }
}
