/// Makes text that strangers chose harmless for the place where it is shown.
///
/// Names of resources, policies and files come from whoever wrote the template; none of them may move a terminal's
/// cursor, end a tag or turn the reading direction of the text beside it.
enum SafeText {
  /// One line without control, format or unassigned characters; those are written as `\u{...}`.
  static func line(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var safe = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\n" || scalar == "\t" || scalar == "\r" {
        safe.append(" ")
      } else if isHidden(scalar) {
        safe.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      } else {
        safe.append(scalar)
      }
    }
    return String(safe)
  }

  /// A line for the content or a quoted attribute of XML and HTML.
  static func markup(_ text: String) -> String {
    var safe = ""
    for scalar in line(text).unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }

  /// A name for an `id` or a fragment: letters, digits, `-`; other bytes as `_` and two hexadecimal digits.
  static func identifier(_ text: String) -> String {
    text.utf8.reduce(into: "") { name, byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: name.unicodeScalars.append(Unicode.Scalar(byte))
      default: name += "_" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
  }

  /// Words of a safe line, broken so that no row is longer than `width`; a longer word is cut into pieces.
  static func wrapped(_ text: String, width: Int) -> [String] {
    let width = max(8, width)
    var rows: [String] = []
    var row = ""
    for word in line(text).split(separator: " ") {
      var rest = Substring(word)
      if !row.isEmpty, row.count + 1 + rest.count > width {
        rows.append(row)
        row = ""
      }
      while rest.count > width {
        rows.append(String(rest.prefix(width)))
        rest = rest.dropFirst(width)
      }
      row += (row.isEmpty ? "" : " ") + rest
    }
    if !row.isEmpty || rows.isEmpty { rows.append(row) }
    return rows
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value >= 0x20, scalar.value < 0x7F { return false }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: true
    default: false
    }
  }
}
