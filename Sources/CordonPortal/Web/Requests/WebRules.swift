import NIOHTTP1

/// What a request must look like before a page sees it: stricter than HTTP's parser, never looser.
///
/// Whatever can be read in two ways is refused, not repaired (RFC 9112 §11.2). Browsers send none of it.
struct WebRules: Sendable {
  /// `https://HOST` or `https://HOST:PORT`, as browsers write them, of every name that people may use.
  var origins: Set<String>
  var limits: PortalLimits

  /// A head that passed, and how long its body is.
  struct Checked: Sendable, Equatable {
    var request: WebRequest
    var bodyLength: Int
    var keepsAlive: Bool
  }

  /// Checks a head.
  func check(_ head: HTTPRequestHead, client: String) throws(WebFault) -> Checked {
    guard head.version == .http1_1, head.headers.count <= limits.headerFields,
      head.headers.allSatisfy({ Self.isClean($0.value) }), Self.isVisible(head.uri)
    else { throw .malformed }
    let origin = try origin(head)
    let length = try bodyLength(head)
    let (path, query) = try Self.target(head.uri)
    guard let method = Self.method(head.method) else { throw .method(allowed: "GET, HEAD, POST") }
    guard method == .post || length == 0 else { throw .malformed }
    guard let route = Route(path: path) else { throw .notFound }
    guard route.methods.contains(method) else { throw .method(allowed: Self.allowed(route)) }
    try SameSite.check(head.headers, route: route, method: method, origin: origin)
    let request = WebRequest(
      route: route, method: method, isHead: head.method == .HEAD, query: query,
      cookies: Cookies(head.headers["cookie"]), origin: origin,
      tokenField: Self.single(head.headers, "x-cordon-token"), client: client,
      socket: try Self.socket(head, route: route))
    let closes = head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
    return Checked(request: request, bodyLength: length, keepsAlive: !closes)
  }

  /// Reads a form's body.
  static func form(_ body: [UInt8]) throws(WebFault) -> FormFields {
    guard let form = FormFields(body) else { throw .malformed }
    return form
  }

  private static func method(_ method: HTTPMethod) -> Route.Method? {
    switch method {
    case .GET, .HEAD: .get
    case .POST: .post
    default: nil
    }
  }

  private static func allowed(_ route: Route) -> String {
    route.methods.map { $0 == .get ? "GET, HEAD" : "POST" }.joined(separator: ", ")
  }

  /// The one `Host`, which must be a name of ours.
  private func origin(_ head: HTTPRequestHead) throws(WebFault) -> String {
    guard let host = Self.single(head.headers, "host") else { throw .malformed }
    let origin = "https://" + host.lowercased()
    guard origins.contains(origin) else { throw .misdirected }
    return origin
  }

  /// A body has a plain length, or there is none (RFC 9112 §6.3, without its repairs). No browser sends a form in chunks.
  private func bodyLength(_ head: HTTPRequestHead) throws(WebFault) -> Int {
    guard !head.headers.contains(name: "transfer-encoding"), !head.headers.contains(name: "expect"),
      !head.headers.contains(name: "trailer"), !head.headers.contains(name: "content-encoding")
    else { throw .malformed }
    let lengths = head.headers["content-length"]
    guard let text = lengths.first else {
      if head.method == .POST { throw .lengthMissing }
      return 0
    }
    guard lengths.count == 1, (1...9).contains(text.utf8.count),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let length = Int(text)
    else { throw .malformed }
    guard length <= limits.bodyBytes else { throw .bodyTooLarge }
    if length > 0 {
      let type = Self.single(head.headers, "content-type")?.lowercased()
      let media = type?.split(separator: ";").first.map(String.init)
      guard media == "application/x-www-form-urlencoded" else { throw .notAForm }
    }
    return length
  }

  /// Origin-form only.
  private static func target(_ uri: String) throws(WebFault) -> (path: String, query: String) {
    guard uri.utf8.first == UInt8(ascii: "/") else { throw .malformed }
    let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
  }

  /// A field that comes exactly once.
  static func single(_ headers: HTTPHeaders, _ name: String) -> String? {
    let values = headers[name]
    return values.count == 1 ? values[0] : nil
  }

  private static func isVisible(_ uri: String) -> Bool {
    (1...4_096).contains(uri.utf8.count)
      && uri.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }
  }

  private static func isClean(_ value: String) -> Bool {
    value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
  }
}

extension WebRules {
  /// The subprotocol that the stream speaks.
  static let subprotocol = "cordon.1"

  /// A WebSocket's opening on the stream's path, and nowhere else (RFC 6455 §4.2.1).
  private static func socket(
    _ head: HTTPRequestHead, route: Route
  ) throws(WebFault) -> WebRequest.SocketOffer? {
    guard route.isStream else {
      guard !head.headers.contains(name: "upgrade") else { throw .malformed }
      return nil
    }
    let words = head.headers[canonicalForm: "connection"].map { $0.lowercased() }
    let protocols = head.headers[canonicalForm: "sec-websocket-protocol"]
    guard head.method == .GET, single(head.headers, "upgrade")?.lowercased() == "websocket",
      words.contains("upgrade"), single(head.headers, "sec-websocket-version") == "13",
      let key = single(head.headers, "sec-websocket-key"), isSocketKey(key),
      protocols.count == 2, protocols[0] == subprotocol, protocols[1].hasPrefix("ticket.")
    else { throw .notFound }
    return WebRequest.SocketOffer(key: key, ticket: String(protocols[1].dropFirst("ticket.".count)))
  }

  /// Sixteen bytes in base64.
  private static func isSocketKey(_ key: String) -> Bool {
    key.utf8.count == 24 && key.hasSuffix("==")
      && key.utf8.dropLast(2).allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
          true
        default: false
        }
      }
  }
}
