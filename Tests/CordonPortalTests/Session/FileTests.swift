import CordonModel
import CordonPolicy
import CordonWire
import Testing

@testable import CordonIdentity
@testable import CordonPortal

/// Files across a session's boundary, over a browser that does nothing.
@Suite(.serialized) struct `A session's files` {
  private static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  // MARK: Out

  @Test func `a download is refused where that is off, and nothing is caught`() async throws {
    let opened = try await OpenedSession(
      BrowserRules(clipboardIn: true, clipboardOut: true, upload: true, print: true))
    opened.browser.downloads("a-1", "r.csv", Array("abc".utf8))
    await opened.viewer.until("refused") { !$0.reasons(.download).isEmpty }
    #expect(opened.browser.params(of: "Browser.setDownloadBehavior").isEmpty)
    #expect(opened.browser.taken.isEmpty && opened.browser.count("Browser.cancelDownload") == 0)
    #expect(await opened.desk.requests.isEmpty)
    #expect(await opened.desk.events.last?.kind == .downloadRefused)
    #expect(await opened.viewer.offers.isEmpty)
    await opened.session.end(.closed)
  }

  @Test func `a download is judged with its digest and recorded, then offered, then given out once`()
    async throws
  {
    let opened = try await OpenedSession(BrowserRules(download: true))
    let behavior = try #require(opened.browser.params(of: "Browser.setDownloadBehavior").first)
    #expect(behavior["behavior"] == "allowAndName" && behavior["downloadPath"] == "/home/workspace/downloads")
    opened.browser.downloads("a-1", "../r.csv", Array("abc".utf8))
    await opened.viewer.until("offered") { !$0.offers.isEmpty }
    let request = try #require(await opened.desk.requests.first)
    #expect(request.action == .download && request.details["sha256"] == Self.abc)
    #expect(request.details["name"] == "r.csv" && request.details["bytes"] == "3")
    #expect(request.details["host"] == "n.test" && !request.details.values.contains { $0.contains("secret") })
    let offer = try #require(await opened.viewer.offers.first)
    #expect(offer.name == "r.csv" && offer.size == 3 && offer.deed == .download)
    #expect(await opened.session.takeFile(SessionID().text) == nil)
    #expect(await opened.session.takeFile(offer.id)?.bytes == Array("abc".utf8))
    #expect(await opened.session.takeFile(offer.id) == nil)
    #expect(await opened.desk.events.last?.kind == .fileTaken)
    #expect(opened.browser.taken == ["a-1"])
    await opened.session.end(.closed)
  }

  @Test func `what the desk refuses is offered to nobody`() async throws {
    let opened = try await OpenedSession(
      BrowserRules(download: true, print: true), denying: [.download, .print])
    opened.browser.prints(Array("abc".utf8))
    opened.browser.downloads("a-1", "r.csv", Array("abc".utf8))
    await opened.viewer.send(.print)
    await opened.viewer.until("refused") { $0.reasons(.download) == ["no"] && $0.reasons(.print) == ["no"] }
    #expect(await opened.viewer.offers.isEmpty)
    #expect(await opened.session.shelf.offers(at: opened.clock.now).isEmpty)
    await opened.session.end(.closed)
  }

