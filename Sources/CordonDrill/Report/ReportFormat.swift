import FoundationEssentials

/// Writes reports for people and for programs.
public enum ReportFormat {
  /// The table of an attack report, one row a route, grouped by the eight paths.
  ///
  /// - Parameter colour: Whether verdicts are coloured; only on a terminal.
  public static func table(_ report: AttackReport, colour: Bool = false) -> String {
    var table = TextTable(rightAligned: [2])
    table.add(["path", "route", "attempts", "verdict", "closed by"])
    for path in Path.allCases {
      for route in report.routes where route.path == path {
        let attempts = route.verdict == .notYetCovered ? "-" : "\(route.attempts)"
        let closedBy = route.verdict == .closed ? route.closedBy : ""
        table.add([path.rawValue, route.route, attempts, route.verdict.rawValue, closedBy])
      }
    }
    return colour ? coloured(table.text) : table.text
  }

  /// What to know about each row that is neither closed nor uncovered, and about the drill as a whole.
  public static func details(_ report: AttackReport) -> String {
    var lines: [String] = []
    for route in report.routes where [.breach, .inconclusive].contains(route.verdict) {
      for attempt in route.evidence where attempt.verdict == route.verdict {
        lines.append("\(route.route), \(attempt.name): \(attempt.verdict.rawValue): \(attempt.because ?? "")")
      }
    }
    lines += report.notes
    if !report.weakened.isEmpty {
      lines.append("switched off on purpose: \(report.weakened.map(\.rawValue).joined(separator: ", "))")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The last line: what all of it comes to.
  public static func summary(_ report: AttackReport) -> String {
    let walked = report.routes.filter { $0.verdict != .notYetCovered }
    let tries = walked.reduce(0) { $0 + $1.attempts }
    let counted = [RouteVerdict.closed, .breach, .inconclusive].map { verdict in
      "\(walked.filter { $0.verdict == verdict }.count) \(verdict.rawValue)"
    }
    let uncovered = report.routes.count - walked.count
    return "\(walked.count) routes, \(tries) attempts: \(counted.joined(separator: ", "))"
      + (uncovered > 0 ? "; \(uncovered) not yet covered" : "") + "; \(Int(report.seconds.rounded())) s\n"
  }

  /// The report of a self-test, one row a control.
  public static func table(_ report: SelfTestReport, colour: Bool = false) -> String {
    var table = TextTable(rightAligned: [3])
    table.add(["without", "noticed", "breached by", "seconds"])
    for row in report.rows {
      let seconds = "\(Int(row.seconds.rounded()))"
      table.add([row.control.rawValue, row.breachedBy == nil ? "NO" : "yes", row.breachedBy ?? "-", seconds])
    }
    return table.text
  }

  private static func coloured(_ text: String) -> String {
    let colours = ["  closed  ": "32", "  breach": "31;1", "  inconclusive": "33", "  not yet covered": "2"]
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      for (word, code) in colours {
        guard let range = line.firstRange(of: word) else { continue }
        return line[..<range.lowerBound] + "\u{1B}[\(code)m" + word + "\u{1B}[0m" + line[range.upperBound...]
      }
      return String(line)
    }.joined(separator: "\n")
  }

  // MARK: JSON

  private struct PathShape: Encodable {
    var path: Path
    var routes: [RouteReport]
  }

  private struct AttackShape: Encodable {
    var version = 1
    var kind = "attack"
    var verdict: RouteVerdict
    var weakened: [WeakenableControl]
    var seconds: Double
    var notes: [String]
    var paths: [PathShape]
  }

  private struct SelfTestShape: Encodable {
    var version = 1
    var kind = "self-test"
    var verdict: String
    var seconds: Double
    var controls: [SelfTestReport.Row]
  }

  /// An attack report in a stable shape; `version` grows when it changes.
  public static func json(_ report: AttackReport) -> String {
    encoded(
      AttackShape(
        verdict: report.verdict, weakened: report.weakened, seconds: rounded(report.seconds),
        notes: report.notes,
        paths: Path.allCases.map { path in
          PathShape(path: path, routes: report.routes.filter { $0.path == path })
        }))
  }

  /// A self-test's report in a stable shape.
  public static func json(_ report: SelfTestReport) -> String {
    encoded(
      SelfTestShape(
        verdict: report.exitCode == 0 ? "noticed" : "unnoticed", seconds: rounded(report.seconds),
        controls: report.rows))
  }

  static func rounded(_ seconds: Double) -> Double { (seconds * 10).rounded() / 10 }

  static func encoded(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("reports hold only texts and finite numbers, which JSON can say")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
