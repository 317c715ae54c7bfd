import ArgumentParser
import CordonRuntime
import Foundation

/// What people's sessions showed, for auditors.
struct SessionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sessions", abstract: "List the recordings of remote browsers, and replay one.",
    discussion: """
        cordon sessions list
        cordon sessions replay 4ee255c98ecc0bfb3b6b4c9466f80658 --auditor auditor-1 --out session.html

      Sessions are recorded where the spec has 'browser: { record: ... }'. Every replay is in the ledger before it is read.
      """,
    subcommands: [List.self, Replay.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what is recorded, the newest first.",
      discussion: """
          cordon sessions list
          cordon sessions list --format json
        """)

    @OptionGroup var environment: EnvironmentOptions

    @Option(help: "text or json")
    var format = OutputFormat.text

    func run() throws {
      let all: [Recording]
      do { all = try ControlClient(try environment.folder()).recordings() } catch let failure
        as ControlClient.Failure
      {
        throw Failure("\(failure)", code: 1)
      }
      guard format == .text else { return try Console.json(all) }
      guard !all.isEmpty else {
        return print("nothing is recorded; record sessions with: browser: { record: { keep: 30d } }")
      }
      let rows = all.map {
        [$0.session, $0.person, $0.project, $0.began, "\($0.bytes >> 10) KiB", $0.isOpen ? "goes on" : "-"]
      }
      print(Console.table([["session", "person", "project", "began", "size", ""]] + rows))
    }
  }

  struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a recording as a page that plays it.",
      discussion: """
          cordon sessions replay SESSION --auditor auditor-1 --out session.html

        The page shows what the person saw, in clear: keep it where the data itself could be kept, and remove it afterwards. The exit
        code is 1 where the recording has no end: it goes on, or was cut off.
        """)

    @OptionGroup var environment: EnvironmentOptions

    @Argument(help: "The session's number, as 'sessions list' shows it.")
    var session: String

    @Option(help: "Who reads it: a person with the role auditor in its project.")
    var auditor: String

    @Option(help: "The file to write; it must not be there.", completion: .file())
    var out: String

    func run() throws {
      let outcome: SessionReplay.Outcome
      do {
        outcome = try ControlClient(try environment.folder()).replay(session, for: auditor, to: out)
      } catch let failure as ControlClient.Failure {
        throw Failure("\(failure)", code: 1)
      } catch {
        throw Failure("the recording was not written to \(out): \(error)", code: 1)
      }
      print("\(outcome.frames) pictures are in \(out)")
      guard outcome.isWhole else {
        print("the recording has no end: it goes on, or it was cut off")
        throw Exit.bad
      }
    }
  }
}
