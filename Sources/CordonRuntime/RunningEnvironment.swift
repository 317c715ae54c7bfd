import CordonGateway
import CordonLedger
import CordonLinux
import CordonModel
import CordonPolicy
import CordonSandbox
import CordonStore
import Foundation
import Logging

/// Everything that an environment holds while it runs.
final class RunningEnvironment: Sendable {
  /// What has to be closed, as far as it is open.
  private struct Holdings {
    var ledger: Ledger?
    var store: ObjectStore?
    var workspaces: [Slug: OpenWorkspace] = [:]
    /// What goes on beside the traffic.
    var chores: [Task<Void, Never>] = []
    var budget: RecordBudget?
    var notebooks: NotebookHost?
    var sessions: SessionHost?
    var portal: PortalHouse?
    var recordings: Recordings?
  }

  let gateway: Gateway
  /// Where the portal asks before anything happens.
  let office: PortalOffice
  /// What sessions showed.
  var recordings: Recordings? { holdings.recordings }
  /// The workspaces' JupyterLabs; who may come to one is decided before it is asked.
  var notebooks: NotebookHost? { holdings.notebooks }
  private let plan: EnvironmentPlan
  private let ledger: Ledger
  private let holdings: Holdings
  private let relocking: Relocking

  private init(
    plan: EnvironmentPlan, ledger: Ledger, gateway: Gateway, office: PortalOffice, mirror: PackageMirror,
    holdings: Holdings
  ) {
    self.plan = plan
    self.ledger = ledger
    self.gateway = gateway
    self.office = office
    self.holdings = holdings
    relocking = Relocking(plan: plan, mirror: mirror, log: LedgerLog(ledger: ledger))
  }

  // MARK: Opening

  /// Opens ledger, store, authority and workspaces, in the order in which each needs the one before. Where one of
  /// them does not open, those before are closed again.
  static func open(_ plan: EnvironmentPlan) async throws -> RunningEnvironment {
    var holdings = Holdings()
    do { return try await open(plan, &holdings) } catch {
      await close(holdings, plan)
      throw error
    }
  }

