import ArgumentParser
import CordonModel
import CordonRuntime
import CordonSpec
import Foundation

/// Which environment a command is about.
struct EnvironmentOptions: ParsableArguments {
  @Option(name: .long, help: "The environment's state folder.", completion: .directory)
  var state: String?

  @Option(name: .long, help: "The environment's cordon.yaml; its name picks the standard state folder.")
  var spec: String?

  /// The state folder: the one named, else the spec's, else the only one on this machine.
  func folder() throws -> StateFolder {
    if let state { return StateFolder(path: state) }
    if let spec { return StateFolder.standard(for: try SpecFile.read(spec).name) }
    let found = StateFolder.inStandardPlace()
    switch found.count {
    case 1: return found[0]
    case 0:
      throw Failure(
        "no environment is on this machine; bring one up with: cordon up cordon.yaml, or name its --state",
        code: 1)
    default:
      let list = found.map { "  --state \($0.path)" }.joined(separator: "\n")
      throw Failure("several environments are on this machine; name one:\n\(list)")
    }
  }
}
