import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOSSL

/// The gateway's own way to an index: the host's trust store and the host's proxy, as its own pip has them.
///
/// It follows no redirect by itself: where one leads is checked first.
public final class UpstreamClient: Sendable {
  private let direct: HTTPClient
  private let proxied: HTTPClient?
  private let withoutProxy: [String]

  /// A client configured by the host's environment variables.
  public convenience init() { self.init(variables: ProcessInfo.processInfo.environment) }

  init(variables: [String: String]) {
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: Self.trust(variables), redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(20), read: .seconds(90)))
    // An index that refuses connections is down now; whoever asks decides when to try again.
    configuration.connectionPool.retryConnectionEstablishment = false
    direct = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    configuration.proxy = Self.proxy(variables)
    proxied =
      configuration.proxy.map { _ in
        HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
      }
    withoutProxy = (variables["no_proxy"] ?? variables["NO_PROXY"] ?? "").split(separator: ",")
      .map { String($0).trimmed.lowercased() }
  }

  deinit {
    direct.shutdown { _ in }
    proxied?.shutdown { _ in }
  }

  /// The client that an address is asked through.
  func client(for url: UpstreamURL) -> HTTPClient {
    guard let proxied, usesProxy(for: url) else { return direct }
    return proxied
  }

  /// Whether an address is asked through the host's proxy, where it has one.
  func usesProxy(for url: UpstreamURL) -> Bool { proxied != nil && url.isSecure && !goesDirect(url.host) }

  /// Whether a host is spoken to without the proxy: this machine, and what `no_proxy` names with its
  /// children.
  private func goesDirect(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" || host.hasPrefix("127.") { return true }
    return withoutProxy.contains { entry in
      let name = entry.drop { $0 == "." }
      return entry == "*" || (!name.isEmpty && (host == name || host.hasSuffix("." + name)))
    }
  }

  private static func trust(_ variables: [String: String]) -> TLSConfiguration {
    var tls = TLSConfiguration.makeClientConfiguration()
    let bundles = [variables["SSL_CERT_FILE"], "/etc/ssl/certs/ca-certificates.crt"].compactMap { $0 }
    if let bundle = bundles.first(where: { FileManager.default.isReadableFile(atPath: $0) }) {
      tls.trustRoots = .file(bundle)
    }
    return tls
  }

  private static func proxy(_ variables: [String: String]) -> HTTPClient.Configuration.Proxy? {
    let written = variables["https_proxy"] ?? variables["HTTPS_PROXY"] ?? ""
    guard let url = UpstreamURL(index: written.contains("://") ? written : "http://" + written) else {
      return nil
    }
    let credentials = url.authorization.map { $0.dropFirst("Basic ".count) }
    return .server(
      host: url.host, port: url.port, authorization: credentials.map { .basic(credentials: String($0)) })
  }
}
