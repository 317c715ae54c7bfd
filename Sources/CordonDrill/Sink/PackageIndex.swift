/// The package index behind the drill's mirror: it has every package that anybody asks for.
///
/// An index that knows all names is the worst case for a mirror: whatever it asks for, it gets, and what it asked for
/// is on record.
struct PackageIndex: Pages {
  private static let version = "1.0"
  private static let uploaded = "2020-01-01T00:00:00.000000Z"

  func page(for head: HTTPHead) -> Page {
    let path = String(head.target.prefix { $0 != "?" })
    let parts = path.split(separator: "/").map(String.init)
    guard let first = parts.first else { return Page() }
    switch (first, parts.count) {
    case ("simple", 1): return Page(type: "text/html", body: Array("<!DOCTYPE html><html></html>".utf8))
    case ("simple", 2): return listing(of: parts[1], asJSON: head["accept"]?.contains("json") == true)
    case ("files", _):
      let name = String(parts[parts.count - 1].prefix { $0 != "-" })
      return Page(type: "application/octet-stream", body: wheel(name))
    default: return Page(status: 404, body: Array("no such page\n".utf8))
    }
  }

  /// PEP 503 in HTML, PEP 691 with PEP 700's fields in JSON.
  private func listing(of name: String, asJSON: Bool) -> Page {
    let safe = fileName(name)
    let file = "\(safe)-\(Self.version)-py3-none-any.whl"
    let content = wheel(safe)
    let digest = SHA256.hexDigest(content)
    guard asJSON else {
      let page = """
        <!DOCTYPE html><html><body><a href="/files/\(file)#sha256=\(digest)">\(file)</a></body></html>
        """
      return Page(type: "text/html", body: Array(page.utf8))
    }
    let page = """
      {"meta":{"api-version":"1.1"},"name":"\(safe)","versions":["\(Self.version)"],"files":[\
      {"filename":"\(file)","url":"/files/\(file)","hashes":{"sha256":"\(digest)"},"size":\(content.count),\
      "requires-python":">=3.6","upload-time":"\(Self.uploaded)","yanked":false}]}
      """
    return Page(type: "application/vnd.pypi.simple.v1+json", body: Array(page.utf8))
  }

  private func fileName(_ name: String) -> String {
    let kept = name.lowercased().unicodeScalars.map { scalar -> Character in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        ? Character(scalar) : "_"
    }
    return String(String(kept).prefix(128))
  }

  private func wheel(_ name: String) -> [UInt8] {
    let safe = fileName(name)
    let folder = "\(safe)-\(Self.version).dist-info"
    return StoredZip.archive([
      ("\(safe)/__init__.py", Array("drill = True\n".utf8)),
      ("\(folder)/METADATA", Array("Metadata-Version: 2.1\nName: \(safe)\nVersion: \(Self.version)\n".utf8)),
      (
        "\(folder)/WHEEL",
        Array("Wheel-Version: 1.0\nGenerator: drill\nRoot-Is-Purelib: true\nTag: py3-none-any\n".utf8)
      ),
      ("\(folder)/RECORD", Array("\(safe)/__init__.py,,\n\(folder)/RECORD,,\n".utf8)),
    ])
  }
}

/// A zip archive without compression (APPNOTE.TXT 4.3), which is all that a wheel needs.
enum StoredZip {
  static func archive(_ files: [(name: String, content: [UInt8])]) -> [UInt8] {
    var body: [UInt8] = []
    var directory: [UInt8] = []
    for file in files {
      let name = Array(file.name.utf8)
      let size = little(UInt32(file.content.count), 4)
      // Version 2.0, no flags, stored, 1980-01-01.
      let common = little(20, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(0x21, 2)
      let facts = common + little(crc32(file.content), 4) + size + size + little(UInt32(name.count), 2)
      let offset = UInt32(body.count)
      body += little(0x0403_4B50, 4) + facts + little(0, 2) + name + file.content
      directory += little(0x0201_4B50, 4) + little(20, 2) + facts + little(0, 2) + little(0, 2) + little(0, 2)
      directory += little(0, 2) + little(0, 4) + little(offset, 4) + name
    }
    let count = little(UInt32(files.count), 2)
    let end = little(0x0605_4B50, 4) + little(0, 2) + little(0, 2) + count + count
    return body + directory + end + little(UInt32(directory.count), 4) + little(UInt32(body.count), 4)
      + little(0, 2)
  }

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF as UInt32) { value, byte in
      (0..<8).reduce(value ^ UInt32(byte)) { rest, _ in
        rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1
      }
    }
  }

  private static func little(_ value: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }
}
