import CordonWire

extension BrowserSession {
  /// Takes what Chromium tells. Pages are hostile: everything here is bounded, and nothing is believed but its shape.
  func take(_ event: DevToolsEvent, of session: String?) async {
    guard ended == nil else { return }
    switch event {
    case .frame(let image, let number, let width, _):
      await take(frame: image, number: number, width: width, of: session)
    case .target(let id, let kind, let title, let address, let opener):
      guard kind == "page" else { return }
      await changed(target: id, title: title, address: address, opener: opener)
    case .targetClosed(let id): await lost(target: id)
    case .targetCrashed(let id): await crashed(target: id)
    case .dialog(let kind, let message, let preset):
      await opened(kind, message: message, preset: preset, of: session)
    case .dialogClosed: closedDialog(of: session)
    case .navigated(let address): navigated(to: address, in: session)
    case .told(let text): told(text, by: session)
    case .download(let id, let address, let name): await downloadBegins(id, address: address, name: name)
    case .downloadState(let id, let state, let received, let total):
      await download(id, state, received: received, total: total)
    case .fileChooser(let field): await fileAsked(field, of: session)
    case .attached, .detached, .other: return
    }
  }

  /// A frame of the shown tab is acknowledged when it is taken (`FrameIntake`), others at once.
  private func take(frame image: [UInt8], number: Int, width: Double, of session: String?) async {
    let acknowledge: FrameIntake.Acknowledge = { [browser] in
      browser.devTools.send(.acknowledgeFrame(number), session: session)
    }
    guard client != nil, let tab = tab(active), tab.session == session else { return acknowledge() }
    (unanswered, awaited) = (nil, nil)
    guard redacting.isOn else {
      return await frames.offer(image, viewport: viewport, of: number, acknowledge: acknowledge)
    }
    acknowledge()
    hold(.init(image: image, viewport: viewport, width: width, at: clock.now, tab: tab.id))
  }

  private func changed(target: String, title: String, address: String, opener: String?) async {
    guard let place = tabs.firstIndex(where: { $0.target == target }) else {
      // The portal attaches to its own pages before they go anywhere, and what is no web page is the browser's own. What is
      // left is a page that a person opened with a key or button held: Chromium names no opener for it.
      let isOpened =
        opener.map { opener in tabs.contains { $0.target == opener } } ?? (PageAddress(address) != nil)
      guard isOpened, !attaching.contains(target), !browser.triedPages.contains(target) else { return }
      return await adopt(popup: target, address: address)
    }
    let moved = String(address.prefix(4_096))
    tabs[place].count(address)
    // Chromium tells a title only when a page begins; later ones come from the portal's script.
    guard moved != tabs[place].address || tabs[place].title.isEmpty else { return }
    if moved != tabs[place].address { tabs[place].shownAddress = shown(address, as: .address) }
    (tabs[place].title, tabs[place].address) = (shown(title, as: .title), moved)
    tellTabs()
    if tabs[place].id == active, meters.actions.allows(at: clock.now) { askForHistory() }
  }

  private func navigated(to address: String, in session: String?) {
    guard let place = index(ofSession: session) else { return }
    let moved = String(address.prefix(4_096))
    tabs[place].count(address)
    if moved != tabs[place].address { tabs[place].shownAddress = shown(address, as: .address) }
    (tabs[place].title, tabs[place].address) = ("", moved)
    let hadCrashed = tabs[place].hasCrashed
    (tabs[place].hasCrashed, tabs[place].leaving) = (false, nil)
    let tab = tabs[place]
    redacting.leave(tab.session, at: clock.now)
    if tab.id == active { askAnew(after: .zero) }
    if chooser?.tab == tab.id { forgetChooser() }
    // The world is made where the page's script did not need it yet; the binding goes into the worlds that exist.
    send(.isolatedWorld(frame: tab.target), to: tab)
    send(.addBinding, to: tab)
    if tab.id == active { hadCrashed ? startScreencast() : expectPicture() }
    tellTabs()
    askForHistory()
  }

  private func crashed(target: String) async {
    guard let place = tabs.firstIndex(where: { $0.target == target }), !tabs[place].hasCrashed else { return }
    tabs[place].hasCrashed = true
    if chooser?.tab == tabs[place].id { forgetChooser() }
    if let dialog = tabs[place].dialog {
      tabs[place].dialog = nil
      tell(.dialogClosed(dialog.id))
    }
    held = HeldInput()
    tellTabs()
    await recordOfPage(.tabCrashed)
  }

  private func opened(_ kind: String, message: String, preset: String, of session: String?) async {
    guard let place = index(ofSession: session) else { return }
    guard tabs[place].dialogs.allows(at: clock.now) else {
      send(.answerDialog(accept: false, text: ""), to: tabs[place])
      return deny(
        .dialog, subject: tabs[place].title, "the page asks again and again; it is answered with 'no'")
    }
    let dialog = ServerMessage.Dialog(
      id: nextDialog, kind: Self.dialogs[kind] ?? .alert, tab: tabs[place].id,
      message: question(message), preset: shown(preset, as: .answer))
    nextDialog &+= 1
    tabs[place].dialog = dialog
    // Chromium takes no input for a page that waits for an answer; what is held would be held for ever.
    held = HeldInput()
    tell(.dialog(dialog))
  }

  private static let dialogs: [String: ServerMessage.Dialog.Kind] = [
    "alert": .alert, "confirm": .confirm, "prompt": .prompt, "beforeunload": .leaving,
  ]

  private func closedDialog(of session: String?) {
    guard let place = index(ofSession: session), let dialog = tabs[place].dialog else { return }
    tabs[place].dialog = nil
    tell(.dialogClosed(dialog.id))
  }

  /// `n` and a title, `c` and a cursor's name, `t` and where text is typed. A page may have made it up: only names and numbers are taken.
  private func told(_ text: String, by session: String?) {
    guard let place = index(ofSession: session) else { return }
    let rest = text.dropFirst()
    if text.first == "n" {
      tabs[place].title = shown(String(rest), as: .title)
      return tellTabs()
    }
    guard tabs[place].id == active else { return }
    switch text.first {
    case "c": tell(.cursor(ServerMessage.Cursor(css: String(rest))))
    case "t":
      let numbers = rest.split(separator: ",").compactMap { UInt16($0) }
      guard numbers.count == 3 else { return tell(.caret(nil)) }
      tell(.caret(.init(x: Double(numbers[0]), y: Double(numbers[1]), height: Double(numbers[2]))))
    default: return
    }
  }
}
