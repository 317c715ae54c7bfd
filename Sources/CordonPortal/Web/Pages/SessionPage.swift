import CordonModel

/// The page of a session: a bar, and the remote browser's picture. `session.js` brings it to life, by the ids below.
///
/// | id | what |
/// | --- | --- |
/// | `tabs`, `new-tab` | the list that holds a `button[role=tab]` a page; opens another |
/// | `back`, `forward`, `reload`, `home`, `address` | the shown page's history; where it is, as text |
/// | `find`, `find-bar`, `find-text`, `find-previous`, `find-next`, `find-count`, `find-close` | looking for a text |
/// | `clock-idle`, `clock-longest` | what is left of the session |
/// | `connection` | its `data-state`: `connecting`, `live`, `slow`, `lost`, `ended`; its `b` holds the word |
/// | `crossings` | the popover with what is off and why |
/// | `stage`, `screen`, `typing` | the frame around the picture; the canvas; the field that takes keys and input methods |
/// | `notices`, `notice-template` | refusals, said aloud |
/// | `dialog`, `dialog-text`, `dialog-answer`, `dialog-accept`, `dialog-dismiss` | a page's alert, confirm or prompt |
/// | `print`; `file`, `file-choice`, `file-dismiss` | only where the rules open that way: the page as PDF; a page's wish for a file |
/// | `ended`, `ended-reason` | what is shown when it is over |
///
/// `body` carries `data-session` and `data-token`. A ticket comes from `POST /session/ID/ticket` with the token in the field
/// `X-Cordon-Token`, as `{"ticket": "…"}`; the socket is `new WebSocket("/session/ID/stream", ["cordon.1", "ticket." + ticket])`.
struct SessionPage: Sendable {
  var frame: PageFrame
  var viewer: PageFrame.Viewer
  var session: SessionID
  var project: PortalProject

  var html: HTML {
    frame.document(
      project.name.text,
      """
      <a class="skip" href="#typing">Skip to the remote browser</a>
      <header class="toolbar" aria-label="Session">
        <div class="strip">
          <a class="brand small" href=\(Route.projects.path) title="All projects">\(PageFrame.icon(.home))\
      <span>\(project.name.text)</span></a>
          <div id="tabs" class="tabs" role="tablist" aria-label="Pages"></div>
          \(Self.button("new-tab", .plus, "New page"))
        </div>
        <div class="row">
          <div class="group" role="group" aria-label="History">
            \(Self.button("back", .back, "Back", isOff: true))\(Self.button("forward", .forward, "Forward", isOff: true))\
      \(Self.button("reload", .reload, "Load again"))\(Self.button("home", .home, "Notebook"))
          </div>
          <output id="address" class="address" aria-label="Address"></output>
          \(Self.button("find", .find, "Find in page"))\(printButton)
          <span id="connection" class="connection" role="status" data-state="connecting"><i aria-hidden="true"></i>\
      <b>Connecting</b></span>
          \(recorded)\(redacted)<span class="clock" role="timer" aria-label="Time left">\(PageFrame.icon(.clock))\
      <span id="clock-idle" title="Until the session ends without input">–</span>\
      <span id="clock-longest" class="longest" title="Until the session ends in any case">–</span></span>
          <button type="button" class="tool labelled" popovertarget="crossings">\(PageFrame.icon(.closed))\
      <span>What is off</span></button>
          <form method="post" action=\(Route.end(session: session.text).path)>
            \(PageFrame.token(viewer.formToken))
            <button type="submit" class="tool labelled danger" id="end">\(PageFrame.icon(.end))<span>End</span></button>
          </form>
        </div>
        \(findBar)
      </header>
      <main id="stage" class="stage">
        <h1 class="visually-hidden">Project \(project.name.text)</h1>
        <canvas id="screen" role="img" aria-label=\("Remote browser, project \(project.name.text)")></canvas>
        <textarea id="typing" aria-label=\(Self.typingLabel) autocomplete="off" autocapitalize="off" autocorrect="off" \
      spellcheck="false"></textarea>
        <p id="waiting" class="waiting">Your browser starts…</p>
        <noscript><p class="waiting">The remote browser needs scripts of this portal.</p></noscript>
      </main>
      <div id="notices" class="notices" role="status" aria-live="polite"></div>
      <template id="notice-template"><div class="notice bad"><div><strong></strong><p></p></div></div></template>
      \(popover)
      \(dialogs)
      """,
      style: """
        <link rel="stylesheet" href=\(Asset.path(.sessionStyle))>
        <script src=\(Asset.path(.screenScript)) defer></script>
        <script src=\(Asset.path(.sessionScript)) defer></script>

        """,
      bodyAttributes: " class=\"session\" data-session=\"\(session.text)\" data-token=\"\(viewer.formToken)\""
    )
  }

