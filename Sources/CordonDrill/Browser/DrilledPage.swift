/// One page of a drill's browser, used as a person uses one.
struct DrilledPage {
  typealias Fault = DevToolsPipe.Failure

  let pipe: DevToolsPipe
  let session: String

  /// Opens an empty page that has the focus.
  ///
  /// - Parameter isBehind: Whether another page stays before it.
  init(in browser: DrilledBrowser, isBehind: Bool = false) throws(Fault) {
    pipe = browser.pipe
    let target =
      try pipe.call("Target.createTarget", ["url": "about:blank", "background": .bool(isBehind)])["targetId"]?
      .text ?? ""
    let attached = try pipe.call("Target.attachToTarget", ["targetId": .text(target), "flatten": true])
    session = attached["sessionId"]?.text ?? ""
    try pipe.call("Page.enable", session: session)
    try pipe.call("Emulation.setFocusEmulationEnabled", ["enabled": true], session: session)
  }

  /// What a script comes to; nil where it fails, or where the page goes away meanwhile.
  ///
  /// - Parameter byHand: Whether it stands for what a person does, who may have several files saved.
  func value(
    of script: String, byHand: Bool = false, seconds: Double = 10
  ) throws(Fault) -> DevToolsValue? {
    let parameters: DevToolsValue = [
      "expression": .text(script), "awaitPromise": true, "returnByValue": true, "userGesture": .bool(byHand),
    ]
    do {
      let answer = try pipe.call("Runtime.evaluate", parameters, session: session, seconds: seconds)
      return answer["exceptionDetails"] == nil ? answer["result"]?["value"] : nil
    } catch {
      switch error {
      case .noAnswer, .refused: return nil
      case .gone, .tooLong: throw error
      }
    }
  }

  /// Waits until a condition holds in a page that is loaded; false where it did not in time.
  func settles(_ condition: String, seconds: Double) throws(Fault) -> Bool {
    let deadline = Posix.monotonicSeconds() + seconds
    while Posix.monotonicSeconds() < deadline {
      let state = try value(of: "document.readyState === 'complete' && !!(\(condition))", seconds: 5)
      if state == .bool(true) { return true }
      try pipe.pass(seconds: 0.05)
    }
    return false
  }

  /// Opens an address and waits until it is there and a condition holds.
  func goes(to address: String, _ condition: String = "true", seconds: Double = 20) throws(Fault) -> Bool {
    _ = try? pipe.call("Page.navigate", ["url": .text(address)], session: session)
    let place = DevToolsValue.text(address)
    return try settles(
      "location.href.startsWith(\(String(decoding: place.bytes, as: UTF8.self))) && (\(condition))",
      seconds: seconds)
  }

  /// Presses and lets go of the first button.
  func click(x: Double, y: Double) throws(Fault) {
    for (type, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
      try pipe.send(
        "Input.dispatchMouseEvent",
        [
          "type": .text(type), "x": .number(x), "y": .number(y), "buttons": .number(Double(buttons)),
          "button": type == "mouseMoved" ? "none" : "left", "clickCount": type == "mouseMoved" ? 0 : 1,
        ], session: session)
    }
  }
}

extension DevToolsPipe {
  /// Presses and lets go of a key.
  func press(_ key: BrowserAttempt.Key, session: String) throws(Failure) {
    for type in ["rawKeyDown", "keyUp"] {
      var event: [String: DevToolsValue] = [
        "type": .text(type), "key": .text(key.name), "windowsVirtualKeyCode": .number(Double(key.code)),
        "modifiers": .number(Double(key.modifiers)),
      ]
      // What a keyboard's shortcut means is said by the desktop, of which there is none.
      if type == "rawKeyDown", let command = key.command { event["commands"] = .list([.text(command)]) }
      try send("Input.dispatchKeyEvent", .object(event), session: session)
    }
  }
}
