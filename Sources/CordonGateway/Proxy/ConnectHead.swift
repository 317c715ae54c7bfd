import CordonWire
import NIOCore

/// The head of a CONNECT request, read strictly from its bytes (RFC 9110 §9.3.6).
struct ConnectHead: Equatable, Sendable {
  /// A CONNECT has a target and a few fields; more than this is something else.
  static let maximumBytes = 8192

  /// What the bytes so far amount to.
  enum Progress: Equatable, Sendable {
    case needMore
    /// Another method: an HTTP parser goes on with the bytes.
    case notConnect
    case refused(Refusal)
    /// The whole head, and how many bytes it takes.
    case head(ConnectHead, byteCount: Int)
  }

  /// What to connect to, in its one canonical spelling.
  var target: HostPort

  private static let method = Array("CONNECT ".utf8)

  /// Reads the bytes that a connection has sent so far.
  static func parse(_ bytes: borrowing Span<UInt8>) -> Progress {
    for index in 0..<min(bytes.count, method.count) where bytes[index] != method[index] { return .notConnect }
    do {
      guard let lines = try lines(bytes) else { return .needMore }
      return .head(try ConnectHead(lines: lines.text), byteCount: lines.byteCount)
    } catch {
      return .refused(error)
    }
  }

  /// The lines before the empty one; nil while it has not come.
  static func lines(
    _ bytes: borrowing Span<UInt8>
  ) throws(Refusal) -> (text: [String], byteCount: Int)? {
    var lines: [String] = []
    var line: [UInt8] = []
    for index in 0..<min(bytes.count, maximumBytes) {
      let byte = bytes[index]
      guard byte == 0x0A else {
        line.append(byte)
        continue
      }
      // A bare line feed ends a line for some parsers and not for others.
      guard line.popLast() == 0x0D else { throw .malformed }
      if line.isEmpty { return (lines, index + 1) }
      guard line.allSatisfy({ $0 == 0x09 || (0x20...0x7E).contains($0) }) else { throw .malformed }
      lines.append(String(decoding: line, as: UTF8.self))
      line.removeAll()
    }
    if bytes.count >= maximumBytes { throw .headTooLarge }
    return nil
  }

  private init(lines: [String]) throws(Refusal) {
    let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else { throw .malformed }
    do {
      target = try HostPort(String(words[1]))
    } catch {
      throw .addressNotCanonical
    }
    let fields = try lines.dropFirst().map(Self.field)
    for (name, _) in fields {
      switch name {
      case "content-length", "transfer-encoding": throw .lengthAmbiguous
      case "upgrade": throw .upgradeRefused
      default: break
      }
    }
    let hosts = fields.filter { $0.name == "host" }
    guard hosts.count <= 1 else { throw .hostMissing }
    // Old clients send none. One that is sent says the same as the target, or the request has two readings.
    if let host = hosts.first, host.value != target.description, host.value != target.host.text {
      throw .hostMismatch
    }
  }

  static func field(_ line: String) throws(Refusal) -> (name: String, value: String) {
    guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { throw .malformed }
    let name = line[..<colon]
    // No blank before the colon, no folded line: both are read differently by different parsers.
    guard !name.isEmpty, name.utf8.allSatisfy(isToken) else { throw .malformed }
    let value = line[line.utf8.index(after: colon)...]
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let trimmed = value.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    return (name.lowercased(), String(trimmed))
  }

  /// RFC 9110 §5.6.2.
  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
