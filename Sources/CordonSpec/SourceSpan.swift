/// A place in a file that a person wrote.
public struct SourceSpan: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The file as the person named it.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// The column, from 1, counted in Unicode scalars.
  public var column: Int

  /// Points at a place.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `FILE:LINE:COLUMN`, the form that editors and terminals make a link of.
  public var description: String { "\(file):\(line):\(column)" }

  /// Orders by file, then by place in it.
  public static func < (left: SourceSpan, right: SourceSpan) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}
