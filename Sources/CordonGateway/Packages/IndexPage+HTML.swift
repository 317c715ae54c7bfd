extension IndexPage {
  /// Reads an HTML index page (PEP 503): its anchors, nothing else.
  ///
  /// The page comes from outside, so the reader is tolerant of what it does not know and bounded in what it
  /// keeps.
  ///
  /// - Parameter base: The page's own URL, for relative links.
  public init(html: [UInt8], of name: PackageName, base: String) {
    var files: [IndexFile] = []
    var scanner = AnchorScanner(bytes: html)
    while files.count < Self.mostFiles, let anchor = scanner.next() {
      if let file = Self.file(anchor, base: base) { files.append(file) }
    }
    self.init(name: name, files: files)
  }

  private static func file(_ anchor: AnchorScanner.Anchor, base: String) -> IndexFile? {
    guard let link = anchor.attributes["href"] else { return nil }
    let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    guard let target = parts.first else { return nil }
    let url = URLReference.resolve(String(target), against: base)
    // PEP 714: the older name of the attribute means the same.
    let metadata = anchor.attributes["data-core-metadata"] ?? anchor.attributes["data-dist-info-metadata"]
    return IndexFile(
      filename: anchor.text.isEmpty ? URLReference.lastSegment(of: url) : anchor.text, url: url,
      sha256: parts.count == 2 ? IndexFile.sha256(in: parts[1]) : nil,
      uploadTime: anchor.attributes["data-upload-time"],
      requiresPython: anchor.attributes["data-requires-python"],
      yanked: anchor.attributes["data-yanked"], metadataSHA256: metadata.flatMap { IndexFile.sha256(in: $0) })
  }

  /// The page as PEP 503 has it, with this mirror's own addresses.
  public var html: String {
    var page = """
      <!DOCTYPE html>
      <html>
        <head><meta name="pypi:repository-version" content="1.1"><title>Links for \(name)</title></head>
        <body>
          <h1>Links for \(name)</h1>

      """
    page.reserveCapacity(512 + files.count * 384)
    for file in files {
      page += "    <a href=\"/files/\(name)/\(file.filename)#sha256=\(file.sha256 ?? "")\""
      if let python = file.requiresPython { page += " data-requires-python=\"\(Self.escaped(python))\"" }
      if let time = file.uploadTime { page += " data-upload-time=\"\(Self.escaped(time))\"" }
      if let yanked = file.yanked { page += " data-yanked=\"\(Self.escaped(yanked))\"" }
      if let metadata = file.metadataSHA256 { page += " data-core-metadata=\"sha256=\(metadata)\"" }
      page += ">\(file.filename)</a><br/>\n"
    }
    return page + "  </body>\n</html>\n"
  }

  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
  }
}
