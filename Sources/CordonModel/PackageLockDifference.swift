/// What a new lock changes, so that a person sees it at once.
public struct PackageLockDifference: Sendable, Equatable {
  /// A package whose version or files changed.
  public struct Change: Sendable, Equatable {
    /// The package as it was locked.
    public var before: PackageLock.Package
    /// The package as it is locked now.
    public var after: PackageLock.Package
  }

  /// Packages that are new.
  public var added: [PackageLock.Package] = []
  /// Packages that are gone.
  public var removed: [PackageLock.Package] = []
  /// Packages of another version, or of the same version with other files.
  public var changed: [Change] = []

  /// The difference between two locks; where there was none, everything is new.
  public init(from before: PackageLock?, to after: PackageLock) {
    let old = Dictionary((before?.packages ?? []).map { ($0.name, $0) }) { first, _ in first }
    let new = Set(after.packages.map(\.name))
    removed = (before?.packages ?? []).filter { !new.contains($0.name) }
    for package in after.packages {
      guard let earlier = old[package.name] else {
        added.append(package)
        continue
      }
      if earlier.version != package.version || Set(earlier.files) != Set(package.files) {
        changed.append(Change(before: earlier, after: package))
      }
    }
  }

  /// Whether both locks serve the same files.
  public var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }

  /// One line a package, sorted by name: `+` new, `-` gone, `~` another version, `!` the same version with other files.
  public var lines: [String] {
    let rows =
      added.map { ($0.name, "+ \($0.name) \($0.version)\(Self.age($0))\(Self.need($0))") }
      + removed.map { ($0.name, "- \($0.name) \($0.version)") }
      + changed.map { change in
        let (before, after) = (change.before, change.after)
        return before.version == after.version
          ? (after.name, "! \(after.name) \(after.version): same version, other files\(Self.files(change))")
          : (after.name, "~ \(after.name) \(before.version) -> \(after.version)\(Self.age(after))")
      }
    return rows.sorted { $0.0 < $1.0 }.map(\.1)
  }

  private static func age(_ package: PackageLock.Package) -> String {
    package.uploaded.isEmpty ? "" : ", uploaded \(package.uploaded)"
  }

  private static func need(_ package: PackageLock.Package) -> String {
    package.requiredBy.isEmpty ? "" : ", required by \(package.requiredBy.joined(separator: " "))"
  }

  /// A file that is there under its name with another hash is what a reviewer looks for.
  private static func files(_ change: Change) -> String {
    let hashes = Dictionary(change.before.files.map { ($0.filename, $0.sha256) }) { first, _ in first }
    let replaced = change.after.files.filter { file in
      hashes[file.filename].map { $0 != file.sha256 } ?? false
    }
    return replaced.isEmpty ? "" : "; REPLACED: \(replaced.map(\.filename).joined(separator: " "))"
  }
}