  private static func open(_ plan: EnvironmentPlan, _ holdings: inout Holdings) async throws
    -> RunningEnvironment
  {
    let environment = plan.environment
    let machine = Machine.examine()
    let disk = try DiskSpace(at: plan.folder.path)
    var ledgerLimits = Ledger.Limits()
    ledgerLimits.reserve = Int64(clamping: DiskBudget.ledgerReserve(of: disk))
    let ledger = try Ledger.open(
      folder: plan.folder.ledger,
      scope: LedgerScope(
        environment: environment.name, region: environment.region, account: environment.organization.account),
      limits: ledgerLimits, now: { Date() })
    holdings.ledger = ledger
    let budget = RecordBudget(
      log: LedgerLog(ledger: ledger),
      isScarce: { ledger.reserveUsed > 0 || DiskBudget.isScarce(plan.folder.path) })
    holdings.budget = budget
    var limits = ObjectStore.Limits()
    limits.diskFloor = Int64(clamping: DiskBudget.floor(of: disk))
    let store = try ObjectStore.open(folder: plan.folder.store, limits: limits, now: { Date() })
    holdings.store = store
    try await fill(store, plan)
    let authority = try CertificateAuthority(
      folder: plan.folder.certificates, name: "Cordon \(environment.name) environment CA")
    let gatekeeper = Gatekeeper(
      environment: environment,
      policies: try CompiledPolicies(environment, lock: plan.drill == nil ? plan.lock : nil),
      log: budget)
    let mirror = try mirror(plan, gatekeeper: gatekeeper)
    let gateway = try Gateway(
      gatekeeper: gatekeeper, authority: authority,
      responders: try responders(gatekeeper: gatekeeper, store: store, mirror: mirror),
      configuration: try configuration(plan))
    let users = machine.isRoot ? try HostUsers.assign(for: environment, in: plan.folder) : nil
    let blueprint = WorkspaceBlueprint(
      environment: environment, folder: plan.folder, authority: authority.certificatePEM, users: users)
    for (project, workspace) in environment.workspaces {
      let configuration = try blueprint.configuration(of: workspace, project: project)
      try blueprint.prepareHome(configuration)
      let open = try OpenWorkspace.open(configuration, on: machine)
      holdings.workspaces[workspace.name] = open
      try await gateway.add(
        workspace: workspace.name, project: project.name, sockets: open.listeners.compactMap(socket))
    }
    let log = LedgerLog(ledger: ledger)
    let notebooks = NotebookHost(
      seats(environment, holdings.workspaces), environment: environment, log: log, logger: plan.logger)
    holdings.notebooks = notebooks
    let unended = UnendedSessions(folder: plan.folder.sessions)
    await unended.recordEnds(in: log, of: gatekeeper, logger: plan.logger)
    let sessions = SessionHost(
      SessionHost.House(
        gateway: gateway, gatekeeper: gatekeeper, log: budget, machine: machine,
        users: users.map { SessionUsers(beside: $0) },
        controlGroupPrefix: blueprint.controlGroupPrefix, authority: authority.certificatePEM,
        logger: plan.logger, unended: unended,
        notebook: { workspace in try await notebooks.start(workspace) }))
    holdings.sessions = sessions
    let office = PortalOffice(gatekeeper: gatekeeper, log: budget, logger: plan.logger)
    let recordings = Recordings(
      folder: plan.folder.recordings, store: store, gatekeeper: gatekeeper, log: log, logger: plan.logger)
    holdings.recordings = recordings
    holdings.portal = try await PortalHouse.open(
      PortalHouse.Ground(
        environment: environment, folder: plan.folder, gatekeeper: gatekeeper, log: budget,
        authority: authority, sessions: sessions, office: office,
        recordings: recordings,
        places: plan.openingLines, logger: plan.logger))
    let upkeep = StoreUpkeep(
      uploads: UploadExpiry(store: store, log: log, logger: plan.logger),
      versions: VersionExpiry(
        store: store, log: log, projects: environment.projects, logger: plan.logger),
      logger: plan.logger)
    holdings.chores.append(Task { await upkeep.run() })
    holdings.chores.append(Task { await recordings.upkeep() })
    return RunningEnvironment(
      plan: plan, ledger: ledger, gateway: gateway, office: office, mirror: mirror, holdings: holdings)
  }

  /// The workspaces that have a JupyterLab.
  private static func seats(_ environment: CordonModel.Environment, _ open: [Slug: OpenWorkspace])
    -> [NotebookSeat]
  {
    environment.workspaces.compactMap { project, workspace in
      guard let rules = workspace.notebook, let sandbox = open[workspace.name] else { return nil }
      let position = WorkspacePosition(
        environment: environment.name, project: project.name, workspace: workspace.name)
      return NotebookSeat(
        position: position, person: workspace.person, rules: rules,
        handsOutFiles: PortalAction.download.isOn(in: environment.browser), store: project.store,
        workspace: sandbox)
    }
  }

  /// Brings the buckets to what the spec declares and imports what changed in their seeds.
  private static func fill(_ store: ObjectStore, _ plan: EnvironmentPlan) async throws {
    for project in plan.environment.projects {
      store.setLimit(
        StoreCapacity(bytes: Int64(project.storage.limit), entries: Int64(project.storage.entries)),
        of: project.name)
      for bucket in project.buckets {
        try await store.declareBucket(
          bucket.name, project: project.name, versioned: bucket.versioned, readOnly: bucket.readOnly)
        if let seed = bucket.seed { _ = try await store.seed(bucket.name, from: seed) }
      }
    }
    for foreign in plan.drill?.foreignBuckets ?? [] {
      try await store.declareBucket(
        try BucketName(foreign.name), project: try Slug("foreign-account"), versioned: false, readOnly: false)
    }
  }

  private static func configuration(_ plan: EnvironmentPlan) throws -> Gateway.Configuration {
    var configuration = Gateway.Configuration()
    configuration.logger = plan.logger
    if let path = plan.drill?.trustedCA {
      configuration.trustedCA = try String(contentsOfFile: path, encoding: .utf8)
    }
    return configuration
  }

