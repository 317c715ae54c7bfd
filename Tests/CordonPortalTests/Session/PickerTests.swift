import CordonModel
import CordonWire
import Testing

@testable import CordonPortal

/// What Chromium draws in windows of their own is drawn in the page, and chosen from, by a real one.
@Suite(.serialized) struct `Pickers of a real browser` {
  private static let page = """
    <title>ready</title><style>body{margin:0}input{position:absolute;top:10px;width:130px;height:30px;box-sizing:border-box}</style>
    <body oninput="document.title=event.target.id+':'+event.target.value">
    <input id=list list=words style="left:10px"><datalist id=words><option>alpha<option>beta<option>gamma</datalist>
    <input id=date type=date value=2026-03-10 max=2026-03-12 style="left:150px">
    <input id=time type=time value=10:30 style="left:290px"><input id=month type=month value=2026-03 style="left:430px">
    <input id=week type=week value=2026-W11 style="left:570px"><input id=colour type=color style="left:710px">
    <input id=both type=datetime-local value=2026-03-10T10:30 style="left:850px">
    """

  @Test func `suggestions, calendars, clocks and colours are drawn in the page and can be chosen from`()
    async throws
  {
    try await RealSession.with(Self.page) { _, viewer in
      await viewer.untilTitle("ready")
      try await Self.open(10, viewer)
      await viewer.click(60, 40 + 5 + 26 + 13)
      await viewer.untilTitle("list:beta")
      await viewer.press("Backspace", "Backspace")
      await viewer.untilTitle("list:bet")
      await viewer.press("ArrowDown", "ArrowDown")
      await viewer.press("Enter", "Enter")
      await viewer.untilTitle("list:beta")
      for (left, keys, title) in [
        (150.0, ["ArrowRight"], "date:2026-03-11"), (290, ["ArrowDown"], "time:11:30"),
        (430, ["ArrowRight"], "month:2026-04"), (570, ["ArrowDown"], "week:2026-W12"),
        (850, ["ArrowDown", "ArrowLeft"], "both:2026-03-16T10:30"),
      ] {
        try await Self.open(left, viewer)
        await viewer.press("F4", "F4")
        for key in keys + ["Enter"] { await viewer.press(key, key) }
        await viewer.untilTitle(title)
        await viewer.press("Escape", "Escape")
      }
      try await Self.open(710, viewer)
      await viewer.click(710 + 5 + 2 * 28 + 14, 40 + 5 + 13)
      await viewer.untilTitle("colour:#808080")
    }
  }

  @Test func `what a field does not take cannot be chosen, and the page's own keys and clicks stay its own`()
    async throws
  {
    let page =
      Self.page + """
        <script>addEventListener('keydown',e=>{if(e.key=='Enter')document.title='page'});addEventListener('click',e=>{
        if(e.target.id=='')document.title='page:'+e.target.localName})</script>
        <div style="position:absolute;top:500px;width:400px;height:100px"></div>
        """
    try await RealSession.with(page) { _, viewer in
      await viewer.untilTitle("ready")
      try await Self.open(150, viewer)
      await viewer.press("F4", "F4")
      // The 13th and all days after it are beyond `max`, so the focus stays on the 12th.
      for _ in 1...4 { await viewer.press("ArrowRight", "ArrowRight") }
      await viewer.press("Enter", "Enter")
      await viewer.untilTitle("date:2026-03-12")
      await viewer.click(100, 550)
      await viewer.untilTitle("page:div")
    }
  }

