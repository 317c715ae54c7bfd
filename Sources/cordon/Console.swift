import ArgumentParser
import CordonLinux
import Foundation

/// How a command shows its answer.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// An exit code with nothing left to say.
struct Exit: Error {
  var code: Int32

  /// The answer is bad: denied, open, altered.
  static let bad = Exit(code: 1)
  /// Not known.
  static let unknown = Exit(code: 3)
}

/// A command that could not do its work, in the user's words.
struct Failure: Error, CustomStringConvertible {
  /// What is wrong and what to type instead.
  var description: String
  var code: Int32 = 2

  init(_ description: String, code: Int32 = 2) {
    self.description = description
    self.code = code
  }
}

/// What goes to the terminal beside the answer itself.
enum Console {
  /// A line on standard error, so that standard output stays the answer.
  static func progress(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }

  /// A failure, on standard error, with the command's name in front.
  static func complain(_ text: String) {
    let named = text.hasPrefix("Error:") || text.hasPrefix("cordon") ? text : "cordon: " + text
    FileHandle.standardError.write(Data((named + "\n").utf8))
  }

  /// A value as JSON on standard output: keys sorted, so that two runs can be compared.
  static func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    let data = try encoder.encode(value)
    print(String(decoding: data, as: UTF8.self))
  }

  /// Whether colour and redrawing make sense.
  static let isTerminal = isatty(STDERR_FILENO) == 1

  /// Columns no wider than this are aligned; a longer cell pushes its own row only.
  private static let widestAligned = 44

  /// Rows in columns; the last column is not padded. On a terminal a row is cut at its edge.
  static func table(_ rows: [[String]]) -> String {
    let rows = rows.map { $0.map(printable) }
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.count > column ? $0[column].count : 0 }.filter { $0 <= widestAligned }.max() ?? 0
    }
    let edge = Terminal.size(of: STDOUT_FILENO).map { max(60, Int($0.columns)) }
    return rows.map { row in
      let line = row.enumerated().map { index, cell in
        let padding = max(0, widths[index] - cell.count)
        return index == row.count - 1 ? cell : cell + String(repeating: " ", count: padding)
      }.joined(separator: "  ")
      guard let edge, line.count > edge else { return line }
      return line.prefix(edge - 1) + "…"
    }.joined(separator: "\n")
  }

  /// The text without anything that a terminal would obey: names and keys come from inside the workspaces.
  static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      if isControl(scalar) {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }

  /// Control characters, and those that change the direction of the text beside them.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
    default: false
    }
  }
}
