import ArgumentParser
import CordonDrill
import CordonModel
import CordonRuntime
import Foundation

/// Attacks an environment's twin.
struct AttackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack",
    abstract: "Try every route out of an environment, for real, and say what got through.",
    discussion: """
      The attacks run in a twin: the same spec and executable with a state of its own, in a network namespace where every
      address leads to the suite's sink. Each attack first runs where nothing blocks it and must reach the sink; the sink
      gives the verdict.

        cordon attack cordon.yaml
        cordon attack cordon.yaml --only dns-label
        cordon attack cordon.yaml --with ./my-attacks
        cordon attack cordon.yaml --weaken dns-allowlist
        cordon attack cordon.yaml --weaken all-in-turn
        cordon attack cordon.yaml --weaken all-in-turn --only dns-label
        cordon attack cordon.yaml --browser

      The exit code is 0 where everything is closed, 1 where something got through, 3 where nothing can be said. With
      --weaken all-in-turn it is 0 where the absence of each control was noticed; --only then names the attacks that look.
      """)

  @Argument(help: "The environment's cordon.yaml; by default the spec of the environment that runs.")
  var spec: String?

  @OptionGroup var environment: StateOption

  @Option(
    name: .customLong("with"), help: "A folder of executables to run as attacks.", completion: .directory)
  var own: String?

  @Option(
    name: .long, parsing: .singleValue,
    help:
      "A control to switch off: \(WeakenableControl.allCases.map(\.rawValue).joined(separator: ", ")); or all-in-turn."
  )
  var weaken: [String] = []

  @Option(name: .long, parsing: .singleValue, help: "Run this attack only; can be given several times.")
  var only: [String] = []

  @Option(
    help: "A folder for what the executables of --with leave in their outboxes.", completion: .directory)
  var collect: String?

  @Flag(
    help: "Try every way out of the remote browser: open, without the network, and with the policy as well.")
  var browser = false

  @Option(help: "text or json")
  var format = OutputFormat.text

  @Flag(help: .hidden)
  var inside = false

  func validate() throws {
    guard browser, !weaken.isEmpty || !only.isEmpty || own != nil else { return }
    throw ValidationError("--browser runs its whole table, by itself")
  }

  func run() throws {
    let spec = try Self.absolute(self.spec ?? environment.runningSpec() ?? "cordon.yaml")
    let drilled = try SpecFile.read(spec)
    guard !drilled.workspaces.isEmpty else { throw Failure("\(spec) has no workspace to attack from") }
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    guard inside else {
      let words = try arguments(spec)
      throw Failure("\(DrillWorld.enter(executable: executable, arguments: words))", code: 3)
    }
    var configuration = DrillConfiguration(
      executable: executable, specification: spec, weakened: try controls(), only: only,
      collectInto: collect,
      browserPolicy: { weakened in
        var twin = drilled
        twin.weakenedForDrill = Set(weakened.compactMap { Control(rawValue: $0.rawValue) })
        return try SessionPolicy.text(for: twin)
      })
    configuration.listedPackages = drilled.pypi?.allow ?? []
    do {
      if browser { return try drillBrowser(configuration) }
      try drill(configuration)
    } catch let error as DrillError {
      throw Failure(error.description, code: 3)
    }
  }

  private func drill(_ configuration: DrillConfiguration) throws {
    if weaken == ["all-in-turn"] {
      let report = try SelfTest(configuration).run(progress: show)
      print(format == .json ? ReportFormat.json(report) : ReportFormat.table(report), terminator: "")
      throw Exit(code: report.exitCode)
    }
    if let own {
      let report = try UserAttacks(configuration, directory: own).run(progress: show)
      print(format == .json ? ReportFormat.json(report) : ReportFormat.table(report), terminator: "")
      throw Exit(code: report.exitCode)
    }
    let report = try AttackSuite(configuration).run(progress: show)
    if format == .json {
      print(ReportFormat.json(report), terminator: "")
    } else {
      print(ReportFormat.table(report, colour: isatty(STDOUT_FILENO) == 1), terminator: "")
      print(ReportFormat.details(report) + ReportFormat.summary(report), terminator: "")
    }
    throw Exit(code: report.exitCode)
  }

  private func drillBrowser(_ configuration: DrillConfiguration) throws {
    let report = try BrowserDrill(configuration).run(progress: show)
    print(format == .json ? ReportFormat.json(report) : ReportFormat.table(report), terminator: "")
    throw Exit(code: report.exitCode)
  }

  private func controls() throws -> [WeakenableControl] {
    guard weaken != ["all-in-turn"] else { return [] }
    return try weaken.map { name in
      guard let control = WeakenableControl(rawValue: name) else {
        throw Failure("no control is called '\(name)'; see: cordon attack --help")
      }
      return control
    }
  }

  /// This command's own words, for the process inside the drill's world; its paths no longer depend on the folder.
  private func arguments(_ spec: String) throws -> [String] {
    var words = ["attack", spec, "--inside", "--format", format.rawValue]
    if let own { words += ["--with", try Self.absolute(own)] }
    if let collect { words += ["--collect", try Self.absolute(collect)] }
    for name in weaken { words += ["--weaken", name] }
    for name in only { words += ["--only", name] }
    if browser { words.append("--browser") }
    return words
  }

  private static func absolute(_ path: String) throws -> String {
    URL(filePath: path).standardizedFileURL.path
  }

  private func show(_ progress: DrillProgress) {
    switch progress {
    case .stage(let name): Console.progress("attack: \(name)")
    case .attack(let name, let done, let all, let verdict):
      Console.progress("attack: \(done)/\(all) \(name): \(verdict.rawValue)")
    case .note(let words): Console.progress("attack: \(words)")
    }
  }
}

/// The state folder of an environment that runs, where one is meant.
struct StateOption: ParsableArguments {
  @Option(
    name: .long, help: "The state folder of the environment whose spec is meant.", completion: .directory)
  var state: String?

  /// The spec of the environment that runs, or nil where none is named and none runs.
  func runningSpec() throws -> String? {
    if let state { return try ControlClient(StateFolder(path: state)).status().spec }
    if FileManager.default.fileExists(atPath: "cordon.yaml") { return nil }
    let found = StateFolder.inStandardPlace().compactMap { try? ControlClient($0).status().spec }
    return found.count == 1 ? found[0] : nil
  }
}
