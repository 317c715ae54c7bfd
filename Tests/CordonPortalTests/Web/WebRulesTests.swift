import CordonModel
import NIOHTTP1
import Testing

@testable import CordonPortal

@Suite struct `The portal's rules for requests` {
  static let origin = "https://portal.test:8443"
  static let rules = WebRules(origins: [origin], limits: PortalLimits())

  static let browser = [
    ("Host", "portal.test:8443"), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-Dest", "document"),
  ]
  static let form = [
    ("Origin", origin), ("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "3"),
  ]

  /// The fault that a head meets, nil where it passes.
  static func fault(
    _ method: HTTPMethod, _ uri: String, _ fields: [(String, String)], version: HTTPVersion = .http1_1
  ) -> WebFault? {
    do throws(WebFault) {
      _ = try rules.check(
        HTTPRequestHead(version: version, method: method, uri: uri, headers: HTTPHeaders(fields)),
        client: "127.0.0.1")
      return nil
    } catch { return error }
  }

  static func with(_ name: String, _ values: String...) -> [(String, String)] {
    browser.filter { $0.0.lowercased() != name.lowercased() } + values.map { (name, $0) }
  }

  @Test(
    arguments: [
      (nil, "/"), (nil, "/projects"), (nil, "/projects?x=1"),
      (nil, "/session/0123456789abcdef0123456789abcdef"),
      (WebFault.notFound, "/project"), (.notFound, "/projects/"), (.notFound, "//projects"),
      (.notFound, "/%70rojects"), (.notFound, "/projects/../help"), (.notFound, "/session/0123"),
      (.notFound, "/session/0123456789ABCDEF0123456789abcdef"), (.notFound, "/projects/Churn/session"),
      (.malformed, "http://portal.test:8443/"), (.malformed, "*"), (.malformed, "/a#b"),
      (.malformed, "/\u{e9}"),
      (.malformed, "/a b"), (.malformed, "/" + String(repeating: "a", count: 5_000)),
      (.method(allowed: "POST"), "/sign-out"), (.method(allowed: "POST"), "/projects/churn/session"),
    ] as [(WebFault?, String)])
  func `a target is a page of ours, written in one way`(expected: WebFault?, uri: String) {
    #expect(Self.fault(.GET, uri, Self.browser) == expected)
  }

  @Test(
    arguments: [
      (nil, ["portal.test:8443"]), (nil, ["PORTAL.test:8443"]),
      (WebFault.misdirected, ["portal.test"]), (.misdirected, ["evil.test"]),
      (.misdirected, ["127.0.0.1:8443"]),
      (.misdirected, ["portal.test:8443.evil.test"]), (.misdirected, [""]), (.malformed, []),
      (.malformed, ["portal.test:8443", "portal.test:8443"]),
    ] as [(WebFault?, [String])])
  func `a request is for a name of ours, so that DNS rebinding reaches nothing`(
    expected: WebFault?, hosts: [String]
  ) {
    let fields = Self.browser.dropFirst() + hosts.map { ("Host", $0) }
    #expect(Self.fault(.GET, "/", Array(fields)) == expected)
  }

  @Test(
    arguments: [
      (.method(allowed: "GET, HEAD, POST"), HTTPMethod.PUT), (.method(allowed: "GET, HEAD, POST"), .DELETE),
      (.method(allowed: "GET, HEAD, POST"), .OPTIONS), (.method(allowed: "GET, HEAD, POST"), .TRACE),
      (.method(allowed: "GET, HEAD, POST"), .CONNECT), (.method(allowed: "GET, HEAD, POST"), .PATCH),
      (nil, .HEAD), (nil, .GET),
    ] as [(WebFault?, HTTPMethod)])
  func `methods are closed`(expected: WebFault?, method: HTTPMethod) {
    #expect(Self.fault(method, "/sign-in", Self.browser) == expected)
  }

  @Test(
    arguments: [
      (nil, [("Content-Length", "3")]),
      (.malformed, [("Content-Length", "3"), ("Transfer-Encoding", "chunked")]),
      (.malformed, [("Transfer-Encoding", "chunked")]),
      (.malformed, [("Content-Length", "3"), ("Content-Length", "3")]),
      (.malformed, [("Content-Length", "+3")]), (.malformed, [("Content-Length", "0x3")]),
      (.malformed, [("Content-Length", "3, 3")]), (.malformed, [("Content-Length", "-1")]),
      (.malformed, [("Content-Length", "99999999999999999999")]), (.lengthMissing, []),
      (.bodyTooLarge, [("Content-Length", "16385")]),
      (.malformed, [("Content-Length", "3"), ("Expect", "100-continue")]),
      (.malformed, [("Content-Length", "3"), ("Content-Encoding", "gzip")]),
      (.malformed, [("Content-Length", "3"), ("Upgrade", "h2c")]),
    ] as [(WebFault?, [(String, String)])])
  func `a body has one length, and one way to say it`(expected: WebFault?, framing: [(String, String)]) {
    let fields = Self.browser + Self.form.dropLast() + framing
    #expect(Self.fault(.POST, "/sign-in", fields) == expected)
  }

  @Test func `a page takes no body, and an old version is not spoken`() {
    #expect(
      Self.fault(.GET, "/", Self.browser + [("Content-Length", "3")] + Self.form.prefix(2)) == .malformed)
    #expect(Self.fault(.GET, "/", Self.browser, version: .http1_0) == .malformed)
  }

