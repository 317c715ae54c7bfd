import FoundationEssentials

/// Runs the honest workflow in a live environment: what must keep working while everything else is refused.
public struct WorkSuite: Sendable {
  private let executable: String
  private let state: String
  private let workspace: String?
  private let example: String
  private let install: Double
  private static let steps = ["install", "read", "train", "plot", "store"]

  /// - Parameters:
  ///   - executable: The absolute path of the `cordon` executable.
  ///   - state: The state folder of the environment that is up.
  ///   - example: The folder with `train.py` and `requirements.txt`.
  ///   - workspace: The workspace to work in; the first one where nil.
  ///   - install: How long the installation may take, in seconds.
  public init(
    executable: String, state: String, example: String, workspace: String? = nil, install: Double = 900
  ) {
    self.executable = executable
    self.state = state
    self.example = example
    self.workspace = workspace
    self.install = install
  }

  /// Runs the five steps; after one that fails, the rest are not tried.
  ///
  /// - Parameter progress: Called before each step with its name.
  /// - Throws: `DrillError` when the environment cannot be reached at all. A step that fails is a result.
  public func run(progress: (String) -> Void) throws(DrillError) -> WorkReport {
    Posix.ignoreBrokenPipes()
    Posix.sealInheritedDescriptors()
    let cordon = CordonCommand(executable: executable, state: state, environment: Self.environment)
    let status = try cordon.status()
    let chosen = status.workspaces.first { workspace == nil || $0.name == workspace }
    guard let chosen else {
      let names = status.workspaces.map(\.name).joined(separator: ", ")
      throw .usage("there is no workspace \(workspace ?? ""); there are: \(names.isEmpty ? "none" : names)")
    }
    let variables = [
      "CORDON_DATA_BUCKET": status.data(of: chosen.project),
      "CORDON_STORE_BUCKET": status.store(of: chosen.project),
    ].compactMapValues { $0 }
    let place = Place(cordon: cordon, workspace: chosen.name, variables: variables)
    return try run(in: place, progress: progress)
  }

  /// Everything that the executable needs of its caller's environment.
  private static var environment: [String: String] {
    let own = ProcessInfo.processInfo.environment
    let kept = ["PATH", "HOME", "LANG", "XDG_RUNTIME_DIR", "XDG_STATE_HOME"]
    return own.filter { kept.contains($0.key) }.merging(["PATH": Tool.path]) { own, _ in own }
  }

  private struct Place {
    var cordon: CordonCommand
    var workspace: String
    var variables: [String: String]

    func run(_ script: String, _ arguments: [String], input: [UInt8] = [], seconds: Double) throws(DrillError)
      -> RunResult
    {
      try Running.run(
        cordon.exec(workspace, parameters: variables, ["/bin/sh", "-c", script] + arguments), input: input,
        seconds: seconds)
    }
  }

  private func run(in place: Place, progress: (String) -> Void) throws(DrillError) -> WorkReport {
    let start = Posix.monotonicSeconds()
    let folder = "cordon-work-\(UInt32.random(in: 0 ... .max))"
    var report = WorkReport(steps: [], seconds: 0)
    for name in Self.steps {
      if let last = report.steps.last, !last.done {
        report.steps.append(.init(name: name, done: false, seconds: 0, said: "not tried"))
        continue
      }
      progress(name)
      let began = Posix.monotonicSeconds()
      let result = name == "install" ? try install(in: place, folder) : try step(name, in: place, folder)
      report.steps.append(
        .init(
          name: name, done: result.status == 0, seconds: Posix.monotonicSeconds() - began,
          said: result.timedOut ? "no end in time" : result.lastLine))
    }
    _ = try place.run(#"cd && rm -rf -- "$0""#, [folder], seconds: 60)
    report.seconds = Posix.monotonicSeconds() - start
    return report
  }

  /// What a data scientist types, in a folder of its own. Where the system's Python comes without `ensurepip`, its
  /// pip installs into the new environment from outside.
  private func install(in place: Place, _ folder: String) throws(DrillError) -> RunResult {
    for name in ["train.py", "requirements.txt"] {
      let copied = try place.run(
        #"cd && mkdir -p -- "$0" && cat > "$0/$1""#, [folder, name],
        input: try Files.read("\(example)/\(name)"),
        seconds: 60)
      guard copied.status == 0 else { return copied }
    }
    let script = #"""
      cd && cd "$0" || exit 1
      python3 -m venv env >/dev/null 2>&1 || python3 -m venv --without-pip env || exit 1
      if [ -x env/bin/pip ]; then set -- env/bin/python -m pip; else set -- python3 -m pip --python env/bin/python; fi
      "$@" install --disable-pip-version-check --no-input --progress-bar off -r requirements.txt
      """#
    return try place.run(script, [folder], seconds: install)
  }

  private func step(_ name: String, in place: Place, _ folder: String) throws(DrillError) -> RunResult {
    try place.run(#"cd && cd "$0" && exec env/bin/python train.py "$1""#, [folder, name], seconds: 300)
  }
}

/// What `cordon work` came to.
public struct WorkReport: Sendable, Codable, Equatable {
  /// One step of the workflow.
  public struct Step: Sendable, Codable, Equatable {
    /// `install`, `read`, `train`, `plot` or `store`.
    public var name: String
    /// Whether it succeeded.
    public var done: Bool
    /// How long it took.
    public var seconds: Double
    /// Its last words.
    public var said: String
  }

  /// The steps in order.
  public var steps: [Step]
  /// How long all of it took.
  public var seconds: Double

  /// Whether every step succeeded.
  public var isDone: Bool { steps.allSatisfy(\.done) }

  /// 0 when all of it was done, 1 otherwise.
  public var exitCode: Int32 { isDone ? 0 : 1 }
}

extension ReportFormat {
  private struct WorkShape: Encodable {
    var version = 1
    var kind = "work"
    var verdict: String
    var seconds: Double
    var steps: [WorkReport.Step]
  }

  /// One line, in the columns of the attack table: `work  install, read, train, plot, store  5/5  done  41 s`.
  public static func line(_ report: WorkReport) -> String {
    let done = report.steps.count { $0.done }
    let names = report.steps.map(\.name).joined(separator: ", ")
    let verdict = report.isDone ? "done" : "failed"
    return ["work", names, "\(done)/\(report.steps.count)", verdict, "\(Int(report.seconds.rounded())) s"]
      .joined(separator: "  ") + "\n"
  }

  /// Each step with its time and its last words.
  public static func details(_ report: WorkReport) -> String {
    var table = TextTable(rightAligned: [2])
    for step in report.steps {
      table.add([step.name, step.done ? "done" : "failed", "\(rounded(step.seconds)) s", step.said])
    }
    return table.text
  }

  /// A work report in a stable shape.
  public static func json(_ report: WorkReport) -> String {
    encoded(
      WorkShape(
        verdict: report.isDone ? "done" : "failed", seconds: rounded(report.seconds),
        steps: report.steps.map { step in
          WorkReport.Step(name: step.name, done: step.done, seconds: rounded(step.seconds), said: step.said)
        }))
  }
}
