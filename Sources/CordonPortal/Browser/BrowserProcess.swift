import CordonLinux
import CordonPolicy
public import CordonSandbox
import NIOCore
import NIOPosix
import Synchronization

/// One Chromium in a sandbox of its own, from its start to its end.
///
/// Whoever holds it ends it: closing the sandbox takes every process of it and its profile, which is memory.
public final class BrowserProcess: Sendable {
  /// The pipe that it is driven over.
  public let devTools: DevToolsConnection
  let sandbox: OpenWorkspace
  private let process: SandboxProcess
  /// What an ordinary user may ask for (`/proc/sys/fs/pipe-max-size`).
  private static let pipeSize: CInt = 1 << 20
  private let complaints: Complaints
  private let tried = Mutex<Set<String>>([])

  /// Pages in which the browser was tried, by Chromium's names: they are closed, and none of anybody's session.
  public var triedPages: Set<String> { tried.withLock { $0 } }

  private init(
    devTools: DevToolsConnection, sandbox: OpenWorkspace, process: SandboxProcess, complaints: Complaints
  ) {
    self.devTools = devTools
    self.sandbox = sandbox
    self.process = process
    self.complaints = complaints
  }

  /// Starts Chromium in an open sandbox and waits until it answers and refuses what its policy refuses.
  ///
  /// - Parameters:
  ///   - probes: What must be refused; none in a drill whose browser policy is switched off.
  ///   - patience: How long all of that may take. A browser that hangs would be waited for by everybody: by its person, by
  ///     who signs them out, and by who takes the environment down.
  /// - Throws: `BrowserError` where it does not; the sandbox is closed then.
  public static func start(
    in sandbox: OpenWorkspace, width: Int = 1_280, height: Int = 800,
    probes: [PolicyProbe] = PolicyProbe.allCases, patience: Duration = .seconds(45)
  ) async throws -> BrowserProcess {
    do {
      let process = try sandbox.spawn(
        SandboxCommand(BrowserCommandLine.arguments(width: width, height: height)), streams: .pipes)
      guard let input = process.streams.input?.take(), let output = process.streams.output?.take() else {
        throw BrowserError.notStarted("its pipes are gone")
      }
      // A frame in one go: with 64 KiB, the kernel's own measure, Chromium and the gateway wait for each other six times.
      BorrowedDescriptor(output).widenPipe(to: Self.pipeSize)
      let complaints = try await Complaints.reading(process.streams.errors)
      let browser = BrowserProcess(
        devTools: try await DevToolsConnection.open(input: input, output: output), sandbox: sandbox,
        process: process, complaints: complaints)
      try await browser.within(patience) { try await browser.makeReady(probes) }
      return browser
    } catch {
      try? sandbox.close()
      throw error
    }
  }

  private func makeReady(_ probes: [PolicyProbe]) async throws {
    do {
      try await devTools.call(.version)
      try await devTools.call(.denyDownloads)
    } catch is DevToolsError {
      throw BrowserError.notStarted(complaints.text)
    }
    for probe in probes { try await check(probe) }
  }

  /// Ends a browser that is not done in time; what waits for its answers gets none then, and fails.
  private func within(_ patience: Duration, _ work: () async throws -> Void) async throws {
    let end = ContinuousClock.now + patience
    let cutOff = Task { [process] in
      try await Task.sleep(until: end, clock: .continuous)
      try process.killTree()
    }
    defer { cutOff.cancel() }
    do { try await work() } catch {
      guard ContinuousClock.now >= end else { throw error }
      throw BrowserError.notStarted("it did not answer within \(patience); \(complaints.text)")
    }
  }

  /// Each in a page of its own: a `chrome:` address right after another navigation would end the browser.
  private func check(_ probe: PolicyProbe) async throws {
    let target = try await devTools.call(.createTarget)["targetId"]?.text ?? ""
    tried.withLock { _ = $0.insert(target) }
    let session = try await devTools.call(.attach(target: target))["sessionId"]?.text ?? ""
    var answer = ""
    do {
      answer = try await devTools.call(.probe(probe), session: session)["errorText"]?.text ?? "loaded"
    } catch DevToolsError.refused(_, let text) {
      answer = text
    }
    try await devTools.call(.closeTarget(target))
    guard answer == PolicyProbe.refusal else { throw BrowserError.policyNotApplied(probe, was: answer) }
  }

  /// Opens an address of the gateway's own, and goes on once the gateway has seen the browser come for it.
  ///
  /// - Parameters:
  ///   - patience: How long the browser may take.
  ///   - isSeen: Waits for that, and gives up after a time.
  /// - Throws: `BrowserError.proxyNotInForce` where it is not seen: the browser is to be ended then.
  public func requireProxy(
    at address: PageAddress, patience: Duration = .seconds(45), isSeen: () async -> Bool
  ) async throws {
    try await within(patience) {
      let target = try await devTools.call(.createTarget)["targetId"]?.text ?? ""
      tried.withLock { _ = $0.insert(target) }
      let session = try await devTools.call(.attach(target: target))["sessionId"]?.text ?? ""
      devTools.send(.navigate(address), session: session)
      guard await isSeen() else { throw BrowserError.proxyNotInForce }
      try await devTools.call(.closeTarget(target))
    }
  }

  /// Ends the browser and everything it started, at once, and lets go of its sandbox.
  public func end() {
    devTools.close()
    try? process.killTree()
    try? sandbox.close()
  }

  /// Suspends until the browser has ended, by itself or by `end`.
  public func wait() async { _ = try? await process.wait() }
}

/// The last of what a browser writes to its errors: for a message, never for a decision.
private final class Complaints: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private static let limit = 4_096
  private let kept = Mutex<[UInt8]>([])

  /// Reads a descriptor to its end, which comes with the browser's.
  static func reading(_ descriptor: SharedDescriptor?) async throws -> Complaints {
    let complaints = Complaints()
    guard let number = descriptor?.take() else { return complaints }
    _ = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(complaints) }
      }
      .takingOwnershipOfDescriptor(input: number).get()
    return complaints
  }

  var text: String { String(decoding: kept.withLock { $0 }, as: UTF8.self) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data).readableBytesView
    kept.withLock { kept in
      kept += bytes
      if kept.count > Self.limit { kept.removeFirst(kept.count - Self.limit) }
    }
  }
}
