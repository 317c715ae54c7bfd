import CordonModel
import CordonWire
import Foundation
import Testing

@testable import CordonPortal

/// Real Chromium: text that the spec hides is in no picture that leaves. What must not be seen is red, and so is nothing else.
@Suite(.serialized) struct `Text that is hidden` {
  private static let card = "4111 1111 1111 1111"

  private static func rules(_ known: Redaction.Known..., watermark: Bool = false) throws -> BrowserRules {
    BrowserRules(watermark: watermark, redact: try known.map { try Redaction($0) })
  }

  /// A card number everywhere where a page can have text, standing still, moving, scrolling, coming and going.
  private static let everywhere = """
    <title>ready</title><style>body{margin:0;font:28px monospace;height:6000px}b,input,select,.r{color:#f00}
    div,iframe,x-a,input,select{position:absolute}@keyframes go{to{transform:translate(600px,200px)}}</style>
    <div style="left:20px;top:20px">card <b>\(card)</b> of nobody</div>
    <div style="left:20px;top:70px" class=r>4111 <i>1111</i> <span>1111</span><span> 11</span>11</div>
    <iframe src="/in" style="left:20px;top:120px;width:500px;height:60px"></iframe>
    <iframe sandbox="allow-scripts" src="/in" style="left:620px;top:120px;width:500px;height:60px"></iframe>
    <x-a id=host style="left:20px;top:200px"></x-a><div id=late style="left:620px;top:200px"></div>
    <input style="left:20px;top:260px;width:500px;font-size:24px" value="\(card)">
    <select style="left:620px;top:260px;font-size:24px"><option>\(card)</select>
    <div class=r style="left:20px;top:330px;animation:go 1s infinite alternate">\(card)</div>
    <div style="left:20px;top:400px;width:500px;height:80px;overflow:auto" id=box><p>words</p><p class=r>\(card)</p><p style="height:900px">words</div>
    <div class=r id=new style="left:620px;top:400px"></div><div class=r id=moved style="left:20px;top:600px">\(card)</div>
    <div class=r style="left:20px;top:1500px">\(card)</div><p class=r style="position:fixed;left:620px;top:600px;margin:0">\(card)</p>
    <script>host.attachShadow({mode:'open'}).innerHTML='<b style="color:#f00">\(card)</b>';
    const closed=late.attachShadow({mode:'closed'});let n=0;
    setTimeout(()=>closed.innerHTML='<b style="color:#f00">\(card)</b>',200);
    const step=()=>{n++;new_.textContent=n%3?'\(card)':'';moved.style.left=20+n*7%500+'px';box.scrollTop=n%40;
    if(n%50===0){const p=document.createElement('p');p.className='r';p.textContent='\(card)';document.body.append(p);p.remove()}
    if(performance.now()<4000)requestAnimationFrame(step);else document.title='done'};const new_=document.getElementById('new');step();
    document.addEventListener('click',()=>{getSelection().selectAllChildren(moved);document.title='selected'})</script>
    """
  private static let inner = "<body style='margin:4px;font:28px monospace;color:#f00'>\(card)"

