import CordonIdentity
import CordonModel
import Logging

extension PortalSite {
  /// The sign-in page, with a visitor's cookie where the browser has none: its form is bound to it.
  func signInPage(
    _ request: WebRequest, outcome: SignInPage.Outcome, name: String = "",
    providerSignOut: ProviderAddress? = nil
  ) -> WebAnswer {
    let (visitor, isNew) = visitor(of: request)
    let way: SignInPage.Way =
      switch desks.identity.method {
      case .local: .local
      case .provider(let host): .provider(host: host)
      }
    let page = SignInPage(
      frame: frame, way: way, formToken: desks.identity.formToken(for: visitor), outcome: outcome,
      providerSignOut: providerSignOut, name: name)
    var answer = WebAnswer.page(page.html, status: outcome.status)
    if case .wait(let seconds) = outcome { answer.retryAfter = seconds }
    return isNew ? answer.setting(.visitor, to: visitor.text) : answer
  }

  private func visitor(of request: WebRequest) -> (token: VisitorToken, isNew: Bool) {
    if let token = request.cookies[.visitor].flatMap({ VisitorToken($0) }) { return (token, false) }
    return (desks.identity.newVisitor(), true)
  }

  /// The visitor whose form this is; a form without its browser's cookie is nobody's.
  private func formVisitor(_ request: WebRequest) throws(WebFault) -> VisitorToken {
    guard let visitor = request.cookies[.visitor].flatMap({ VisitorToken($0) }),
      desks.identity.accepts(formToken: request.form.text("token"), of: visitor)
    else { throw .formExpired }
    return visitor
  }

  func signIn(_ request: WebRequest, from address: IPAddress) async throws -> WebAnswer {
    guard case .local = desks.identity.method else { throw WebFault.notFound }
    let visitor = try formVisitor(request)
    let name = request.form.text("name")
    let attempt = PasswordAttempt(
      name: name, password: request.form.text("password"), code: request.form.text("code"),
      device: request.cookies[.device], visitor: visitor, address: address)
    switch try await desks.identity.signIn(attempt) {
    case .signedIn(let signedIn): return welcome(signedIn, .goes(to: .projects))
    case .refused: return signInPage(request, outcome: .refused, name: name)
    case .wait(let seconds): return signInPage(request, outcome: .wait(seconds: seconds), name: name)
    case .busy: return signInPage(request, outcome: .busy, name: name)
    case .addressNotAllowed: return signInPage(request, outcome: .addressNotAllowed)
    }
  }

  /// Somebody is known now. Every cookie of before is replaced, so nobody can have prepared this session for them.
  private func welcome(_ signedIn: SignedIn, _ answer: WebAnswer) -> WebAnswer {
    var answer = answer.setting(.session, to: signedIn.token.text).removing(.visitor)
      .removing(.organization)
    if let device = signedIn.device { answer = answer.setting(.device, to: device) }
    return answer
  }

  /// Signing out works with an expired session as well: the page is the same, and the cookie is gone.
  func signOut(_ request: WebRequest, from address: IPAddress) async throws -> WebAnswer {
    guard let visit = try await visit(request, from: address) else {
      return signInPage(request, outcome: .signedOut).removing(.session)
    }
    guard desks.identity.accepts(formToken: request.form.text("token"), of: visit.token) else {
      throw WebFault.formExpired
    }
    let provider = try await desks.identity.signOut(visit.token, from: address)
    await leave(visit)
    return signInPage(
      request, outcome: .signedOut, providerSignOut: provider.flatMap { ProviderAddress($0) }
    ).removing(.session)
  }

  /// What a sign-in that has ended still held.
  private func forget(_ token: SessionToken) async {
    tickets.forget(token)
    replayTickets.forget(token)
    await streams.revoke(token)
  }

  /// Its ways in first, then the browsers that would go on without it. They are the person's: a second place where one is
  /// signed in sees them end as well.
  private func leave(_ visit: Visit) async {
    await forget(visit.token)
    await desks.sessions.endAll(of: visit.person)
  }

  // MARK: An organisation's provider

  /// Starts at the organisation with a cookie of its own, so that its answer is good in this browser only.
  func beginProviderSignIn(_ request: WebRequest, from address: IPAddress) async throws -> WebAnswer {
    guard case .provider = desks.identity.method else { throw WebFault.notFound }
    let visitor = desks.identity.newVisitor()
    switch try await desks.identity.beginProviderSignIn(visitor: visitor, from: address) {
    case .redirect(let provider):
      return WebAnswer(status: 303, organization: provider).setting(.organization, to: visitor.text)
    case .busy: return signInPage(request, outcome: .busy)
    case .addressNotAllowed: return signInPage(request, outcome: .addressNotAllowed)
    case .unavailable(let why):
      logger.warning("sign-in provider unavailable", metadata: ["why": "\(why)"])
      return signInPage(request, outcome: .providerUnavailable)
    }
  }