  /// A page that asks for a picker gets the same, and the keys go there; afterwards they are the page's again.
  @Test func `are what a page's showPicker() opens, once its person has done something`() async throws {
    let fields = ["list", "date", "time", "month", "week", "colour", "both", "choice"]
    let buttons = fields.enumerated().map { place, name in
      "<button style='position:absolute;top:10px;left:\(1_000 + place * 30)px;width:28px;height:28px' onclick=\(name).showPicker()>"
    }
    let page =
      Self.page + """
        <select id=choice style="position:absolute;left:10px;top:60px;width:130px"><option>one<option>two</select>\(buttons.joined())
        """
    try await RealSession.with(page) { _, viewer in
      await viewer.untilTitle("ready")
      for (name, keys, title) in [
        ("list", ["ArrowDown"], "list:beta"), ("date", ["ArrowRight"], "date:2026-03-11"),
        ("time", ["ArrowDown"], "time:11:30"), ("month", ["ArrowRight"], "month:2026-04"),
        ("week", ["ArrowDown"], "week:2026-W12"), ("colour", ["ArrowRight", "ArrowRight"], "colour:#808080"),
        ("both", ["ArrowDown", "ArrowLeft"], "both:2026-03-16T10:30"),
        ("choice", ["ArrowDown"], "choice:two"),
      ] {
        let place = try #require(fields.firstIndex(of: name))
        try await Self.open(1_000 + Double(place) * 30 - 46, viewer)
        for key in keys + ["Enter"] { await viewer.press(key, key) }
        await viewer.untilTitle(title)
        await viewer.press("Escape", "Escape")
      }
    }
  }

  @Test func `open for no page by itself, nor where Chromium's own would not`() async throws {
    let page = """
      <title>ready</title><body style="margin:0"><input id=date type=date style="position:absolute;left:10px;top:10px"
      ><input id=off type=date disabled><input id=fixed type=date readonly><input id=words>
      <iframe sandbox="allow-scripts" src="/in" style="position:absolute;left:400px;top:0;width:300px;height:100px;border:0"></iframe>
      <script>const tried=field=>{try{HTMLInputElement.prototype.showPicker.call(field);return 'none'}catch(fault){return fault.name.replace('Error','')}};
      const early=[tried(date),date.dispatchEvent(new Event('cordon-picker',{cancelable:true}))];
      let clicks=0;const active=()=>navigator.userActivation.isActive;
      onclick=()=>document.title=(clicks++?[active(),tried(date),active(),tried(date),
      HTMLInputElement.prototype.showPicker.name]:[...early,tried(off),tried(fixed),
      tried(words),tried(document.body)]).join();
      onmessage=event=>document.title='frame:'+event.data</script>
      """
    let inner = """
      <body style="margin:0"><input id=date type=date><script>onclick=()=>{try{date.showPicker();parent.postMessage('none','*')}
      catch(fault){parent.postMessage(fault.name,'*')}}</script>
      """
    try await RealSession.with(page, more: ["/in": inner]) { _, viewer in
      await viewer.untilTitle("ready")
      await viewer.untilStill()
      await viewer.click(100, 300)
      await viewer.untilTitle("NotAllowed,true,InvalidState,InvalidState,none,Type")
      // What the person did is used up by one picker, as it is by Chromium's own.
      await viewer.click(100, 300)
      await viewer.untilTitle("true,none,false,NotAllowed,showPicker")
      await viewer.click(600, 80)
      await viewer.untilTitle("frame:SecurityError")
    }
  }

  @Test(arguments: ["onfocus", "onmousedown", "onclick"])
  func `that a page opens as its field is clicked stay open`(when: String) async throws {
    let page = """
      <title>ready</title><body style="margin:0" onclick="document.title='click'"><input type=date \(when)="this.showPicker()"
      style="position:absolute;left:10px;top:10px;width:130px;height:30px">
      """
    try await RealSession.with(page) { _, viewer in
      await viewer.untilTitle("ready")
      await viewer.untilStill()
      await viewer.click(70, 25)
      await viewer.untilTitle("click")
      let days = PixelRectangle(x: 10, y: 60, width: 200, height: 150)
      await viewer.until("its days") { $0.darkPixels(in: days) > 100 }
      await viewer.untilStill()
      #expect(await viewer.darkPixels(in: days) > 100)
    }
  }

  /// Clicks into a field, and waits until something is drawn below it.
  private static func open(_ left: Double, _ viewer: Viewer) async throws {
    await viewer.untilStill()
    await viewer.forgetFrames()
    await viewer.click(left + 60, 25)
    try await until("a picker below") {
      await viewer.frames.flatMap(\.rectangles).contains { Int($0.y) + Int($0.height) > 100 }
    }
  }
}