  @Test
  func `is in no picture, and in no recording of one, wherever it stands, moves, scrolls, comes and goes`()
    async throws
  {
    var rules = try Self.rules(.cardNumber)
    rules.recording = RecordingRules()
    try await RealSession.with(Self.everywhere, rules: rules, more: ["/in": Self.inner]) {
      real, viewer in
      await viewer.until("a picture") { !$0.frames.isEmpty }
      for _ in 0..<12 {
        await viewer.send(.wheel(.init(x: 900, y: 700, deltaX: 0, deltaY: 130)))
        try await Task.sleep(for: .milliseconds(60))
      }
      for _ in 0..<12 {
        await viewer.send(.wheel(.init(x: 900, y: 700, deltaX: 0, deltaY: -130)))
        try await Task.sleep(for: .milliseconds(60))
      }
      await viewer.untilTitle("done")
      await viewer.click(300, 620)
      await viewer.untilTitle("selected")
      await viewer.send(.resize(width: 1_000, height: 760, scale: 200))
      await viewer.until("more pixels") { $0.frames.last?.width == 2_000 }
      try await Task.sleep(for: .milliseconds(900))
      let frames = await viewer.frames
      #expect(frames.count > 5, "\(frames.count) pictures")
      let shown = try Self.red(frames)
      #expect(shown.isEmpty)
      let kept = try await #require(real.tape).kept.compactMap { bytes -> ServerMessage.Frame? in
        if case .frame(let frame) = try ServerMessage(parsing: bytes) { frame } else { nil }
      }
      #expect(kept.count >= frames.count, "\(kept.count) pictures are recorded")
      let recorded = try Self.red(kept)
      #expect(recorded.isEmpty)
      #expect(await viewer.darkPixels(in: PixelRectangle(x: 0, y: 40, width: 170, height: 64)) > 100)
      #expect(
        await real.desk.events.contains {
          $0.kind == .textRedacted && Array($0.details.keys) == ["card-number"]
        })
    }
  }

  /// Without the line, the same page shows it, gets no script and is asked nothing.
  @Test func `is seen where the spec does not hide it, and no page is asked for it`() async throws {
    try await RealSession.with(
      Self.everywhere, rules: BrowserRules(watermark: false, recording: RecordingRules()),
      more: ["/in": Self.inner]
    ) { real, viewer in
      await viewer.untilTitle("done")
      let shown = try Self.red(await viewer.frames)
      #expect(shown.count > 5)
      let kept = try await #require(real.tape).kept.compactMap { bytes -> ServerMessage.Frame? in
        if case .frame(let frame) = try ServerMessage(parsing: bytes) { frame } else { nil }
      }
      let recorded = try Self.red(kept)
      #expect(recorded.count > 5, "what looks for it in a recording finds it")
      #expect(await real.desk.count(.textRedacted) == 0)
    }
    for (isOn, scripts) in [(false, 3), (true, 5)] {
      let browser = try await FakeChromium()
      let session = try BrowserSession(
        plan: try WatchingDesk.plan(try isOn ? Self.rules(.iban) : BrowserRules()), browser: browser,
        desk: TestDesk())
      try await session.start()
      let viewer = try await Viewer.of(session)
      try Self.tellFrame(browser)
      await viewer.until("asked or shown") { viewer in
        isOn ? browser.count("Runtime.callFunctionOn") > 0 : !viewer.frames.isEmpty
      }
      #expect(browser.count("Page.addScriptToEvaluateOnNewDocument") == scripts)
      #expect((browser.count("Runtime.callFunctionOn") > 0) == isOn)
      await session.end(.closed)
    }
  }

  /// Chromium gives a document its scripts only where its page was enabled before.
  @Test func `is looked for by a script that every document gets: the page is enabled before it is added`()
    async throws
  {
    let browser = try await FakeChromium()
    let session = try BrowserSession(
      plan: try WatchingDesk.plan(try Self.rules(.iban)), browser: browser, desk: TestDesk())
    try await session.start()
    try await until("left") { browser.count("Page.navigate") > 0 }
    let said = browser.methods
    let enabled = try #require(said.firstIndex(of: "Page.enable"))
    let added = try #require(said.firstIndex(of: "Page.addScriptToEvaluateOnNewDocument"))
    let left = try #require(said.firstIndex(of: "Page.navigate"))
    #expect(enabled < added && added < left, "\(said)")
    await session.end(.closed)
    // Each is answered before anything else goes out: unanswered, they would be done after the document's own scripts.
    let silent = try await FakeChromium()
    silent.hung = "S-T1"
    let waiting = try BrowserSession(
      plan: try WatchingDesk.plan(try Self.rules(.iban)), browser: silent, desk: TestDesk())
    let start = Task { try await waiting.start() }
    try await until("four commands") { silent.methods.count >= 4 }
    try await Task.sleep(for: .milliseconds(100))
    #expect(silent.methods.last == "Page.enable")
    await waiting.end(.closed)
    _ = await start.result
  }

  /// A popup shares its opener's process, and so its endless script.
  @Test func `is looked for in a popup that never answers, and nobody else waits for it`() async throws {
    let browser = try await FakeChromium()
    browser.answer = #"{"isAll":false,"isSettled":true,"width":1280,"scale":1,"counts":{},"boxes":[]}"#
    let session = try BrowserSession(
      plan: try WatchingDesk.plan(try Self.rules(.cardNumber)), browser: browser, desk: TestDesk())
    try await session.start()
    let viewer = try await Viewer.of(session)
    browser.hung = "S-POPUP"
    let popup =
      #"{"targetInfo":{"targetId":"POPUP","type":"page","title":"","url":"about:blank","openerId":"T1"}}"#
    browser.tellAll("Target.targetCreated", popup)
    browser.tellAll("Target.targetInfoChanged", popup)
    try await until("a second page") { browser.count("Target.attachToTarget") == 2 }
    try Self.tellFrame(browser)
    await viewer.until("the first page's picture") { !$0.frames.isEmpty }
    #expect(browser.count("Target.attachToTarget") == 2)
    #expect(await session.tabs.count == 1)
    // It closes before it answers: it is no tab, and whoever waits for it ends.
    browser.tellAll("Target.targetDestroyed", #"{"targetId":"POPUP"}"#)
    try await until("nobody waits for it") { await session.attaching.isEmpty }
    #expect(await session.tabs.count == 1)
    await session.end(.closed)
  }

  private static func tellFrame(_ browser: FakeChromium) throws {
    let image = Data(try DrawnPage().jpeg()).base64EncodedString()
    browser.tell(
      "Page.screencastFrame",
      #"{"data":"\#(image)","sessionId":1,"metadata":{"deviceWidth":1280,"deviceHeight":800}}"#
    )
  }

  @Test(arguments: [
    "null", "7", "\"no\"", "{}",
    #"{"isAll":false,"isSettled":true,"width":1280,"scale":1,"counts":{},"boxes":[1,2,3]}"#,
    #"{"isAll":false,"isSettled":true,"width":1280,"scale":1,"counts":{},"boxes":[1,2,3,"x"]}"#,
    #"{"isAll":false,"isSettled":true,"width":640,"scale":1,"counts":{},"boxes":[]}"#,
  ])
  func `is not shown where the page does not say where it is, or speaks of another size`(answer: String)
    async throws
  {
    let browser = try await FakeChromium()
    browser.answer = answer
    let session = try BrowserSession(
      plan: try WatchingDesk.plan(try Self.rules(.cardNumber)), browser: browser, desk: TestDesk())
    try await session.start()
    let viewer = try await Viewer.of(session)
    try Self.tellFrame(browser)
    await viewer.until("asked") { _ in browser.count("Runtime.callFunctionOn") > 0 }
    try await Task.sleep(for: .milliseconds(250))
    #expect(await viewer.frames.isEmpty)
    browser.answer =
      #"{"isAll":false,"isSettled":true,"width":1280,"scale":1,"counts":{},"boxes":[0,0,99999999,5]}"#
    try Self.tellFrame(browser)
    await viewer.until("a picture") { !$0.frames.isEmpty }
    // A box beyond every bound is everything: the picture has one colour.
    await viewer.until("all of one colour") { viewer in
      viewer.darkPixels(in: PixelRectangle(x: 0, y: 0, width: 1_280, height: 800)) == 0
    }
    await session.end(.closed)
  }

  /// The portal's own layer holds alone: a page that takes the highlights away, and paints what is selected.
  @Test func `stays hidden in a page that works against it`() async throws {
    let page = """
      <title>ready</title><style>body{margin:0;font:28px monospace}.r{color:#f00;position:absolute;text-shadow:0 0 2px #f00;
      -webkit-text-stroke:1px #f00}::selection{color:#f00!important;background:#fff!important}</style>
      <p class=r id=a style="left:20px;top:40px">\(Self.card)</p><p class=r style="left:20px;top:140px" contenteditable>\(Self.card)</p>
      <p style="position:absolute;top:300px">words that stay</p>
      <script>setInterval(()=>{CSS.highlights.clear();document.adoptedStyleSheets=[]},1);let n=0;
      setInterval(()=>{getSelection().selectAllChildren(a);document.title='n'+n++},100)</script>
      """
    try await RealSession.with(page, rules: try Self.rules(.cardNumber)) { _, viewer in
      await viewer.until("a while") { $0.title.count > 2 && $0.title.hasPrefix("n") }
      let shown = try Self.red(await viewer.frames)
      #expect(shown.isEmpty)
      await viewer.until("the words that stay") {
        $0.darkPixels(in: PixelRectangle(x: 0, y: 310, width: 300, height: 60)) > 100
      }
    }
  }

  private static let hidden = [
    "4111 1111 1111 1111", "5500-0000-0000-0004", "id 378282246310005, 12/27",
    "4111&nbsp;1111&nbsp;1111&nbsp;1111", "4111\n    1111 1111 1111", "a <b>4111</b> <i>1111</i> 1111 1111",
    "DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "86 095 742 719", "12345678Z", "X1234567L",
    "1 84 12 76 451 089 46", "AB 12 34 56 C", "123-45-6789", "CASE-123456",
  ]
  private static let kept = [
    "4111 1111 1111 1112", "1234567890123456", "0000 0000 0000 0000", "x4111111111111111",
    "GB83WEST12345698765432", "86 095 742 718", "12345678A", "1 84 12 76 451 089 47", "QQ 12 34 56 C",
    "000-12-3456", "CASE-12345", "CASE-1234567", "2026-11-21 10:12:13.123456",
  ]

  @Test func `is what its digits prove, and as much of the page as that`() async throws {
    var page = "<title>ready</title><body style='margin:0;font:18px monospace'>"
    for text in Self.hidden + Self.kept {
      page += "<div style='height:28px;line-height:28px'>\(text)<span style='float:right'>kept</span></div>"
    }
    var rules = BrowserRules(watermark: false)
    rules.redact = try Redaction.Known.allCases.map { try Redaction($0) }
    rules.redact.append(try Redaction(name: try Slug("case"), pattern: #"\bCASE-\d{6}\b"#))
    try await RealSession.with(page, rules: rules) { real, viewer in
      await viewer.untilTitle("ready")
      await viewer.untilStill()
      for (place, text) in (Self.hidden + Self.kept).enumerated() {
        let part = PixelRectangle(x: 50, y: place * 28 + 4, width: 30, height: 20)
        let letters = await viewer.darkPixels(in: part)
        let isHidden = letters == 0
        #expect(isHidden == (place < Self.hidden.count), "\(text)")
        let kept = await viewer.darkPixels(in: PixelRectangle(x: 1_200, y: place * 28, width: 80, height: 28))
        #expect(kept > 20, "\(text)")
      }
      await viewer.send(.find("4111", backwards: false))
      try await Task.sleep(for: .milliseconds(300))
      #expect(await viewer.darkPixels(in: PixelRectangle(x: 0, y: 4, width: 200, height: 20)) == 0)
    }
  }

  @Test func `is hidden from the moment its last digit is typed, and from titles`() async throws {
    let page = """
      <title>ready</title><body style="margin:0"><input id=i style="position:absolute;left:40px;top:40px;width:400px;font:20px monospace;
      border:0;outline:0" oninput="document.title='v:'+this.value.length+':'+this.value">
      """
    try await RealSession.with(page, rules: try Self.rules(.cardNumber)) { _, viewer in
      await viewer.untilTitle("ready")
      await viewer.click(100, 55)
      for digit in "411111111111111" { await viewer.press(String(digit), "Digit\(digit)") }
      // Letters are masked without the check: a title of fifteen digits may be a card's as well.
      await viewer.untilTitle("v:15:•••••••••••••••")
      let field = PixelRectangle(x: 60, y: 44, width: 100, height: 20)
      await viewer.until("its digits") { $0.darkPixels(in: field) > 50 }
      await viewer.press("1", "Digit1")
      await viewer.until("a title without it") { $0.title == "v:16:••••••••••••••••" }
      await viewer.until("a field without it") { $0.darkPixels(in: field) == 0 }
    }
  }

  /// What the portal draws itself is no way round it: the list of a field's suggestions, which stands over the page.
  @Test(arguments: [true, false])
  func `is hidden in the lists that the portal draws, as the spec says`(isOn: Bool) async throws {
    let page = """
      <title>ready</title><body style="margin:0" oninput="document.title='v:'+event.target.value.length"><datalist id=cards>
      <option>\(Self.card)<option>4111 1111 1111 1112</datalist><input list=cards
      style="position:absolute;left:10px;top:10px;width:260px;height:30px;box-sizing:border-box;border:0;outline:0">
      """
    let rules = isOn ? try Self.rules(.cardNumber) : BrowserRules(watermark: false)
    try await RealSession.with(page, rules: rules) { _, viewer in
      await viewer.untilTitle("ready")
      await viewer.untilStill()
      await viewer.click(100, 25)
      // Two rows of 26, below the field and the list's own edge.
      let rows = [45, 71].map { PixelRectangle(x: 20, y: $0, width: 120, height: 24) }
      await viewer.until("what is no card's") { $0.darkPixels(in: rows[1]) > 50 }
      await viewer.untilStill()
      #expect(await (viewer.darkPixels(in: rows[0]) == 0) == isOn)
      #expect(await viewer.darkPixels(in: rows[1]) > 50)
      await viewer.click(60, 45 + 13)
      await viewer.untilTitle("v:19")
      await viewer.untilStill()
      let field = PixelRectangle(x: 14, y: 14, width: 120, height: 22)
      #expect(await (viewer.darkPixels(in: field) == 0) == isOn)
    }
  }

  /// Where messages of a session draw red pixels: in which frame, and between which corners.
  private static func red(_ frames: [ServerMessage.Frame]) throws -> [String] {
    var found: [String] = []
    for (number, frame) in frames.enumerated() {
      var (count, left, top, right, bottom) = (0, Int.max, Int.max, 0, 0)
      for rectangle in frame.rectangles {
        let part = try Drawing(jpeg: rectangle.image)
        for place in stride(from: 0, to: part.pixels.count, by: 4) where part.pixels[place] > 200 {
          guard part.pixels[place + 1] < 110, part.pixels[place + 2] < 110 else { continue }
          let x = Int(rectangle.x) + place / 4 % part.width
          let y = Int(rectangle.y) + place / 4 / part.width
          (count, left, top) = (count + 1, min(left, x), min(top, y))
          (right, bottom) = (max(right, x), max(bottom, y))
        }
      }
      guard count > 0 else { continue }
      found.append("\(count) in \(number) of \(frame.width) across: \(left),\(top) to \(right),\(bottom)")
    }
    return found
  }
}

extension Viewer {
  /// Pixels of a part that are letters.
  func darkPixels(in part: PixelRectangle) -> Int {
    let picture = picture.part(part)
    return stride(from: 0, to: picture.pixels.count, by: 4).count { picture.pixels[$0 + 1] < 90 }
  }
}
