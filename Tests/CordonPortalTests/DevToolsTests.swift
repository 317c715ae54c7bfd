import CordonModel
import CordonPolicy
import Testing

@testable import CordonPortal

@Suite struct `The portal's words to Chromium` {
  @Test(arguments: [
    (true, "http://notebook.internal/lab?x=1#a"), (true, "https://allowed.test:8443/"),
    (true, "HTTP://ALLOWED.TEST"),
    (false, "chrome://settings"), (false, "javascript:alert(1)"), (false, "file:///etc/passwd"),
    (false, "view-source:http://allowed.test"), (false, "data:text/html,x"),
    (false, "http://user@allowed.test/"),
    (false, "http://192.0.2.1/"), (false, "http://[::1]/"), (false, "http://allowed.test\\@evil.test/"),
    (false, "http:///x"), (false, "http://allowed.test:0/"), (false, "http://allowed.test:x/"),
    (false, " http://a.test"),
    (false, "devtools://devtools"), (false, ""),
  ])
  func `an address is a web address or nothing`(accepted: Bool, text: String) {
    #expect((PageAddress(text) != nil) == accepted)
  }

  /// Methods that no session may send, whatever its rules.
  static let never = [
    "Runtime.evaluate", "Runtime.compileScript", "Runtime.enable", "Page.captureSnapshot",
    "Page.captureScreenshot", "Network.getResponseBody", "Input.dispatchDragEvent",
    "Browser.grantPermissions", "Browser.setPermission", "Extensions.loadUnpacked", "Fetch.enable",
    "Storage.getCookies", "Target.exposeDevToolsProtocol",
  ]

  /// Methods that carry a file, by the only line of the spec that makes them sayable.
  static let crossing: [(rules: BrowserRules, methods: Set<String>)] = [
    (BrowserRules(), []), (BrowserRules(clipboardIn: true, clipboardOut: true), []),
    (BrowserRules(download: true), ["Browser.setDownloadBehavior allowAndName"]),
    (BrowserRules(upload: true), ["Page.setInterceptFileChooserDialog", "DOM.setFileInputFiles"]),
    (BrowserRules(print: true), ["Page.printToPDF", "IO.read", "IO.close"]),
  ]

  @Test(arguments: crossing)
  func `name a method that carries a file only where the rules open that way`(
    rules: BrowserRules, methods: Set<String>
  ) throws {
    let said = try Set(
      DevToolsCommand.examples(rules).map { command in
        let value = try JSONValue(parsing: command.encoded(id: 1, session: nil))
        let behavior = value["params"]?["behavior"]?.text.map { " " + $0 } ?? ""
        return command.method + behavior
      })
    let all = Self.crossing.reduce(into: Set<String>()) { $0.formUnion($1.methods) }
    #expect(said.intersection(all) == methods)
    for method in Self.never { #expect(!said.contains(method)) }
  }

  @Test func `run only functions of the portal's own, with a person's text beside them and never in them`()
    throws
  {
    let hostile = "'); fetch('http://evil.test/'); ('"
    var sources: Set<String> = []
    for function in [PageFunction.find(hostile, backwards: true), .find("", backwards: false), .selection] {
      let value = try JSONValue(
        parsing: DevToolsCommand.call(function, world: 7).encoded(id: 1, session: "s"))
      let source = try #require(value["params"]?["functionDeclaration"]?.text)
      #expect(!source.contains("evil"))
      #expect(value["params"]?["executionContextId"] == 7)
      sources.insert(source)
    }
    #expect(sources.count == 2)
    // Whatever else carries script carries the portal's.
    let own = [
      PageStyle.script + PagePicker.opener, PagePicker.script, PageWatcher.script, PageRedactor.script([]),
      PageRedactor.rootTeller,
    ]
    for command in DevToolsCommand.examples(BrowserRules())
    where command.method == "Page.addScriptToEvaluateOnNewDocument" {
      let value = try JSONValue(parsing: command.encoded(id: 1, session: nil))
      #expect(own.contains(value["params"]?["source"]?.text ?? ""))
    }
  }

  @Test func `refuse downloads, and let no key name an editor command`() throws {
    let deny = try JSONValue(parsing: DevToolsCommand.denyDownloads.encoded(id: 1, session: nil))
    #expect(deny["params"]?["behavior"] == "deny")
    let key = KeyInput(
      kind: .down, key: "v", code: "KeyV", virtualCode: 86, text: "", modifiers: 2, repeats: false, place: 0)
    #expect(
      try JSONValue(parsing: DevToolsCommand.key(key).encoded(id: 2, session: "s"))["params"]?["commands"]
        == nil)
  }