  private static let typingLabel = "Remote browser: keys go to its page. Ctrl+Alt+Esc comes back to the bar."

  private static func button(
    _ id: String, _ icon: Icon, _ name: String, isOff: Bool = false
  ) -> HTML {
    let off: HTML = isOff ? " disabled" : ""
    return """
      <button type="button" id=\(id) class="tool" aria-label=\(name) title=\(name)\(off)>\(PageFrame.icon(icon))</button>
      """
  }

  /// A person knows that what they see is kept.
  private var recorded: HTML? {
    guard let recording = project.rules.recording else { return nil }
    let days = max(1, recording.keep / 86_400)
    return """
      <span class="pill" id="recorded" title=\("What this session shows is kept for \(days) days, for auditors")>Recorded</span>
      """
  }

  /// And that something may be missing from it.
  private var redacted: HTML? {
    guard !project.rules.redact.isEmpty else { return nil }
    let names = project.rules.redact.map(\.name.text).joined(separator: ", ")
    return """
      <span class="pill" id="redacted" title=\("Hidden from the pictures of this session: \(names)")>Redacted</span>
      """
  }

  /// What is off has no button.
  private var printButton: HTML? {
    project.rules.print ? Self.button("print", .print, "Save the page as PDF") : nil
  }

  /// Where a page asks for a file: only where files may come in.
  private var fileDialog: HTML? {
    guard project.rules.upload else { return nil }
    return """
      <dialog id="file" aria-labelledby="file-title" aria-describedby="file-text">
        <h2 id="file-title">The page asks for a file</h2>
        <p id="file-text">What you choose goes into the environment. Its name, length and digest are recorded.</p>
        <div class="field"><label for="file-choice">File</label><input id="file-choice" type="file"></div>
        <div class="actions"><button type="button" id="file-dismiss">Cancel</button></div>
      </dialog>
      """
  }

  private var findBar: HTML {
    """
    <form id="find-bar" class="find" role="search" hidden>
      <label for="find-text" class="visually-hidden">Find in page</label>
      <input id="find-text" type="search" maxlength="256" placeholder="Find in page" autocomplete="off">
      <output id="find-count" aria-live="polite"></output>
      \(Self.button("find-previous", .up, "Previous"))\(Self.button("find-next", .down, "Next"))\
    \(Self.button("find-close", .close, "Close"))
    </form>
    """
  }

  private var popover: HTML {
    """
    <section id="crossings" popover class="popover" aria-labelledby="crossings-title">
      <div class="popover-head"><h2 id="crossings-title">What is off, and why</h2>
      <button type="button" class="tool" popovertarget="crossings" popovertargetaction="hide" aria-label="Close">\
    \(PageFrame.icon(.close))</button></div>
      \(Self.crossings(project.crossings))
    </section>
    """
  }

  private var dialogs: HTML {
    """
    <dialog id="dialog" aria-labelledby="dialog-title">
      <h2 id="dialog-title">The page says</h2>
      <p id="dialog-text"></p>
      <div class="field" id="dialog-field" hidden><label for="dialog-answer">Your answer</label>
        <input id="dialog-answer" maxlength="4096" autocomplete="off"></div>
      <div class="actions"><button type="button" id="dialog-dismiss">Cancel</button>
        <button type="button" id="dialog-accept" class="primary">OK</button></div>
    </dialog>
    \(fileDialog)
    <dialog id="ended" aria-labelledby="ended-title">
      <h2 id="ended-title">The session has ended</h2>
      <p id="ended-reason">What you saved is kept in the project.</p>
      <div class="actions"><a class="button primary" href=\(Route.projects.path)>To the projects</a></div>
    </dialog>
    """
  }

  /// Ways across a session's boundary, each with its reason and the line that says so.
  static func crossings(_ crossings: [PortalCrossing]) -> HTML {
    let rows = crossings.map { crossing -> HTML in
      let state: HTML =
        crossing.isOpen
        ? "<span class=\"pill live\">\(PageFrame.icon(.open))On</span>"
        : "<span class=\"pill\">\(PageFrame.icon(.closed))Off</span>"
      let place: HTML? = crossing.place.map { " <span>\($0)</span>" }
      return """
        <li><div class="crossing-head"><strong>\(crossing.name)</strong>\(state)</div>
        <p>\(crossing.reason)</p><p class="hint"><code>\(crossing.key)</code>\(place)</p></li>
        """
    }
    return "<ul class=\"crossings\">\(rows)</ul>"
  }
}
