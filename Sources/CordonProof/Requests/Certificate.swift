/// Why no request passes: for every cell of the search, the literal that fails. A small independent checker re-reads it.
public struct Certificate: Sendable {
  /// The cells of the search that were closed, one line each.
  public var lines: [String]

  /// A certificate of `lines`.
  public init(lines: [String]) { self.lines = lines }
}
