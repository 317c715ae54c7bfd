/// A request that passed the rules: what pages are made from.
struct WebRequest: Sendable, Equatable {
  /// Which page.
  var route: Route
  /// How it is asked for; `HEAD` counts as `GET`.
  var method: Route.Method
  /// Whether only the answer's head is wanted.
  var isHead = false
  /// The address's query as it came. Only an organisation's answer and older denials have one that means something.
  var query = ""
  /// The form that came with it.
  var form = FormFields()
  /// Our cookies.
  var cookies = Cookies()
  /// The origin that the browser asked, one of ours.
  var origin: String
  /// The form's token where a script sends it.
  var tokenField: String?
  /// Where the person's browser connects from.
  var client: String
  /// What is offered for a WebSocket; nil on ordinary requests.
  var socket: SocketOffer?

  /// What a browser offers when it opens a WebSocket (RFC 6455 §4.1).
  struct SocketOffer: Sendable, Equatable {
    /// `Sec-WebSocket-Key`.
    var key: String
    /// The single-use ticket, which comes as a subprotocol: an address would end up in logs.
    var ticket: String
  }
}
