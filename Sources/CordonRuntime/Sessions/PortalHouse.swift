import CordonGateway
import CordonIdentity
import CordonModel
import CordonPortal
import Logging

/// The portal of an environment, with everything that stands behind its pages.
final class PortalHouse: Sendable {
  /// Where people reach it, e.g. `https://127.0.0.1:8443`.
  let address: String
  private let portal: Portal
  private let registry: SessionRegistry
  private let serving: Task<Void, Never>

  private init(
    address: String, portal: Portal, registry: SessionRegistry, serving: Task<Void, Never>
  ) {
    self.address = address
    self.portal = portal
    self.registry = registry
    self.serving = serving
  }

  /// What a portal stands on.
  struct Ground {
    var environment: Environment
    var folder: StateFolder
    var gatekeeper: Gatekeeper
    var log: any DecisionLog
    var authority: CertificateAuthority
    var sessions: SessionHost
    var office: PortalOffice
    var recordings: Recordings?
    /// Lines of the spec that opened something, by their key.
    var places: [String: String]
    var logger: Logger
  }

  /// Opens the portal that the spec describes; nil where it describes none.
  static func open(_ ground: Ground) async throws -> PortalHouse? {
    guard let rules = ground.environment.portal, let people = IdentityRules(ground.environment) else {
      return nil
    }
    let identity = try Identity(
      folder: ground.folder.identity, rules: people,
      recorder: SignInLedger(environment: ground.environment, log: ground.log))
    let registry = SessionRegistry(
      launcher: ground.sessions, desk: ground.office, recorder: ground.recordings)
    let portal = try Portal(
      configuration: try configuration(ground, rules), identity: identity,
      projects: PortalProjects(gatekeeper: ground.gatekeeper, places: ground.places),
      denials: PortalDenials(ledger: ground.folder.ledger), sessions: registry,
      recordings: ground.recordings.map { PortalRecordings(recordings: $0, office: ground.office) })
    let bound = try await portal.startOnPort()
    let logger = ground.logger
    let serving = Task {
      do { try await portal.run() } catch {
        logger.error("the portal has ended", metadata: ["error": "\(error)"])
      }
    }
    let port = bound ?? Int(rules.listener.port)
    let address = rules.listener.port == 0 ? "https://\(rules.listener.address):\(port)" : rules.origin
    return PortalHouse(address: address, portal: portal, registry: registry, serving: serving)
  }

  private static func configuration(_ ground: Ground, _ rules: PortalRules) throws -> PortalConfiguration {
    let host = rules.origin.dropFirst("https://".count).prefix { $0 != ":" && $0 != "/" }
    let names = IPAddress(String(host)) == nil ? [String(host), "localhost"] : ["localhost"]
    let pair = try ground.authority.portalCertificate(
      names: names, addresses: [rules.listener.address.bytes])
    var configuration = PortalConfiguration(
      environment: ground.environment.name.text,
      certificate: PortalCertificate(chain: Array(pair.chain.utf8), key: Array(pair.key.utf8)))
    configuration.address = "\(rules.listener.address)"
    configuration.port = Int(rules.listener.port)
    if rules.listener.port != 0 { configuration.origins = [rules.origin] }
    configuration.logger = ground.logger
    return configuration
  }

  /// Lets nobody in any more, and ends every session.
  func close() async {
    await portal.stop()
    await registry.endAll()
    await serving.value
  }
}
