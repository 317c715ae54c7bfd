import CordonGateway
import CordonLedger
import CordonLinux
import CordonModel
import CordonSandbox
import Foundation
import Logging
import Synchronization
import Testing

@testable import CordonRuntime

/// A whole environment in this process, with JupyterLab in its workspaces.
final class NotebookPlace {
  /// Installed once for all runs of the tests; an environment of its own takes a minute to make.
  private static let shared = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../.build/notebooks").standardizedFileURL.path

  let scratch: Scratch
  let running: RunningEnvironment
  private let serving: Task<Void, Never>

  var host: NotebookHost {
    get throws { try #require(running.notebooks) }
  }

  /// - Parameters:
  ///   - workspaces: The list in the spec's words.
  ///   - browser: What people may do, in the spec's words.
  ///   - like: A place whose state, all but the homes, this one has.
  init(
    _ workspaces: String, storage: String = "{ limit: 64 MiB }", browser: String = "{}",
    like earlier: NotebookPlace? = nil
  ) async throws {
    scratch = try Scratch()
    try scratch.write(
      """
      cordon: 1
      name: unit
      organization: { id: o-acme123456, account: "111122223333" }
      region: eu-west-1
      sandbox: { without: [disk-reservation] }
      browser: \(browser)
      projects:
        - { name: lab, store: lab-store, storage: \(storage), workspaces: \(workspaces) }

      """, to: "cordon.yaml")
    try NotebookInstallation(in: Self.shared).install { print($0) }
    try NotebookInstallation(in: Self.shared).sweep()
    let files = FileManager.default
    try files.createDirectory(atPath: scratch.state.path, withIntermediateDirectories: true)
    try files.createSymbolicLink(atPath: scratch.state.notebooks, withDestinationPath: Self.shared)
    if let earlier {
      for part in [\StateFolder.store, \.certificates] {
        try files.copyItem(atPath: earlier.scratch.state[keyPath: part], toPath: scratch.state[keyPath: part])
      }
    }
    let options = EnvironmentLauncher.Options(spec: scratch.path + "/cordon.yaml", folder: scratch.state)
    let plan = try EnvironmentPlan(options)
    try plan.record.write(scratch.state)
    try scratch.state.create()
    let running = try await RunningEnvironment.open(plan)
    self.running = running
    serving = Task { await running.gateway.run() }
  }

  func close() async {
    await running.gateway.drain(within: .seconds(5))
    await serving.value
    await running.close()
    try? LeftOvers(scratch.state).sweep()
  }

  /// An environment for the length of a test.
  static func with(
    _ workspaces: String = "[{ name: lab-1, notebook: on }]", storage: String = "{ limit: 64 MiB }",
    browser: String = "{}", like earlier: NotebookPlace? = nil,
    _ body: (NotebookPlace) async throws -> Void
  ) async throws {
    let place = try await NotebookPlace(workspaces, storage: storage, browser: browser, like: earlier)
    do { try await body(place) } catch {
      await place.close()
      throw error
    }
    await place.close()
  }

  /// A host of the same workspace with other rules and another log.
  func secondHost(rules: NotebookRules, log: any DecisionLog) throws -> NotebookHost {
    let name = try Slug("lab-1")
    let options = EnvironmentLauncher.Options(spec: scratch.path + "/cordon.yaml", folder: scratch.state)
    let environment = try EnvironmentPlan(options).environment
    let seat = NotebookSeat(
      position: WorkspacePosition(environment: environment.name, project: try Slug("lab"), workspace: name),
      person: nil, rules: rules, handsOutFiles: false, store: try BucketName("lab-store"),
      workspace: try #require(running.workspace(name)))
    return NotebookHost([seat], environment: environment, log: log, logger: Logger(label: "test"))
  }

  /// Does what a browser does with a workspace's JupyterLab, which is started first.
  func lab(_ words: String..., workspace: String = "lab-1") async throws -> [String] {
    let said = try await attempt(words, workspace: workspace)
    try #require(said.status == 0, "\(words): \(said.text)")
    return said.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The same where it may fail.
  func attempt(_ words: [String], workspace: String = "lab-1") async throws -> (status: Int32, text: String) {
    let ingress = try await host.start(try Slug(workspace))
    let socket = try #require(Self.path(of: ingress)) + "/" + NotebookServer.socket
    let python = NotebookInstallation(in: Self.shared).folder + "/bin/python"
    return try await Self.run([python, "-I", "-c", NotebookClient.script, socket] + words)
  }

  /// A path by which a process of this test's user reaches the folder: through this process, which holds it open.
  private static func path(of ingress: IngressFolder) -> String? {
    let all = "/proc/\(getpid())/fd"
    let files = FileManager.default
    return try? files.contentsOfDirectory(atPath: all).map { all + "/" + $0 }.first { path in
      // Others are opened and closed meanwhile.
      guard (try? files.destinationOfSymbolicLink(atPath: path)) == "/ingress" else { return false }
      let owner = try? files.attributesOfItem(atPath: path + "/.")[.ownerAccountID] as? NSNumber
      return owner?.uint32Value == ingress.owner
    }
  }

  /// What the ledger says of the notebooks, in order.
  func events() throws -> [String] {
    try LedgerReader(folder: scratch.state.ledger).entries(LedgerFilter())
      .map { try $0.members() }.filter { $0.eventSource == "notebook.cordon" }
      .map { "\($0.eventName): \($0.additionalEventData.reason)" }
  }

  /// A library that draws, where the workspaces of these tests find it; from the package index, once.
  static func installPlots() async throws {
    let place = NotebookInstallation(in: shared).folder + "/plots"
    guard !FileManager.default.fileExists(atPath: place) else { return }
    let python = ProcessInfo.processInfo.environment["CORDON_TEST_PYTHON"] ?? "python3"
    let said = try await run([
      "/usr/bin/env", python, "-m", "pip", "install", "--quiet", "--target", place + ".part",
      "matplotlib==3.10.7",
    ])
    try #require(
      said.status == 0, "run scripts/setup and name its Python in CORDON_TEST_PYTHON: \(said.text)")
    try FileManager.default.moveItem(atPath: place + ".part", toPath: place)
  }

  /// Runs a shell's script in a workspace.
  func inside(_ script: String, workspace: String = "lab-1") async throws -> String {
    let open = try #require(running.workspace(try Slug(workspace)))
    let process = try open.spawn(SandboxCommand(["/bin/bash", "-c", "{ " + script + "\n} 2>&1"]))
    process.streams.input?.close()
    let output = try #require(process.streams.output)
    return try await Self.away {
      let text = try output.duplicate().readToEnd(limit: 1 << 20)
      _ = try process.waitBlocking()
      return String(decoding: text, as: UTF8.self)
    }
  }

  private static func run(_ words: [String]) async throws -> (status: Int32, text: String) {
    try await away {
      let process = Process()
      process.executableURL = URL(filePath: words[0])
      process.arguments = Array(words.dropFirst())
      let output = Foundation.Pipe()
      process.standardOutput = output
      process.standardError = output
      process.standardInput = FileHandle.nullDevice
      try process.run()
      let said = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }
  }

  /// Waits on a thread of its own: few threads carry the tasks, and the gateway's are among them.
  private static func away<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
  }
}

/// A ledger's place in a test.
final class CollectingLog: DecisionLog {
  struct Full: Error {}

  private let records = Mutex<[DecisionRecord]>([])
  private let refuses: Bool

  init(refuses: Bool = false) { self.refuses = refuses }

  func append(_ record: DecisionRecord) async throws {
    if refuses { throw Full() }
    records.withLock { $0.append(record) }
  }

  var events: [String] { records.withLock { $0.map { "\($0.eventName): \($0.reason)" } } }
}
