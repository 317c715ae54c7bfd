/// Where people show who they are.
struct SignInPage: Sendable {
  /// What came of the last try.
  enum Outcome: Sendable, Equatable {
    case none
    case refused
    case wait(seconds: Int)
    case busy
    case addressNotAllowed
    case expired
    case signedOut
    case providerUnavailable
  }

  /// Name, password and code, or the provider's host.
  enum Way: Sendable, Equatable {
    case local
    case provider(host: String)
  }

  var frame: PageFrame
  var way: Way
  var formToken: String
  var outcome = Outcome.none
  /// Where the organisation signs people out, after they signed out here.
  var providerSignOut: ProviderAddress?
  /// The name that was typed, so that only what is secret is typed again.
  var name = ""

  var html: HTML {
    frame.card(
      "Sign in",
      """
      <h1>Sign in</h1>
      <p class="lead">\(lead)</p>
      \(notice)
      \(form)
      """)
  }

  private var lead: String {
    switch way {
    case .local: "With your name, your password and a code from your authenticator."
    case .provider: "Your organisation says who you are."
    }
  }

  private var form: HTML {
    switch way {
    case .provider(let host):
      let away: HTML? = providerSignOut.map {
        "<a class=\"button wide\" href=\($0)>Sign out of \(host) as well</a>"
      }
      return """
        <a class="button primary wide" href=\(Route.organization.path)>Continue with \(host)</a>
        \(away)
        <p class="hint">You come back here when you have signed in there.</p>
        """
    case .local:
      let described: HTML = outcome == .refused ? #" aria-invalid="true" aria-describedby="notice""# : ""
      return """
        <form method="post" action=\(Route.signIn.path) class="stack">
          \(PageFrame.token(formToken))
          <div class="field"><label for="name">Name</label>
            <input id="name" name="name" value=\(name) autocomplete="username" autocapitalize="none" spellcheck="false" \
        maxlength="64" required\(described)></div>
          <div class="field"><label for="password">Password</label>
            <input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" \
        required\(described)></div>
          <div class="field"><label for="code">Code</label>
            <input id="code" name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" \
        maxlength="64" required aria-describedby="code-hint">
            <p class="hint" id="code-hint">Six digits from your authenticator, or one of your recovery codes.</p></div>
          <button class="primary wide" type="submit">Sign in</button>
        </form>
        """
    }
  }

  private var notice: HTML? {
    switch outcome {
    case .none: nil
    case .refused:
      PageFrame.notice(
        .bad, "That did not match.",
        "Name, password or code is wrong. Nobody is told which. Wait for the next code before you try again.")
    case .wait(let seconds):
      PageFrame.notice(
        .bad, "Too many attempts.", "The next one is looked at in \(Self.spoken(seconds)).")
    case .busy:
      PageFrame.notice(.plain, "Many people sign in just now.", "Nothing was judged. Try again in a moment.")
    case .addressNotAllowed:
      PageFrame.notice(
        .bad, "Not from this network.",
        "Your organisation lets people sign in from its own addresses only. Connect to its network and try again."
      )
    case .expired:
      PageFrame.notice(.plain, "You were signed out.", "Your sign-in had ended. What you saved is kept.")
    case .signedOut:
      PageFrame.notice(.good, "You are signed out.", "Your notebooks are saved in their project.")
    case .providerUnavailable:
      PageFrame.notice(
        .bad, "Your organisation's sign-in does not answer.",
        "Try again in a minute; if it stays so, tell your operator.")
    }
  }

  /// A span of time as people say it.
  static func spoken(_ seconds: Int) -> String {
    switch max(1, seconds) {
    case 1: "a second"
    case let some where some < 90: "\(some) seconds"
    case let some where some < 5_400: "\((some + 59) / 60) minutes"
    case let some: "\((some + 1_800) / 3_600) hours"
    }
  }
}
