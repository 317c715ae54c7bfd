import FoundationEssentials
import Testing

@testable import CordonDrill

@Suite struct `Reports` {
  static func route(
    _ name: String, _ path: Path, _ verdict: RouteVerdict, attempts: Int = 6, because: String? = nil
  ) -> RouteReport {
    RouteReport(
      route: name, path: path, title: "title", attempts: attempts, verdict: verdict,
      closedBy: "a control (gateway)",
      evidence: [
        AttemptReport(name: "try", tries: attempts, verdict: verdict, observed: "refused", because: because)
      ])
  }

  static func report(_ routes: [RouteReport]) -> AttackReport {
    AttackReport(weakened: [], routes: routes, notes: [], seconds: 12.34)
  }

  @Test func `rows are grouped by path, in the order of the paths`() {
    let report = Self.report([
      Self.route("dns-label", .tunnel, .closed, attempts: 212),
      Self.route("s3-foreign-credentials", .crossAccountCopy, .breach),
      Self.route("browser-download", .browserDownload, .notYetCovered, attempts: 0),
    ])
    #expect(
      ReportFormat.table(report) == """
        path                route                   attempts  verdict          closed by
        browser-download    browser-download               -  not yet covered
        cross-account-copy  s3-foreign-credentials         6  breach
        tunnel              dns-label                    212  closed           a control (gateway)

        """)
  }

  @Test func `only a closed row says what closed it`() {
    let table = ReportFormat.table(Self.report([Self.route("a", .tunnel, .inconclusive)]))
    #expect(!table.contains("a control"))
  }

  @Test(arguments: [
    (RouteVerdict.closed, 0, [RouteVerdict.closed, .closed]),
    (.closed, 0, [.closed, .notYetCovered]),
    (.breach, 1, [.closed, .breach, .inconclusive]),
    (.inconclusive, 3, [.closed, .inconclusive]),
    (.inconclusive, 3, [.notYetCovered]),
    (.inconclusive, 3, []),
  ])
  func `the verdict is the worst row's, and the exit code follows`(
    verdict: RouteVerdict, code: Int, rows: [RouteVerdict]
  ) {
    let report = Self.report(rows.map { Self.route("r", .tunnel, $0) })
    #expect(report.verdict == verdict)
    #expect(report.exitCode == Int32(code))
  }

  @Test func `details say why, for rows that are not closed`() {
    let report = Self.report([
      Self.route("a", .tunnel, .breach, because: "raw at DNS 192.0.2.53:53"),
      Self.route("b", .tunnel, .closed, because: nil),
    ])
    #expect(ReportFormat.details(report) == "a, try: breach: raw at DNS 192.0.2.53:53\n")
    #expect(
      ReportFormat.summary(report) == "2 routes, 12 attempts: 1 closed, 1 breach, 0 inconclusive; 12 s\n")
  }

  @Test func `JSON has every path, and a stable shape`() throws {
    struct Shape: Decodable {
      struct PathShape: Decodable {
        var path: String
        var routes: [RouteReport]
      }
      var version: Int
      var kind: String
      var verdict: String
      var seconds: Double
      var weakened: [String]
      var notes: [String]
      var paths: [PathShape]
    }
    let route = Self.route("dns-label", .tunnel, .closed)
    let text = ReportFormat.json(Self.report([route]))
    let shape = try JSONDecoder().decode(Shape.self, from: Data(text.utf8))
    #expect(
      shape.version == 1 && shape.kind == "attack" && shape.verdict == "closed" && shape.seconds == 12.3)
    #expect(shape.paths.map(\.path) == Path.allCases.map(\.rawValue))
    #expect(shape.paths.last?.routes == [route])
  }

  @Test func `colour changes no text`() {
    let report = Self.report([Self.route("a", .tunnel, .breach), Self.route("b", .tunnel, .closed)])
    let coloured = ReportFormat.table(report, colour: true)
    #expect(coloured.contains("\u{1B}[31;1m"))
    let plain = coloured.replacing("\u{1B}[31;1m", with: "").replacing("\u{1B}[32m", with: "")
      .replacing("\u{1B}[0m", with: "")
    #expect(plain == ReportFormat.table(report))
  }

  @Test func `a self-test fails on a control whose absence nobody noticed`() {
    let noticed = SelfTestReport.Row(
      control: .seccomp, breachedBy: "shell-kernel-calls", because: "", seconds: 3)
    let unnoticed = SelfTestReport.Row(control: .sniCheck, breachedBy: nil, because: "403", seconds: 4)
    #expect(SelfTestReport(rows: [noticed], seconds: 3).exitCode == 0)
    let report = SelfTestReport(rows: [noticed, unnoticed], seconds: 7)
    #expect(report.exitCode == 1)
    #expect(
      ReportFormat.table(report) == """
        without    noticed  breached by         seconds
        seccomp    yes      shell-kernel-calls        3
        sni-check  NO       -                         4

        """)
  }

  @Test func `work is one line`() {
    let names = ["install", "read", "train", "plot", "store"]
    var report = WorkReport(
      steps: names.map { .init(name: $0, done: true, seconds: 8.2, said: "ok") }, seconds: 41.2)
    #expect(ReportFormat.line(report) == "work  install, read, train, plot, store  5/5  done  41 s\n")
    #expect(report.exitCode == 0)
    report.steps[4].done = false
    #expect(ReportFormat.line(report).contains("4/5  failed"))
    #expect(report.exitCode == 1)
  }
}

