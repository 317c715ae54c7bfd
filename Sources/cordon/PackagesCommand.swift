import ArgumentParser
import CordonLinux
import CordonModel
import CordonRuntime
import CordonSandbox
import Foundation

/// What is served by the package mirror, as a file that people review.
struct PackagesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "packages", abstract: "Review what the package mirror serves.",
    discussion: "  cordon packages lock",
    subcommands: [Lock.self])

  struct Lock: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Resolve the allowlist's closure and write it beside cordon.yaml.",
      discussion: """
        pip resolves it inside a workspace, through the mirror, so ages and hashes are already held. A lock in force does not
        bind that workspace meanwhile, and binds it again when the command fails or is ended. The new lock is in force at
        once; with it the mirror serves what it names and nothing else, so review the difference like code.

          cordon packages lock
          git diff cordon.packages.lock

        The exit code is 1 where nothing could be resolved, and nothing has changed then.
        """)

    @OptionGroup var environment: EnvironmentOptions

    @Option(help: "The workspace to resolve in; the first one by default.")
    var workspace: String?

    @Option(help: "text or json")
    var format = OutputFormat.text

    func run() throws {
      let client = ControlClient(try environment.folder())
      let status: EnvironmentStatus
      do { status = try client.status() } catch { throw Failure("\(error)", code: 1) }
      guard let place = workspace ?? status.workspaces.first?.name else {
        throw Failure("there is no workspace to resolve in")
      }
      let listed = try SpecFile.read(status.spec).pypi?.allow ?? []
      guard !listed.isEmpty else {
        throw Failure("\(status.spec) lists no packages; name some under packages: pypi: allow:")
      }
      let before = try? SpecFile.lock(beside: status.spec)
      let lock = try resolve(listed, in: place, status.spec, client)
      try show(PackageLockDifference(from: before, to: lock), lock, beside: status.spec)
    }

    private func resolve(
      _ listed: [String], in place: String, _ spec: String, _ client: ControlClient
    ) throws -> PackageLock {
      let proposal = PackageLockFile.proposal(beside: spec)
      do {
        return try client.relock(workspace: place, person: nil) {
          Console.progress("resolving \(listed.count) listed packages in \(place)")
          let report = try Self.capture(PackageLockScript.command(listed: listed), in: place, client)
          let lock = try PackageLockReport(json: report).lock
          try lock.text.write(toFile: proposal, atomically: true, encoding: .utf8)
          return lock
        }
      } catch {
        try? FileManager.default.removeItem(atPath: proposal)
        let why = (error as? Failure)?.description ?? "\(error)"
        throw Failure("\(why)\nnothing changed: the lock that was in force, if any, is in force", code: 1)
      }
    }

    private func show(_ difference: PackageLockDifference, _ lock: PackageLock, beside spec: String) throws {
      let path = PackageLockFile.path(beside: spec)
      if format == .json {
        return try Console.json(
          Answer(
            lock: path, packages: lock.packages.count,
            added: difference.added.map { Answer.Named($0) },
            removed: difference.removed.map { Answer.Named($0) },
            changed: difference.changed.map { Answer.Named($0.after, was: $0.before.version) }))
      }
      for line in difference.lines { print(Console.printable(line)) }
      print(
        difference.isEmpty
          ? "\(PackageLockFile.name) is as it was: \(lock.packages.count) packages, in force"
          : "wrote \(PackageLockFile.name): \(lock.packages.count) packages, in force; review it with: git diff \(path)"
      )
    }

    /// The answer for scripts.
    private struct Answer: Encodable {
      struct Named: Encodable {
        var name: String
        var version: String
        var uploaded: String
        var was: String?

        init(_ package: PackageLock.Package, was: String? = nil) {
          name = package.name
          version = package.version
          uploaded = package.uploaded
          self.was = was
        }
      }

      var lock: String
      var packages: Int
      var added: [Named]
      var removed: [Named]
      var changed: [Named]
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
