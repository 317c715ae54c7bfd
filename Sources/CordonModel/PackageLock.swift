/// The reviewed closure of the package allowlist: exact names, versions, ages and hashes.
///
/// One package a paragraph, sorted, so that a change reads well in a diff:
///
///     numpy 2.1.0 uploaded 2024-08-18T21:32:25Z required-by pandas scikit-learn
///       sha256:0a3f... numpy-2.1.0-cp311-cp311-manylinux_2_17_x86_64.whl
public struct PackageLock: Sendable, Equatable {
  /// A file of a locked package.
  public struct File: Sendable, Equatable {
    /// 64 lower-case hexadecimal digits.
    public var sha256: String
    /// The file's name as the index lists it.
    public var filename: String

    /// Names a file and its hash.
    public init(sha256: String, filename: String) {
      self.sha256 = sha256
      self.filename = filename
    }
  }

  /// A locked package.
  public struct Package: Sendable, Equatable {
    /// The normalised name.
    public var name: String
    /// The version.
    public var version: String
    /// When the files were uploaded, ISO 8601; empty where the index does not say.
    public var uploaded: String
    /// The packages that need this one; empty for a listed one.
    public var requiredBy: [String]
    /// The files that may be served.
    public var files: [File]

    /// Describes a locked package.
    public init(name: String, version: String, uploaded: String, requiredBy: [String], files: [File]) {
      self.name = name
      self.version = version
      self.uploaded = uploaded
      self.requiredBy = requiredBy
      self.files = files
    }
  }

  /// Why a lock file cannot be used.
  public struct Mistake: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public var line: Int
    /// What is wrong with it.
    public var problem: String

    /// What is wrong, in one line.
    public var description: String {
      "cordon.packages.lock:\(line): \(problem); write the file anew with: cordon packages lock"
    }
  }

  /// The packages, sorted by name.
  public var packages: [Package]

  /// A lock of these packages.
  public init(packages: [Package]) { self.packages = packages.sorted { $0.name < $1.name } }

  static let heading = "# Written by `cordon packages lock`. Review the difference, then commit it."

  /// Reads a lock file.
  public init(text: String) throws(Mistake) {
    var found: [Package] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(separator: " ").map(String.init)
      if words.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix(" ") {
        guard !found.isEmpty, words.count == 2, let hash = Self.hash(words[0]) else {
          throw Mistake(line: index + 1, problem: "expected '  sha256:HASH FILE' under a package")
        }
        found[found.count - 1].files.append(File(sha256: hash, filename: words[1]))
      } else {
        found.append(try Self.package(words, line: index + 1))
      }
    }
    self.init(packages: found)
  }

  private static func package(_ words: [String], line: Int) throws(Mistake) -> Package {
    guard words.count >= 4, words[2] == "uploaded", words.count == 4 || words[4] == "required-by" else {
      throw Mistake(line: line, problem: "expected 'NAME VERSION uploaded TIME [required-by NAME...]'")
    }
    return Package(
      name: words[0], version: words[1], uploaded: words[3] == "-" ? "" : words[3],
      requiredBy: Array(words.dropFirst(5)), files: [])
  }

  private static func hash(_ word: String) -> String? {
    let digits = word.dropFirst("sha256:".count)
    guard word.hasPrefix("sha256:"), digits.utf8.count == 64, digits.allSatisfy(\.isHexDigit) else {
      return nil
    }
    return digits.lowercased()
  }

  /// The file's text; the same lock gives the same bytes.
  public var text: String {
    packages.reduce(into: Self.heading + "\n") { text, package in
      text +=
        "\n\(package.name) \(package.version) uploaded \(package.uploaded.isEmpty ? "-" : package.uploaded)"
      if !package.requiredBy.isEmpty {
        text += " required-by " + package.requiredBy.sorted().joined(separator: " ")
      }
      text += "\n"
      for file in package.files.sorted(by: { $0.filename < $1.filename }) {
        text += "  sha256:\(file.sha256) \(file.filename)\n"
      }
    }
  }
}
