import CordonPolicy
import CordonWire

extension BrowserSession {
  /// The best that the pipe carries; what the client gets is encoded again.
  private static let pipeQuality = 92
  /// A renderer is replaced in less.
  private static let renewal = Duration.milliseconds(100)

  /// Opens a tab with the first page and shows it.
  func openTab() async throws {
    let answer = try await browser.devTools.call(.createTarget)
    guard let target = answer["targetId"]?.text else { throw DevToolsError.ended }
    let tab = try await attach(to: target)
    await show(tab)
    send(.navigate(plan.home), to: tab)
  }

  /// Speaks with a page of ours and makes it one of the tabs. Every page gets the portal's style and watcher before its own
  /// scripts, as far as its opener left time for it.
  private func attach(to target: String) async throws -> Tab {
    attaching.insert(target)
    defer { attaching.remove(target) }
    let answer = try await browser.devTools.call(.attach(target: target))
    guard let session = answer["sessionId"]?.text, ended == nil else { throw DevToolsError.ended }
    // Waited for: where the first page is another process's, what was not answered yet would come after its own scripts. A
    // page gives scripts to its next document only once it is enabled; one that was not would be hidden for ever.
    if redacting.isOn {
      for command in [.enablePage] + redacting.commands {
        try await browser.devTools.call(command, session: session)
      }
    }
    guard ended == nil, attaching.contains(target) else { throw DevToolsError.ended }
    let tab = Tab(
      id: nextTab, target: target, session: session,
      dialogs: Meter(capacity: limits.dialogs, perSecond: Double(limits.dialogs) / 30, at: clock.now))
    nextTab += 1
    tabs.append(tab)
    let commands: [DevToolsCommand] = [
      .enablePage, .addStartupStyle, .addPicker, .addWatcher, .addBinding,
    ]
    for command in commands { send(command, to: tab) }
    if let licence = UploadLicence(plan.rules) { send(.interceptFileChooser(licence), to: tab) }
    setMetrics(of: tab)
    return tab
  }

  /// A page that another one opened: Chromium asked its popup blocker, here only the number counts.
  func adopt(popup target: String, address: String) async {
    let hasRoom = tabs.count + attaching.count < limits.tabs
    guard hasRoom, meters.popups.allows(at: clock.now) else {
      browser.devTools.send(.closeTarget(target))
      await recordOfPage(.popupRefused, ["host": PageAddress(address)?.host ?? ""])
      return deny(
        .popup, subject: PageAddress(address)?.host ?? "",
        hasRoom ? "the page opened many windows at once" : "there are \(limits.tabs) tabs; close one first")
    }
    // Not waited for: a page whose script never ends answers nothing, and the others' events would wait with it.
    attaching.insert(target)
    Task {
      guard let tab = try? await attach(to: target) else { return }
      await show(tab)
      await recordOfPage(.tabOpened, ["host": PageAddress(address)?.host ?? ""])
    }
  }

  /// Draws this tab from now on.
  func show(_ tab: Tab) async {
    releaseAll()
    if let old = self.tab(active), old.id != tab.id { send(.stopScreencast, to: old) }
    active = tab.id
    redacting.begin()
    send(.bringToFront, to: tab)
    setMetrics(of: tab)
    tellTabs()
    tell(.cursor(.default))
    tell(.caret(nil))
    await frames.refresh()
    startScreencast()
    askForHistory()
  }

  /// Starts frames of the shown tab, if somebody sees them. Chromium refuses a second start, so it is stopped first.
  ///
  /// It also refuses one while a page's renderer is replaced ("Not attached to an active page"), as when the first page comes
  /// just as a person connects: then it is asked again, until frames come.
  func startScreencast() {
    (unanswered, awaited) = (nil, nil)
    guard client != nil, let tab = tab(active), !tab.hasCrashed else { return }
    awaited = clock.now
    screencasts &+= 1
    send(.stopScreencast, to: tab)
    browser.devTools.send(
      .startScreencast(
        quality: Self.pipeQuality, width: viewport.pixelWidth, height: viewport.pixelHeight),
      session: tab.session
    ) { [weak self, clock, screencasts] _ in
      Task {
        try? await clock.sleep(for: Self.renewal)
        await self?.screencastRefused(screencasts)
      }
    }
  }

  private func screencastRefused(_ number: Int) {
    if number == screencasts, awaited != nil, ended == nil { startScreencast() }
  }

  /// Another document is shown: it has a picture, and where frames were not there yet they are asked for at once.
  func expectPicture() {
    if awaited != nil { startScreencast() } else if client != nil { awaited = clock.now }
  }

  private func setMetrics(of tab: Tab) {
    send(.setMetrics(width: viewport.width, height: viewport.height, scale: viewport.scale), to: tab)
  }

  /// The window has another size.
  func apply(_ wanted: Viewport) {
    wantedViewport = nil
    guard wanted != viewport else { return }
    viewport = wanted
    guard let tab = tab(active) else { return }
    setMetrics(of: tab)
    startScreencast()
  }

  /// The person closes a tab.
  func close(_ tab: Tab) {
    leave(tab)
    browser.devTools.send(.closeTarget(tab.target))
  }

