import CordonModel

/// What was refused to a person: what, why, and what to do instead.
struct DenialsPage: Sendable {
  var frame: PageFrame
  var viewer: PageFrame.Viewer
  var denials: [PortalDenial]

  /// How many are shown.
  static let limit = 100

  var html: HTML {
    frame.page(
      "My denials", at: .denials, for: viewer,
      """
      <h1>My denials</h1>
      <p class="lead">What was blocked in your own sessions and workspaces, newest first. Nobody is accused: most of it is \
      programs that ask for more than they need.</p>
      \(denials.isEmpty ? Self.nothing : "<ol class=\"denials\">\(denials.map(Self.entry))</ol>")
      """)
  }

  private static let nothing: HTML = """
    <div class="empty"><p><strong>Nothing was blocked.</strong></p><p>When something is, it stands here with its reason.</p></div>
    """

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
