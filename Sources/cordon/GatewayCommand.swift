import ArgumentParser
import CordonRuntime
import Foundation

/// The gateway itself; `cordon up` starts it.
struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway", abstract: "Run the gateway of an environment (cordon up does this).",
    shouldDisplay: false)

  @Option(help: "The environment's cordon.yaml.")
  var spec: String

  @OptionGroup var bringUp: BringUpOptions

  @Option(help: "A descriptor on which to say that the workspaces are ready.")
  var ready: Int32?

  func run() async throws {
    try await Self.run(try bringUp.options(spec: spec), readyDescriptor: ready)
  }

  /// Runs until SIGTERM, SIGINT or `cordon down`.
  static func run(_ options: EnvironmentLauncher.Options, readyDescriptor: Int32?) async throws {
    let announcement = Announcement(descriptor: readyDescriptor)
    do {
      try await GatewayProcess(options).run { announcement.say(GatewayProcess.readyWord) }
    } catch {
      announcement.say("\(error)")
      throw Failure("\(error)", code: 1)
    }
  }
}

/// Says one thing on a descriptor, once, and closes it.
private final class Announcement: Sendable {
  private let descriptor: Int32?

  init(descriptor: Int32?) { self.descriptor = descriptor }

  func say(_ words: String) {
    guard let descriptor else {
      if words == GatewayProcess.readyWord { Console.progress("ready") }
      return
    }
    // Closing tells the launcher that this was all; a second call finds the descriptor closed and is ignored.
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
    try? handle.write(contentsOf: Data(words.utf8))
    try? handle.close()
  }
}
