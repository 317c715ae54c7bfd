import CordonModel

extension DevToolsCommand {
  /// One of each, so that a test can say what the portal is able to ask for.
  static func examples(_ rules: BrowserRules) -> [DevToolsCommand] {
    let mouse = MouseInput(kind: .moved, x: 0, y: 0, button: .none, buttons: 0, clicks: 0, modifiers: 0)
    let key = KeyInput(
      kind: .down, key: "a", code: "KeyA", virtualCode: 65, text: "a", modifiers: 0, repeats: false, place: 0)
    let address = PageAddress("http://notebook.internal/").map { [DevToolsCommand.navigate($0)] } ?? []
    return address + crossing(rules) + [
      .version, .closeBrowser, .denyDownloads, .cancelDownload("a"), .discoverTargets, .createTarget,
      .attach(target: "t"),
      .closeTarget("t"), .enablePage, .navigateToEntry(0), .navigationHistory, .reload, .endScript,
      .answerDialog(accept: false, text: ""), .setMetrics(width: 1, height: 1, scale: 1), .bringToFront,
      .startScreencast(quality: 1, width: 1, height: 1), .stopScreencast, .acknowledgeFrame(1),
      .addStartupStyle, .addPicker, .addWatcher, .addRedactor([]), .addRootTeller, .addBinding,
      .isolatedWorld(frame: "f"),
      .call(.find("a", backwards: false), world: 1), .call(.selection, world: 1),
      .call(.places(since: 0), world: 1),
      .mouse(mouse), .wheel(x: 0, y: 0, deltaX: 0, deltaY: 0, modifiers: 0), .key(key), .insertText("a"),
      .compose(text: "a", selectionStart: 0, selectionEnd: 1),
      .touch(TouchInput(kind: .end, points: [], modifiers: 0)),
    ]
  }

  /// Those that carry a file, as far as rules let them be made.
  private static func crossing(_ rules: BrowserRules) -> [DevToolsCommand] {
    var all: [DevToolsCommand] = []
    if let licence = DownloadLicence(rules) { all.append(.catchDownloads(licence)) }
    if let licence = UploadLicence(rules) {
      all += [.interceptFileChooser(licence), .setFile("/a", of: 1, licence)]
    }
    if let licence = PrintLicence(rules) {
      all += [.printPage(licence), .readStream("1", licence), .closeStream("1", licence)]
    }
    return all
  }
}
