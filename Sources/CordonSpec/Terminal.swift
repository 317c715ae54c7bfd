/// Text from a file on its way to a terminal.
enum Terminal {
  /// The text with everything visible that a terminal would obey or hide: controls, escapes, direction marks.
  ///
  /// A value that a stranger wrote is quoted in messages; it must not repaint the reader's screen (CWE-150) or show
  /// letters in another order than they have (CVE-2021-42574).
  static func safe(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar) {
        shown += "\\u{\(hexadecimal(scalar.value))}"
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: true
    default: false
    }
  }

  /// At least four upper-case digits, as Unicode code points are written.
  static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
