import FoundationEssentials

/// The twin of the user's environment, brought up inside the drill world for as long as a drill lasts.
final class Twin {
  let cordon: CordonCommand
  let workspace: EnvironmentStatus.Workspace
  /// A workspace of another project, where there is one.
  let neighbour: EnvironmentStatus.Workspace?
  let status: EnvironmentStatus
  /// Who comes through its portal; nil where it has none.
  let visit: Visit?
  /// That person's one-time link.
  let firstLink: String?
  let weakened: [WeakenableControl]
  private(set) var facts = Facts()

  /// What was found to work in the twin.
  struct Facts: Sendable {
    var region = ""
    var account = ""
    var missingTools: Set<String> = []
    var works: Set<Attack.Need> = []
    /// Why something does not work.
    var failures: [Attack.Need: String] = [:]
    var listed: [String] = []
    var neighbourKeys: [String: String] = [:]
  }

  init(
    _ configuration: DrillConfiguration, weakened: [WeakenableControl], outside: OutsideWorld,
    planted: Planted, state: String, visit: Visit?
  ) throws(DrillError) {
    self.visit = visit
    self.weakened = weakened
    let home = "\(outside.folder)/home"
    try Files.makeFolder(home)
    cordon = CordonCommand(
      executable: configuration.executable, state: state,
      environment: [
        "PATH": Tool.path, "HOME": home, "LANG": "C.UTF-8", Planted.variable: planted.environmentSecret.text,
      ],
      planted: planted.descriptors, through: DrillWorld.withoutWorldPrivileges)
    let said = try cordon.up(
      specification: configuration.specification, weakened: weakened,
      drillFile: try outside.drillFile(visit))
    firstLink = said.split(whereSeparator: \.isWhitespace).last { $0.contains("https://127.0.0.1:") }
      .map(String.init)
    do throws(DrillError) {
      status = try cordon.status()
      guard let first = status.workspaces.first else {
        throw .unreadable("`status` lists no workspace; the environment file needs one")
      }
      workspace = first
      neighbour = status.workspaces.first { $0.project != first.project }
    } catch {
      try? cordon.down()
      throw error
    }
  }

  var store: String { status.store(of: workspace.project) ?? "" }
  var foreignBuckets: [String] { status.foreignBuckets(to: workspace.project) }

  func down() throws(DrillError) { try cordon.down() }

  /// Runs a command in a workspace to its end.
  func run(
    in workspace: String, parameters: [String: String] = [:], _ command: [String], input: [UInt8] = [],
    seconds: Double = 60
  ) throws(DrillError) -> RunResult {
    try Running.run(cordon.exec(workspace, parameters: parameters, command), input: input, seconds: seconds)
  }

  // MARK: What works

  /// Tries the honest counterpart of every attack: a door that is shut for everybody repels nobody in particular.
  func learn(
    _ configuration: DrillConfiguration, outside: OutsideWorld, tools: Set<DrillTool>
  ) throws(DrillError) {
    try learnBasics(tools)
    // A busy machine may let an honest request time out; a door that is shut stays shut.
    for _ in 0..<ControlResult.limit {
      facts.failures = [:]
      facts.listed = []
      try learnDoors(configuration, outside: outside)
      try learnNeighbour(outside)
      if facts.failures.isEmpty || (neighbour == nil && facts.failures.count == 2) { return }
    }
  }

  private func learnBasics(_ tools: Set<DrillTool>) throws(DrillError) {
    let result = try run(
      in: workspace.name,
      ["/bin/bash", "-c", Preludes.bash + Self.basics] + ["drill"] + tools.map(\.command).sorted())
    let lines = result.text.split(separator: "\n").map(String.init)
    guard lines.contains(Script.ranMarker) else {
      throw .command("exec \(workspace.name)", status: result.status, said: result.lastLine)
    }
    for line in lines {
      if line.hasPrefix("region ") { facts.region = String(line.dropFirst(7)) }
      if line.hasPrefix("missing ") { facts.missingTools.insert(String(line.dropFirst(8))) }
    }
    guard !facts.region.isEmpty else { throw .unreadable("AWS_REGION is not set in \(workspace.name)") }
  }

