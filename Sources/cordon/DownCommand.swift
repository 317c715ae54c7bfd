import ArgumentParser
import CordonRuntime
import Foundation

/// Takes an environment down.
struct DownCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down",
    abstract: "Drain and end an environment; its state folder stays.",
    discussion: """
      Nothing of it is left on the machine outside the state folder: no process, namespace, mount or control group.

        cordon down
        cordon down --state ./state
      """)

  @OptionGroup var environment: EnvironmentOptions

  @Option(help: "text or json")
  var format = OutputFormat.text

  func run() throws {
    let folder = try environment.folder()
    let options = EnvironmentLauncher.Options(spec: "", folder: folder)
    let ending: EnvironmentLauncher.Ending
    do {
      // A unit that stays enabled would bring the environment back at the next boot.
      try SystemdUnit(options).removeIfInstalled()
      ending = try EnvironmentLauncher(options).down()
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure("\(error)", code: 1)
    }
    if format == .json {
      return try Console.json(Answer(state: folder.path, wasRunning: ending != .wasNotRunning))
    }
    switch ending {
    case .ended: print("down; its state stays in \(folder.path)")
    case .wasNotRunning:
      let exists = FileManager.default.fileExists(atPath: folder.path)
      print("was not running; " + (exists ? "\(folder.path) is as it was" : "there is no \(folder.path)"))
    case .endedWithoutFolder(let process):
      print("down; its state folder \(folder.path) was removed while its gateway (process \(process)) ran")
    }
  }

  /// The answer for scripts.
  private struct Answer: Encodable {
    var state: String
    var wasRunning: Bool
  }
}
