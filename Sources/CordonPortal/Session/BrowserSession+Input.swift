import CordonWire

/// Keys and buttons that are down.
struct HeldInput: Sendable {
  /// By where the key is.
  var keys: [String: ClientMessage.Key] = [:]
  var button: ClientMessage.Pointer?
  var isTouching = false
  /// More keys than hands have.
  static let mostKeys = 16
}

extension BrowserSession {
  /// Takes what a client says. What comes faster than a person can is dropped; what comes from a client that was replaced
  /// as well.
  func receive(_ message: ClientMessage, from number: Int) async {
    guard client?.number == number, ended == nil else { return }
    switch message {
    case .acknowledge(let frame): return await frames.acknowledge(frame)
    case .refresh:
      guard meters.actions.allows(at: clock.now) else { return }
      await frames.refresh()
      return startScreencast()
    case .prefer(let preference): return await frames.prefer(preference)
    case .resize(let width, let height, let scale):
      return resize(Viewport(width: Int(width), height: Int(height), scale: Double(scale) / 100))
    case .releaseAll: return releaseAll()
    // As many as the file is long, and never more.
    case .piece(let bytes):
      timers.touch(at: clock.now)
      return await take(piece: bytes)
    default: break
    }
    timers.touch(at: clock.now)
    tellClock()
    if unanswered == nil { unanswered = clock.now }
    if await takeInput(message) { return }
    guard meters.actions.allows(at: clock.now) else { return }
    await takeAction(message)
  }

  private func resize(_ wanted: Viewport) {
    guard meters.resizes.allows(at: clock.now) else {
      wantedViewport = wanted
      return
    }
    apply(wanted)
  }

  /// Keys, pointers and composed text, for the shown tab; true where it was one.
  private func takeInput(_ message: ClientMessage) async -> Bool {
    switch message {
    case .pointer(let pointer): take(pointer)
    case .wheel(let wheel):
      guard let tab = typable, meters.pointers.allows(at: clock.now) else { return true }
      send(
        .wheel(
          x: wheel.x, y: wheel.y, deltaX: wheel.deltaX, deltaY: wheel.deltaY,
          modifiers: Int(wheel.modifiers.rawValue)), to: tab)
    case .touch(let touch): take(touch)
    case .key(let key): await take(key)
    case .composing(let text, let start, let end):
      guard typable != nil, meters.keys.allows(at: clock.now), await mayCompose(text), let tab = typable
      else {
        return true
      }
      send(.compose(text: text, selectionStart: Int(start), selectionEnd: Int(end)), to: tab)
    case .composed(let text): await type(composed: text)
    default: return false
    }
    return true
  }

  /// The shown tab, if it takes input: one that waits for an answer or has crashed does not.
  var typable: Tab? {
    guard let tab = tab(active), tab.dialog == nil, !tab.hasCrashed else { return nil }
    return tab
  }

  private func take(_ pointer: ClientMessage.Pointer) {
    guard let tab = typable else { return }
    switch pointer.kind {
    case .move: guard meters.pointers.allows(at: clock.now) else { return }
    case .down:
      guard meters.keys.allows(at: clock.now) else { return }
      held.button = pointer
    case .up:
      guard held.button != nil else { return }
      held.button = nil
    }
    send(.mouse(Self.mouse(pointer)), to: tab)
  }

  private static func mouse(_ pointer: ClientMessage.Pointer) -> MouseInput {
    let kind: MouseInput.Kind =
      switch pointer.kind {
      case .move: .moved
      case .down: .pressed
      case .up: .released
      }
    let button: MouseInput.Button =
      switch pointer.button {
      case .none: .none
      case .left: .left
      case .middle: .middle
      case .right: .right
      }
    return MouseInput(
      kind: kind, x: pointer.x, y: pointer.y, button: button, buttons: Int(pointer.buttons),
      clicks: Int(pointer.clicks), modifiers: Int(pointer.modifiers.rawValue))
  }

  private func take(_ touch: ClientMessage.Touch) {
    guard let tab = typable else { return }
    switch touch.kind {
    case .start: guard meters.keys.allows(at: clock.now), !touch.fingers.isEmpty else { return }
    case .move: guard held.isTouching, meters.pointers.allows(at: clock.now) else { return }
    case .end, .cancel: guard held.isTouching else { return }
    }
    held.isTouching = touch.kind == .start || touch.kind == .move || !touch.fingers.isEmpty
    send(.touch(Self.touch(touch)), to: tab)
  }

