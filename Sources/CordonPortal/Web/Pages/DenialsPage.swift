import CordonModel

/// What was refused to a person: what, why, and what to do instead.
struct DenialsPage: Sendable {
  var frame: PageFrame
  var viewer: PageFrame.Viewer
  var denials: [PortalDenial]
  var isNewest: Bool
  /// What the link to older ones names, where there may be some.
  var older: String?

  /// How many are shown at once.
  static let limit = 100

  var html: HTML {
    let title = isNewest ? "My denials" : "My older denials"
    return frame.page(
      title, at: .denials, for: viewer,
      """
      <h1>\(title)</h1>
      <p class="lead">What was blocked in your own sessions and workspaces, newest first. Nobody is accused: most of it is \
      programs that ask for more than they need.</p>
      \(denials.isEmpty ? nothing : "<ol class=\"denials\">\(denials.map(Self.entry))</ol>")\(ways)
      """)
  }

  private var nothing: HTML {
    if isNewest, older == nil { return Self.nothingAtAll }
    return """
      <div class="empty"><p><strong>Nothing of yours was blocked in this time.</strong></p><p>\(
        older == nil ? "Nothing is older." : "What is older can be looked at.")</p></div>
      """
  }

  private static let nothingAtAll: HTML = """
    <div class="empty"><p><strong>Nothing was blocked.</strong></p><p>When something is, it stands here with its reason.</p></div>
    """

  /// Links to what is older, and back.
  private var ways: HTML? {
    let back: HTML? = isNewest ? nil : "<a class=\"button\" href=\(Route.denials.path)>Newest denials</a>"
    let on: HTML? = older.map { older in
      let path: String = Route.denials.path + "?before=" + older
      return "<a class=\"button\" rel=\"next\" href=\(path)>Older denials</a>"
    }
    guard back != nil || on != nil else { return nil }
    return "<nav class=\"ways\" aria-label=\"Denials\">\(back)\(on)</nav>"
  }

  private static func entry(_ denial: PortalDenial) -> HTML {
    let project: HTML? = denial.project.map { "<span class=\"tag\">\($0.text)</span>" }
    let times: HTML? = denial.times > 1 ? "<span class=\"tag\">\(denial.times) times</span>" : nil
    return """
      <li class="denial">
        <div class="denial-head"><h2>\(denial.what)</h2><p class="when">\(ProjectsPage.time(denial.at))</p></div>
        <p class="tags">\(project)\(times)</p>
        <dl><div><dt>Why</dt><dd>\(denial.why)</dd></div><div><dt>What to do</dt><dd>\(denial.advice)</dd></div></dl>
        <p class="hint">Ask about it as <code>\(denial.requestID)</code></p>
      </li>
      """
  }
}
