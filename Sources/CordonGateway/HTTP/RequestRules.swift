import CordonWire
import NIOHTTP1

/// What a request must look like before anybody answers it: stricter than HTTP's parser, never looser.
///
/// Two parsers that read one request differently are how requests are smuggled; so whatever can be read in
/// two ways is refused, not repaired (RFC 9112 §11.2).
struct RequestRules: Sendable {
  /// Which requests belong on this connection.
  enum Form: Sendable, Equatable {
    /// Origin-form for whatever host the client names: an endpoint in plain HTTP.
    case anyHost
    /// Origin-form for the host that the TLS server name named.
    case host(DomainName)
    /// `http://HOST/...` on the proxy's own port; the Host field must name the same authority.
    case absolute
  }

  /// How long the body is.
  enum BodyLength: Sendable, Equatable {
    case none
    case known(Int)
    case chunked
  }

  /// A request's head that passed.
  struct Checked: Sendable, Equatable {
    var path: String
    var query: String?
    /// What an absolute-form target named.
    var target: HostPort?
    var bodyLength: BodyLength
    var expectsContinue: Bool
    var keepsAlive: Bool
  }

  var form: Form
  var limits: ServerLimits

  /// Checks a head, and says in which way it is refused.
  func check(_ head: HTTPRequestHead) throws(Refusal) -> Checked {
    guard head.headers.count <= limits.headerFields else { throw .headTooLarge }
    guard head.version == .http1_1 || head.version == .http1_0, Self.isVisible(head.uri) else {
      throw .malformed
    }
    for field in head.headers where !FieldRules.isClean(field.value) { throw .malformed }
    let bodyLength = try Self.bodyLength(head)
    // An offer could be ignored, but the parser stops behind it: what follows would be nobody's.
    if head.headers.contains(name: "upgrade") { throw .upgradeRefused }
    let host = try Self.host(head)
    var checked = Checked(
      path: "/", query: nil, target: nil, bodyLength: bodyLength, expectsContinue: try Self.expectation(head),
      keepsAlive: head.isKeepAlive)
    let origin = try place(head, host: host, into: &checked)
    let parts = origin.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    checked.path = parts.first.map(String.init) ?? "/"
    checked.query = parts.count > 1 ? String(parts[1]) : nil
    return checked
  }

  /// Compares the authority with the connection's, and answers the target in origin-form.
  private func place(
    _ head: HTTPRequestHead, host: String, into checked: inout Checked
  ) throws(Refusal) -> Substring {
    switch form {
    case .anyHost:
      break
    case .host(let expected):
      guard Self.hostPart(host) == expected.text else { throw .hostMismatch }
    case .absolute:
      return try absolute(head, host: host, into: &checked)
    }
    guard head.method != .CONNECT, head.uri.utf8.first == UInt8(ascii: "/") else { throw .targetMalformed }
    return head.uri[...]
  }

  private func absolute(
    _ head: HTTPRequestHead, host: String, into checked: inout Checked
  ) throws(Refusal) -> Substring {
    guard head.method != .CONNECT, head.uri.hasPrefix("http://") else { throw .targetMalformed }
    let rest = head.uri.dropFirst("http://".count)
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    let authority = String(rest[..<end])
    guard let target = Self.target(authority) else { throw .addressNotCanonical }
    guard host == authority || Self.target(host) == target else { throw .hostMismatch }
    checked.target = target
    let origin = rest[end...]
    if origin.isEmpty { return "/" }
    guard origin.utf8.first == UInt8(ascii: "/") else { throw .targetMalformed }
    return origin
  }

  /// What a plain HTTP authority names; port 80 where it names none.
  static func target(_ authority: String) -> HostPort? {
    if let target = try? HostPort(authority) { return target }
    guard let host = try? DomainName(authority) else { return nil }
    return HostPort(host: host, port: 80)
  }
}

extension RequestRules {
  /// Exactly one Host field with nothing in it but a host and a port.
  private static func host(_ head: HTTPRequestHead) throws(Refusal) -> String {
    let fields = head.headers["host"]
    guard fields.count == 1, let host = fields.first, !host.isEmpty, host.utf8.allSatisfy(isHostByte) else {
      throw .hostMissing
    }
    return host.lowercased()
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
      true
    default: false
    }
  }

  /// The host without its port; what follows the colon must be a port.
  private static func hostPart(_ host: String) -> String? {
    let parts = host.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, UInt16(parts[1]) == nil || parts[1].utf8.first == UInt8(ascii: "+") { return nil }
    return parts.first.map(String.init)
  }

  /// RFC 9112 §6.3, without its repairs.
  private static func bodyLength(_ head: HTTPRequestHead) throws(Refusal) -> BodyLength {
    let lengths = head.headers["content-length"]
    let codings = head.headers["transfer-encoding"]
    if let coding = codings.first {
      guard codings.count == 1, lengths.isEmpty, coding.lowercased() == "chunked", head.version == .http1_1
      else {
        throw .lengthAmbiguous
      }
      return .chunked
    }
    guard let length = lengths.first else { return .none }
    guard lengths.count == 1, (1...18).contains(length.utf8.count),
      length.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let value = Int(length)
    else { throw .lengthAmbiguous }
    return value == 0 ? .none : .known(value)
  }

  private static func expectation(_ head: HTTPRequestHead) throws(Refusal) -> Bool {
    guard let expectation = head.headers.first(name: "expect") else { return false }
    guard expectation.lowercased() == "100-continue" else { throw .expectationUnknown }
    return head.version == .http1_1
  }

  /// A target is visible ASCII; NIO decodes other bytes with repairs, which would change what was signed.
  private static func isVisible(_ target: String) -> Bool {
    !target.isEmpty && target.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }
  }
}
