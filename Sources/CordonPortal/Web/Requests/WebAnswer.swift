/// An answer as a page makes it; the server adds framing and the fields that every answer has.
struct WebAnswer: Sendable, Equatable {
  /// What a page may load and do; each kind has its own content security policy.
  enum Kind: Sendable, Equatable {
    case page
    /// A page that streams.
    case stream
    case data
    case asset(type: String)
    /// Bytes of the environment's, for the person's disk and never for a page.
    case attachment(FileName)
  }

  var status = 200
  var kind = Kind.page
  var body: [UInt8] = []
  /// A path of ours to go on to.
  var location: Route?
  /// The organisation's own address: the only other place that an answer may lead to. It comes from its discovery, never
  /// from a request.
  var organization: String?
  /// `Set-Cookie` fields.
  var cookies: [String] = []
  var allow: String?
  var retryAfter: Int?
  var closes = false
  /// Opens a WebSocket instead of ending the answer.
  var opening: SocketOpening?

  /// A page.
  static func page(_ html: HTML, status: Int = 200, kind: Kind = .page) -> WebAnswer {
    WebAnswer(status: status, kind: kind, body: Array(html.text.utf8))
  }

  /// Goes on to another page with a GET (RFC 9110 §15.4.4).
  static func goes(to route: Route) -> WebAnswer { WebAnswer(status: 303, location: route) }

  /// The same answer that also sets a cookie.
  func setting(_ name: Cookies.Name, to value: String) -> WebAnswer {
    var answer = self
    if let field = Cookies.setting(name, to: value) { answer.cookies.append(field) }
    return answer
  }

  /// The same answer that also removes a cookie.
  func removing(_ name: Cookies.Name) -> WebAnswer {
    var answer = self
    answer.cookies.append(Cookies.removing(name))
    return answer
  }

  static func == (left: WebAnswer, right: WebAnswer) -> Bool {
    left.status == right.status && left.kind == right.kind && left.body == right.body
      && left.location == right.location && left.organization == right.organization
      && left.cookies == right.cookies && left.allow == right.allow && left.retryAfter == right.retryAfter
      && left.closes == right.closes && (left.opening == nil) == (right.opening == nil)
  }
}

/// A WebSocket that may be opened.
struct SocketOpening: Sendable {
  /// Answers the offer's key.
  var accept: String
  /// What the stream carries from then on.
  var ends: any StreamEnds
}
