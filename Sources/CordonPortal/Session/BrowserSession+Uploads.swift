import CordonModel
import CordonPolicy
import CordonWire

/// Files on their way in: a page asks, its person hands one over, and it is put before the page only when it was judged and
/// recorded.
extension BrowserSession {
  /// A page that waits for a file.
  struct Chooser {
    var id: UInt32
    var tab: UInt32
    /// The page's field, by Chromium's number.
    var node: Int
  }

  /// A file that comes in pieces.
  struct Incoming {
    var chooser: Chooser
    var name: FileName
    var size: Int
    var bytes: [UInt8] = []
  }

  /// A page opens a file chooser. Chromium tells of it only where uploads are on; a page that asks again takes its own place.
  func fileAsked(_ node: Int?, of session: String?) async {
    guard UploadLicence(plan.rules) != nil else {
      return await refuse(.upload, .uploadRefused, [:], uploadReason)
    }
    guard let node, let place = index(ofSession: session), meters.files.allows(at: clock.now) else { return }
    forgetChooser()
    let chooser = Chooser(id: nextChooser, tab: tabs[place].id, node: node)
    nextChooser &+= 1
    self.chooser = chooser
    tell(.chooseFile(chooser.id))
  }

  /// Nobody waits for a file any more.
  func forgetChooser() {
    incoming = nil
    guard let chooser else { return }
    self.chooser = nil
    tell(.fileChosen(chooser.id))
  }

  /// The person does not want to.
  func decline(_ id: UInt32) {
    if chooser?.id == id { forgetChooser() }
  }

  /// A file begins.
  func begin(_ head: ClientMessage.FileHead) async {
    guard UploadLicence(plan.rules) != nil else {
      return await refuse(.upload, .uploadRefused, [:], uploadReason)
    }
    guard let chooser, chooser.id == head.chooser else { return }
    let name = FileName(head.name)
    guard Int(head.size) <= plan.rules.largestFile else {
      forgetChooser()
      return await refuse(
        .upload, .uploadRefused, ["name": name.text, "bytes": String(head.size), "why": "size"],
        "it is larger than \(Transfer.size(plan.rules.largestFile)) ('browser.largestFile')",
        subject: name.text)
    }
    incoming = Incoming(chooser: chooser, name: name, size: Int(head.size))
    await finishIfWhole()
  }

  /// More of it. What is longer than it said is none.
  func take(piece: [UInt8]) async {
    guard let already = incoming?.bytes.count, let size = incoming?.size else { return }
    guard already + piece.count <= size else { return forgetChooser() }
    incoming?.bytes += piece
    await finishIfWhole()
  }

  private func finishIfWhole() async {
    guard let file = incoming, file.bytes.count == file.size, let licence = UploadLicence(plan.rules) else {
      return
    }
    incoming = nil
    chooser = nil
    defer { tell(.fileChosen(file.chooser.id)) }
    let facts = Transfer.facts(file.bytes).merging(["name": file.name.text]) { $1 }
    switch await mayHappen(.upload, facts) {
    case .deny(let reason): return deny(.upload, subject: file.name.text, reason)
    case .allow: break
    }
    guard let tab = tab(file.chooser.tab),
      let path = try? await browser.placeUpload(file.name.text, file.bytes)
    else {
      return deny(.upload, subject: file.name.text, "the page is gone, or the browser's memory is full")
    }
    send(.setFile(path, of: file.chooser.node, licence), to: tab)
  }
}
