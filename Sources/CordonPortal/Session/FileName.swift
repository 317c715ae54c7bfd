/// A file's name as it may stand on a disk, in a field of HTTP and before a person's eyes, whoever made it up.
struct FileName: Sendable, Equatable {
  /// The name: no path, nothing invisible, no leading dot or hyphen, 120 bytes at most with its ending.
  let text: String

  private static let most = 120
  private static let longestEnding = 16

  init(_ proposed: String) {
    let last = proposed.prefix(4_096).split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
    var clean = String(String.UnicodeScalarView(last.unicodeScalars.filter(Self.isShown)))
    clean = String(clean.drop { $0 == "." || $0 == "-" || $0 == " " })
    while let end = clean.last, end == "." || end == " " { clean.removeLast() }
    text = clean.isEmpty ? "file" : Self.cut(clean)
  }

  /// Controls, and marks that turn the direction of writing round: `gpj.exe` would show as `exe.jpg`.
  private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
    default: !#":*?"<>|"#.unicodeScalars.contains(scalar)
    }
  }

  private static func cut(_ name: String) -> String {
    guard name.utf8.count > most else { return name }
    let parts = name.split(separator: ".")
    let ending = parts.count > 1 ? "." + (parts.last ?? "") : ""
    let kept = ending.utf8.count <= longestEnding ? ending : ""
    var stem = name.dropLast(kept.count)
    while stem.utf8.count + kept.utf8.count > most { stem = stem.dropLast() }
    return stem + kept
  }

  /// `Content-Disposition` that makes a browser store what it is given, and never show it (RFC 6266 §4, RFC 8187 §3.2).
  var disposition: String {
    let plain = String(
      decoding: text.utf8.map { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C ? $0 : 0x5F },
      as: UTF8.self)
    let digits = Array("0123456789ABCDEF".utf8)
    var coded: [UInt8] = []
    for byte in text.utf8 {
      let isPlain =
        byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
      if isPlain || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") {
        coded.append(byte)
      } else {
        coded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(String(decoding: coded, as: UTF8.self))"
  }
}
