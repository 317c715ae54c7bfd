public import CordonModel

/// A socket that was bound inside a workspace's network namespace, and what is spoken on it.
public struct GatewaySocket: Sendable, Hashable {
  /// What is spoken on a socket.
  public enum Speech: Sendable, Hashable {
    /// Datagrams: DNS.
    case datagrams
    /// A stream: HTTP, DNS or the egress proxy, whichever the endpoint is.
    case plain
    /// TLS with the environment's CA. For the egress proxy: TLS of clients that know no proxy, for port 443.
    case tls
  }

  /// The endpoint that stands behind the socket.
  public var endpoint: EndpointKind
  /// What is spoken on it.
  public var speech: Speech
  /// The bound socket, listening or not.
  public var descriptor: CInt

  /// Describes a socket; the gateway that takes it closes it.
  public init(endpoint: EndpointKind, speech: Speech, descriptor: CInt) {
    self.endpoint = endpoint
    self.speech = speech
    self.descriptor = descriptor
  }
}
