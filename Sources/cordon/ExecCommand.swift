import ArgumentParser
import CordonLinux
import CordonRuntime
import CordonSandbox
import Foundation

/// Runs a command in a workspace.
struct ExecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exec",
    abstract: "Run a command in a workspace, with its terminal, signals, streams and exit code.",
    discussion: """
        cordon exec diagnosis-1 -- bash
        echo 'print(6 * 7)' | cordon exec diagnosis-1 -- python3 -
        cordon exec --set RUN=3 diagnosis-1 -- python3 train.py

      The exit code is the command's; 125 where the command could not be started.
      """)

  @OptionGroup var environment: EnvironmentOptions

  @Option(name: .long, parsing: .singleValue, help: "NAME=VALUE for the command's environment.")
  var set: [String] = []

  @Option(name: .long, help: "The folder to start in; by default the workspace's home.")
  var folder: String?

  @Option(name: .long, help: "Who runs the command, for the ledger.")
  var person: String?

  @Argument(help: "The workspace.")
  var workspace: String

  @Argument(parsing: .postTerminator, help: "The command, after --.")
  var command: [String] = []

  func validate() throws {
    guard !command.isEmpty else {
      throw ValidationError("name a command after --, e.g. cordon exec \(workspace) -- bash")
    }
    guard set.allSatisfy({ $0.contains("=") && !$0.hasPrefix("=") }) else {
      throw ValidationError("--set wants NAME=VALUE")
    }
  }

  func run() throws {
    var variables: [String: String] = [:]
    for pair in set {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      variables[String(parts[0])] = String(parts[1])
    }
    let command = SandboxCommand(self.command, environment: variables, folder: folder)
    let ending: ProcessEnding
    do {
      let client = ControlClient(try environment.folder())
      ending = try client.enter(workspace: workspace, command: self.command, person: person) {
        entrance, lifeline in
        try ExecRelay.run(command, in: entrance, lifeline: lifeline)
      }
    } catch {
      throw Failure("\(error)", code: 125)
    }
    throw Exit(code: ending.shellCode)
  }
}
