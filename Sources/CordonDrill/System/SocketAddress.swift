/// Where a socket is bound or who called it.
public enum SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// Four bytes and a port.
  case v4([UInt8], port: UInt16)
  /// Sixteen bytes and a port.
  case v6([UInt8], port: UInt16)
  /// A path.
  case unix(String)

  /// Reads `192.0.2.2` or `fd00::2`; anything else is nil.
  public init?(_ text: String, port: UInt16) {
    if let bytes = Posix.parseAddress(text, family: .v4) {
      self = .v4(bytes, port: port)
    } else if let bytes = Posix.parseAddress(text, family: .v6) {
      self = .v6(bytes, port: port)
    } else {
      return nil
    }
  }

  /// The port, 0 for a path.
  public var port: UInt16 {
    switch self {
    case .v4(_, let port), .v6(_, let port): port
    case .unix: 0
    }
  }

  /// Whether the address is the machine's own loopback.
  var isLoopback: Bool {
    switch self {
    case .v4(let bytes, _): bytes.first == 127
    case .v6(let bytes, _): bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    case .unix: true
    }
  }

  /// `192.0.2.2:53`, `[fd00:0:...:2]:53` or a path.
  public var description: String {
    switch self {
    case .v4(let bytes, let port): "\(bytes.map(String.init).joined(separator: ".")):\(port)"
    case .v6(let bytes, let port): "[\(Self.groups(bytes))]:\(port)"
    case .unix(let path): path
    }
  }

  private static func groups(_ bytes: [UInt8]) -> String {
    stride(from: 0, to: bytes.count - 1, by: 2)
      .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
      .joined(separator: ":")
  }
}
