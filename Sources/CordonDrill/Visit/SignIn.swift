/// A person's way from the one-time link to the hostile page in a session.
struct SignIn {
  typealias Fault = DevToolsPipe.Failure

  /// Where it ended.
  enum Failure: Error, Equatable, CustomStringConvertible {
    case at(String)

    var description: String {
      switch self {
      case .at(let place): "the person came no further than \(place)"
      }
    }
  }

  let page: DrilledPage
  private var origin: String { "https://127.0.0.1:\(Visit.port)" }

  /// - Parameter link: The one-time link that `up` printed.
  func run(link: String) throws {
    guard try page.goes(to: link, "document.querySelector('main form')") else { throw Failure.at("the link") }
    // On a machine that stood still the code was another moment's: it is asked for again.
    for _ in 0..<3 where try page.value(of: Self.hasCodes) != .bool(true) { try setUp() }
    guard try page.value(of: Self.hasCodes) == .bool(true) else {
      throw Failure.at("the link, which \(try said())")
    }
    guard try page.goes(to: "\(origin)/projects", "document.querySelector('.project form')") else {
      throw Failure.at("the projects")
    }
    try submit(".project form", until: "location.pathname.startsWith('/session/')", seconds: 90)
    try seePage()
  }

  private func setUp() throws {
    let secret = try page.value(of: "document.querySelector('code.secret').textContent.replace(/ /g, '')")
    let values = [
      ("password", Self.password), ("again", Self.password), ("code", try Self.code(secret?.text ?? "")),
    ]
    for (field, value) in values {
      _ = try page.value(of: "document.getElementById('\(field)').value = '\(value)'")
    }
    try submit(
      "main form", until: "\(Self.hasCodes) || document.querySelector('code.secret')", seconds: 30)
  }

  private static let hasCodes = "!!document.querySelector('.codes')"

  /// Brings the hostile page before the windows that it opened.
  static let firstTab = "document.querySelector('#tabs [role=tab]').click()"
  static let isFirst = "document.querySelector('#tabs [role=tab]').getAttribute('aria-selected') === 'true'"

  /// Loads the hostile page again, by the bar's button.
  func reload() throws {
    _ = try page.value(of: Self.firstTab)
    guard try page.settles(Self.isFirst, seconds: 10) else { throw Failure.at("the first of several tabs") }
    _ = try page.value(of: "document.getElementById('reload').click()")
    try seePage()
  }

  private func seePage() throws {
    let tab = "document.querySelector('#tabs [role=tab]').textContent"
    let shown = "!document.getElementById('waiting') && \(tab) === '\(HostilePage.title)'"
    guard try page.settles(shown, seconds: 60) else {
      throw Failure.at("the session, which \(try said())")
    }
  }

  private func submit(_ form: String, until condition: String, seconds: Double) throws {
    _ = try page.value(of: "window.isBefore = true; document.querySelector('\(form)').requestSubmit()")
    guard try page.settles("!window.isBefore && (\(condition))", seconds: seconds) else {
      throw Failure.at("'\(form)', which \(try said())")
    }
  }

  private func said() throws(Fault) -> String {
    let words = "(document.querySelector('main') || document.body).innerText"
    return "says: \(try page.value(of: "\(words).replace(/\\s+/g, ' ').slice(0, 160)")?.text ?? "")"
  }

  private static let password = "glacier mango violin tariff"

  /// The authenticator's code of now (RFC 6238).
  private static func code(_ secret: String) throws(DrillError) -> String {
    let script = """
      import base64, hashlib, hmac, struct, sys, time
      mac = hmac.new(base64.b32decode(sys.argv[1]), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
      at = mac[-1] & 15
      print(f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 10 ** 6:06d}")
      """
    return String(try Tool.run(["python3", "-I", "-c", script, secret]).text.prefix(6))
  }
}
