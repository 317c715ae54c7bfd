/// What stands between a hostile page and the world. Each of the first three has all that the one before it has, and one thing more:
/// what stops an attempt is the thing that its column added.
public enum BrowserSetting: String, Sendable, CaseIterable, Codable {
  /// Chromium as it comes, with the whole world in reach. What gets nowhere here, proves nothing elsewhere.
  case open
  /// The same in a network of its own, where there is a proxy and nothing else.
  case bare
  /// The same with the environment's managed policy.
  case locked
  /// The first with the managed policy and nothing else: what the network stops never asks it in the others.
  case alone

  /// Whether the whole world is in reach, the drill's own.
  var isInWorld: Bool { self == .open || self == .alone }
}

/// What stopped an attempt.
public enum BrowserStop: String, Sendable, Codable {
  /// Nothing that could be named: it gets nowhere in headless Chromium with nothing in the way either.
  case chromium = "gets nowhere when open"
  /// The network namespace with a proxy in it.
  case network = "network namespace"
  /// Chromium's managed policy.
  case policy = "managed policy"
  /// Nothing of the browser's: it reaches the proxy, which must refuse it.
  case gateway = "left to the gateway"
  /// Nothing of the browser's: only a command of the debugging pipe does it, which the portal must not send.
  case portal = "left to the portal"
  /// Nothing: it stays in the browser's memory, and ends with the session.
  case session = "stays in the session"
}

/// One thing that a hostile page or person tries in the remote browser.
struct BrowserAttempt: Sendable {
  /// How it is begun. `CANARY` stands for the secret, `SINK` for the sink's address.
  enum Act: Sendable, Equatable {
    /// The hostile page is open, and a script runs in it as after a click.
    case script(String)
    /// An address is opened, as from the address bar.
    case open(String)
    /// A command of the debugging pipe to the page that is open; its answer is what comes back.
    case command(String, DevToolsValue)
    /// Keys, with a modifier (1 alt, 2 control, 8 shift).
    case keys([Key])
  }

  /// One key of a keyboard.
  struct Key: Sendable, Equatable {
    var name: String
    var code: Int
    var modifiers = 0
    /// What an editor does on it.
    var command: String?
  }

  /// Where a success shows.
  enum Evidence: Sendable, Equatable {
    /// The secret is at the sink, or at the proxy.
    case outside
    /// The secret is in a file below the browser's home.
    case disk
    /// The address was opened: Chromium named no error.
    case opened
    /// The script's value, or the command's answer, begins with "got".
    case answer
    /// A page came about beside the one that tried.
    case target
    /// The browser told of this event.
    case event(String)
    /// The secret is in the person's own clipboard, after these keys.
    case clipboard([Key])
    /// The secret is in a document that the person has made of the page.
    case printed
  }

  /// Its name in the table.
  var name: String
  /// The path that it belongs to.
  var path: Path
  /// How it is begun.
  var act: Act
  /// Where its success shows.
  var evidence: Evidence
  /// What must stop it. Where it gets further, that is a breach; where it stops earlier, the table says so.
  var stop: BrowserStop
  /// What must stop it where only the policy is in force: the network, where the policy does not; nil where the other browsers
  /// say it.
  var alone: BrowserStop?

  init(
    _ path: Path, _ name: String, _ act: Act, _ evidence: Evidence, _ stop: BrowserStop,
    alone: BrowserStop? = nil
  ) {
    self.alone = alone
    self.path = path
    self.name = name
    self.act = act
    self.evidence = evidence
    self.stop = stop
  }
}
