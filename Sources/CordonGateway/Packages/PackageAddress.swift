import CordonWire

/// What a path of the mirror stands for: `/simple/`, `/simple/NAME/` or `/files/NAME/FILE`, and nothing else.
enum PackageAddress: Equatable {
  /// The list of projects.
  case names
  /// A project's page.
  case page(PackageName)
  /// A project's page in a spelling that is not the normalised one, or without the last `/`.
  case spelling(PackageName)
  /// A wheel, a source distribution, or the metadata beside a wheel.
  case file(PackageName, String)
  case nothing

  /// Reads a path as it was sent.
  init(path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.count > 1 ? parts[1] : ""
    let name = parts.count > 2 ? PackageName(parts[2]) : nil
    self =
      switch (folder, parts.count, name) {
      case ("", 2, _), ("simple", 2, _): .names
      case ("simple", 3, nil) where parts[2].isEmpty: .names
      case ("simple", 3, let name?): .spelling(name)
      case ("simple", 4, let name?) where parts[3].isEmpty:
        name.text == parts[2] ? .page(name) : .spelling(name)
      case ("files", 4, let name?) where name.text == parts[2]: Self.file(parts[3], of: name)
      default: .nothing
      }
  }

  /// Clients escape `+` and `!` in file names; decoded once, the name must be one that needs no escape.
  private static func file(_ written: Substring, of name: PackageName) -> PackageAddress {
    guard written.utf8.count <= 1_024, let filename = PercentCoding.decode(written) else { return .nothing }
    let isMetadata = filename.hasSuffix(".whl.metadata")
    let distribution = isMetadata ? String(filename.dropLast(".metadata".count)) : filename
    return DistributionFile(distribution, of: name) == nil ? .nothing : .file(name, filename)
  }
}
