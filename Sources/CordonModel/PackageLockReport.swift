import CordonPolicy

/// What `PackageLockScript` prints after it has resolved the listed packages inside a workspace.
///
/// Nobody inside is trusted with more than a proposal: the report is read strictly, becomes text that a
/// person reviews, and the mirror checks every file against it.
public struct PackageLockReport: Sendable, Equatable {
  /// Why a report is none.
  public struct Mistake: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, in one line.
    public var description: String
  }

  /// The lock that the report proposes.
  public var lock: PackageLock

  private static let limits = JSONLimits(bytes: 64 << 20, depth: 8)
  private static let mostPackages = 5_000

  /// Reads a report.
  public init(json: String) throws(Mistake) {
    let report: JSONValue
    do {
      report = try JSONValue(parsing: json, limits: Self.limits)
    } catch {
      throw Mistake(description: "the report is not JSON: \(error)")
    }
    guard let listed = report["packages"]?.elements, !listed.isEmpty, listed.count <= Self.mostPackages else {
      throw Mistake(description: "the report names no packages, or too many")
    }
    var packages: [PackageLock.Package] = []
    var requirers: [String: Set<String>] = [:]
    for entry in listed {
      let package = try Self.package(entry)
      for needed in try Self.requires(entry, of: package.name) where needed != package.name {
        requirers[needed, default: []].insert(package.name)
      }
      packages.append(package)
    }
    guard Set(packages.map(\.name)).count == packages.count else {
      throw Mistake(description: "the report names a package twice")
    }
    for index in packages.indices {
      packages[index].requiredBy = (requirers[packages[index].name] ?? []).sorted()
    }
    lock = PackageLock(packages: packages)
  }

  private static func package(_ entry: JSONValue) throws(Mistake) -> PackageLock.Package {
    guard let name = entry["name"]?.text, LockWord.isName(name) else {
      throw Mistake(description: "a package of the report has no normalised name")
    }
    guard let version = entry["version"]?.text, LockWord.isVersion(version) else {
      throw Mistake(description: "'\(name)' has no version in the report")
    }
    guard let listed = entry["files"]?.elements, !listed.isEmpty else {
      throw Mistake(description: "'\(name)' has no files in the report")
    }
    var files: [PackageLock.File] = []
    var times: [String] = []
    for file in listed {
      guard let filename = file["filename"]?.text, LockWord.isFilename(filename),
        let sha256 = file["sha256"]?.text.flatMap({ LockWord.sha256($0) })
      else { throw Mistake(description: "a file of '\(name)' has no name or no SHA-256 in the report") }
      files.append(PackageLock.File(sha256: sha256, filename: filename))
      if let time = file["uploadTime"]?.text, LockWord.isTime(time) { times.append(time) }
    }
    guard Set(files.map(\.filename)).count == files.count else {
      throw Mistake(description: "'\(name)' has a file twice in the report")
    }
    // The youngest file decides: its age is what a reviewer asks about. One of unknown age leaves it unknown.
    let uploaded = times.count == files.count ? times.max() ?? "" : ""
    return PackageLock.Package(name: name, version: version, uploaded: uploaded, requiredBy: [], files: files)
  }

  private static func requires(_ entry: JSONValue, of name: String) throws(Mistake) -> [String] {
    guard let listed = entry["requires"]?.elements, listed.count <= mostPackages else {
      throw Mistake(description: "'\(name)' does not say what it requires in the report")
    }
    var names: [String] = []
    for value in listed {
      guard let needed = value.text, LockWord.isName(needed) else {
        throw Mistake(description: "'\(name)' requires something that is no normalised name in the report")
      }
      names.append(needed)
    }
    return names
  }
}