  private static let basics = #"""
    echo "region $AWS_REGION"
    for tool in "$@"; do command -v "$tool" >/dev/null || echo "missing $tool"; done
    """#

  private func learnDoors(
    _ configuration: DrillConfiguration, outside: OutsideWorld
  ) throws(DrillError) {
    let token = Canary()
    let direct = Canary()
    let mark = outside.recorder.mark()
    let script = Script.s3(Self.doors)
    let result = try run(
      in: workspace.name,
      parameters: [
        "TOKEN": token.text, "REGION": facts.region, "BUCKET": store,
        "CANDIDATES": configuration.listedPackages.joined(separator: " "),
        "ALLOWED": "\(DrillAddress.allowedHost):\(DrillAddress.allowedPort)",
        "DIRECT": DrillAddress.directHost, "DIRECT_TOKEN": direct.text,
        "PROXY_HOST": "127.0.0.1", "PROXY_PORT": "3128",
      ], script.command)
    for line in result.text.split(separator: "\n").map(String.init) {
      if line.hasPrefix("account ") { facts.account = String(line.dropFirst(8)) }
      if line.hasPrefix("listed ") { facts.listed.append(String(line.dropFirst(7))) }
      if line == "store works" { facts.works.insert(.store) }
    }
    if !facts.works.contains(.store) { facts.failures[.store] = failure(result, "no object in \(store)") }
    if configuration.listedPackages.isEmpty {
      // A mirror that serves nothing cannot be shown to work; that it passes nothing on can.
      facts.works.insert(.mirror)
    } else if facts.listed.isEmpty {
      facts.failures[.mirror] = failure(
        result, "no page of \(configuration.listedPackages.joined(separator: ", "))")
    } else {
      facts.works.insert(.mirror)
    }
    let arrivals = outside.recorder.arrivals(after: mark, from: [.allowed])
    for (need, sent, what) in [
      (Attack.Need.allowedHost, token, "an honest request does not arrive"),
      (.directHost, direct, "an honest request without the proxy does not arrive"),
    ] {
      if CanarySearch(sent).find(in: arrivals) != nil {
        facts.works.insert(need)
      } else {
        facts.failures[need] = failure(result, what)
      }
    }
  }

  private func failure(_ result: RunResult, _ what: String) -> String {
    "\(what): \(result.lastLine)"
  }

  private static let doors = #"""
    def honest_store():
        status = put(E["BUCKET"], "drill/preflight", b"drill", keys=own())[0]
        content = call("GET", S3, f"/{E['BUCKET']}/drill/preflight", keys=own())[2]
        if status == 200 and content == b"drill":
            print("store works", flush=True)
    def honest_identity():
        reply = call("POST", STS, "/", body=b"Action=GetCallerIdentity&Version=2011-06-15", service="sts", keys=own(),
                     headers={"content-type": "application/x-www-form-urlencoded"})[2].decode()
        print("account", reply.split("<Account>")[1].split("<")[0], flush=True)
    def honest_mirror():
        for name in E["CANDIDATES"].split():
            if send("GET", "packages.cordon.internal", f"/simple/{name}/")[0] == 200:
                print("listed", name, flush=True)
                return
    def honest_host():
        sock, reply = connect(E["ALLOWED"])
        secure = tls(sock, E["ALLOWED"].split(":")[0])
        secure.sendall(f"GET /{E['TOKEN']} HTTP/1.1\r\nHost: {E['ALLOWED']}\r\nConnection: close\r\n\r\n".encode())
        print(listen(secure, 3)[:60], file=sys.stderr)
    def honest_direct():
        import subprocess
        url = f"https://{E['DIRECT']}/{E['DIRECT_TOKEN']}"
        subprocess.run(["curl", "-sS", "-o", "/dev/null", "--noproxy", "*", "--max-time", "10", url], stdin=subprocess.DEVNULL)
    attempt(honest_direct)
    attempt(honest_mirror)
    attempt(honest_identity)
    attempt(honest_store)
    attempt(honest_host)
    """#

  private func learnNeighbour(_ outside: OutsideWorld) throws(DrillError) {
    guard let neighbour else {
      let why = "the environment file has no second project with a workspace"
      facts.failures[.neighbour] = why
      facts.failures[.foreignBucket] = why
      return
    }
    facts.works.insert(.neighbour)
    guard let bucket = status.store(of: neighbour.project), !foreignBuckets.isEmpty else {
      facts.failures[.foreignBucket] = "the project \(neighbour.project) has no bucket to write"
      return
    }
    let result = try run(
      in: neighbour.name,
      parameters: ["REGION": facts.region, "BUCKET": bucket, "SECRET": outside.plantedObject.text],
      Script.s3(Self.neighbourStore).command)
    for line in result.text.split(separator: "\n").map(String.init) {
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      if words.first == "key", words.count == 3 { facts.neighbourKeys[words[1]] = words[2] }
      if line == "planted" { facts.works.insert(.foreignBucket) }
    }
    if !facts.works.contains(.foreignBucket) {
      facts.failures[.foreignBucket] = failure(result, "no object in \(bucket)")
    }
  }

  private static let neighbourStore = #"""
    def plant():
        keys = own()
        for name, value in zip(("NEIGHBOUR_KEY", "NEIGHBOUR_SECRET", "NEIGHBOUR_TOKEN"), keys):
            print("key", name, value or "", flush=True)
        if put(E["BUCKET"], "drill-planted-object", E["SECRET"].encode(), keys=keys)[0] == 200:
            print("planted", flush=True)
    attempt(plant)
    """#
}
