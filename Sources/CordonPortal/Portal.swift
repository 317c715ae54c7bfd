public import CordonIdentity
public import Logging
public import NIOCore
import NIOPosix
import Synchronization

/// What a portal is run with.
public struct PortalConfiguration: Sendable {
  /// The environment's name, on every page.
  public var environment: String
  /// The address that it listens on.
  public var address = "127.0.0.1"
  /// Its port; 0 takes a free one.
  public var port = 8_443
  /// What browsers call it, `https://HOST[:PORT]`; requests for every other name are refused. Empty means the address that it
  /// listens on, and `localhost` where that is this machine's own.
  public var origins: Set<String> = []
  /// What it shows in TLS.
  public var certificate: PortalCertificate
  /// How much of it one browser may hold.
  public var limits = PortalLimits()
  /// Where failures are told.
  public var logger = Logger(label: "cordon.portal")

  /// The ordinary configuration.
  public init(environment: String, certificate: PortalCertificate) {
    self.environment = environment
    self.certificate = certificate
  }

  /// The names that it answers to, once its port is known.
  func origins(port: Int) -> Set<String> {
    guard origins.isEmpty else { return origins }
    let host = address.contains(":") ? "[\(address)]" : address
    let isLoopback = address.hasPrefix("127.") || address == "::1"
    let names = isLoopback ? [host, "localhost"] : [host]
    // Browsers leave the scheme's own port out.
    return Set(names.map { port == 443 ? "https://\($0)" : "https://\($0):\(port)" })
  }
}

/// Where people reach the environment: HTTPS pages, and streams of pixels.
///
/// It holds no store, no keys of data and no ledger. What it knows of people, projects and sessions it asks for, through
/// protocols as narrow as its pages.
public final class Portal: Sendable {
  private let configuration: PortalConfiguration
  private let desks: PortalSite.Desks
  private let server: WebServer
  private let listener = Mutex<(any Channel)?>(nil)

  /// A portal over whoever knows people, projects, denials, sessions and their recordings.
  public convenience init(
    configuration: PortalConfiguration, identity: any PortalIdentity, projects: any ProjectSource,
    denials: any DenialSource, sessions: SessionRegistry, recordings: (any RecordingSource)? = nil
  ) throws {
    try self.init(
      configuration: configuration,
      desks: PortalSite.Desks(
        identity: identity, projects: projects, sessions: RegistrySessions(registry: sessions),
        denials: denials, recordings: recordings))
  }

  init(
    configuration: PortalConfiguration, desks: PortalSite.Desks,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
  ) throws {
    self.configuration = configuration
    self.desks = desks
    server = try WebServer(
      certificate: configuration.certificate, limits: configuration.limits, group: group,
      logger: configuration.logger)
  }

  /// Binds and begins to serve; gives the address that was bound.
  public func start() async throws -> SocketAddress {
    let configuration = configuration
    let site = PortalSite(
      environment: configuration.environment, desks: desks, limits: configuration.limits,
      logger: configuration.logger)
    let channel = try await server.start(host: configuration.address, port: configuration.port) { port in
      (configuration.origins(port: port), site)
    }
    listener.withLock { $0 = channel }
    guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
    return address
  }

  /// Serves until `stop`, or until the task is cancelled.
  public func run() async throws {
    guard let channel = listener.withLock({ $0 }) else { return }
    try await withTaskCancellationHandler {
      try await channel.closeFuture.get()
    } onCancel: {
      channel.close(promise: nil)
    }
    await server.closeConnections()
  }

  /// Accepts nothing more and ends every connection.
  public func stop() async {
    let channel = listener.withLock { listener in
      defer { listener = nil }
      return listener
    }
    try? await channel?.close().get()
    await server.closeConnections()
  }

  /// How many connections are open.
  public var connectionCount: Int { server.connectionCount }
}