  private static func touch(_ touch: ClientMessage.Touch) -> TouchInput {
    let kind: TouchInput.Kind =
      switch touch.kind {
      case .start: .start
      case .move: .move
      case .end: .end
      case .cancel: .cancel
      }
    // Chromium wants the fingers that are left; a cancel leaves none.
    let points = touch.kind == .cancel ? [] : touch.fingers
    return TouchInput(
      kind: kind, points: points.map { .init(id: Int($0.id), x: $0.x, y: $0.y) },
      modifiers: Int(touch.modifiers.rawValue))
  }

  private func take(_ key: ClientMessage.Key) async {
    guard let tab = typable else { return }
    let place = key.code.isEmpty ? key.key : key.code
    guard key.isDown else {
      guard held.keys.removeValue(forKey: place) != nil else { return }
      return send(.key(KeyTranslation.input(key)), to: tab)
    }
    guard meters.keys.allows(at: clock.now) else { return }
    guard held.keys[place] != nil || held.keys.count < HeldInput.mostKeys else { return }
    if !KeyTranslation.typed(by: key).isEmpty {
      guard await mayType(key.key == "Enter" ? "\r" : key.key) else { return }
    }
    held.keys[place] = key
    send(.key(KeyTranslation.input(key)), to: tab)
  }

  private func type(composed text: String) async {
    guard !text.isEmpty else {
      composition = ""
      if let tab = typable { send(.compose(text: "", selectionStart: 0, selectionEnd: 0), to: tab) }
      return
    }
    guard await mayCompose(text), let tab = typable else { return }
    composition = ""
    send(.insertText(text), to: tab)
  }

  /// Lets go of every key, button and finger.
  func releaseAll() {
    defer { held = HeldInput() }
    guard let tab = typable else { return }
    for key in held.keys.values {
      var up = key
      up.isDown = false
      up.repeats = false
      send(.key(KeyTranslation.input(up)), to: tab)
    }
    if var pointer = held.button {
      pointer.kind = .up
      pointer.buttons = 0
      send(.mouse(Self.mouse(pointer)), to: tab)
    }
    if held.isTouching { send(.touch(TouchInput(kind: .cancel, points: [], modifiers: 0)), to: tab) }
  }

  private func takeAction(_ message: ClientMessage) async {
    switch message {
    case .travel(let way): travel(way)
    case .selectTab(let id):
      if let tab = tab(id), id != active { await show(tab) }
    case .closeTab(let id):
      if let tab = tab(id) { close(tab) }
    case .newTab:
      guard tabs.count < limits.tabs else {
        return deny(.popup, "there are \(limits.tabs) tabs; close one first")
      }
      try? await openTab()
    case .answerDialog(let id, let accept, let text): await answer(id, accept: accept, text: text)
    case .find(let text, let backwards): find(text, backwards: backwards)
    case .paste(let text): await paste(text)
    case .copy: await copy()
    case .print: await printPage()
    case .upload(let head): await begin(head)
    case .declineFile(let id): decline(id)
    default: return
    }
  }

  private func travel(_ way: ClientMessage.Travel) {
    guard let tab = tab(active) else { return }
    leave(tab)
    switch way {
    case .back: step(-1)
    case .forward: step(1)
    case .reload: send(.reload, to: tab)
    case .home: send(.navigate(plan.home), to: tab)
    }
  }

  /// What a prompt is answered with is typed into the page like everything else; where it may not be, the page still asks.
  private func answer(_ id: UInt32, accept: Bool, text: String) async {
    guard let dialog = tabs.lazy.compactMap(\.dialog).first(where: { $0.id == id }) else { return }
    let typed = accept && dialog.kind == .prompt ? text : ""
    if !typed.isEmpty, typed != dialog.preset, await !mayType(typed) { return tell(.dialog(dialog)) }
    guard let place = tabs.firstIndex(where: { $0.dialog?.id == id }) else { return }
    tabs[place].dialog = nil
    tell(.dialogClosed(id))
    send(.answerDialog(accept: accept, text: typed), to: tabs[place])
  }

  /// The text is an argument of a function that is the portal's own.
  private func find(_ text: String, backwards: Bool) {
    guard let tab = typable, !isFinding else { return }
    isFinding = true
    Task { [weak self, browser] in
      let found = await browser.devTools.result(of: .find(text, backwards: backwards), in: tab)
      await self?.finished(finding: found?.bool ?? false)
    }
  }

  private func finished(finding found: Bool) {
    isFinding = false
    tell(.found(found))
  }
}
