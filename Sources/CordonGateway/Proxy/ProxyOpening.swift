import CordonWire
import NIOCore

/// The beginning of a proxy connection, up to where it is known what may flow on it.
///
/// Bytes and policy's answers go in, one `Step` comes out. Nothing is dialled before `.open`: bytes after the
/// 200 that are not a TLS hello for the very host of the CONNECT never leave the machine.
struct ProxyOpening {
  /// What to do next.
  enum Step: Equatable {
    /// Read more and call `receive`.
    case readMore
    /// Not a CONNECT: an HTTP parser takes over `bytes`.
    case serveHTTP
    /// Ask policy about this target, then call `admitted`.
    case judge(HostPort)
    /// Record and close.
    case refuse(Refusal)
    /// The checks are done; `bytes` begins with the hello.
    case open(HostPort, ClientHello)
  }

  private enum Stage {
    case head
    case judging(HostPort)
    case hello(HostPort)
    /// A listener without CONNECT: the hello itself names the host.
    case firstHello(port: UInt16)
    case judgingHello(HostPort, ClientHello)
    case ended
  }

  private var stage: Stage
  /// Whether the server name must be the host; off in drills only.
  private let checksServerName: Bool
  /// What was read and not consumed.
  private(set) var bytes = ByteBuffer()

  /// The beginning of a connection to the proxy's port.
  init(checksServerName: Bool) {
    self.checksServerName = checksServerName
    stage = .head
  }

  /// The beginning of a connection from a client that knows no proxy.
  init(withoutConnectTo port: UInt16) {
    checksServerName = true
    stage = .firstHello(port: port)
  }

  /// Whether a refusal can still be answered in HTTP.
  var speaksHTTP: Bool {
    switch stage {
    case .head, .judging: true
    case .hello, .firstHello, .judgingHello, .ended: false
    }
  }

  /// Takes what was read.
  mutating func receive(_ more: ByteBuffer) -> Step {
    bytes.writeImmutableBuffer(more)
    switch stage {
    case .head: return readHead()
    case .hello(let target): return readHello(of: target)
    case .firstHello(let port): return readFirstHello(port: port)
    case .judging, .judgingHello, .ended: return .refuse(.malformed)
    }
  }

  /// Policy has let the target pass, and a CONNECT has its 200.
  mutating func admitted() -> Step {
    switch stage {
    case .judging(let target):
      stage = .hello(target)
      return readHello(of: target)
    case .judgingHello(let target, let hello):
      stage = .ended
      return .open(target, hello)
    case .head, .hello, .firstHello, .ended:
      return .refuse(.malformed)
    }
  }

  private mutating func readHead() -> Step {
    switch ConnectHead.parse(bytes.readableBytesUInt8Span) {
    case .needMore: return .readMore
    case .notConnect: return .serveHTTP
    case .refused(let refusal): return .refuse(refusal)
    case .head(let head, let byteCount):
      bytes.moveReaderIndex(forwardBy: byteCount)
      stage = .judging(head.target)
      return .judge(head.target)
    }
  }

  private mutating func readHello(of target: HostPort) -> Step {
    switch parseHello() {
    case .failure(let refusal): return .refuse(refusal)
    case .success(nil): return .readMore
    case .success(.some(let hello)):
      guard let name = hello.sni else { return .refuse(.serverNameMissing) }
      guard name == target.host || !checksServerName else { return .refuse(.serverNameMismatch) }
      stage = .ended
      return .open(target, hello)
    }
  }

  private mutating func readFirstHello(port: UInt16) -> Step {
    switch parseHello() {
    case .failure(let refusal): return .refuse(refusal)
    case .success(nil): return .readMore
    case .success(.some(let hello)):
      guard let name = hello.sni else { return .refuse(.serverNameMissing) }
      guard let target = HostPort(host: name, port: port) else { return .refuse(.addressNotCanonical) }
      stage = .judgingHello(target, hello)
      return .judge(target)
    }
  }

  private func parseHello() -> Result<ClientHello?, Refusal> {
    switch ClientHello.parse(bytes.readableBytesUInt8Span) {
    case .needMore: .success(nil)
    case .hello(let hello): .success(hello)
    case .notTLS(.badServerName): .failure(.serverNameMalformed)
    case .notTLS: .failure(.notTLS)
    }
  }
}
