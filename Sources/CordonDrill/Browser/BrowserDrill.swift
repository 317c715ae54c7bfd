import FoundationEssentials

/// Runs every attempt of `BrowserTable` in browsers that differ by one thing each, and says which thing stopped it.
///
/// They are the drill's own Chromium: open, then in a network with a proxy and nothing else, then with the managed policy of the
/// environment as well, and once with the policy alone. So a block is credited to the control that made it, and not to the one that was expected to. What reaches
/// the proxy with the policy on is the gateway's to refuse, and what only a command of the debugging pipe does is the portal's never
/// to send: this table says so and claims neither.
public struct BrowserDrill: Sendable {
  private let configuration: DrillConfiguration

  /// - Parameter configuration: The drill; of its environment only the browser's policy matters.
  public init(_ configuration: DrillConfiguration) {
    self.configuration = configuration
  }

  /// Runs the table inside a drill world (see `DrillWorld`).
  ///
  /// - Throws: `DrillError` when a browser could not be started; an attempt that got through is a result.
  public func run(progress: (DrillProgress) -> Void) throws(DrillError) -> BrowserReport {
    try run(BrowserTable.all, progress: progress)
  }

  func run(
    _ attempts: [BrowserAttempt], progress: (DrillProgress) -> Void
  ) throws(DrillError) -> BrowserReport {
    let start = Posix.monotonicSeconds()
    guard Files.exists(DrilledBrowser.program) else {
      throw .missingTool("chromium", install: DrilledBrowser.tool.install)
    }
    return try DrillStage.with(configuration) { stage throws(DrillError) in
      DrillWorld.addCard()
      guard let policy = try? configuration.browserPolicy([]) else {
        throw .unreadable("the environment's browser policy cannot be written")
      }
      try Files.write(policy, to: "\(stage.folder)/policy.json")
      var trails = attempts.map { _ in BrowserTrail() }
      for setting in BrowserSetting.allCases {
        progress(.stage("\(setting.rawValue) browser"))
        let column = BrowserColumn(setting, stage: stage)
        defer { column.end() }
        for (index, attempt) in attempts.enumerated() {
          try Interruption.check()
          trails[index].add(try column.run(attempt, after: trails[index]))
        }
      }
      return BrowserReport(
        rows: zip(attempts, trails).map { BrowserReport.Row($0, $1) },
        seconds: Posix.monotonicSeconds() - start)
    }
  }
}

/// What became of one attempt, browser after browser.
struct BrowserTrail: Equatable {
  /// Where it arrived, in the order of the settings; nil where it got nowhere.
  var reached: [String?] = []
  /// How often it took part at most; the next browser gives it as many runs.
  var runs = 1
  /// How long it took to get somewhere.
  var seconds = 0.0

  mutating func add(_ run: Run) {
    reached.append(run.reached)
    runs = max(runs, run.runs)
    if run.reached != nil { seconds = max(seconds, run.seconds) }
  }

  /// What one browser came to.
  struct Run: Equatable {
    var reached: String?
    var runs: Int
    var seconds: Double
  }
}
