import CordonModel
import CordonPolicy
import CordonWire

/// Text across the boundary, one way at a time. First the session's rules, then its budget, then the desk, which records the
/// length and the digest; only then does the text move.
extension BrowserSession {
  /// What is asked for ahead where text comes faster than a person types: one record for so many bytes, not one for a key.
  private static let ahead = 512

  /// Types the person's own clipboard into the shown page.
  func paste(_ text: String) async {
    guard !text.isEmpty, await mayBringIn(Transfer.facts(Array(text.utf8)), text.utf8.count, "clipboard"),
      let tab = typable
    else { return }
    send(.insertText(text), to: tab)
  }

  /// Whether a text may be typed now. What comes faster than a person types is a paste, and judged as one.
  ///
  /// Scalars are counted: one character can have thousands.
  func mayType(_ text: some StringProtocol) async -> Bool {
    if meters.typing.allows(text.unicodeScalars.count, at: clock.now) { return true }
    let bytes = text.utf8.count
    if bytes <= typedAhead {
      typedAhead -= bytes
      return true
    }
    let wanted = max(bytes, min(Self.ahead, budget.left(.inwards)))
    guard await mayBringIn(["bytes": String(wanted)], wanted, "typing") else { return false }
    typedAhead += wanted - bytes
    return true
  }

  /// Whether an input method may show this text in the page. What it showed before is there already.
  func mayCompose(_ text: String) async -> Bool {
    let shared = zip(text.unicodeScalars, composition.unicodeScalars).prefix { $0 == $1 }.count
    guard await mayType(String(text.unicodeScalars.dropFirst(shared))) else { return false }
    composition = text
    return true
  }

  private func mayBringIn(_ facts: [String: String], _ bytes: Int, _ source: String) async -> Bool {
    let facts = facts.merging(["from": source]) { $1 }
    guard plan.rules.clipboardIn else {
      let why =
        source == "typing"
        ? "text came faster than a person types, and pasting in is off"
        : Self.reason(false, "browser.clipboard.in")
      await refuse(.pasteIn, .pasteRefused, facts, why)
      return false
    }
    guard budget.take(bytes, .inwards) else {
      await refuse(.pasteIn, .pasteRefused, facts.merging(["why": "budget"]) { $1 }, usedUp("pasted in"))
      return false
    }
    switch await mayHappen(.pasteIn, facts) {
    case .allow: return true
    case .deny(let reason):
      budget.giveBack(bytes, .inwards)
      deny(.pasteIn, reason)
      return false
    }
  }

  /// Gives the selected text to the person's own clipboard.
  func copy() async {
    guard plan.rules.clipboardOut else {
      return await refuse(.copyOut, .copyRefused, [:], Self.reason(false, "browser.clipboard.out"))
    }
    guard let tab = typable, let text = await browser.devTools.result(of: .selection, in: tab)?.text,
      !text.isEmpty
    else { return }
    let bytes = text.utf8.count
    let facts = Transfer.facts(Array(text.utf8))
    guard bytes <= PortalWire.longestClipboard else {
      return await refuse(
        .copyOut, .copyRefused, facts.merging(["why": "length"]) { $1 },
        "more than \(Transfer.size(PortalWire.longestClipboard)) are not copied in one piece")
    }
    guard budget.take(bytes, .outwards) else {
      return await refuse(
        .copyOut, .copyRefused, facts.merging(["why": "budget"]) { $1 }, usedUp("copied out"))
    }
    switch await mayHappen(.copyOut, facts) {
    case .allow: tell(.clipboard(text))
    case .deny(let reason):
      budget.giveBack(bytes, .outwards)
      deny(.copyOut, reason)
    }
  }

  private func usedUp(_ done: String) -> String {
    """
    a session has \(Transfer.size(plan.rules.clipboardBudget)) of text that is \(done) ('browser.clipboard.budget'), \
    and this would be more
    """
  }

  /// Tells the person why not, and records it.
  func refuse(
    _ deed: ServerMessage.Deed, _ kind: PortalEvent.Kind, _ details: [String: String], _ reason: String,
    subject: String = ""
  ) async {
    await recordOfPage(kind, details)
    deny(deed, subject: subject, reason)
  }
}