  @Test func `quote what a person types`() throws {
    let bytes = DevToolsCommand.insertText("\",\"method\":\"IO.read\"\u{0}\n").encoded(id: 3, session: "s")
    let value = try JSONValue(parsing: bytes)
    #expect(value["method"] == "Input.insertText")
    #expect(value["params"]?["text"] == .string("\",\"method\":\"IO.read\"\u{0}\n"))
    #expect(!bytes.contains(0))
  }
}

@Suite struct `Chromium's words to the portal` {
  @Test func `a frame's picture comes out of its message`() throws {
    let text = """
      {"method":"Page.screencastFrame","params":{"data":"/9j/4AAQ","metadata":{"offsetTop":0,"deviceWidth":1280,\
      "deviceHeight":800.5},"sessionId":7},"sessionId":"AB"}
      """
    #expect(
      DevToolsMessage(Array(text.utf8))
        == .event(
          .frame(image: [0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10], number: 7, width: 1280, height: 800.5),
          session: "AB"))
  }

  @Test(arguments: [
    "", "{}", "[]", "{\"method\":1}", "{\"method\":\"Page.screencastFrame\",\"params\":{\"data\":\"",
    "\u{FEFF}{}",
    #"{"method":"Page.screencastFrame","params":{"data":"!!","sessionId":"x"}}"#,
  ])
  func `what is none is passed over`(text: String) {
    switch DevToolsMessage(Array(text.utf8)) {
    case nil, .event(.other, _): break
    case let message: Issue.record("\(String(describing: message))")
    }
  }

  @Test(arguments: [
    (#"{"id":41,"result":{"x":""#, 41), (#"{"id":7}}"#, 7), (#"{"id":"7","result"#, nil),
    (#"{"method":"x","id":3"#, nil), (#"{"id":"#, nil), (#"{"id":99999999999,"#, 9_999_999_999),
  ])
  func `an answer that cannot be read is a refusal to whoever waits for it`(text: String, id: Int?) {
    let expected = id.map { DevToolsMessage.failure(id: $0, text: "its answer cannot be read") }
    #expect(DevToolsMessage(Array(text.utf8)) == expected)
    let long = #"{"id":5,"result":{"x":""# + String(repeating: "a", count: DevToolsMessage.longest) + "\"}}"
    #expect(DevToolsMessage(Array(long.utf8)) == .failure(id: 5, text: "its answer cannot be read"))
  }

  @Test func `a download and a dialog are told`() {
    let download =
      #"{"method":"Browser.downloadWillBegin","params":{"guid":"a-1","url":"http://n/x","suggestedFilename":"x.csv"}}"#
    #expect(
      DevToolsMessage(Array(download.utf8))
        == .event(.download(id: "a-1", address: "http://n/x", name: "x.csv"), session: nil))
    let dialog =
      #"{"method":"Page.javascriptDialogOpening","params":{"type":"prompt","message":"m","defaultPrompt":"p"}}"#
    #expect(
      DevToolsMessage(Array(dialog.utf8))
        == .event(.dialog(kind: "prompt", message: "m", preset: "p"), session: nil))
  }
}
