/// One executable of the user's, outside as a control and inside as an attack.
struct UserAttackRun {
  let stage: DrillStage
  let twin: Twin
  let files: [UserAttacks.File]
  let file: UserAttacks.File
  let seconds: Double

  func run() throws(DrillError) -> UserAttackReport.Row {
    let control = try runControl()
    let home = try homeInside()
    let folder = "\(home)/cordon-drill-\(UInt32.random(in: 0 ... .max))"
    for each in files { try copy(each, to: folder) }
    let secret = Canary()
    let mark = stage.outside.recorder.mark()
    let result = try twin.run(
      in: twin.workspace.name, parameters: variables(secret, outbox: "\(folder)/outbox", inside: true),
      ["/bin/sh", "-c", #"cd "$0" && exec "$1""#, folder, "./\(file.name)"], seconds: seconds)
    let found = try find(secret, after: mark)
    let outbox = try collect("\(folder)/outbox")
    _ = try twin.run(in: twin.workspace.name, ["rm", "-rf", folder])
    return row(control: control, result: result, found: found, outbox: outbox)
  }

  private func row(
    control: String?, result: RunResult, found: String?, outbox: [UserAttackReport.OutboxFile]
  ) -> UserAttackReport.Row {
    let couldNotStart = result.status == 126 || result.status == 127
    let verdict: RouteVerdict =
      found != nil ? .breach : couldNotStart || control == nil ? .inconclusive : .closed
    let why =
      found ?? (couldNotStart ? "it did not start inside: \(result.lastLine)" : nil)
      ?? (control == nil ? "nothing shows that it would get through anywhere" : nil)
    return UserAttackReport.Row(
      name: file.name, verdict: verdict, control: control ?? "no control", because: why,
      status: result.status,
      observed: result.lastLine, outbox: outbox)
  }

  private func variables(_ secret: Canary, outbox: String, inside: Bool) -> [String: String] {
    let proxy = inside ? "127.0.0.1" : DrillAddress.sink
    return [
      "CORDON_SINK": "\(DrillAddress.sink):\(DrillAddress.sinkPort)",
      "CORDON_SINK_ZONE": DrillAddress.userZone,
      "CORDON_CANARY": secret.text,
      "CORDON_ALLOWED_HOST": "\(DrillAddress.allowedHost):\(DrillAddress.allowedPort)",
      "CORDON_PROXY": "http://\(proxy):3128",
      "CORDON_OUTBOX": outbox,
      "CORDON_PYPI": "https://packages.cordon.internal/simple/",
      "CORDON_S3":
        "https://s3.\(inside ? twin.facts.region : Parameters.TwinFacts.none.region).amazonaws.com",
      "CORDON_BUCKET": twin.store,
      "CORDON_FOREIGN_BUCKET": foreignBucket,
    ]
  }

  private var foreignBucket: String {
    let stores = twin.neighbour.flatMap { twin.status.store(of: $0.project) }
    return stores ?? twin.foreignBuckets.first ?? "drill-foreign"
  }

  // MARK: Control

  /// Where the secret arrived when nothing was in the way, or nil. It runs without root's privileges: it is
  /// somebody's program, and this is the host.
  private func runControl() throws(DrillError) -> String? {
    let secret = Canary()
    let folder = try Posix.makeTemporaryFolder(prefix: "\(stage.folder)/control-")
    defer { Files.remove(folder) }
    for each in files { try Tool.run(["cp", "--", each.path, "\(folder)/\(each.name)"]) }
    try Tool.run(["mkdir", "-m", "0777", "\(folder)/outbox"])
    try Tool.run(["chmod", "0777", folder])
    let environment = Parameters.controlEnvironment(
      home: folder, authority: stage.outside.certificates.authority)
    let launch = Launch(
      arguments: DrillWorld.withoutPrivileges
        + ["/bin/sh", "-c", #"cd "$0" && exec "$1""#, folder, "./\(file.name)"],
      environment: environment.merging(variables(secret, outbox: "\(folder)/outbox", inside: false)) { $1 })
    let mark = stage.outside.recorder.mark()
    _ = try Running.run(launch, seconds: seconds)
    let search = CanarySearch(secret, zones: [DrillAddress.userZone, DrillAddress.zone])
    return settled(after: mark) { search.find(in: stage.outside.recorder.arrivals(after: mark)) }
      .map { "\($0.form) at \($0.place)" }
  }

  /// Looks again until nothing new arrives.
  private func settled<Found>(after mark: Recorder.Mark, _ look: () -> Found?) -> Found? {
    var last = mark
    for _ in 0..<40 {
      var nothing: [Posix.Interest] = []
      Posix.wait(&nothing, milliseconds: 100)
      if let found = look() { return found }
      let now = stage.outside.recorder.mark()
      if now == last { return nil }
      last = now
    }
    return nil
  }

  // MARK: Inside

  private func homeInside() throws(DrillError) -> String {
    let result = try twin.run(in: twin.workspace.name, ["/bin/sh", "-c", #"printf %s "$HOME""#])
    guard result.status == 0, result.text.hasPrefix("/") else {
      throw .command("exec \(twin.workspace.name)", status: result.status, said: result.lastLine)
    }
    return result.text
  }

  private func copy(_ each: UserAttacks.File, to folder: String) throws(DrillError) {
    let mode = each.isExecutable ? "755" : "644"
    let script = #"mkdir -p "$0/outbox" && cat > "$0/$1" && chmod "$2" "$0/$1""#
    let result = try twin.run(
      in: twin.workspace.name, ["/bin/sh", "-c", script, folder, each.name, mode],
      input: try Files.read(each.path))
    guard result.status == 0 else {
      throw .command("copy \(each.name) into the workspace", status: result.status, said: result.lastLine)
    }
  }

  // MARK: Judgement

  private func find(_ secret: Canary, after mark: Recorder.Mark) throws(DrillError) -> String? {
    let search = CanarySearch(secret, zones: [DrillAddress.userZone, DrillAddress.zone])
    let recorder = stage.outside.recorder
    if let found = settled(after: mark, { search.find(in: recorder.arrivals(after: mark)) }) {
      return "\(found.form) at \(found.place)"
    }
    if let neighbour = twin.neighbour, twin.facts.works.contains(.foreignBucket) {
      let buckets = twin.status.buckets.filter { $0.project == neighbour.project }.map(\.name)
      let stored = try StoreReader.contents(of: buckets, through: neighbour.name, in: twin)
      if let found = search.find(in: stored) { return "\(found.form) at \(found.place)" }
    }
    let calls = recorder.contacts(after: mark, from: .sink)
    return calls.first.map { "\(calls.count) calls at the sink, the first at \($0)" }
  }

  // MARK: Outbox

  /// Brings the outbox out as one archive, which is listed and kept but not unpacked: its content is not trusted.
  private func collect(_ outbox: String) throws(DrillError) -> [UserAttackReport.OutboxFile] {
    let folder = stage.configuration.collectInto ?? stage.folder
    try Files.makeFolder(folder)
    let path = "\(folder)/outbox-\(file.name).tar"
    Files.remove(path)
    let output = try Posix.open(path, appending: true)
    var launch = twin.cordon.exec(
      twin.workspace.name,
      ["/bin/sh", "-c", #"tar -C "$0" -cf - . 2>/dev/null | head -c 67108864"#, outbox])
    launch.output = output
    _ = try Running.run(launch, seconds: 60)
    Posix.closeDescriptor(output)
    defer { if stage.configuration.collectInto == nil { Files.remove(path) } }
    return TarListing.files(in: try Files.read(path))
  }
}

/// The names and sizes in a tar archive (POSIX.1-1988 ustar headers); anything unreadable ends the list.
enum TarListing {
  static func files(in archive: [UInt8]) -> [UserAttackReport.OutboxFile] {
    var found: [UserAttackReport.OutboxFile] = []
    var offset = 0
    while offset + 512 <= archive.count, archive[offset] != 0 {
      let header = Array(archive[offset..<(offset + 512)])
      let name = String(decoding: header[0..<100].prefix { $0 != 0 }, as: UTF8.self)
      let digits = header[124..<136].filter { (48...55).contains($0) }
      guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 8), size <= archive.count else {
        break
      }
      if header[156] == UInt8(ascii: "0") || header[156] == 0 {
        let shown = String.UnicodeScalarView(name.unicodeScalars.map { Printable.isSafe($0) ? $0 : " " })
        found.append(.init(name: String(shown), size: size))
      }
      offset += 512 + (size + 511) / 512 * 512
    }
    return found
  }
}
