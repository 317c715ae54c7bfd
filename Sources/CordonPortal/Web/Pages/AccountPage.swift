import CordonIdentity

/// A person's password, and where they are signed in.
struct AccountPage: Sendable {
  var frame: PageFrame
  var viewer: PageFrame.Viewer
  /// Whether the environment keeps the password; otherwise the organisation does.
  var hasPassword: Bool
  var others: [SessionSummary]
  var notice: HTML?

  var html: HTML {
    frame.page(
      "Account", at: .account, for: viewer,
      """
      <h1>Account</h1>
      \(notice)
      <section aria-labelledby="places"><h2 id="places">Where you are signed in</h2>
      \(places)</section>
      \(hasPassword ? password : nil)
      """)
  }

  private var places: HTML {
    guard !others.isEmpty else { return "<p>Only here.</p>" }
    return """
      <ul class="places">\(others.map(Self.place))</ul>
      <form method="post" action=\(Route.signOutEverywhere.path)>
        \(PageFrame.token(viewer.formToken))
        <button type="submit">Sign out everywhere</button>
      </form>
      """
  }

  private static func place(_ summary: SessionSummary) -> HTML {
    "<li><span>\(summary.address)</span> <span class=\"hint\">last used \(ProjectsPage.time(summary.used))</span></li>"
  }

  private var password: HTML {
    """
    <section aria-labelledby="change"><h2 id="change">Another password</h2>
    <form method="post" action=\(Route.password.path) class="stack narrow">
      \(PageFrame.token(viewer.formToken))
      <input type="text" name="username" value=\(viewer.person) autocomplete="username" hidden>
      <div class="field"><label for="old">Password now</label>
        <input id="old" name="old" type="password" autocomplete="current-password" maxlength="256" required></div>
      <div class="field"><label for="code">Code</label>
        <input id="code" name="code" autocomplete="one-time-code" maxlength="64" required></div>
      <div class="field"><label for="password">New password</label>
        <input id="password" name="password" type="password" autocomplete="new-password" minlength="12" maxlength="256" \
    required></div>
      <div class="field"><label for="again">The same again</label>
        <input id="again" name="again" type="password" autocomplete="new-password" maxlength="256" required></div>
      <p class="hint">Every other place where you are signed in is signed out.</p>
      <button class="primary" type="submit">Change password</button>
    </form></section>
    """
  }
}
