import ArgumentParser
import CordonDrill
import CordonRuntime
import Foundation

/// Runs the honest workflow.
struct WorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work",
    abstract: "Do a data scientist's work in a running environment: install, read, train, plot, store.",
    discussion: """
      Closing every way out is easy where nothing works. This runs train.py and requirements.txt from beside the spec in a
      workspace: packages through the mirror, data from s3:// with plain boto3, results back to the project's store.

        cordon work
        cordon work --spec cordon.yaml --workspace diagnosis-1

      The exit code is 0 where every step succeeded.
      """)

  @OptionGroup var environment: EnvironmentOptions

  @Option(help: "The workspace to work in; the first one by default.")
  var workspace: String?

  @Option(
    help: "A folder with train.py and requirements.txt; the spec's folder by default.", completion: .directory
  )
  var example: String?

  @Option(help: "text or json")
  var format = OutputFormat.text

  func run() throws {
    let folder = try environment.folder()
    let status: EnvironmentStatus
    do { status = try ControlClient(folder).status() } catch { throw Failure("\(error)", code: 1) }
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let beside = URL(filePath: status.spec).deletingLastPathComponent().path
    let suite = WorkSuite(
      executable: executable, state: folder.path, example: example ?? beside, workspace: workspace)
    let report: WorkReport
    do {
      report = try suite.run { Console.progress("work: \($0)") }
    } catch {
      throw Failure("\(error)", code: 1)
    }
    if format == .json {
      print(ReportFormat.json(report), terminator: "")
    } else {
      print(ReportFormat.line(report), terminator: "")
      if !report.isDone { Console.progress(ReportFormat.details(report)) }
    }
    throw Exit(code: report.exitCode)
  }
}
