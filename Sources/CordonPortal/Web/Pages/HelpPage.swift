import CordonModel

/// What is off and why, and which keys do what.
struct HelpPage: Sendable {
  var frame: PageFrame
  var viewer: PageFrame.Viewer
  var projects: [PortalProject]

  var html: HTML {
    frame.page(
      "Help", at: .help, for: viewer,
      """
      <h1>Help</h1>
      <p class="lead">You work in a browser that runs beside the data. Its picture comes to you; your keys and pointer go to \
      it. Nothing else crosses unless a line of the environment's file opens it.</p>
      <section aria-labelledby="crossings"><h2 id="crossings">What crosses, and what does not</h2>
      \(crossings)</section>
      <section aria-labelledby="inside"><h2 id="inside">Copy and paste</h2>
      <p>Copying and pasting <em>inside</em> the remote browser works as always: from a cell to a terminal, from one tab to \
      another. What you copy there stays there.</p></section>
      <section aria-labelledby="keys"><h2 id="keys">Keys</h2>
      <p>While the picture has the focus, every key goes to the remote page, but for the first of these:</p>
      <dl class="keys">\(Self.keys.map(Self.row))</dl></section>
      <section aria-labelledby="seen"><h2 id="seen">What is recorded</h2>
      <p>Sign-ins, sessions, the hosts that pages ask for, and every refusal, with your name and the time. Not your passwords, \
      and not the text that you type. Where your organisation records sessions, the session's bar says so.</p></section>
      """)
  }

  /// One list where all projects have the same rules, and one a project where they do not.
  private var crossings: HTML {
    guard let first = projects.first else { return "<p>You are in no project yet.</p>" }
    if projects.allSatisfy({ $0.crossings == first.crossings }) {
      return SessionPage.crossings(first.crossings)
    }
    return HTML.joined(
      projects.map { "<h3>\($0.name.text)</h3>\(SessionPage.crossings($0.crossings))" as HTML })
  }

  private static let keys: [(String, [String])] = [
    ("Leave the picture, to the bar", ["Ctrl", "Alt", "Esc"]), ("Along the bar", ["Tab"]),
    ("From one page to the next, on the tabs", ["←", "→"]), ("Close the search", ["Esc"]),
  ]

  private static func row(_ key: (String, [String])) -> HTML {
    "<div><dt>\(key.0)</dt><dd>\(key.1.map { "<kbd>\($0)</kbd>" as HTML })</dd></div>"
  }
}
