import CordonModel
import CordonWire
import Foundation
import Testing

@testable import CordonPortal

/// Real Chromium, real sandbox, a person's messages in and pixels out.
@Suite(.serialized) struct `A session over a real browser` {
  private let field = """
    <title>ready</title><body style="margin:0;background:#fff"><input style="position:absolute;left:40px;top:40px;width:400px;
    font-size:20px" oninput="document.title='v:'+this.value"><p style="position:absolute;top:200px">A page of some text.</p>
    """

  @Test func `what is typed is in the page, and a letter is a small rectangle`() async throws {
    try await RealSession.with(field) { _, viewer in
      await viewer.untilTitle("ready")
      await viewer.until("a whole picture") { $0.frames.contains { $0.isWhole } }
      await viewer.click(100, 55)
      await viewer.untilStill()
      let whole = await viewer.bytes
      await viewer.forgetFrames()
      await viewer.press("a", "KeyA")
      await viewer.untilTitle("v:a")
      await viewer.until("a frame") { !$0.frames.isEmpty }
      await viewer.untilStill()
      let frames = await viewer.frames
      #expect(frames.allSatisfy { !$0.isWhole })
      let bytes = await viewer.bytes
      #expect(bytes * 4 < whole, "\(bytes) of \(whole)")
      #expect(frames.flatMap(\.rectangles).allSatisfy { $0.height <= 64 && $0.width <= 500 })
      await viewer.forgetFrames()
      await viewer.untilStill()
      #expect(await viewer.bytes == 0, "a page that stands still costs nothing, its caret included")
    }
  }

  @Test func `input methods, dead keys and AltGr give their characters, and shortcuts reach the page`()
    async throws
  {
    try await RealSession.with(field) { _, viewer in
      await viewer.untilTitle("ready")
      await viewer.click(100, 55)
      await viewer.send(.composing("ni", start: 2, end: 2))
      await viewer.untilTitle("v:ni")
      await viewer.send(.composed("日本"))
      await viewer.untilTitle("v:日本")
      await viewer.press("@", "KeyQ", [.control, .alt])
      await viewer.untilTitle("v:日本@")
      await viewer.press("a", "KeyA", [.control])
      await viewer.press("x", "KeyX")
      await viewer.untilTitle("v:x")
      await viewer.until("where text is typed") {
        $0.said.contains { if case .caret(.some) = $0 { true } else { false } }
      }
    }
  }

  @Test(arguments: ["", "-webkit-appearance:none;appearance:none"])
  func `a list of a form is drawn in the page and can be chosen from`(look: String) async throws {
    let page = """
      <title>ready</title><body style="margin:0"><select style="position:absolute;left:40px;top:40px;\(look)"
      onchange="document.title='chose:'+this.value"><option>one<option>two<option>three</select>
      """
    try await RealSession.with(page) { _, viewer in
      await viewer.untilTitle("ready")
      await viewer.untilStill()
      await viewer.forgetFrames()
      await viewer.click(60, 50)
      await viewer.until("a list below") {
        $0.frames.flatMap(\.rectangles).contains { Int($0.y) + Int($0.height) > 100 }
      }
      await viewer.press("ArrowDown", "ArrowDown")
      await viewer.press("Enter", "Enter")
      await viewer.untilTitle("chose:two")
    }
  }

  @Test func `a page's question waits for the person's answer`() async throws {
    let page = """
      <title>ready</title><body style="height:100vh" onclick="const a=confirm('Sure?');document.title=a?'n:'+prompt('Name?','x'):'no'">click
      """
    try await RealSession.with(page) { _, viewer in
      await viewer.untilTitle("ready")
      await viewer.click(200, 200)
      await viewer.until("a question") {
        $0.dialogs.contains { $0.kind == .confirm && $0.message == "Sure?" }
      }
      let first = try #require(await viewer.dialogs.first)
      await viewer.send(.answerDialog(first.id, accept: true, text: ""))
      await viewer.until("the next") { $0.dialogs.contains { $0.kind == .prompt && $0.preset == "x" } }
      let second = try #require(await viewer.dialogs.last)
      await viewer.send(.answerDialog(first.id, accept: true, text: "an old answer"))
      await viewer.send(.answerDialog(second.id, accept: true, text: "Ana"))
      await viewer.untilTitle("n:Ana")
    }
  }

