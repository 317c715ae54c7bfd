import CordonModel
import CordonWire
import Testing

@testable import CordonPortal

/// What a real Chromium does with files, under each of the rules.
@Suite(.serialized) struct `Files of a real browser` {
  private static let page = """
    <title>ready</title><body style="margin:0">
    <button style="position:absolute;left:0;top:0;width:100px;height:40px" onclick="const a=document.createElement('a');
    a.href=window.URL.createObjectURL(new Blob(['abc']));a.download='r.csv';a.click()">blob</button>
    <a style="position:absolute;left:0;top:60px;width:100px;height:40px" href="/data" download="d.txt">attachment</a>
    <input type=file style="position:absolute;left:0;top:120px;width:300px;height:40px" onchange="const f=this.files[0];
    f.text().then(t=>document.title='got:'+f.name+':'+t)">
    """

  private static let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  @Test func `off is off: nothing is offered, no chooser opens and no document is made`() async throws {
    let rules = BrowserRules(clipboardIn: true, clipboardOut: true)
    try await RealSession.with(Self.page, rules: rules, more: ["/data": "abc"]) { real, viewer in
      await viewer.untilTitle("ready")
      await viewer.until("a picture") { !$0.frames.isEmpty }
      for (place, count) in [(20.0, 1), (70.0, 2)] {
        await viewer.click(50, place)
        await viewer.until("refused") { $0.reasons(.download).count == count }
      }
      await viewer.click(50, 140)
      await viewer.send(.print)
      await viewer.until("not printed") { !$0.reasons(.print).isEmpty }
      try await Task.sleep(for: .seconds(1))
      #expect(await viewer.offers.isEmpty)
      #expect(await viewer.choosers.isEmpty)
      #expect(await real.desk.requests.isEmpty)
    }
  }

  @Test
  func `on, what a page makes and what the notebook hands out are caught, and what was caught is not left`()
    async throws
  {
    let rules = BrowserRules(download: true)
    try await RealSession.with(Self.page, rules: rules, more: ["/data": "abc"]) { real, viewer in
      await viewer.untilTitle("ready")
      await viewer.until("a picture") { !$0.frames.isEmpty }
      let served = "<!doctype html><meta charset=utf-8>abc"
      for (place, name, text) in [(20.0, "r.csv", "abc"), (70.0, "d.txt", served)] {
        await viewer.click(50, place)
        await viewer.until("a file") { $0.offers.contains { $0.name == name } }
        let offer = try #require(await viewer.offers.last)
        let bytes = Array(text.utf8)
        #expect(Int(offer.size) == bytes.count && offer.deed == .download)
        let recorded = await real.desk.requests.last
        #expect(recorded?.action == .download)
        #expect(recorded?.details["sha256"] == Transfer.facts(bytes)["sha256"])
        #expect(recorded?.details["name"] == name && recorded?.details["host"] == TestSite.host)
        #expect(await real.session.takeFile(offer.id)?.bytes == bytes)
      }
      #expect(await viewer.offers.count == 2)
      #expect(await real.desk.requests.count == 2)
      #expect(try await real.session.browser.takeDownload("a", atMost: 1) == [])
      #expect(await real.session.downloads.isEmpty)
    }
  }

  @Test func `on, a page gets the file that its person hands over, and no other`() async throws {
    try await RealSession.with(Self.page, rules: BrowserRules(upload: true)) { real, viewer in
      await viewer.untilTitle("ready")
      await viewer.until("a picture") { !$0.frames.isEmpty }
      await viewer.click(50, 140)
      await viewer.until("asked for a file") { !$0.choosers.isEmpty }
      let id = try #require(await viewer.choosers.first)
      await viewer.send(
        .upload(.init(chooser: id, name: "mine $(x) 'y'.csv", size: 3)), .piece(Array("abc".utf8)))
      await viewer.untilTitle("got:mine $(x) 'y'.csv:abc")
      #expect(await real.desk.requests.first?.details["sha256"] == Self.digest)
    }
  }

  @Test func `on, a page is printed as PDF`() async throws {
    try await RealSession.with(Self.page, rules: BrowserRules(print: true)) { real, viewer in
      await viewer.untilTitle("ready")
      await viewer.send(.print)
      await viewer.until("a document") { !$0.offers.isEmpty }
      let offer = try #require(await viewer.offers.first)
      #expect(offer.name == "ready.pdf" && offer.deed == .print)
      let bytes = try #require(await real.session.takeFile(offer.id)?.bytes)
      #expect(bytes.starts(with: Array("%PDF-".utf8)))
    }
  }
}
