import CordonModel
import CordonPolicy
import CordonWire

/// What crosses the session's boundary: first the session's rules, then the desk, which records, then the deed.
extension BrowserSession {
  /// What the toolbar shows of every way in and out.
  var crossings: [ServerMessage.Crossing] {
    let rules = plan.rules
    let limit = "up to \(Transfer.size(rules.clipboardBudget)) a session"
    return [
      .init(
        .pasteIn, isOpen: rules.clipboardIn,
        reason: Self.reason(rules.clipboardIn, "browser.clipboard.in", limit)),
      .init(
        .copyOut, isOpen: rules.clipboardOut,
        reason: Self.reason(rules.clipboardOut, "browser.clipboard.out", limit)),
      .init(.upload, isOpen: rules.upload, reason: rules.upload ? open("browser.upload") : uploadReason),
      .init(
        .download, isOpen: rules.download, reason: rules.download ? open("browser.download") : downloadReason),
      .init(.print, isOpen: rules.print, reason: rules.print ? open("browser.print") : printReason),
    ]
  }

  static func reason(_ isOpen: Bool, _ key: String, _ limit: String = "") -> String {
    isOpen
      ? "on by '\(key)' in the environment's spec, \(limit); each one is recorded before it happens"
      : "off by '\(key)' in the environment's spec; copying and pasting inside of the remote browser works"
  }

  private func open(_ key: String) -> String {
    Self.reason(true, key, "up to \(Transfer.size(plan.rules.largestFile)) a file")
  }

  var uploadReason: String {
    "files of your machine do not come in here; ask who keeps the environment's spec"
  }
  var downloadReason: String {
    "files do not leave here; save them in the project, or ask who keeps the environment's spec"
  }

  var printReason: String { "printing is off in this environment ('browser.print')" }

  /// Tells the client that something was refused, once that is recorded: whoever looks it up finds it. A page that floods
  /// is not told of every time; each deed has a measure of its own, so that a flood of one hides no refusal of another.
  func deny(_ deed: ServerMessage.Deed, subject: String = "", _ reason: String) {
    guard meters.notices[deed]?.allows(at: clock.now) == true else { return }
    tell(.denied(.init(deed, subject: shown(subject, as: .name), reason: reason)))
  }

  /// Asks the desk; an error is a refusal.
  func mayHappen(_ action: PortalAction, _ details: [String: String]) async -> PortalDecision {
    let request = PortalRequest(
      action, person: plan.person, project: plan.project, workspace: plan.workspace, session: plan.id,
      details: details)
    do {
      return try await desk.decide(request)
    } catch {
      return .deny(reason: "it could not be recorded, so it does not happen")
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