  /// Drags as a hand does: it waits for the start, keeps moving, and lets go where the page says that it may.
  private static func drag(_ viewer: Viewer, _ attempt: Int) async throws {
    func wait(for title: String, moving: Bool) async throws {
      for step in 0..<150 where await viewer.title != title {
        let x = step < 14 ? 110 + Double(step) * 30 : 480 + Double(step % 2) * 20
        if moving { await viewer.send(.pointer(.init(.move, x: x, y: 280, button: .left, buttons: 1))) }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
    await viewer.send(.pointer(.init(.down, x: 80, y: 240, button: .left, buttons: 1, clicks: 1)))
    await viewer.send(.pointer(.init(.move, x: 90, y: 250, button: .left, buttons: 1)))
    try await wait(for: "dragging\(attempt)", moving: false)
    try await wait(for: "over", moving: true)
    await viewer.send(.pointer(.init(.up, x: 500, y: 280, button: .left, clicks: 1)))
    try await wait(for: "dropped", moving: false)
  }

  @Test func `pointer shapes, the wheel, dragging and touch work`() async throws {
    let page = """
      <title>ready</title><body style="margin:0;height:4000px"><a href="#x" style="position:absolute;left:40px;top:40px">
      link</a><p style="position:absolute;left:40px;top:80px">words to select</p>
      <div id=d draggable=true style="position:absolute;left:40px;top:200px;width:80px;height:80px;background:#08f"></div>
      <div id=t style="position:absolute;left:400px;top:200px;width:200px;height:200px;background:#ddd"></div>
      <script>t.ondragover=e=>{e.preventDefault();document.title='over'};let n=0;d.ondragstart=()=>document.title='dragging'+ ++n;t.ondrop=()=>document.title='dropped';
      addEventListener('touchstart',()=>document.title='touched');onscroll=()=>document.title='y:'+scrollY</script>
      """
    try await RealSession.with(page) { _, viewer in
      await viewer.untilTitle("ready")
      await viewer.until("a picture") { !$0.frames.isEmpty }
      await viewer.send(.pointer(.init(.move, x: 50, y: 50)))
      await viewer.until("a hand") { $0.said.contains(.cursor(.pointer)) }
      await viewer.send(.pointer(.init(.move, x: 60, y: 105)))
      await viewer.until("a bar over text") { $0.said.contains(.cursor(.text)) }
      // Once in a dozen times Chromium announces a drag to the page and begins none: who sees that tries again.
      for attempt in 1...5 where await viewer.title != "dropped" {
        try await Self.drag(viewer, attempt)
      }
      await viewer.untilTitle("dropped")
      await viewer.send(.touch(.init(.start, [.init(id: 0, x: 600, y: 600)])), .touch(.init(.end, [])))
      await viewer.untilTitle("touched")
      await viewer.send(.wheel(.init(x: 300, y: 300, deltaX: 0, deltaY: 300)))
      await viewer.until("scrolled") { $0.title.hasPrefix("y:") }
    }
  }

  @Test func `a text is found, as text and never as script`() async throws {
    try await RealSession.with("<title>ready</title><p>a needle in hay") { _, viewer in
      await viewer.untilTitle("ready")
      await viewer.send(.find("needle", backwards: false))
      await viewer.until("found") { $0.said.contains(.found(true)) }
      await viewer.send(.find("'); document.title='run'; ('", backwards: false))
      await viewer.until("not found") { $0.said.contains(.found(false)) }
      #expect(await viewer.title == "ready")
    }
  }

  @Test func `what is selected where the keyboard is can be copied: in a field, a frame, the page`()
    async throws
  {
    let page = """
      <title>ready</title><body style="margin:0"><p id=p>of the page</p><input id=i value="of a field"><input id=s type=password value=secret>
      <iframe id=f src="/in"></iframe><script>let n=0;const steps=[()=>{i.focus();i.setSelectionRange(3,10)},
      ()=>{f.contentWindow.focus();f.contentWindow.getSelection().selectAllChildren(f.contentDocument.body)},
      ()=>{i.focus();i.blur();getSelection().selectAllChildren(p)},()=>{getSelection().removeAllRanges();s.focus();s.select()}];
      addEventListener('wheel',()=>{steps[n++]();document.title='n'+n})</script>
      """
    try await RealSession.with(
      page, rules: BrowserRules(clipboardOut: true), more: ["/in": "<body>of a frame"]
    ) { _, viewer in
      await viewer.untilTitle("ready")
      await viewer.until("a picture") { !$0.frames.isEmpty }
      for (step, text) in ["a field", "of a frame", "of the page"].enumerated() {
        await viewer.send(.wheel(.init(x: 900, y: 500, deltaX: 0, deltaY: 10)))
        await viewer.untilTitle("n\(step + 1)")
        await viewer.send(.copy)
        await viewer.until(text) { $0.said.contains(.clipboard(text)) }
      }
      await viewer.send(.wheel(.init(x: 900, y: 500, deltaX: 0, deltaY: 10)))
      await viewer.untilTitle("n4")
      await viewer.send(.copy)
      try await Task.sleep(for: .milliseconds(300))
      let copied = await viewer.said.filter { if case .clipboard = $0 { true } else { false } }
      #expect(!copied.contains(.clipboard("secret")) && copied.count == 3)
    }
  }

  @Test func `another size and more pixels for each of the page's are drawn, up to 4K`() async throws {
    let page = """
      <body style="margin:0"><canvas id=c width=1800 height=1200 style="width:900px;height:600px;display:block"></canvas>
      <script>const p=c.getContext('2d');for(let x=0;x<1800;x+=2)p.fillRect(x,0,1,1200);
      const tell=()=>document.title=innerWidth+'x'+innerHeight+'@'+devicePixelRatio;onresize=tell;tell()</script>
      """
    try await RealSession.with(page, rules: BrowserRules(watermark: false)) { _, viewer in
      await viewer.untilTitle("1280x800@1")
      await viewer.send(.resize(width: 900, height: 600, scale: 200))
      await viewer.untilTitle("900x600@2")
      await viewer.until("its picture") {
        $0.frames.last.map { ($0.width, $0.height, $0.pageWidth) == (1_800, 1_200, 900) } ?? false
      }
      // Black lines of half a CSS pixel, and white ones between: each device pixel has its own.
      await viewer.until("sharp lines") { viewer in
        let row = viewer.picture.part(PixelRectangle(x: 400, y: 300, width: 64, height: 1)).pixels
        return row.count == 256
          && stride(from: 0, to: 240, by: 4).count { abs(Int(row[$0]) - Int(row[$0 + 4])) > 100 } > 40
      }
      await viewer.send(.resize(width: 3_840, height: 2_160, scale: 100))
      await viewer.until("4K") { $0.frames.last.map { $0.width == 3_840 && $0.height == 2_160 } ?? false }
      await viewer.send(.resize(width: .max, height: .max, scale: .max))
      await viewer.until("no more than that") { $0.title.hasPrefix("4096x4096") }
    }
  }

  @Test func `a client that comes back finds the session as it was`() async throws {
    try await RealSession.with(field) { real, viewer in
      await viewer.untilTitle("ready")
      await viewer.click(100, 55)
      await viewer.type("ab")
      await viewer.untilTitle("v:ab")
      await viewer.end()
      let again = try await Viewer.of(real.session)
      await again.until("a whole picture") { $0.frames.first?.isWhole == true }
      await again.type("c")
      await again.untilTitle("v:abc")
      // A third one takes the place of the second, which is told so.
      let third = try await Viewer.of(real.session)
      await again.until("told") {
        $0.said.contains { if case .ended(.elsewhere, _) = $0 { true } else { false } }
      }
      await third.until("a whole picture") { $0.frames.first?.isWhole == true }
      await again.connection.receive(.key(.init(isDown: true, key: "x", code: "KeyX")))
      await third.type("d")
      await third.untilTitle("v:abcd")
      #expect(await real.desk.count(.sessionConnected) == 3)
    }
  }

  @Test func `a window that a page opens is a tab, and tabs are shown and closed`() async throws {
    let page = "<title>first</title><body style=height:100vh onclick=\"window.open('/two')\">click"
    try await RealSession.with(page, more: ["/two": "<title>second</title>two"]) { real, viewer in
      await viewer.untilTitle("first")
      await viewer.click(200, 200)
      await viewer.untilTitle("second")
      let tabs = await viewer.tabs
      try #require(tabs.count == 2)
      await viewer.send(.selectTab(tabs[0].id))
      await viewer.untilTitle("first")
      await viewer.send(.newTab)
      await viewer.until("three") { $0.tabs.count == 3 && $0.title == "first" && $0.active != tabs[0].id }
      await viewer.send(.closeTab(tabs[1].id))
      await viewer.until("two") { $0.tabs.count == 2 }
      await viewer.send(.closeTab(999))
      #expect(await real.desk.count(.tabOpened) == 1)
    }
  }

  @Test func `back and forward go through the history`() async throws {
    let page = "<title>one</title><body style=height:100vh onclick=\"location='/two'\">click"
    try await RealSession.with(page, more: ["/two": "<title>two</title>two"]) { _, viewer in
      await viewer.untilTitle("one")
      await viewer.click(200, 200)
      await viewer.untilTitle("two")
      await viewer.until("a way back") {
        $0.said.contains { if case .navigation(let place) = $0 { place.canGoBack } else { false } }
      }
      await viewer.send(.travel(.back))
      await viewer.untilTitle("one")
      await viewer.send(.travel(.forward))
      await viewer.untilTitle("two")
      await viewer.send(.travel(.home))
      await viewer.untilTitle("one")
    }
  }

  @Test func `a page that crashes is shown as crashed, and loads again`() async throws {
    try await RealSession.with(field) { real, viewer in
      await viewer.untilTitle("ready")
      try Self.killRenderers(of: real)
      await viewer.until("crashed") { $0.tabs.contains { $0.hasCrashed } }
      await viewer.forgetFrames()
      await viewer.send(.travel(.reload))
      await viewer.until("whole again") { !$0.tabs.contains { $0.hasCrashed } && !$0.frames.isEmpty }
      await viewer.untilTitle("ready")
      // Chromium takes no click before a new page's first picture.
      for _ in 0..<30 where await !viewer.isTyping {
        await viewer.click(100, 55)
        try await Task.sleep(for: .milliseconds(300))
      }
      await viewer.type("z")
      await viewer.untilTitle("v:z")
      #expect(await real.desk.count(.tabCrashed) == 1)
    }
  }

  @Test(arguments: ["reload", "home"])
  func `a page whose script never ends can be left all the same`(way: String) async throws {
    // As JupyterLab does, it wants to be asked; a page that is asked and says nothing would be waited for.
    let page = """
      <title>ready</title><body style="height:100vh" onclick="document.title='hangs';setTimeout(()=>{for(;;);},200)"><script>
      addEventListener('beforeunload',event=>event.preventDefault())</script>
      """
    try await RealSession.with(page) { _, viewer in
      await viewer.untilTitle("ready")
      await viewer.until("a picture") { !$0.frames.isEmpty }
      await viewer.click(200, 200)
      await viewer.untilTitle("hangs")
      try await Task.sleep(for: .milliseconds(500))
      await viewer.send(.travel(way == "home" ? .home : .reload))
      await viewer.until("asked whether it may be left") { $0.dialogs.last?.kind == .leaving }
      let question = try #require(await viewer.dialogs.last)
      await viewer.send(.answerDialog(question.id, accept: true, text: ""))
      await viewer.untilTitle("ready")
    }
  }

  /// What Chromium names no opener for: a link that is clicked with a key held, or with the middle button.
  @Test(
    arguments: [(.left, .control), (.middle, []), (.left, .shift)]
      as [(ClientMessage.Pointer.Button, ClientMessage.Modifiers)])
  func `a link that is opened beside its page is a tab`(
    button: ClientMessage.Pointer.Button, held: ClientMessage.Modifiers
  ) async throws {
    let page =
      "<title>first</title><body style=margin:0><a href=/two style=display:block;height:300px>link</a>"
    try await RealSession.with(page, more: ["/two": "<title>second</title>two"]) { real, viewer in
      await viewer.untilTitle("first")
      await viewer.until("a picture") { !$0.frames.isEmpty }
      let buttons: UInt8 = button == .middle ? 4 : 1
      await viewer.send(
        .pointer(.init(.move, x: 100, y: 100, modifiers: held)),
        .pointer(
          .init(.down, x: 100, y: 100, button: button, buttons: buttons, clicks: 1, modifiers: held)),
        .pointer(.init(.up, x: 100, y: 100, button: button, clicks: 1, modifiers: held)))
      await viewer.untilTitle("second")
      #expect(await viewer.tabs.count == 2)
      #expect(await real.desk.count(.tabOpened) == 1)
    }
  }

  @Test func `a browser that is killed ends the session, with a reason and a record`() async throws {
    let real = try await RealSession(field)
    let viewer = try await Viewer.of(real.session)
    await viewer.untilTitle("ready")
    let main = try Self.processes(of: real) {
      !$0.contains("--type=") && $0.contains("--remote-debugging-pipe")
    }
    #expect(!main.isEmpty)
    for process in main { kill(process, SIGKILL) }
    #expect(await real.session.wait() == .browserEnded)
    await viewer.until("told") {
      $0.said.contains { if case .ended(.browserEnded, _) = $0 { true } else { false } }
    }
    await real.end()
    let last = await real.desk.events.last
    #expect(last?.kind == .sessionEnded && last?.details["reason"] == "browserEnded")
    await viewer.until("nothing of it is left") { _ in
      (try? Self.processes(of: real) { _ in true }.isEmpty) == true
    }
    let late = try await Viewer.of(real.session)
    await late.until("told") {
      $0.said.contains { if case .ended(.browserEnded, _) = $0 { true } else { false } }
    }
  }

  @Test func `a page that floods with titles, windows, dialogs and downloads does not stop the person`()
    async throws
  {
    let page = """
      <title>x</title><body style="height:100vh" onclick="document.title='clicked'"><script>let n=0;const flood=setInterval(()=>{
      for(let i=0;i<50;i++){document.title='t'+n++;open('/two'+i)}history.replaceState(0,'','/#'+n);
      const a=document.createElement('a');a.href='data:text/plain,x';a.download='x.txt';a.click();
      if(n<2000)alert(n);else clearInterval(flood)},20)</script>
      """
    try await RealSession.with(page) { real, viewer in
      await viewer.until("a question") { !$0.dialogs.isEmpty }
      var answered: UInt32 = 0
      for _ in 0..<2_000 where await !["t1999", "t2049"].contains(viewer.title) {
        if let dialog = await viewer.dialogs.last, dialog.id > answered {
          answered = dialog.id
          await viewer.send(.answerDialog(dialog.id, accept: true, text: ""))
        }
        try await Task.sleep(for: .milliseconds(20))
      }
      await viewer.until("told") {
        $0.said.contains { if case .denied(let why) = $0 { why.deed == .dialog } else { false } }
      }
      await viewer.click(300, 300)
      await viewer.untilTitle("clicked")
      #expect(await viewer.dialogs.count < 40)
      #expect(await viewer.tabs.count <= SessionLimits().tabs)
      #expect(await real.desk.events.count < 100)
    }
  }

  /// The processes of a session's browser whose command line is wanted, found by their control group.
  static func processes(of real: RealSession, _ isWanted: (String) -> Bool) throws -> [pid_t] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter { process in
      let groups = FileManager.default.contents(atPath: "/proc/\(process)/cgroup") ?? Data()
      guard String(decoding: groups, as: UTF8.self).contains(real.name) else { return false }
      let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
      return isWanted(String(decoding: line, as: UTF8.self))
    }
  }

  static func killRenderers(of real: RealSession) throws {
    let renderers = try processes(of: real) { $0.contains("--type=renderer") }
    #expect(!renderers.isEmpty)
    for process in renderers { kill(process, SIGKILL) }
  }
}

extension Viewer {
  /// Whether the last that was said of it is that text is typed somewhere.
  var isTyping: Bool {
    said.compactMap { if case .caret(let caret) = $0 { caret != nil } else { nil } }.last ?? false
  }

  var dialogs: [ServerMessage.Dialog] {
    said.compactMap { if case .dialog(let dialog) = $0 { dialog } else { nil } }
  }
}
