/// Addresses that a locked browser must refuse by policy. The portal opens each once before a person gets the browser: a
/// policy that was not applied is noticed here, not by an attacker.
public enum PolicyProbe: String, Sendable, CaseIterable {
  /// The web beyond the allowlist.
  case web = "https://unlisted.invalid/"
  /// The browser's own pages; "*" alone leaves them open.
  case browserPage = "chrome://version/"
  /// Files of the sandbox.
  case file = "file:///etc/passwd"
  /// A page's source, which has a save dialog of its own.
  case source = "view-source:http://unlisted.invalid/"
  /// A page made of its own address.
  case data = "data:text/html,x"
  /// Developer tools as a page.
  case devtools = "devtools://devtools/bundled/inspector.html"

  /// What Chromium says where policy refuses a navigation.
  static let refusal = "net::ERR_BLOCKED_BY_ADMINISTRATOR"
}

/// Why a browser is not given to anyone.
public enum BrowserError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Chromium did not start or ended before it was ready.
  case notStarted(String)
  /// An address was not refused by policy: it is not in force.
  case policyNotApplied(PolicyProbe, was: String)
  /// What the browser asked for did not come by way of the gateway: its proxy is not in force.
  case proxyNotInForce

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .notStarted(let why): "Chromium did not start: \(why)"
    case .policyNotApplied(let probe, let was):
      "the browser's policy is not in force: \(probe.rawValue) gave '\(was)' instead of a refusal"
    case .proxyNotInForce: "what the browser asks for does not come by way of the gateway"
    }
  }
}
