public import CordonModel
public import CordonWire

/// Says what a workspace's DNS knows of a name, without asking anybody.
///
/// A real address is useless in a network that has loopback only, so nothing is ever looked up: a name that
/// an endpoint serves has that endpoint's loopback address, a host listed for port 443 has the address of the door
/// that reads server names, any other listed host exists without an address (its clients reach it through the
/// proxy, by name), and every other name does not exist. A question for `secret.evil.test` therefore ends here,
/// and `secret` with it.
public struct DNSFirewall: Sendable {
  /// What is known of a question's name.
  public enum Verdict: Sendable, Equatable {
    /// The name is served at a loopback address.
    case address(IPv4Address)
    /// The name exists, but there is nothing of the type that was asked for.
    case noData
    /// The name is not listed.
    case unlisted
  }

  private let names: ServiceNames
  private let allowedHosts: [AllowedHost]
  private let servesOutside: Bool

  /// The firewall of an environment.
  ///
  /// - Parameter servesOutside: Whether the egress proxy listens for TLS without CONNECT; hosts listed for port
  ///   443 then have that door's address, for clients that know no proxy.
  public init(environment: Environment, servesOutside: Bool = false) {
    names = ServiceNames(region: environment.region)
    allowedHosts = environment.allowedHosts
    self.servesOutside = servesOutside
  }

  /// Judges a question.
  public func judge(_ question: DNSQuestion) -> Verdict {
    guard let name = question.name, let place = place(of: name) else { return .unlisted }
    guard case .at(let address) = place, question.type == .a else { return .noData }
    return .address(address)
  }

  private enum Place {
    case at(IPv4Address)
    /// Listed, and reached through the proxy by its name.
    case elsewhere
  }

  private func place(of name: DomainName) -> Place? {
    if let endpoint = names.endpoint(of: name) {
      return Self.address(Self.door(of: endpoint)).map { .at($0) }
    }
    let listed = allowedHosts.filter { $0.admits(name, port: $0.port) }
    if listed.isEmpty { return nil }
    guard servesOutside, listed.contains(where: { $0.port == 443 }) else { return .elsewhere }
    return Self.address(LoopbackAddress.outside).map { .at($0) }
  }

  private static func door(of endpoint: EndpointKind) -> [UInt8] {
    switch endpoint {
    case .s3: LoopbackAddress.s3
    case .sts: LoopbackAddress.sts
    case .packages: LoopbackAddress.packages
    case .dns, .proxy, .credentials, .browser: LoopbackAddress.gateway
    }
  }

  private static func address(_ bytes: [UInt8]) -> IPv4Address? {
    guard bytes.count == 4 else { return nil }
    return IPv4Address(bytes[0], bytes[1], bytes[2], bytes[3])
  }
}
