import CordonModel
import CordonPolicy
import CordonWire

/// What crosses the session's boundary: first the session's rules, then the desk, which records, then the deed.
extension BrowserSession {
  /// What the toolbar shows of every way in and out.
  var crossings: [ServerMessage.Crossing] {
    let rules = plan.rules
    return [
      .init(
        .pasteIn, isOpen: rules.clipboardIn, reason: Self.reason(rules.clipboardIn, "browser.clipboard.in")),
      .init(
        .copyOut, isOpen: rules.clipboardOut, reason: Self.reason(rules.clipboardOut, "browser.clipboard.out")
      ),
      .init(.upload, isOpen: false, reason: uploadReason),
      .init(.download, isOpen: false, reason: downloadReason),
      .init(.print, isOpen: false, reason: "printing is off in this environment"),
    ]
  }

  private static func reason(_ isOpen: Bool, _ key: String) -> String {
    isOpen
      ? "on by '\(key)' in the environment's spec; each one is recorded"
      : "off by '\(key)' in the environment's spec; copying and pasting inside of the remote browser works"
  }

  var uploadReason: String {
    "files of your machine do not come in here; ask who keeps the environment's spec"
  }
  var downloadReason: String {
    "files do not leave here; save them in the project, or ask who keeps the environment's spec"
  }

  /// Tells the client that something was refused, once that is recorded: whoever looks it up finds it. A page that floods
  /// is not told of every time.
  func deny(_ deed: ServerMessage.Deed, subject: String = "", _ reason: String) {
    guard meters.notices.allows(at: clock.now) else { return }
    tell(.denied(.init(deed, subject: String(subject.prefix(256)), reason: reason)))
  }

  func refusedDownload(_ address: String, _ name: String) async {
    await recordOfPage(
      .downloadRefused, ["host": PageAddress(address)?.host ?? "", "name": String(name.prefix(128))])
    deny(.download, subject: name, downloadReason)
  }

  /// Asks the desk; an error is a refusal.
  private func mayHappen(_ action: PortalAction, _ details: [String: String]) async -> PortalDecision {
    let request = PortalRequest(
      action, person: plan.person, project: plan.project, workspace: plan.workspace, session: plan.id,
      details: details)
    do {
      return try await desk.decide(request)
    } catch {
      return .deny(reason: "it could not be recorded, so it does not happen")
    }
  }

  /// Whether so much text may come in from the person's machine.
  func mayPaste(bytes: Int, from source: String) async -> Bool {
    guard plan.rules.clipboardIn else {
      await recordOfPage(.pasteRefused, ["bytes": String(bytes), "from": source])
      deny(
        .pasteIn,
        source == "typing"
          ? "text came faster than a person types, and pasting in is off"
          : Self.reason(false, "browser.clipboard.in"))
      return false
    }
    switch await mayHappen(.pasteIn, ["bytes": String(bytes), "from": source]) {
    case .allow: return true
    case .deny(let reason):
      deny(.pasteIn, reason)
      return false
    }
  }

  /// Types the person's own clipboard into the shown page.
  func paste(_ text: String) async {
    guard !text.isEmpty, await mayPaste(bytes: text.utf8.count, from: "clipboard"), let tab = typable else {
      return
    }
    send(.insertText(text), to: tab)
  }

  /// Gives the selected text to the person's own clipboard.
  func copy() async {
    guard plan.rules.clipboardOut else {
      await recordOfPage(.copyRefused)
      return deny(.copyOut, Self.reason(false, "browser.clipboard.out"))
    }
    guard let tab = typable, let text = await browser.devTools.result(of: .selection, in: tab)?.text,
      !text.isEmpty
    else { return }
    guard text.utf8.count <= PortalWire.longestClipboard else {
      return deny(.copyOut, "more than \(PortalWire.longestClipboard >> 10) KiB are not copied in one piece")
    }
    switch await mayHappen(.copyOut, ["bytes": String(text.utf8.count)]) {
    case .allow: tell(.clipboard(text))
    case .deny(let reason): deny(.copyOut, reason)
    }
  }
}

extension DevToolsConnection {
  /// What one of the portal's functions answers in a page, in the world of its own.
  func result(of function: PageFunction, in tab: BrowserSession.Tab) async -> JSONValue? {
    let world = try? await call(.isolatedWorld(frame: tab.target), session: tab.session)
    guard let number = world?["executionContextId"]?.int else { return nil }
    let answer = try? await call(.call(function, world: number), session: tab.session)
    return answer?["result"]?["value"]
  }
}

extension JSONValue {
  /// The truth value, if this is one.
  var bool: Bool? {
    if case .bool(let value) = content { value } else { nil }
  }
}
