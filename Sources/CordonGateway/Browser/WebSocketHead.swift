import CordonModel
import CordonWire

/// The request that opens a WebSocket to the notebook, read strictly from the bytes inside a CONNECT (RFC 6455 §4.1).
///
/// Chromium speaks through a proxy in no other way. Reading it closes what a tunnel would leave open: requests that no
/// rule has seen.
struct WebSocketHead: Equatable, Sendable {
  /// What the bytes so far amount to.
  enum Progress: Equatable, Sendable {
    case needMore
    case refused(Refusal)
    /// The whole head, and how many bytes it takes.
    case head(WebSocketHead, byteCount: Int)
  }

  /// The path as sent.
  var path: String
  /// What follows its `?`.
  var query: String?

  /// Reads the bytes that came so far.
  static func parse(_ bytes: borrowing Span<UInt8>) -> Progress {
    do {
      guard let lines = try ConnectHead.lines(bytes) else { return .needMore }
      return .head(try WebSocketHead(lines: lines.text), byteCount: lines.byteCount)
    } catch {
      return .refused(error)
    }
  }

  private init(lines: [String]) throws(Refusal) {
    let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[0] == "GET", words[2] == "HTTP/1.1", words[1].utf8.first == 0x2F,
      !words[1].contains("#")
    else { throw .notWebSocket }
    let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = target.first.map(String.init) ?? "/"
    query = target.count > 1 ? String(target[1]) : nil
    try Self.check(lines.dropFirst().map(ConnectHead.field))
  }

  private static func check(_ fields: [(name: String, value: String)]) throws(Refusal) {
    func only(_ name: String) -> String? {
      let values = fields.filter { $0.name == name }.map(\.value)
      return values.count == 1 ? values[0] : nil
    }
    let name = ServiceNames.notebook
    guard let host = only("host"), host == name || host == "\(name):80" else { throw .hostMismatch }
    guard !fields.contains(where: { $0.name == "content-length" || $0.name == "transfer-encoding" }) else {
      throw .lengthAmbiguous
    }
    guard only("upgrade")?.lowercased() == "websocket", only("sec-websocket-version") == "13",
      only("sec-websocket-key") != nil,
      only("connection")?.lowercased().split(separator: ",").contains(where: {
        $0.filter { $0 != " " } == "upgrade"
      }) == true
    else { throw .notWebSocket }
    // A page of a listed host must not speak with the notebook in the person's name.
    guard only("origin") == "http://\(name)" else { throw .foreignOrigin }
  }
}