@Suite struct `Judgement` {
  static func attempt(_ evidence: Set<Attempt.Evidence>) -> Attempt {
    Attempt("x", .bash("true"), evidence: evidence)
  }

  static func run(_ output: String) -> RunResult {
    RunResult(status: 0, output: Array(output.utf8), errors: [], timedOut: false)
  }

  let secret = Canary()

  @Test func `what arrives counts, whatever the command says`() {
    var seen = Judge.Seen(command: Self.run("cordon-drill-ran\nrefused\n"))
    seen.outside = [Arrival(place: "sink", bytes: secret.bytes)]
    let outcome = Judge.outcome(
      of: Self.attempt([.outside]), secret: secret, seen: seen, countsContacts: true)
    #expect(outcome == .arrived("raw at sink"))
  }

  @Test func `a call at the sink counts without a secret, but not for controls that run side by side`() {
    var seen = Judge.Seen(command: Self.run("cordon-drill-ran\n"))
    seen.contacts = ["TCP 192.0.2.2:80"]
    let attempt = Self.attempt([.outside])
    #expect(Judge.outcome(of: attempt, secret: secret, seen: seen, countsContacts: false) == .nothing)
    #expect(Judge.outcome(of: attempt, secret: secret, seen: seen, countsContacts: true) != .nothing)
  }

  @Test func `a command's own output counts only where it is the evidence`() {
    let seen = Judge.Seen(command: Self.run("cordon-drill-ran\n\(secret.text)\n"))
    #expect(
      Judge.outcome(of: Self.attempt([.outside]), secret: secret, seen: seen, countsContacts: true)
        == .nothing)
    #expect(
      Judge.outcome(of: Self.attempt([.output]), secret: secret, seen: seen, countsContacts: true) != .nothing
    )
  }

  @Test func `a command that did not run was not repelled`() {
    let seen = Judge.Seen(command: Self.run("no such workspace"))
    let outcome = Judge.outcome(
      of: Self.attempt([.outside]), secret: secret, seen: seen, countsContacts: true)
    #expect(outcome == .notRun("no such workspace"))
  }

  @Test(arguments: [
    (RouteVerdict.breach, Judge.Outcome.arrived("x"), Judge.Outcome.arrived("y")),
    (.breach, .arrived("x"), .nothing),
    (.closed, .nothing, .arrived("y")),
    (.closed, .absent("refused"), .arrived("y")),
    (.inconclusive, .nothing, .nothing),
    (.inconclusive, .nothing, .notRun("y")),
    (.inconclusive, .notRun("x"), .arrived("y")),
    (.nothingToAttack, .nothing, .absent("y")),
  ])
  func `closed takes a control that got through`(
    verdict: RouteVerdict, inside: Judge.Outcome, control: Judge.Outcome
  ) {
    #expect(Engagement.judge(inside, control: control).verdict == verdict)
  }

  @Test(arguments: [
    (RouteVerdict.closed, [RouteVerdict.closed, .nothingToAttack]),
    (.inconclusive, [.nothingToAttack]),
    (.inconclusive, [.closed, .inconclusive]),
    (.breach, [.closed, .breach]),
  ])
  func `a row is as good as its worst attempt`(verdict: RouteVerdict, attempts: [RouteVerdict]) {
    let evidence = attempts.map {
      AttemptReport(name: "a", tries: 1, verdict: $0, observed: "", because: nil)
    }
    #expect(Engagement.verdict(evidence) == verdict)
  }
}