  /// The organisation's answer.
  ///
  /// It comes by a navigation from another site, after which a redirect would still carry no strict cookie. So the answer is
  /// a page that goes on by itself: its own navigation is ours.
  func finishProviderSignIn(_ request: WebRequest, from address: IPAddress) async throws -> WebAnswer {
    guard case .provider = desks.identity.method,
      let visitor = request.cookies[.organization].flatMap({ VisitorToken($0) })
    else { return signInPage(request, outcome: .refused) }
    let answer = try await desks.identity.finishProviderSignIn(
      query: request.query, visitor: visitor, from: address)
    let page: WebAnswer =
      switch answer {
      case .signedIn(let signedIn): welcome(signedIn, .page(goesOn))
      case .refused: signInPage(request, outcome: .refused)
      case .wait(let seconds): signInPage(request, outcome: .wait(seconds: seconds))
      case .busy: signInPage(request, outcome: .busy)
      case .addressNotAllowed: signInPage(request, outcome: .addressNotAllowed)
      }
    return page.removing(.organization)
  }

  private var goesOn: HTML {
    frame.card(
      "Signed in",
      """
      <h1>You are signed in</h1>
      <a class="button primary wide" href=\(Route.projects.path)>Go on</a>
      """, goesOn: .projects)
  }

  // MARK: First sign-in

  func welcomePage(
    _ request: WebRequest, invitation: String, outcome: WelcomePage.Outcome, from address: IPAddress
  ) async throws -> WebAnswer {
    guard let enrolment = try await desks.identity.enrolment(invitation, from: address) else {
      return .page(WelcomePage.gone(frame: frame), status: 404)
    }
    let (visitor, isNew) = visitor(of: request)
    let page = WelcomePage(
      frame: frame, person: enrolment.person.text, secret: enrolment.secret, address: enrolment.address,
      invitation: invitation, formToken: desks.identity.formToken(for: visitor), outcome: outcome)
    let answer = WebAnswer.page(page.html, status: outcome.status)
    return isNew ? answer.setting(.visitor, to: visitor.text) : answer
  }

  func enrol(_ request: WebRequest, invitation: String, from address: IPAddress) async throws -> WebAnswer {
    _ = try formVisitor(request)
    let password = request.form.text("password")
    func again(_ outcome: WelcomePage.Outcome) async throws -> WebAnswer {
      try await welcomePage(request, invitation: invitation, outcome: outcome, from: address)
    }
    guard password == request.form.text("again") else { return try await again(.different) }
    let attempt = EnrolmentAttempt(
      link: invitation, password: password, code: request.form.text("code"), from: address)
    switch try await desks.identity.enrol(attempt) {
    case .done(let signedIn, let codes):
      return welcome(
        signedIn, .page(WelcomePage.codes(codes, frame: frame)))
    case .unfit(let problem): return try await again(.unfit(problem.advice))
    case .refused: return try await again(.wrongCode)
    case .wait(let seconds): return try await again(.wait(seconds: seconds))
    case .busy: return try await again(.busy)
    case .addressNotAllowed: return signInPage(request, outcome: .addressNotAllowed)
    }
  }

  // MARK: Account

  func accountPage(_ visit: Visit, notice: HTML? = nil, status: Int = 200) async throws -> WebAnswer {
    let isLocal = desks.identity.method == .local
    let page = AccountPage(
      frame: frame, viewer: visit.viewer, hasPassword: isLocal,
      others: try await desks.identity.sessions(besides: visit.token), notice: notice)
    return .page(page.html, status: status)
  }

  func changePassword(_ request: WebRequest, _ visit: Visit, from address: IPAddress) async throws
    -> WebAnswer
  {
    let new = request.form.text("password")
    func again(_ title: String, _ text: String) async throws -> WebAnswer {
      try await accountPage(visit, notice: PageFrame.notice(.bad, title, text), status: 422)
    }
    guard new == request.form.text("again") else {
      return try await again("The two passwords differ.", "Type the same password into both fields.")
    }
    let change = PasswordChange(
      session: visit.token, old: request.form.text("old"), code: request.form.text("code"), new: new,
      address: address)
    switch try await desks.identity.changePassword(change) {
    case .done(let signedIn, let codes):
      await forget(visit.token)
      return welcome(
        signedIn, .page(codes.isEmpty ? passwordChanged : WelcomePage.codes(codes, frame: frame)))
    case .unfit(let problem): return try await again("Choose another password.", problem.advice)
    case .refused: return try await again("That did not match.", "The password or the code is wrong.")
    case .wait(let seconds):
      return try await again(
        "Too many attempts.", "The next one is looked at in \(SignInPage.spoken(seconds)).")
    case .busy: return try await again("Not just now.", "Nothing was changed. Try again in a moment.")
    case .addressNotAllowed: return try await again("Not from this network.", "Nothing was changed.")
    }
  }

  private var passwordChanged: HTML {
    frame.card(
      "Password changed",
      """
      <h1>Your password is changed</h1>
      <p class="lead">Every other place where you were signed in is signed out.</p>
      <a class="button primary wide" href=\(Route.projects.path)>Go on</a>
      """)
  }

  func signOutEverywhere(_ visit: Visit, from address: IPAddress) async throws -> WebAnswer {
    try await desks.identity.signOutEverywhere(visit.token, from: address)
    await leave(visit)
    return WebAnswer.goes(to: .signIn).removing(.session)
  }
}

extension SignInPage.Outcome {
  fileprivate var status: Int {
    switch self {
    case .none, .expired, .signedOut: 200
    case .refused: 401
    case .wait: 429
    case .addressNotAllowed: 403
    case .busy, .providerUnavailable: 503
    }
  }
}

extension WelcomePage.Outcome {
  fileprivate var status: Int {
    switch self {
    case .none: 200
    case .unfit, .different, .wrongCode: 422
    case .wait: 429
    case .busy: 503
    }
  }
}
