public import CordonModel

/// Where the lines of an environment file stand that a local proof points at.
public struct SpecPlaces: Sendable {
  /// A line that opens something which Cordon keeps shut by itself.
  public struct Opening: Sendable {
    /// What it opens: `listed-host`, `wildcard-host`, `spliced-host`.
    public var kind: String
    /// What it opens it to, e.g. `licence.example.com:443`.
    public var subject: String
    /// Why, in the words of whoever wrote it.
    public var reason: String?
    /// The line.
    public var location: Location

    /// An opening line.
    public init(kind: String, subject: String, reason: String?, location: Location) {
      self.kind = kind
      self.subject = subject
      self.reason = reason
      self.location = location
    }
  }

  /// The file as the user named it.
  public var file: String
  /// Declarations: `egress`, `packages`, `organization`, `sandbox`, `policies`, `projects`, `project NAME`, `bucket NAME`.
  public var declared: [String: Location]
  /// Lines that open something.
  public var openings: [Opening]

  /// Places in `file`.
  public init(file: String, declared: [String: Location] = [:], openings: [Opening] = []) {
    self.file = file
    self.declared = declared
    self.openings = openings
  }

  /// The place of the first of `names` that is written; the file's beginning where a default stands for all of them.
  func location(_ names: String...) -> Location {
    names.lazy.compactMap { declared[$0] }.first ?? Location(file: file, line: 1, column: 1)
  }
}
