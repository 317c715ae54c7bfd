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

  /// Clicks into a field, and waits until something is drawn below it.
  private static func open(_ left: Double, _ viewer: Viewer) async throws {
    await viewer.untilStill()
    await viewer.forgetFrames()
    await viewer.click(left + 60, 25)
    await viewer.until("a picker below") {
      $0.frames.flatMap(\.rectangles).contains { Int($0.y) + Int($0.height) > 100 }
    }
  }
}
