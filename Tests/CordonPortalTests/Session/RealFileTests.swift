import CordonModel
import CordonWire
import Testing

@testable import CordonPortal

/// What a real Chromium does with files, under each of the rules.
@Suite(.serialized) struct `Files of a real browser` {
  private static let page = """
    <title>ready</title><body style="margin:0">
    <button style="position:absolute;left:0;top:0;width:100px;height:40px" onclick="const a=document.createElement('a');
    a.href=URL.createObjectURL(new Blob(['abc']));a.download='r.csv';a.click()">blob</button>
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
      // A blob's address is blocked before it could be a download.
      await viewer.click(50, 20)
      await viewer.click(50, 70)
      await viewer.until("refused") { !$0.reasons(.download).isEmpty }
      await viewer.click(50, 140)
      await viewer.send(.print)
      await viewer.until("not printed") { !$0.reasons(.print).isEmpty }
      try await Task.sleep(for: .seconds(1))
      #expect(await viewer.offers.isEmpty)
      #expect(await viewer.choosers.isEmpty)
      #expect(await real.desk.requests.isEmpty)
    }
  }

  /// What a page makes in its own memory has an address that policy blocks; what the notebook hands out has not.
  @Test func `on, a file of the notebook's is caught, what was caught is not left, and a blob goes nowhere`()
    async throws
  {
    let rules = BrowserRules(download: true)
    try await RealSession.with(Self.page, rules: rules, more: ["/data": "abc"]) { real, viewer in
      await viewer.untilTitle("ready")
      await viewer.until("a picture") { !$0.frames.isEmpty }
      await viewer.click(50, 20)
      await viewer.click(50, 70)
      await viewer.until("a file") { $0.offers.contains { $0.name == "d.txt" } }
      let offer = try #require(await viewer.offers.first)
      let served = Array("<!doctype html><meta charset=utf-8>abc".utf8)
      #expect(await viewer.offers.count == 1 && Int(offer.size) == served.count)
      let recorded = await real.desk.requests.first
      #expect(recorded?.details["sha256"] == Transfer.facts(served)["sha256"])
      #expect(await real.session.takeFile(offer.id)?.bytes == served)
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
