import CordonModel
import CordonPolicy
import CordonWire

import struct FoundationEssentials.Data

/// Files on their way out. Chromium puts them into the memory of its own sandbox, which no person reaches; they are read from
/// there, judged with their digest, recorded, and only then offered.
extension BrowserSession {
  /// A download that Chromium is at.
  struct Download {
    var name: FileName
    var host: String
  }

  /// Downloads at once; each may fill as much of the sandbox's memory as one file is long.
  static let mostDownloads = 3

  /// A page wants to download: refused where that is off, else caught.
  func downloadBegins(_ id: String, address: String, name proposed: String) async {
    let host = Self.maker(of: address)
    guard DownloadLicence(plan.rules) != nil else {
      return await refuse(
        .download, .downloadRefused, ["host": host, "name": String(proposed.prefix(128))], downloadReason,
        subject: proposed)
    }
    let name = FileName(proposed)
    guard Self.isDownloadID(id), downloads.count < Self.mostDownloads, meters.files.allows(at: clock.now)
    else {
      browser.devTools.send(.cancelDownload(id))
      return await refuse(
        .download, .downloadRefused, ["host": host, "name": name.text, "why": "many"],
        "too many files at once; try again in a moment", subject: name.text)
    }
    downloads[id] = Download(name: name, host: host)
  }

  /// The host that a download is of: a `blob:` address has its maker's origin in it (File API §8.3.1).
  private static func maker(of address: String) -> String {
    PageAddress(address.hasPrefix("blob:") ? String(address.dropFirst(5)) : address)?.host ?? ""
  }

  /// Chromium's own names are of these letters; they become part of a path.
  static func isDownloadID(_ id: String) -> Bool {
    (1...64).contains(id.utf8.count)
      && id.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
          UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// How a download goes on. One that becomes too large is ended while it is at it.
  func download(_ id: String, _ state: DevToolsEvent.DownloadState, received: Int, total: Int) async {
    guard let download = downloads[id] else { return }
    switch state {
    case .inProgress:
      guard max(received, total) > plan.rules.largestFile else { return }
      browser.devTools.send(.cancelDownload(id))
      await drop(id)
      await refuseTooLarge(download)
    case .canceled: await drop(id)
    case .completed:
      // What the person does meanwhile goes on.
      Task { [weak self] in await self?.caught(id, download) }
    }
  }

  private func drop(_ id: String) async {
    downloads[id] = nil
    Task { [browser] in _ = try? await browser.takeDownload(id, atMost: 0) }
  }

  private func refuseTooLarge(_ download: Download) async {
    await refuse(
      .download, .downloadRefused, ["host": download.host, "name": download.name.text, "why": "size"],
      "it is larger than \(Transfer.size(plan.rules.largestFile)) ('browser.largestFile')",
      subject: download.name.text)
  }

  private func caught(_ id: String, _ download: Download) async {
    let taken = try? await browser.takeDownload(id, atMost: plan.rules.largestFile)
    downloads[id] = nil
    guard let bytes = taken ?? nil else { return await refuseTooLarge(download) }
    await offer(
      OfferedFile(name: download.name, bytes: bytes), .download, .download, ["host": download.host])
  }

  /// Asks for a file, and offers it where it may leave.
  private func offer(
    _ file: OfferedFile, _ deed: ServerMessage.Deed, _ action: PortalAction, _ more: [String: String]
  ) async {
    guard ended == nil else { return }
    let facts = Transfer.facts(file.bytes).merging(more) { $1 }.merging(["name": file.name.text]) { $1 }
    switch await mayHappen(action, facts) {
    case .allow where ended == nil: tell(.offer(shelf.put(file, deed: deed, at: clock.now)))
    case .allow: return
    case .deny(let reason): deny(deed, subject: file.name.text, reason)
    }
  }

  /// Gives a file to its person, once.
  func takeFile(_ id: String) async -> OfferedFile? {
    guard ended == nil, let file = shelf.take(id, at: clock.now) else { return nil }
    await record(.fileTaken, Transfer.facts(file.bytes).merging(["name": file.name.text]) { $1 })
    return file
  }

  // MARK: Printing

  /// Makes a document of the shown page, which leaves like a download.
  func printPage() async {
    guard let licence = PrintLicence(plan.rules) else {
      return await refuse(.print, .printRefused, [:], printReason)
    }
    guard let tab = typable, !isPrinting, meters.files.allows(at: clock.now) else { return }
    isPrinting = true
    Task { [weak self, devTools = browser.devTools, limit = plan.rules.largestFile] in
      let bytes = await devTools.document(of: tab, atMost: limit, licence)
      await self?.printed(bytes, of: tab)
    }
  }

  private func printed(_ bytes: [UInt8]?, of tab: Tab) async {
    isPrinting = false
    let name = FileName((self.tab(tab.id)?.title ?? tab.title) + ".pdf")
    guard let bytes else {
      return await refuse(
        .print, .printRefused, ["name": name.text, "why": "size"],
        "the page could not be printed, or is larger than \(Transfer.size(plan.rules.largestFile)) "
          + "('browser.largestFile')", subject: name.text)
    }
    await offer(
      OfferedFile(name: name, bytes: bytes), .print, .print,
      ["host": PageAddress(tab.address)?.host ?? ""])
  }
}

extension DevToolsConnection {
  /// A page as PDF, read piece by piece; nil where it cannot be had or is too long.
  fileprivate func document(
    of tab: BrowserSession.Tab, atMost limit: Int, _ licence: PrintLicence
  ) async -> [UInt8]? {
    let answer = try? await call(.printPage(licence), session: tab.session)
    guard let stream = answer?["stream"]?.text else { return nil }
    defer { send(.closeStream(stream, licence), session: tab.session) }
    var bytes: [UInt8] = []
    while true {
      guard let part = try? await call(.readStream(stream, licence), session: tab.session),
        let text = part["data"]?.text
      else { return nil }
      let isCoded = part["base64Encoded"]?.bool ?? false
      guard let more = isCoded ? Data(base64Encoded: text).map({ Array($0) }) : Array(text.utf8) else {
        return nil
      }
      bytes += more
      guard bytes.count <= limit else { return nil }
      if part["eof"]?.bool ?? true { return bytes }
    }
  }
}
