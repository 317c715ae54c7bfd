import CordonModel

/// What every page stands in: its head, the bar at its top, and where the keyboard starts.
struct PageFrame: Sendable {
  /// Who is looking.
  struct Viewer: Sendable, Equatable {
    var person: String
    /// The hidden field of this person's forms.
    var formToken: String
    /// Whether there is a place in the bar for recordings.
    var watches = false
  }

  /// Places in the bar.
  enum Place: CaseIterable, Sendable {
    case projects, recordings, denials, help, account

    var route: Route {
      switch self {
      case .projects: .projects
      case .recordings: .recordings
      case .denials: .denials
      case .help: .help
      case .account: .account
      }
    }

    var name: String {
      switch self {
      case .projects: "Projects"
      case .recordings: "Recordings"
      case .denials: "My denials"
      case .help: "Help"
      case .account: "Account"
      }
    }
  }

  /// The environment's name, on every page.
  var environment: String

  /// A page for somebody who is signed in.
  func page(_ title: String, at place: Place?, for viewer: Viewer, _ content: HTML, scripts: HTML = "")
    -> HTML
  {
    let places = Place.allCases.filter { $0 != .recordings || viewer.watches }
    return document(
      title,
      """
      <a class="skip" href="#content">Skip to content</a>
      <header class="bar">
        <a class="brand" href=\(Route.projects.path)>\(Self.mark)<span>\(environment)</span></a>
        <nav aria-label="Main"><ul>\(places.map { link(to: $0, current: place) })</ul></nav>
        <form class="who" method="post" action=\(Route.signOut.path)>
          \(Self.token(viewer.formToken))
          <span class="person">\(Self.icon(.person))<span class="visually-hidden">Signed in as </span>\(viewer.person)</span>
          <button class="quiet" type="submit">Sign out</button>
        </form>
      </header>
      <main id="content" tabindex="-1">\(content)</main>
      """, style: scripts)
  }

  /// A page for somebody who is not signed in: one card.
  func card(_ title: String, _ content: HTML, goesOn: Route? = nil) -> HTML {
    document(
      title,
      """
      <a class="skip" href="#content">Skip to content</a>
      <div class="gate">
        <header class="gate-brand">\(Self.mark)<span>\(environment)</span></header>
        <main id="content" class="card" tabindex="-1">\(content)</main>
        <footer><p>Work here leaves only as pixels. What you do is recorded.</p></footer>
      </div>
      """, goesOn: goesOn)
  }

  private func link(to place: Place, current: Place?) -> HTML {
    let mark: HTML = place == current ? #" aria-current="page""# : ""
    return "<li><a href=\(place.route.path)\(mark)>\(place.name)</a></li>"
  }

  func document(
    _ title: String, _ body: HTML, style: HTML = "", bodyAttributes: HTML = "", goesOn: Route? = nil
  ) -> HTML {
    let refresh: HTML? = goesOn.map { "<meta http-equiv=\"refresh\" content=\("0; url=\($0.path)")>" }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>\(title) – \(environment)</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f6f7f7">
      <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#101415">
      \(refresh)<link rel="icon" type="image/svg+xml" href=\(Asset.path(.icon))>
      <link rel="stylesheet" href=\(Asset.path(.style))>
      \(style)<script src=\(Asset.path(.script)) defer></script>
      </head>
      <body\(bodyAttributes)>
      \(body)
      </body>
      </html>

      """
  }

  /// A form's hidden field.
  static func token(_ token: String) -> HTML { "<input type=\"hidden\" name=\"token\" value=\(token)>" }

  /// Something that happened, said aloud by screen readers when the page opens.
  static func notice(_ kind: NoticeKind, _ title: String, _ text: String) -> HTML {
    let (style, icon): (HTML, Icon) =
      switch kind {
      case .bad: ("bad", .warning)
      case .good: ("good", .check)
      case .plain: ("plain", .info)
      }
    return """
      <div class="notice \(style)" role="alert" id="notice" tabindex="-1">\(Self.icon(icon))<div><strong>\(title)</strong>\
      <p>\(text)</p></div></div>
      """
  }

  enum NoticeKind: Sendable { case bad, good, plain }

  private static let mark: HTML = """
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><rect width="32" height="32" rx="8"/>\
    <path d="M16 5.5 25 9v7.2c0 5-3.7 8.5-9 10.3-5.3-1.8-9-5.3-9-10.3V9z"/><circle cx="16" cy="15.5" r="3.2"/></svg>
    """
}