  private static func responders(
    gatekeeper: Gatekeeper, store: ObjectStore, mirror: PackageMirror
  ) throws -> [EndpointKind: any Responder] {
    let issuer = SessionIssuer()
    return [
      .credentials: CredentialsResponder(gatekeeper: gatekeeper, issuer: issuer),
      .sts: STSResponder(gatekeeper: gatekeeper, issuer: issuer),
      .s3: try S3Responder(gatekeeper: gatekeeper, issuer: issuer, store: store),
      .packages: mirror,
    ]
  }

  private static func mirror(_ plan: EnvironmentPlan, gatekeeper: Gatekeeper) throws -> PackageMirror {
    let rules =
      plan.environment.pypi
      ?? PyPIRules(allow: [], withDependencies: false, minimumAge: 0, upstream: "about:none")
    let upstream = HTTPUpstreamIndex(
      index: try rules.upstream ?? HostIndex.discover(), client: HTTPUpstreamIndex.client())
    let disk = try DiskSpace(at: plan.folder.path)
    let shelf = try PackageShelf(
      rules: rules, lock: plan.drill == nil ? plan.lock : nil, upstream: upstream,
      folder: plan.folder.packages,
      everyNameForDrill: plan.environment.weakenedForDrill.contains(.mirrorAllowlist),
      diskFloor: Int(clamping: DiskBudget.floor(of: disk)),
      mostBytes: try DiskBudget(plan).cacheLimit(on: disk),
      now: { Int(Date().timeIntervalSince1970) })
    return PackageMirror(shelf: shelf, upstream: upstream, gatekeeper: gatekeeper)
  }

  private static func socket(_ bound: BoundListener) -> GatewaySocket? {
    guard let kind = EndpointKind(rawValue: bound.listener.purpose), let descriptor = bound.descriptor.take()
    else {
      return nil
    }
    let speech: GatewaySocket.Speech =
      switch (bound.listener.transport, bound.listener.address.port) {
      case (.datagram, _): .datagrams
      case (.stream, 443): .tls
      case (.stream, _): .plain
      }
    return GatewaySocket(endpoint: kind, speech: speech, descriptor: descriptor)
  }

  // MARK: Closing

  /// Ends what runs in the workspaces and lets go of everything; each part is tried, whatever the one before did.
  func close() async { await Self.close(holdings, plan) }

  private static func close(_ holdings: Holdings, _ plan: EnvironmentPlan) async {
    for chore in holdings.chores {
      chore.cancel()
      await chore.value
    }
    await holdings.portal?.close()
    await holdings.sessions?.close()
    await holdings.notebooks?.close()
    for workspace in holdings.workspaces.values {
      do { try workspace.close() } catch {
        plan.logger.error("a workspace was not closed", metadata: ["error": "\(error)"])
      }
    }
    do { try holdings.store?.close() } catch {
      plan.logger.error("the object store was not closed", metadata: ["error": "\(error)"])
    }
    do { try await holdings.budget?.flush() } catch {
      plan.logger.error("requests that were refused could not be counted", metadata: ["error": "\(error)"])
    }
    do { try await holdings.ledger?.close() } catch {
      plan.logger.error("the ledger was not closed", metadata: ["error": "\(error)"])
    }
  }

  // MARK: Commands

  /// Why a command does not get into a workspace.
  struct NoSuchWorkspace: Error, CustomStringConvertible {
    var name: String
    var known: [String]

    var description: String {
      "no workspace is called '\(name)'; there are: \(known.joined(separator: ", "))"
    }
  }

  /// Records that a command enters a workspace, then hands over the way in.
  func enter(_ name: String, program: String, person: String?, over socket: borrowing UnixSocket) throws {
    let (place, usual) = try self.place(name)
    guard let workspace = holdings.workspaces[place.workspace] else { throw unknown(name) }
    let region = plan.environment.region
    let account = plan.environment.organization.account
    try LedgerLog(ledger: ledger).appendBlocking(
      DecisionRecord(
        eventSource: "control.cordon", eventName: "Exec", source: .operatorIn(place),
        person: person ?? usual ?? "operator",
        resources: ["arn:aws:cordon:\(region):\(account):workspace/\(name)"], outcome: .allowed,
        control: "control socket", reason: "the caller owns the environment", requestID: RequestID.random(),
        details: ["program": program]))
    try socket.send(Array(try JSONEncoder().encode(ControlAnswer.entrance)))
    try workspace.entrance.send(over: socket)
  }

