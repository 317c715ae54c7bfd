/// First sign-in by a one-time link: a password, an authenticator, and codes for the day it is lost.
struct WelcomePage: Sendable {
  /// What came of the last try.
  enum Outcome: Sendable, Equatable {
    case none
    /// The password cannot be taken; why, and what to do.
    case unfit(String)
    /// The two passwords differ.
    case different
    /// The authenticator's code was wrong.
    case wrongCode
    case wait(seconds: Int)
    case busy
  }

  var frame: PageFrame
  var person: String
  /// The authenticator's secret, in groups.
  var secret: String
  /// The same as an address for its camera.
  var address: String
  var invitation: String
  var formToken: String
  var outcome = Outcome.none

  var html: HTML {
    frame.card(
      "Welcome",
      """
      <h1>Welcome, \(person)</h1>
      <p class="lead">Two things make your sign-in: something you know, and something you have.</p>
      \(notice)
      <form method="post" action=\(Route.welcome(invitation: invitation).path) class="stack">
        \(PageFrame.token(formToken))
        <input type="text" name="username" value=\(person) autocomplete="username" hidden>
        <fieldset><legend><span class="step">1</span> Choose a password</legend>
          <div class="field"><label for="password">Password</label>
            <input id="password" name="password" type="password" autocomplete="new-password" minlength="12" \
      maxlength="256" required aria-describedby="password-hint">
            <p class="hint" id="password-hint">12 characters or more. Four words that do not belong together are easy to \
      keep.</p></div>
          <div class="field"><label for="again">The same again</label>
            <input id="again" name="again" type="password" autocomplete="new-password" maxlength="256" required></div>
        </fieldset>
        <fieldset><legend><span class="step">2</span> Add it to your authenticator</legend>
          <div class="authenticator">
            \(picture)
            <div><p>Point your authenticator's camera at the picture, or type this secret into it:</p>
            <p><code class="secret">\(secret)</code></p>
            <details><summary>As an address</summary><p><code class="address">\(address)</code></p></details></div>
          </div>
          <div class="field"><label for="code">Code that it shows now</label>
            <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="8" required></div>
        </fieldset>
        <button class="primary wide" type="submit">Finish</button>
      </form>
      """)
  }

  private var picture: HTML {
    guard let code = QRCode(Array(address.utf8)) else { return "" }
    return code.svg(label: "QR code with the authenticator's secret")
  }

  private var notice: HTML? {
    switch outcome {
    case .none: nil
    case .unfit(let why): PageFrame.notice(.bad, "Choose another password.", why)
    case .different:
      PageFrame.notice(.bad, "The two passwords differ.", "Type the same password into both fields.")
    case .wrongCode:
      PageFrame.notice(
        .bad, "That code did not match.",
        "Check that the clock of your authenticator's device is right, and type the next code.")
    case .wait(let seconds):
      PageFrame.notice(
        .bad, "Too many attempts.", "The next one is looked at in \(SignInPage.spoken(seconds)).")
    case .busy:
      PageFrame.notice(.plain, "Many people sign in just now.", "Nothing was used up. Try again in a moment.")
    }
  }

  /// The codes, shown once.
  static func codes(_ codes: [String], frame: PageFrame) -> HTML {
    frame.card(
      "Your recovery codes",
      """
      <h1>Your recovery codes</h1>
      <p class="lead">Keep them where you keep other keys. Each signs you in once, in place of your authenticator. They are \
      not shown again.</p>
      <ul class="codes">\(codes.map { "<li><code>\($0)</code></li>" as HTML })</ul>
      <a class="button primary wide" href=\(Route.projects.path)>I have kept them – go on</a>
      """)
  }

  /// A link that does not lead anywhere any more.
  static func gone(frame: PageFrame) -> HTML {
    frame.card(
      "Link used",
      """
      <h1>This link leads nowhere</h1>
      <p class="lead">It was used already, has expired, or was not copied whole. Ask your operator for a new one.</p>
      <a class="button wide" href=\(Route.signIn.path)>To the sign-in</a>
      """)
  }
}
