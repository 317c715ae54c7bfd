import CordonGateway
import CordonLedger
import CordonLinux
import CordonModel
import CordonPolicy
import CordonSandbox
import CordonSpec
import CordonStore
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// The gateway of one environment, from its first file to its last: what `cordon up` leaves running.
public struct GatewayProcess: Sendable {
  /// What a gateway says once every workspace is ready.
  public static let readyWord = "ready"

  private let options: EnvironmentLauncher.Options

  /// A gateway for `options`.
  public init(_ options: EnvironmentLauncher.Options) { self.options = options }

  /// Runs until SIGTERM, SIGINT, SIGHUP or a request to stop; returns when everything is drained and closed.
  ///
  /// - Parameter ready: Called once, when every workspace can be worked in.
  public func run(ready: @escaping @Sendable () -> Void) async throws {
    // Whoever started it may be gone when it says that it is ready.
    signal(SIGPIPE, SIG_IGN)
    try DescriptorLimit.raise()
    let folder = options.folder
    try folder.create()
    let lock = try FolderLock(folder)
    defer { withExtendedLifetime(lock) {} }
    let plan = try EnvironmentPlan(options)
    // Before anything of the environment is in the folder, so that a crash leaves no state of unknown kind.
    try plan.record.write(folder)
    try LeftOvers(folder).sweep()
    try folder.create()
    try DiskBudget(plan).check()
    let notebooks = NotebookInstallation(in: folder.notebooks)
    if NotebookInstallation.isNeeded(by: plan.environment) {
      try notebooks.install { plan.logger.notice("\($0)") }
    }
    try notebooks.sweep()
    let running = try await RunningEnvironment.open(plan)
    do {
      try await serve(running, plan: plan, ready: ready)
    } catch {
      await running.close()
      throw error
    }
    await running.close()
    try LeftOvers(folder).sweep()
  }

  private func serve(
    _ running: RunningEnvironment, plan: EnvironmentPlan, ready: @escaping @Sendable () -> Void
  ) async throws {
    let (stopRequests, stopFeed) = AsyncStream<Void>.makeStream()
    let control = try ControlServer(options.folder) { request, socket in
      switch request {
      case .status: return .status(running.status())
      case .stop:
        stopFeed.yield()
        return .stopping
      case .enter(let workspace, let program, let person):
        try running.enter(workspace, program: program, person: person, over: socket)
        return .entrance
      case .liftLock(let workspace, let person):
        return try running.relock(workspace, person: person, over: socket)
      case .recordings: return .recordings(running.recordings?.newest(200) ?? [])
      case .replay(let session, let auditor):
        guard let recordings = running.recordings else { return .refused("nothing is recorded here") }
        let found = try Blocking.wait { try await recordings.open(session, for: auditor) }
        return .recording(
          path: found.path, tape: found.key.tape, number: found.key.number, key: found.key.bytes)
      case .useProposedLock:
        return .refused("no lock was lifted on this connection; run: cordon packages lock")
      }
    }
    defer { control.close() }
    let group = ServiceGroup(
      configuration: .init(
        services: [.init(service: GatewayService(gateway: running.gateway))],
        gracefulShutdownSignals: [.sigterm, .sigint, .sighup], logger: plan.logger))
    let stopper = Task {
      for await _ in stopRequests { await group.triggerGracefulShutdown() }
    }
    defer { stopper.cancel() }
    ready()
    try await group.run()
  }
}

/// The gateway as a service: a graceful shutdown drains it.
private struct GatewayService: Service {
  let gateway: Gateway

  func run() async throws {
    await withGracefulShutdownHandler {
      await gateway.run()
    } onGracefulShutdown: {
      Task { await gateway.drain(within: .seconds(10)) }
    }
  }
}
