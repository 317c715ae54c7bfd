import ArgumentParser
import CordonLinux
import CordonModel
import CordonRuntime
import CordonSandbox
import Foundation

/// What is served by the package mirror, as a file that people review.
struct PackagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "packages", abstract: "Review what the package mirror serves.", subcommands: [Lock.self])

  struct Lock: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Resolve the allowlist's closure and write it beside cordon.yaml.",
      discussion: """
        pip resolves it inside a workspace, through the mirror, so ages and hashes are already held. With the file in place
        the mirror serves what it names and nothing else; review the difference like code. To resolve anew, move the file
        aside first and run cordon up: a mirror that holds a lock finds nothing newer.

          cordon packages lock
          git diff cordon.packages.lock
        """)

    @OptionGroup var environment: EnvironmentOptions

    @Option(help: "The workspace to resolve in; the first one by default.")
    var workspace: String?

    func run() throws {
      let folder = try environment.folder()
      let client = ControlClient(folder)
      let status: EnvironmentStatus
      do { status = try client.status() } catch { throw Failure("\(error)", code: 1) }
      guard let place = workspace ?? status.workspaces.first?.name else {
        throw Failure("there is no workspace")
      }
      let listed = try SpecFile.read(status.spec).pypi?.allow ?? []
      Console.progress("resolving \(listed.count) listed packages in \(place)")
      let report = try Self.capture(PackageLockScript.command(listed: listed), in: place, client)
      let lock = try PackageLockReport(json: report).lock
      let path = URL(filePath: status.spec).deletingLastPathComponent().appending(path: PackageLockFile.name)
      try lock.text.write(to: path, atomically: true, encoding: .utf8)
      print(
        "wrote \(path.lastPathComponent): \(lock.packages.count) packages; take it into force with: cordon down, cordon up"
      )
    }

    /// The command's standard output; what it says on standard error goes to the terminal.
    private static func capture(_ command: [String], in place: String, _ client: ControlClient) throws
      -> String
    {
      try client.enter(workspace: place, command: command, person: nil) { entrance, _ in
        let process = try entrance.spawn(SandboxCommand(command))
        process.streams.input?.close()
        let errors = process.streams.errors?.take()
        let relay = Thread {
          guard let errors else { return }
          let handle = FileHandle(fileDescriptor: errors, closeOnDealloc: true)
          while let part = try? handle.read(upToCount: 4_096), !part.isEmpty {
            FileHandle.standardError.write(part)
          }
        }
        relay.start()
        guard let output = process.streams.output?.take() else {
          throw Failure("the command has no output", code: 1)
        }
        let handle = FileHandle(fileDescriptor: output, closeOnDealloc: true)
        let said = try handle.readToEnd() ?? Data()
        let ending = try process.waitBlocking()
        guard ending == .exited(0) else { throw Failure("resolving failed; what pip said is above", code: 1) }
        return String(decoding: said, as: UTF8.self)
      }
    }
  }
}
