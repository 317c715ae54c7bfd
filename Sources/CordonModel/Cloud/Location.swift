/// Where something stands in a file that the user gave, as editors and code scanning accept it.
public struct Location: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The file as the user named it.
  public var file: String
  /// The line, from 1; 0 where `file` names something that has no lines, e.g. an account.
  public var line: Int
  /// The column, from 1.
  public var column: Int

  /// A place in `file`.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`; the name alone of what has no lines.
  public var description: String { line > 0 ? "\(file):\(line):\(column)" : file }

  /// By file, then reading order.
  public static func < (left: Self, right: Self) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}