  /// Too long while it goes on, too long in the end in spite of what was said, too many, and names that are paths.
  @Test func `a download beyond its bounds is ended, and read no further`() async throws {
    let opened = try await OpenedSession(BrowserRules(download: true, largestFile: 1_024))
    opened.browser.tell(
      "Browser.downloadWillBegin", #"{"guid":"a-1","url":"http://n.test/","suggestedFilename":"a"}"#)
    opened.browser.tell(
      "Browser.downloadProgress", #"{"guid":"a-1","state":"inProgress","receivedBytes":1025,"totalBytes":0}"#)
    await opened.viewer.until("ended") { _ in opened.browser.count("Browser.cancelDownload") == 1 }
    opened.browser.downloads("a-2", "b", [UInt8](repeating: 0, count: 1_025), saying: 3)
    await opened.viewer.until("too large") { $0.reasons(.download).count { $0.contains("1 KiB") } == 2 }
    for id in ["../../etc/passwd", "", "a/b", String(repeating: "a", count: 65)] {
      opened.browser.tell(
        "Browser.downloadWillBegin", #"{"guid":"\#(id)","url":"http://n.test/","suggestedFilename":"c"}"#)
      opened.browser.tell(
        "Browser.downloadProgress", #"{"guid":"\#(id)","state":"completed","receivedBytes":1,"totalBytes":1}"#
      )
    }
    await opened.viewer.until("ended too") { _ in opened.browser.count("Browser.cancelDownload") == 5 }
    opened.clock.advance(60)
    for id in ["1", "2", "3", "4", "5"] {
      opened.browser.tell(
        "Browser.downloadWillBegin", #"{"guid":"\#(id)","url":"http://n.test/","suggestedFilename":"d"}"#)
    }
    await opened.viewer.until("three at once") { _ in opened.browser.count("Browser.cancelDownload") == 7 }
    #expect(await opened.session.downloads.count == BrowserSession.mostDownloads)
    #expect(opened.browser.taken.allSatisfy { ["a-1", "a-2"].contains($0) })
    #expect(await opened.desk.requests.isEmpty)
    #expect(await opened.viewer.offers.isEmpty)
    await opened.session.end(.closed)
  }

  @Test func `an offer is there for a person who comes again, for five minutes, and not after the end`()
    async throws
  {
    let opened = try await OpenedSession(BrowserRules(download: true))
    opened.browser.downloads("a-1", "r.csv", Array("abc".utf8))
    await opened.viewer.until("offered") { !$0.offers.isEmpty }
    let again = try await Viewer.of(opened.session)
    await again.until("offered again") { !$0.offers.isEmpty }
    let id = try #require(await again.offers.first?.id)
    opened.clock.advance(301)
    #expect(await opened.session.takeFile(id) == nil)
    opened.browser.downloads("a-2", "s.csv", Array("abc".utf8))
    await again.until("another") { $0.offers.count == 2 }
    let last = try #require(await again.offers.last?.id)
    await opened.session.end(.closed)
    #expect(await opened.session.takeFile(last) == nil)
  }

  @Test(arguments: [false, true])
  func `a page is printed where that is on, in pieces, recorded like a download`(isOn: Bool) async throws {
    let opened = try await OpenedSession(BrowserRules(print: isOn, largestFile: 4 << 20))
    let pages = [UInt8](repeating: 7, count: 2_500_000)
    opened.browser.prints(pages)
    await opened.viewer.send(.print)
    if isOn {
      await opened.viewer.until("offered") { !$0.offers.isEmpty }
      let offer = try #require(await opened.viewer.offers.first)
      #expect(offer.deed == .print && offer.name.hasSuffix(".pdf") || offer.name == "pdf")
      #expect(await opened.desk.requests.map(\.action) == [.print])
      #expect(await opened.session.takeFile(offer.id)?.bytes == pages)
      opened.browser.prints([UInt8](repeating: 7, count: 5 << 20))
      opened.clock.advance(10)
      await opened.viewer.send(.print)
      await opened.viewer.until("too long") { $0.reasons(.print).contains { $0.contains("4 MiB") } }
      await opened.viewer.until("both are let go of") { _ in opened.browser.count("IO.close") == 2 }
    } else {
      await opened.viewer.until("refused") { !$0.reasons(.print).isEmpty }
      #expect(opened.browser.count("Page.printToPDF") == 0)
      #expect(await opened.desk.events.last?.kind == .printRefused)
    }
    await opened.session.end(.closed)
  }

  // MARK: In

  private func asks(_ opened: OpenedSession, _ node: Int = 7) async throws -> UInt32 {
    let before = await opened.viewer.choosers.count
    opened.browser.tell(
      "Page.fileChooserOpened", #"{"frameId":"T1","mode":"selectSingle","backendNodeId":\#(node)}"#)
    await opened.viewer.until("asked for a file") { $0.choosers.count > before }
    return try #require(await opened.viewer.choosers.last)
  }

  @Test func `a file comes in nowhere where that is off`() async throws {
    let opened = try await OpenedSession(
      BrowserRules(clipboardIn: true, clipboardOut: true, download: true, print: true))
    opened.browser.tell("Page.fileChooserOpened", #"{"backendNodeId":7}"#)
    await opened.viewer.send(.upload(.init(chooser: 1, name: "a", size: 1)), .piece([1]))
    await opened.viewer.until("refused") { $0.reasons(.upload).count == 2 }
    #expect(opened.browser.count("Page.setInterceptFileChooserDialog") == 0)
    #expect(opened.browser.placed.isEmpty && opened.browser.count("DOM.setFileInputFiles") == 0)
    #expect(await opened.desk.requests.isEmpty)
    await opened.session.end(.closed)
  }

  @Test func `a file is judged with its digest and recorded before the page has it`() async throws {
    let opened = try await OpenedSession(BrowserRules(upload: true))
    await opened.viewer.until("asked to tell") { _ in
      opened.browser.count("Page.setInterceptFileChooserDialog") == 1
    }
    let id = try await asks(opened)
    await opened.viewer.send(.upload(.init(chooser: id, name: "..\\a\u{202E}b.csv", size: 3)))
    await opened.viewer.send(.piece(Array("a".utf8)))
    #expect(await opened.desk.requests.isEmpty && opened.browser.placed.isEmpty)
    await opened.viewer.send(.piece(Array("bc".utf8)))
    await opened.viewer.until("given") { _ in opened.browser.count("DOM.setFileInputFiles") == 1 }
    let request = try #require(await opened.desk.requests.first)
    #expect(request.action == .upload && request.details["sha256"] == Self.abc)
    #expect(request.details["name"] == "ab.csv")
    let given = try #require(opened.browser.params(of: "DOM.setFileInputFiles").first)
    #expect(given["backendNodeId"] == 7)
    #expect(given["files"] == ["/home/workspace/uploads/ab.csv"])
    await opened.viewer.until("told") { $0.said.contains(.fileChosen(id)) }
    await opened.session.end(.closed)
  }

  @Test func `a file that nobody asked for, is longer than it said or than it may be, is none`() async throws
  {
    let opened = try await OpenedSession(BrowserRules(upload: true, largestFile: 1_024))
    await opened.viewer.send(.piece([1]), .upload(.init(chooser: 1, name: "a", size: 1)), .piece([1]))
    var id = try await asks(opened)
    await opened.viewer.send(.upload(.init(chooser: id + 1, name: "a", size: 1)), .piece([1]))
    await opened.viewer.send(.upload(.init(chooser: id, name: "a", size: 1_025)), .piece([1]))
    await opened.viewer.until("too large") { !$0.reasons(.upload).isEmpty }
    id = try await asks(opened)
    await opened.viewer.send(
      .upload(.init(chooser: id, name: "a", size: 2)), .piece([1, 2, 3]), .piece([1, 2]))
    id = try await asks(opened)
    await opened.viewer.send(.declineFile(id), .upload(.init(chooser: id, name: "a", size: 1)), .piece([1]))
    // A page that moved on gets nothing that was meant for the one before.
    let last = try await asks(opened)
    opened.browser.tell("Page.frameNavigated", #"{"frame":{"id":"T1","url":"http://n.test/"}}"#)
    await opened.viewer.until("forgotten") { $0.said.contains(.fileChosen(last)) }
    await opened.viewer.send(.upload(.init(chooser: last, name: "a", size: 1)), .piece([1]))
    #expect(opened.browser.placed.isEmpty && opened.browser.count("DOM.setFileInputFiles") == 0)
    #expect(await opened.desk.requests.isEmpty)
    #expect(await opened.session.incoming == nil)
    await opened.session.end(.closed)
  }

  @Test func `a file that the desk refuses is not even put into the sandbox`() async throws {
    let opened = try await OpenedSession(BrowserRules(upload: true), denying: [.upload])
    let id = try await asks(opened)
    await opened.viewer.send(.upload(.init(chooser: id, name: "a", size: 0)))
    await opened.viewer.until("refused") { $0.reasons(.upload) == ["no"] }
    #expect(opened.browser.placed.isEmpty && opened.browser.count("DOM.setFileInputFiles") == 0)
    await opened.session.end(.closed)
  }
}

extension Viewer {
  /// Files that were offered.
  var offers: [ServerMessage.Offer] {
    said.compactMap { if case .offer(let offer) = $0 { offer } else { nil } }
  }
  /// Pages' wishes for a file.
  var choosers: [UInt32] { said.compactMap { if case .chooseFile(let id) = $0 { id } else { nil } } }
}

@Suite struct `A file's name` {
  @Test(arguments: [
    ("r.csv", "r.csv"), ("r.csv", "../../r.csv"), ("r.csv", "C:\\x\\r.csv"), ("file", ""), ("file", "..."),
    ("file", "/"), ("bashrc", ".bashrc"), ("rf", "-rf"), ("a.b", "a.b. . "),
    ("expgj.exe", "exp\u{202E}gj.exe"),
    ("ab", "a\u{0}b\r\n"), ("aX-Evilb", "a\"\r\nX-Evil: b".replacing(" ", with: "")),
    ("Täglich.csv", "Täglich.csv"),
    ("con", "con|?*<>"),
  ])
  func `is what a disk and a person can take`(name: String, proposed: String) {
    #expect(FileName(proposed).text == name)
  }

  @Test func `is bounded, with its ending, between characters`() {
    let name = FileName(String(repeating: "é", count: 9_000) + ".csv").text
    #expect(name.utf8.count <= 120)
    let short = FileName(String(repeating: "é", count: 200) + ".csv").text
    #expect(short.utf8.count <= 120 && short.hasSuffix("é.csv"))
  }

  @Test func `cannot leave its field, and keeps its letters for browsers that read them`() {
    #expect(
      FileName("Tä \"x\".csv").disposition
        == "attachment; filename=\"T__ x.csv\"; filename*=UTF-8''T%C3%A4%20x.csv")
  }
}