  @Test(
    arguments: [
      (nil, "application/x-www-form-urlencoded"), (nil, "application/x-www-form-urlencoded; charset=utf-8"),
      (.notAForm, "text/plain"), (.notAForm, "multipart/form-data; boundary=x"),
      (.notAForm, "application/json"),
    ] as [(WebFault?, String)])
  func `a form is a form`(expected: WebFault?, type: String) {
    let fields = Self.browser + [("Origin", Self.origin), ("Content-Type", type), ("Content-Length", "3")]
    #expect(Self.fault(.POST, "/sign-in", fields) == expected)
  }

  @Test(
    arguments: [
      (nil, origin, "same-origin"), (nil, origin, nil), (nil, nil, "same-origin"),
      (.crossSite, "https://evil.test", "cross-site"), (.crossSite, "https://evil.test", nil),
      (.crossSite, "null", "same-origin"), (.crossSite, origin, "cross-site"),
      (.crossSite, origin, "same-site"),
      (.crossSite, "https://portal.test", "same-origin"), (.crossSite, "http://portal.test:8443", nil),
      (.crossSite, origin + ".evil.test", nil), (.crossSite, nil, nil), (.crossSite, nil, "none"),
    ] as [(WebFault?, String?, String?)])
  func `a form comes from a page of ours`(expected: WebFault?, origin: String?, site: String?) {
    var fields = [("Host", "portal.test:8443")] + Self.form.dropFirst()
    if let origin { fields.append(("Origin", origin)) }
    if let site { fields.append(("Sec-Fetch-Site", site)) }
    #expect(Self.fault(.POST, "/sign-in", fields) == expected)
  }

  @Test(
    arguments: [
      (nil, "none", "navigate", "document"), (nil, "same-origin", "no-cors", "script"),
      (nil, "cross-site", "navigate", "document"), (.crossSite, "cross-site", "navigate", "iframe"),
      (.crossSite, "cross-site", "no-cors", "image"), (.crossSite, "cross-site", "cors", "empty"),
      (.crossSite, "same-site", "no-cors", "script"), (.crossSite, "cross-site", "navigate", "object"),
    ] as [(WebFault?, String, String, String)])
  func `a page is not loaded as a part of another site's`(
    expected: WebFault?, site: String, mode: String, dest: String
  ) {
    let fields = [
      ("Host", "portal.test:8443"), ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode),
      ("Sec-Fetch-Dest", dest),
    ]
    #expect(Self.fault(.GET, "/projects", fields) == expected)
  }
}

