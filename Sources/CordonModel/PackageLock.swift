/// The reviewed closure of the package allowlist: exact names, versions, ages and hashes.
///
/// One package a paragraph, sorted, so that a change reads well in a diff:
///
///     numpy 2.1.0 uploaded 2024-08-18T21:32:25Z required-by pandas scikit-learn
///       sha256:0a3f... numpy-2.1.0-cp311-cp311-manylinux_2_17_x86_64.whl
public struct PackageLock: Sendable, Equatable {
  /// A file of a locked package.
  public struct File: Sendable, Hashable {
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
  /// A longer file is no lock: a closure of a thousand packages is a tenth of this.
  private static let longestText = 64 << 20

  /// Reads a lock file.
  public init(text: String) throws(Mistake) {
    guard text.utf8.count <= Self.longestText else { throw Mistake(line: 1, problem: "the file is too long") }
    var found: [Package] = []
    var names: Set<String> = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(separator: " ").map(String.init)
      if words.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix(" ") {
        let file = try Self.file(words, line: index + 1)
        guard let last = found.indices.last,
          !found[last].files.contains(where: { $0.filename == file.filename })
        else { throw Mistake(line: index + 1, problem: "a file stands once, under its package") }
        found[last].files.append(file)
      } else {
        let package = try Self.package(words, line: index + 1)
        guard names.insert(package.name).inserted else {
          throw Mistake(line: index + 1, problem: "the package '\(package.name)' appears twice")
        }
        found.append(package)
      }
    }
    self.init(packages: found)
  }

  private static func package(_ words: [String], line: Int) throws(Mistake) -> Package {
    guard words.count >= 4, words[2] == "uploaded",
      words.count == 4 || (words[4] == "required-by" && words.count > 5)
    else { throw Mistake(line: line, problem: "expected 'NAME VERSION uploaded TIME [required-by NAME...]'") }
    for name in [words[0]] + words.dropFirst(5) where !LockWord.isName(name) {
      throw Mistake(line: line, problem: "expected a normalised package name like 'scikit-learn'")
    }
    guard LockWord.isVersion(words[1]) else {
      throw Mistake(line: line, problem: "expected a version like '2.1.0'")
    }
    guard words[3] == "-" || LockWord.isTime(words[3]) else {
      throw Mistake(line: line, problem: "expected a time like '2024-08-18T21:32:25Z', or '-'")
    }
    return Package(
      name: words[0], version: words[1], uploaded: words[3] == "-" ? "" : words[3],
      requiredBy: Array(words.dropFirst(5)), files: [])
  }

  private static func file(_ words: [String], line: Int) throws(Mistake) -> File {
    guard words.count == 2, words[0].hasPrefix("sha256:"), LockWord.isFilename(words[1]),
      let sha256 = LockWord.sha256(words[0].dropFirst("sha256:".count))
    else { throw Mistake(line: line, problem: "expected '  sha256:HASH FILE' under a package") }
    return File(sha256: sha256, filename: words[1])
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

/// What the words of a lock are made of: ASCII, without blanks, so that a line cannot be read in two ways.
enum LockWord {
  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isLowerOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  /// A project's name as PEP 503 normalises it.
  static func isName(_ text: some StringProtocol) -> Bool {
    (1...100).contains(text.utf8.count)
      && text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        .allSatisfy { !$0.isEmpty && $0.allSatisfy(isLowerOrDigit) }
  }

  /// The characters of PEP 440, in any of the spellings it reads.
  static func isVersion(_ text: some StringProtocol) -> Bool {
    (1...100).contains(text.utf8.count)
      && text.utf8.allSatisfy { isLetterOrDigit($0) || "._-+!".utf8.contains($0) }
  }

  /// The characters of a wheel's or a source distribution's file name.
  static func isFilename(_ text: some StringProtocol) -> Bool {
    (1...255).contains(text.utf8.count) && text.utf8.first.map(isLetterOrDigit) == true
      && text.utf8.allSatisfy { isLetterOrDigit($0) || "._-+!".utf8.contains($0) }
  }

  /// The characters of an ISO 8601 time.
  static func isTime(_ text: some StringProtocol) -> Bool {
    (10...40).contains(text.utf8.count) && text.utf8.first.map(isDigit) == true
      && text.utf8.allSatisfy { isDigit($0) || "-:.+TZ".utf8.contains($0) }
  }

  /// 64 hexadecimal digits in lower case; nil for every other text.
  static func sha256(_ text: some StringProtocol) -> String? {
    let lower = text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0) ? $0 | 0x20 : $0 }
    let isHex = lower.allSatisfy { isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    return lower.count == 64 && isHex ? String(decoding: lower, as: UTF8.self) : nil
  }
}
