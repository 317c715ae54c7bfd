import CordonModel

/// Where people choose what to work on.
struct ProjectsPage: Sendable {
  /// One project.
  struct Entry: Sendable, Equatable {
    var project: PortalProject
    /// The open session, if there is one.
    var session: SessionID?
  }

  var frame: PageFrame
  var viewer: PageFrame.Viewer
  var entries: [Entry]
  var notice: HTML?

  var html: HTML {
    frame.page(
      "Projects", at: .projects, for: viewer,
      """
      <h1>Projects</h1>
      <p class="lead">Each opens in a browser of its own that runs here. You see its picture; its data stays.</p>
      \(notice)
      \(entries.isEmpty ? Self.nothing : "<ul class=\"projects\">\(entries.map(card))</ul>")
      """)
  }

  private static let nothing: HTML = """
    <div class="empty"><p><strong>You are in no project yet.</strong></p>
    <p>Your operator adds people to projects in the environment's file.</p></div>
    """

  private func card(_ entry: Entry) -> HTML {
    let name = entry.project.name.text
    let state: HTML =
      entry.session == nil
      ? #"<span class="pill">No session</span>"# : #"<span class="pill live">Session open</span>"#
    return """
      <li class="project" aria-labelledby=\("project-\(name)")>
        <div class="project-head"><h2 id=\("project-\(name)")>\(name)</h2>\(state)</div>
        <dl><div><dt>Workspace</dt><dd>\(entry.project.workspace.text)</dd></div>
        <div><dt>Last used</dt><dd>\(Self.time(entry.project.lastUsed))</dd></div></dl>
        <div class="actions">\(actions(entry))</div>
      </li>
      """
  }

  private func actions(_ entry: Entry) -> HTML {
    let name = entry.project.name.text
    let open: HTML = """
      <form method="post" action=\(Route.open(project: entry.project.name).path) data-opens="session">
        \(PageFrame.token(viewer.formToken))
        <button class="primary" type="submit">\(entry.session == nil ? "Open" : "Resume")\
      <span class="visually-hidden"> \(name)</span></button>
      </form>
      """
    guard let session = entry.session else { return open }
    return """
      \(open)<form method="post" action=\(Route.end(session: session.text).path)>
        \(PageFrame.token(viewer.formToken))
        <button type="submit">End session<span class="visually-hidden"> of \(name)</span></button>
      </form>
      """
  }

  /// A time that the person's own browser writes in their own way; without its script, in universal time.
  static func time(_ seconds: Int64?) -> HTML {
    guard let seconds else { return "Never" }
    let time = UniversalTime(seconds)
    return "<time datetime=\(time.machine)>\(time.text)</time>"
  }
}