@Suite struct `The opening of a stream` {
  static let path = "/session/0123456789abcdef0123456789abcdef/stream"
  static let fields = [
    ("Host", "portal.test:8443"), ("Origin", "https://portal.test:8443"), ("Upgrade", "websocket"),
    ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Protocol", "cordon.1, ticket.abc"),
  ]

  static func fault(_ path: String, replacing name: String = "", with value: String? = nil) -> WebFault? {
    var changed = fields.filter { $0.0 != name }
    if let value { changed.append((name, value)) }
    return `The portal's rules for requests`.fault(.GET, path, changed)
  }

  @Test func `is taken on the stream's path`() { #expect(Self.fault(Self.path) == nil) }

  @Test func `is refused on every other path`() {
    #expect(Self.fault("/projects") == .malformed)
    #expect(Self.fault("/session/0123456789abcdef0123456789abcdef") == .malformed)
  }

  @Test(
    arguments: [
      (.crossSite, "Origin", "https://evil.test"), (.crossSite, "Origin", nil),
      (.crossSite, "Origin", "null"),
      (.crossSite, "Origin", "https://portal.test:8443.evil.test"), (.notFound, "Upgrade", "h2c"),
      (.notFound, "Upgrade", nil), (.notFound, "Connection", "keep-alive"),
      (.notFound, "Sec-WebSocket-Version", "8"),
      (.notFound, "Sec-WebSocket-Key", "short"), (.notFound, "Sec-WebSocket-Key", nil),
      (.notFound, "Sec-WebSocket-Protocol", nil), (.notFound, "Sec-WebSocket-Protocol", "cordon.1"),
      (.notFound, "Sec-WebSocket-Protocol", "ticket.abc, cordon.1"), (.misdirected, "Host", "evil.test"),
    ] as [(WebFault, String, String?)])
  func `is refused where a part of it is not ours`(expected: WebFault, name: String, value: String?) {
    #expect(Self.fault(Self.path, replacing: name, with: value) == expected)
  }

  @Test func `is answered as RFC 6455 has it`() {
    #expect(SocketAccept.text(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }
}

@Suite struct `Cookies and forms` {
  static let value = "abcdefghijklmnop_-."

  @Test(
    arguments: [
      (value, ["__Host-cordon=\(value)"]), (value, ["a=b; __Host-cordon=\(value)"]),
      (value, ["a=b", "__Host-cordon=\(value)"]),
      (nil, ["__Host-cordon=\(value); __Host-cordon=\(value)"]),
      (nil, ["__Host-cordon=\(value)", "__Host-cordon=other567890123456"]),
      (nil, ["__host-cordon=\(value)"]), (nil, ["cordon=\(value)"]), (nil, ["__Host-cordon=short"]),
      (nil, ["__Host-cordon=\"\(value)\""]), (nil, ["__Host-cordon=abc def ghi jkl mno"]),
      (nil, ["__Host-cordon"]), (nil, []),
    ] as [(String?, [String])])
  func `a cookie that could be two is none`(expected: String?, fields: [String]) {
    #expect(Cookies(fields)[.session] == expected)
  }

  @Test func `ours are bound to host, TLS and the browser's own navigations`() throws {
    for name in Cookies.Name.allCases {
      let field = try #require(Cookies.setting(name, to: Self.value))
      #expect(field.hasPrefix("__Host-"))
      #expect(field.contains("; Path=/; Secure; HttpOnly; SameSite="))
      #expect(field.contains("SameSite=Strict") == (name != .organization))
      #expect(!field.lowercased().contains("domain"))
    }
    #expect(Cookies.setting(.session, to: "abcdefghijklmnop; Domain=evil.test") == nil)
    #expect(Cookies.setting(.session, to: "abcdefghijklmnop\r\nSet-Cookie: a=b") == nil)
  }

  @Test(
    arguments: [
      ("b c", "a=b+c"), ("b c", "a=b%20c"), ("é", "a=%C3%A9"), ("", "a="), ("", "a"), ("=", "a=="),
      (nil, "a=1&a=2"), (nil, "a=%"), (nil, "a=%4"), (nil, "a=%zz"), (nil, "a=%C3"), (nil, "a=%00"),
      (nil, "a=%0A"),
      (nil, "=1"), (nil, "a=\u{7F}"), (nil, "a=b c"), (nil, "a=" + String(repeating: "x", count: 8_193)),
      (nil, (0..<25).map { "a\($0)=1" }.joined(separator: "&")),
    ] as [(String?, String)])
  func `a form is read as browsers write it, or not at all`(expected: String?, text: String) {
    #expect(FormFields(text.utf8)?["a"] == expected)
  }
}

@Suite struct `Fields of every answer` {
  @Test func `no page may be framed, load from elsewhere or run inline script`() throws {
    for kind in [WebAnswer.Kind.page, .stream, .data, .asset(type: "text/css")] {
      let fields = AnswerFields.fields(for: WebAnswer(kind: kind), origin: "https://portal.test:8443")
      let policy = try #require(fields.first(name: "content-security-policy"))
      #expect(policy.hasPrefix("default-src 'none'"))
      #expect(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"))
      #expect(!policy.contains("unsafe") && !policy.contains("*") && !policy.contains("http:"))
      #expect(policy.contains("connect-src") == (kind == .stream))
      #expect(fields.first(name: "x-content-type-options") == "nosniff")
      #expect(fields.first(name: "cross-origin-opener-policy") == "same-origin")
      #expect(fields.first(name: "cross-origin-embedder-policy") == "require-corp")
      #expect(fields.first(name: "cross-origin-resource-policy") == "same-origin")
      #expect(fields.first(name: "referrer-policy") == "same-origin")
      #expect(fields.first(name: "permissions-policy")?.contains("camera=()") == true)
    }
  }

  @Test(arguments: [
    (true, "https://portal.test"), (true, "https://portal.test:8443"), (false, "https://127.0.0.1:8443"),
    (false, "https://localhost:8443"), (false, "https://[::1]:8443"),
  ])
  func `HSTS is for names, and leaves a machine's other servers alone`(expected: Bool, origin: String) {
    let fields = AnswerFields.fields(for: WebAnswer(), origin: origin)
    #expect(fields.contains(name: "strict-transport-security") == expected)
  }

  @Test func `pages are kept by nobody, files by their digest for ever`() throws {
    let page = AnswerFields.fields(for: WebAnswer(), origin: nil)
    #expect(page.first(name: "cache-control") == "no-store")
    let route = try #require(Route(path: Asset.path(.style)))
    let asset = try #require(Asset.answer(to: route))
    #expect(
      AnswerFields.fields(for: asset, origin: nil).first(name: "cache-control")?.contains("immutable") == true
    )
    #expect(Asset.answer(to: .asset(digest: "0", name: "portal.css")) == nil)
    #expect(Asset.answer(to: .asset(digest: "0", name: "passwd")) == nil)
  }

  @Test func `every path is read back as the page that it is of`() throws {
    let id = "0123456789abcdef0123456789abcdef"
    let routes: [Route] = [
      .home, .signIn, .signOut, .organization, .callback,
      .welcome(invitation: String(repeating: "a", count: 43)),
      .projects, .open(project: try .init("churn")), .session(id: id), .ticket(session: id),
      .stream(session: id),
      .end(session: id), .denials, .help, .account, .password, .signOutEverywhere,
      .asset(digest: "ab", name: "c.css"),
    ]
    for route in routes { #expect(Route(path: route.path) == route) }
  }
}