  /// The person wants away from a document. A script without an end keeps its page from being asked whether it may be left,
  /// and Chromium gives up waiting for no page that the pipe speaks with; so the page is asked for a word.
  func leave(_ tab: Tab) {
    guard let place = tabs.firstIndex(where: { $0.id == tab.id }), tabs[place].leaving == nil else { return }
    tabs[place].leaving = clock.now
    Task { [weak self, browser] in
      _ = try? await browser.devTools.call(.isolatedWorld(frame: tab.target), session: tab.session)
      await self?.hasAnswered(tab.id)
    }
  }

  private func hasAnswered(_ id: UInt32) {
    guard let place = tabs.firstIndex(where: { $0.id == id }) else { return }
    tabs[place].leaving = nil
  }

  /// Ends scripts of pages that a person wants away from and that do not answer: nobody waits for what they are at.
  func endScripts(at now: Duration) {
    for place in tabs.indices {
      guard let since = tabs[place].leaving, now - since >= .seconds(3) else { continue }
      // It may begin another one before it answers. A page that asks its person something says nothing either.
      tabs[place].leaving = now
      guard tabs[place].dialog == nil else { continue }
      send(.endScript, to: tabs[place])
    }
  }

  /// A page is gone. Where it was the last, another one opens: a session without a page would show nothing for ever.
  func lost(target: String) async {
    attaching.remove(target)
    guard let place = tabs.firstIndex(where: { $0.target == target }) else { return }
    let tab = tabs.remove(at: place)
    if let dialog = tab.dialog { tell(.dialogClosed(dialog.id)) }
    if chooser?.tab == tab.id { forgetChooser() }
    if let next = tabs.indices.contains(place) ? tabs[place] : tabs.last {
      if tab.id == active { await show(next) } else { tellTabs() }
    } else if meters.popups.allows(at: clock.now) {
      try? await openTab()
    } else {
      await end(.browserEnded)
    }
    await recordOfPage(.tabClosed)
  }

  func tellTabs() {
    tell(
      .tabs(
        active: active,
        tabs.map {
          .init(id: $0.id, hasCrashed: $0.hasCrashed, title: $0.title, address: $0.shownAddress)
        }))
  }

  /// Tells a client that has just come everything that it shows.
  func greet() {
    toldClock = nil
    tell(.crossings(crossings))
    tellTabs()
    for dialog in tabs.compactMap(\.dialog) { tell(.dialog(dialog)) }
    for offer in shelf.offers(at: clock.now) { tell(.offer(offer)) }
    if let chooser { tell(.chooseFile(chooser.id)) }
    tellClock()
    askForHistory()
  }

  /// Asks where the shown tab stands, and tells when the answer comes.
  func askForHistory() {
    guard client != nil, let tab = tab(active), !tab.hasCrashed, tab.dialog == nil else { return }
    guard tab.hasHistory else {
      return tell(
        .navigation(.init(canGoBack: false, canGoForward: false, address: tab.shownAddress)))
    }
    Task { [weak self, browser] in
      let answer = try? await browser.devTools.call(.navigationHistory, session: tab.session)
      guard let answer else { return }
      await self?.tell(answer, of: tab.id)
    }
  }

  private func tell(_ history: JSONValue, of id: UInt32) {
    guard id == active, let place = tabs.firstIndex(where: { $0.id == id }),
      let current = history["currentIndex"]?.int
    else { return }
    let entries = history["entries"]?.elements ?? []
    if tabs[place].title.isEmpty, entries.indices.contains(current),
      let title = entries[current]["title"]?.text
    {
      tabs[place].title = shown(title, as: .title)
      tellTabs()
    }
    tell(
      .navigation(
        .init(
          canGoBack: history.step(-1) != nil, canGoForward: history.step(1) != nil,
          address: tabs[place].shownAddress)))
  }

  /// One step through the shown tab's history.
  func step(_ by: Int) {
    guard let tab = tab(active), !tab.hasCrashed, tab.hasHistory else { return }
    Task { [browser] in
      let history = try? await browser.devTools.call(.navigationHistory, session: tab.session)
      guard let number = history?.step(by)?["id"]?.int else { return }
      browser.devTools.send(.navigateToEntry(number), session: tab.session)
    }
  }
}

extension BrowserSession.Tab {
  /// Chromium keeps fifty entries of two megabytes each, if a page goes to such addresses, and tells them all in one message;
  /// one that is longer than the pipe takes ends the session.
  private static let mostHistory = 4 << 20
  /// From which length on an address counts.
  private static let longAddress = 64 << 10

  /// Whether Chromium may be asked where the tab has been.
  var hasHistory: Bool { historyBytes < Self.mostHistory }

  mutating func count(_ address: String) {
    let length = address.utf8.count
    if length >= Self.longAddress { historyBytes += length }
  }
}

extension JSONValue {
  /// The elements, if this is an array.
  fileprivate var elements: [JSONValue] {
    if case .array(let elements) = content { elements } else { [] }
  }

  /// The entry of a page's history to which a step leads. Pages that are none of the web are passed over, as they can end the
  /// browser; so is the blank page with which every tab begins.
  fileprivate func step(_ by: Int) -> JSONValue? {
    let entries = self["entries"]?.elements ?? []
    guard let current = self["currentIndex"]?.int, entries.indices.contains(current) else { return nil }
    var place = current + by
    while entries.indices.contains(place) {
      let address = entries[place]["url"]?.text ?? ""
      if PageAddress(address) != nil || (address == "about:blank" && place > 0) { return entries[place] }
      place += by
    }
    return nil
  }
}
