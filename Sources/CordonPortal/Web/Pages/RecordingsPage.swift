import CordonModel

/// The recordings that a person may watch, the newest first.
struct RecordingsPage: Sendable {
  var frame: PageFrame
  var viewer: PageFrame.Viewer
  var answer: RecordingsAnswer

  /// How many are shown.
  static let limit = 200

  var html: HTML {
    frame.page(
      "Recordings", at: .recordings, for: viewer,
      """
      <h1>Recordings</h1>
      <p class="lead">What the sessions of your projects showed, as it was seen. Each time that you watch one is recorded, with \
      your name.</p>
      \(content)
      """)
  }

  private var content: HTML {
    switch answer {
    case .denied(let reason): PageFrame.notice(.bad, "No recordings for you.", reason)
    case .listed([], _): Self.nothing
    case .listed(let recordings, let count):
      "<ul class=\"recordings\">\(recordings.map(Self.entry))</ul>\(Self.rest(recordings.count, count))"
    }
  }

  private static let nothing: HTML = """
    <div class="empty"><p><strong>Nothing is recorded.</strong></p><p>Sessions are recorded where the environment's file says \
    <code>browser.record</code>; what is older than it says is removed.</p></div>
    """

  private static func rest(_ shown: Int, _ count: Int) -> HTML? {
    guard count > shown else { return nil }
    return "<p class=\"hint\">The newest \(shown) of \(count) are shown.</p>"
  }

  private static func entry(_ recording: PortalRecording) -> HTML {
    let session = recording.session.text
    let state: HTML? = recording.isOpen ? "<span class=\"pill live\">Goes on</span>" : nil
    let removed: HTML? = recording.removedAt.map {
      "<div><dt>Removed after</dt><dd>\(ProjectsPage.time($0))</dd></div>"
    }
    return """
      <li class="recording" aria-labelledby=\("of-\(session)")>
        <div class="project-head"><h2 id=\("of-\(session)")>\(recording.person.text)\
      <span class="visually-hidden"> in</span> <span class="tag">\(recording.project.text)</span></h2>\(state)</div>
        <dl><div><dt>Began</dt><dd>\(ProjectsPage.time(recording.began))</dd></div>
        <div><dt>Length</dt><dd>\(spoken(recording.length))</dd></div>
        <div><dt>Size</dt><dd>\(sized(recording.bytes))</dd></div>\(removed)</dl>
        <p class="hint">Session <code>\(session)</code></p>
        <div class="actions"><a class="button" href=\(Route.recording(session: session).path)>Watch\
      <span class="visually-hidden"> \(recording.person.text), \(UniversalTime(recording.began).text)</span></a></div>
      </li>
      """
  }

  /// `1 h 05 min`, `12 min`, `40 s`.
  static func spoken(_ seconds: Int64) -> String {
    let seconds = max(0, seconds)
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
    if hours > 0 { return "\(hours) h \(minutes < 10 ? "0" : "")\(minutes) min" }
    return minutes > 0 ? "\(minutes) min" : "\(seconds) s"
  }

  /// `3 KiB`, `12 MiB`, `2 GiB`; never less than there is.
  static func sized(_ bytes: Int64) -> String {
    let bytes = max(0, bytes)
    for (unit, shift) in [("GiB", 30), ("MiB", 20)] as [(String, Int64)] where bytes >> shift > 0 {
      return "\((bytes >> shift) + (bytes & ((1 << shift) - 1) == 0 ? 0 : 1)) \(unit)"
    }
    return "\((bytes + 1_023) >> 10) KiB"
  }
}
