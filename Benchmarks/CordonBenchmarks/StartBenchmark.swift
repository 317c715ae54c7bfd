import CordonLinux
import CordonModel
import CordonSandbox
import FoundationEssentials
import Glibc

/// How long it takes from nothing to a first command that has run in a closed workspace, beside bare bubblewrap.
///
/// Both run in turn, so that whatever else the machine does meets both alike.
struct StartBenchmark {
  struct Result: Encodable {
    /// Milliseconds from the call that opens the workspace to the end of `/bin/true` in it, one a run.
    var whole: [Double] = []
    /// The part until the namespaces and listeners are there.
    var open: [Double] = []
    /// `/bin/true` once more, in the workspace that is open now.
    var command: [Double] = []
    /// Closing it.
    var close: [Double] = []
    /// Bare bubblewrap.
    var bare: [Double] = []
    /// The very first start, which makes the image of the home as well.
    var first = 0.0
    /// What the workspaces were like.
    var shape = ""
  }

  private let machine = Machine.examine()
  private let configuration: SandboxConfiguration
  private static let bubblewrap = "/usr/bin/bwrap"
  private static let bareArguments = ["--ro-bind", "/", "/", "--unshare-all", "/bin/true"]

  /// - Parameter folder: An existing folder for the home.
  init(folder: String) throws {
    configuration = Self.configuration(folder: folder, machine: machine)
    if case .folder(let path) = configuration.home {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
  }

  func measure(runs: Int) throws -> Result {
    var result = Result(shape: shape)
    result.first = try start().whole
    try bare()
    for _ in 0..<runs {
      let times = try start()
      result.whole.append(times.whole)
      result.open.append(times.open)
      result.command.append(times.command)
      result.close.append(times.close)
      let watch = Stopwatch()
      try bare()
      result.bare.append(watch.seconds * 1_000)
    }
    return result
  }

  private func start() throws -> (whole: Double, open: Double, command: Double, close: Double) {
    let watch = Stopwatch()
    let workspace = try OpenWorkspace.open(configuration, on: machine)
    let opened = watch.seconds
    try run(workspace)
    let whole = watch.seconds
    try run(workspace)
    let again = watch.seconds
    try workspace.close()
    return (whole * 1_000, opened * 1_000, (again - whole) * 1_000, (watch.seconds - again) * 1_000)
  }

  private func run(_ workspace: OpenWorkspace) throws {
    let streams = StandardStreams.descriptors(input: nil, output: nil, errors: nil)
    let ending = try workspace.spawn(SandboxCommand(["/bin/true"]), streams: streams).waitBlocking()
    guard ending == .exited(0) else { throw Misuse("/bin/true in the workspace ended with \(ending)") }
  }

  private func bare() throws {
    let result = try HostTool.run(Self.bubblewrap, Self.bareArguments)
    guard result.status == .exited(0) else { throw Misuse("bare bubblewrap: \(result.text)") }
  }

  private var shape: String {
    let home =
      switch configuration.home {
      case .quotaImage: "home in an image"
      case .folder: "home in a folder"
      case .memory: "home in memory"
      }
    let user =
      switch configuration.identity {
      case .dedicatedUser: "own user"
      case .caller: "caller's user"
      }
    let limits = machine.controlGroups?.enforced.map(\.rawValue).sorted().joined(separator: ", ") ?? "none"
    return "\(user), \(home), \(configuration.listeners.count) listeners, limits: \(limits)"
  }
}

extension StartBenchmark {
  /// A small workspace as the runtime opens it: own user, image, limits, nine listeners, a bundle of certificates.
  private static func configuration(folder: String, machine: Machine) -> SandboxConfiguration {
    let missing = Set(machine.missing.map(\.mechanism)).filter(\.isExcusable)
    let limits = Workspace.Size.small.limits
    let mayMount = machine.isRoot && !missing.contains(.diskQuota)
    return SandboxConfiguration(
      name: "bench",
      identity: machine.isRoot ? .dedicatedUser(0x4000_0000 + UInt32(getpid() % 100_000)) : .caller,
      home: mayMount
        ? .quotaImage(folder + "/home.ext4", bytes: UInt64(limits.disk)) : .folder(folder + "/home"),
      limits: ResourceLimits(
        memoryBytes: UInt64(limits.memory), processes: limits.processes,
        processorPercent: limits.cpuMillicores / 10),
      listeners: listeners,
      files: EtcFile.standard(hostname: "bench") + [
        EtcFile("/etc/ssl/certs/ca-certificates.crt", text: String(repeating: "bundle\n", count: 100))
      ],
      environment: Dictionary(uniqueKeysWithValues: (0..<24).map { ("CORDON_BENCH_\($0)", "value") }),
      controlGroupPrefix: "cordon-bench-\(getpid())-", without: missing)
  }

  private static let listeners: [SandboxConfiguration.Listener] = {
    func door(_ host: String, _ port: UInt16, _ transport: Transport, _ purpose: EndpointKind)
      -> SandboxConfiguration.Listener
    {
      SandboxConfiguration.Listener(
        SocketAddress(host: host, port: port), transport, purpose: purpose.rawValue)
    }
    return [
      door("127.0.0.1", 53, .datagram, .dns), door("127.0.0.1", 53, .stream, .dns),
      door("127.0.0.1", 3_128, .stream, .proxy), door("127.0.0.1", 8_170, .stream, .credentials),
      door("127.0.0.2", 443, .stream, .s3), door("127.0.0.2", 80, .stream, .s3),
      door("127.0.0.3", 443, .stream, .sts),
      door("127.0.0.4", 443, .stream, .packages), door("127.0.0.4", 80, .stream, .packages),
    ]
  }()
}
