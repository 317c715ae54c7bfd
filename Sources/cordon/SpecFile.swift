import CordonModel
import CordonSpec
import Foundation

/// Reads a `cordon.yaml` for a command, with its mistakes in the user's words.
enum SpecFile {
  static func load(_ path: String) throws -> Specification {
    do {
      return try Specification.load(path)
    } catch {
      throw Failure(error.description)
    }
  }

  static func read(_ path: String) throws -> Environment { try load(path).environment }
}