  /// A workspace that is open.
  func workspace(_ name: Slug) -> OpenWorkspace? { holdings.workspaces[name] }

  /// Where a workspace is, and who works in it.
  private func place(_ name: String) throws -> (place: WorkspacePosition, person: String?) {
    guard let found = plan.environment.workspaces.first(where: { $0.workspace.name.text == name }) else {
      throw unknown(name)
    }
    let place = WorkspacePosition(
      environment: plan.environment.name, project: found.project.name, workspace: found.workspace.name)
    return (place, found.workspace.person?.text)
  }

  private func unknown(_ name: String) -> NoSuchWorkspace {
    NoSuchWorkspace(name: name, known: holdings.workspaces.keys.map(\.text).sorted())
  }

  /// Lifts the package lock for a workspace until the command on the connection has made a new one, or is gone.
  func relock(_ name: String, person: String?, over socket: borrowing UnixSocket) throws -> ControlAnswer {
    try relocking.run(in: place(name).place, person: person, over: socket)
  }

  /// What runs now. A ledger that cannot be read is part of the answer: whoever asks wants to know just that.
  func status() -> EnvironmentStatus {
    var denials: [LedgerDenials] = []
    var problem = ledger.failure
    do { denials = try LedgerReader(folder: plan.folder.ledger).denials() } catch {
      problem = problem ?? "\(error)"
    }
    return EnvironmentStatus(
      environment: plan.environment.name.text, spec: plan.record.spec, process: getpid(),
      since: plan.record.since,
      workspaces: plan.environment.workspaces.map { status(of: $0.workspace, project: $0.project) },
      portal: holdings.portal?.address, sessions: holdings.sessions?.status ?? [],
      buckets: plan.environment.projects.flatMap { project in
        project.buckets.map { bucket in
          EnvironmentStatus.Bucket(
            name: bucket.name.text, project: project.name.text, readOnly: bucket.readOnly)
        }
      },
      denials: denials.reduce(into: [:]) { sum, entry in
        sum[entry.path?.rawValue ?? "malformed", default: 0] += entry.count
      },
      ledgerFailure: problem, diskWarning: diskWarning, storage: plan.environment.projects.map(storage),
      openedBySpec: plan.findings.map { "\($0)" }, weakened: plan.record.weakened)
  }

  /// What a nearly full disk keeps from happening; nil while there is room.
  private var diskWarning: String? {
    let used = ledger.reserveUsed
    guard used > 0 || DiskBudget.isScarce(plan.folder.path) else { return nil }
    return """
      the disk of \(plan.folder.path) is nearly full: uploads are refused and workspaces slowed down until there is \
      room\(used > 0 ? "; the ledger has used \(DiskBudget.size(UInt64(used))) of its reserve" : "")
      """
  }

  private func storage(of project: Project) -> EnvironmentStatus.Storage {
    EnvironmentStatus.Storage(project, holdings.store?.account(of: project.name))
  }

  private func status(of workspace: Workspace, project: Project) -> EnvironmentStatus.Workspace {
    let usage = holdings.workspaces[workspace.name]?.controlGroup?.usage
    return EnvironmentStatus.Workspace(
      name: workspace.name.text, project: project.name.text, person: workspace.person?.text,
      processes: usage?.processes.map(Int.init), memoryBytes: usage?.memoryBytes,
      endpoints: WorkspaceBlueprint.listeners.map { "\($0.purpose)@\($0.address)" })
  }
}

/// The ledger as the gateway sees it.
struct LedgerLog: DecisionLog {
  let ledger: Ledger

  func append(_ record: DecisionRecord) async throws { _ = try await ledger.append(record) }

  func appendCounted(_ record: DecisionRecord) async throws -> Int? {
    try await ledger.appendCounted(record)
  }

  /// For the control socket's threads, which are not tasks.
  func appendBlocking(_ record: DecisionRecord) throws {
    try Blocking.wait { try await append(record) }
  }
}
