import CordonModel

/// Every mistake found in an environment file and in the policy files that it names, in reading order.
///
/// Never empty. A person mends all of them at once instead of one a run.
public struct SpecErrors: Error, Equatable, Sendable {
  /// How many mistakes are kept; a file with more has one cause behind most of them.
  public static let most = 100

  /// The mistakes.
  public let errors: [SpecError]
  /// How many more there were.
  public let left: Int
  /// The lines that the mistakes point into, by file.
  private let lines: [Location: String]

  /// Gathers mistakes with the texts that they point into.
  init(_ errors: [SpecError], texts: [SourceText]) {
    let sorted = errors.sorted(by: Self.inReadingOrder)
    var kept: [SpecError] = []
    for error in sorted where kept.last != error { kept.append(error) }
    self.errors = Array(kept.prefix(Self.most))
    left = kept.count - self.errors.count
    lines = Self.lines(of: self.errors, in: texts)
  }

  private static func inReadingOrder(_ left: SpecError, _ right: SpecError) -> Bool {
    guard let first = left.span, let second = right.span else { return left.span == nil && right.span != nil }
    return first < second
  }

  private static func lines(of errors: [SpecError], in texts: [SourceText]) -> [Location: String] {
    var found: [Location: String] = [:]
    for text in texts {
      let lines = text.lines
      for span in errors.compactMap(\.span)
      where span.file == text.file && lines.indices.contains(span.line - 1) {
        found[span] = String(lines[span.line - 1])
      }
    }
    return found
  }
}

extension SpecErrors: CustomStringConvertible {
  /// One line a mistake.
  public var description: String {
    (errors.map(\.description) + more).joined(separator: "\n")
  }

  /// Each mistake with the line that it is in and a caret below the place.
  public var withSource: String {
    (errors.map { error in
      guard let span = error.span, let line = lines[span] else { return error.description }
      return error.description + "\n" + Self.excerpt(line, at: span)
    } + more).joined(separator: "\n")
  }

  private var more: [String] {
    left == 0 ? [] : ["and \(left) more; mend these first"]
  }

  /// At most 100 columns of the line, with the place among them.
  private static func excerpt(_ line: String, at span: Location) -> String {
    let scalars = Array(line.unicodeScalars)
    let column = min(span.column - 1, scalars.count)
    let start = column > 80 ? column - 60 : 0
    let shown = scalars[start..<min(scalars.count, start + 100)]
    let number = "\(span.line)"
    let text = String(String.UnicodeScalarView(shown.map { $0 == "\t" ? " " : $0 }))
    let before = Terminal.safe(String(String.UnicodeScalarView(shown.prefix(column - start)))).unicodeScalars
      .count
    let gutter = String(repeating: " ", count: number.count)
    return "  \(number) | \(Terminal.safe(text))\n  \(gutter) | \(String(repeating: " ", count: before))^"
  }
}
