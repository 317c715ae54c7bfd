extension AttackTable {
  /// The remote browser, through the portal: a person clicks in a hostile notebook, and looks for what came of it at home.
  static let browser: [Attack] = [
    Attack(
      id: "browser-download", path: .browserDownload, title: "a file saved out of the remote browser",
      closedBy: "downloads are off (browser policy), files do not cross (portal)",
      provesControls: [.browserPolicy], attempts: [], visits: BrowserTable.files),
    Attack(
      id: "clipboard", path: .clipboardPrint, title: "copying out of the remote browser",
      closedBy: "text does not cross (portal)", provesControls: [.portalCrossings], attempts: [],
      visits: BrowserTable.copies),
    Attack(
      id: "print", path: .clipboardPrint, title: "printing from the remote browser",
      closedBy: "pages do not cross (portal)", provesControls: [.portalCrossings], attempts: [],
      visits: [
        BrowserAttempt(
          .clipboardPrint, "a print of the page", .script("parent.say('CANARY')"), .printed, .portal)
      ]),
    Attack(
      id: "browser-upload", path: .externalUpload, title: "a web page's own links, forms and requests",
      closedBy: "own notebook and listed hosts only (browser door)", provesControls: [.browserDoor],
      attempts: [], visits: BrowserTable.sent(on: .externalUpload)),
    Attack(
      id: "output-beacon", path: .notebookOutput, title: "what a notebook's output loads from elsewhere",
      closedBy: "own notebook and listed hosts only (browser door)", provesControls: [.browserDoor],
      attempts: [], visits: BrowserTable.sent(on: .notebookOutput)),
  ]
}

extension BrowserTable {
  /// What a page does so that a file is saved.
  static var files: [BrowserAttempt] {
    all.filter { $0.evidence == .disk && $0.isScript && $0.stop == .policy }
  }

  /// What a page does so that another host hears of it, and what gets somewhere where nothing is in the way.
  static func sent(on path: Path) -> [BrowserAttempt] {
    inSessions.filter {
      $0.path == path && $0.evidence == .outside && $0.isScript && $0.stop != .chromium
    }
  }

  /// What a page and a person do so that the person has a text.
  static let copies: [BrowserAttempt] = [
    BrowserAttempt(
      .clipboardPrint, "a page that copies",
      .script("const t = make('textarea'); t.value = 'CANARY'; t.select(); document.execCommand('copy')"),
      .clipboard([]), .portal),
    BrowserAttempt(
      .clipboardPrint, "the keys control c",
      .script(
        """
        const whole = parent.document, p = whole.body.appendChild(whole.createElement('p')); p.textContent = 'CANARY';
        p.style = 'position: fixed; top: 0; opacity: 0.01; pointer-events: none'; parent.focus();
        parent.getSelection().selectAllChildren(p)
        """),
      .clipboard([BrowserAttempt.Key(name: "c", code: 67, modifiers: 2, command: "copy")]), .portal),
  ]
}

extension BrowserAttempt {
  fileprivate var isScript: Bool {
    if case .script = act { true } else { false }
  }
}
