/// The name of a Python project, normalised before anything is decided about it.
///
/// PEP 503: runs of `-`, `_` and `.` become one `-`, letters become lower-case. PEP 508: ASCII letters and
/// digits at both ends. Whatever does not fit is no name at all, so it can neither match an allowlist nor
/// reach upstream.
public struct PackageName: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  /// The normalised name.
  public let text: String

  /// Reads a name in any spelling; nil where it cannot be one.
  public init?(_ written: some StringProtocol) {
    var bytes: [UInt8] = []
    var separated = false
    guard (1...100).contains(written.utf8.count) else { return nil }
    for byte in written.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        if separated { bytes.append(UInt8(ascii: "-")) }
        separated = false
        bytes.append(byte | (byte >= UInt8(ascii: "A") ? 0x20 : 0))
      case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        guard !bytes.isEmpty else { return nil }
        separated = true
      default: return nil
      }
    }
    guard !separated, !bytes.isEmpty else { return nil }
    text = String(decoding: bytes, as: UTF8.self)
  }

  /// Reads a name; a text that is none is an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let name = PackageName(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a package name")
    }
    self = name
  }

  /// Writes the normalised name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  /// The normalised name.
  public var description: String { text }

  /// Alphabetical order.
  public static func < (left: PackageName, right: PackageName) -> Bool { left.text < right.text }
}

/// The name of a wheel or a source distribution, tied to its project.
public struct DistributionFile: Hashable, Sendable {
  /// The file's name as the index lists it.
  public let filename: String
  /// The version in the name.
  public let version: String
  /// Whether this is a wheel.
  public let isWheel: Bool

  /// Reads a file name that belongs to `project`; nil for every other.
  ///
  /// PEP 427 for wheels, PEP 625 and its looser forerunners for source distributions.
  public init?(_ filename: String, of project: PackageName) {
    guard (1...255).contains(filename.utf8.count), filename.utf8.allSatisfy(Self.isPlain),
      !filename.hasPrefix(".")
    else { return nil }
    if filename.hasSuffix(".whl") {
      let parts = filename.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 5 || parts.count == 6, parts.allSatisfy({ !$0.isEmpty }),
        PackageName(parts[0]) == project
      else { return nil }
      self.init(filename: filename, version: String(parts[1]), isWheel: true)
      return
    }
    guard let ending = [".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz"].first(where: filename.hasSuffix)
    else {
      return nil
    }
    let stem = filename.dropLast(ending.count)
    // The project's own name may contain '-', so the split that leaves the project's name in front is the
    // right one.
    for index in stem.indices where stem[index] == "-" {
      let version = stem[stem.index(after: index)...]
      if PackageName(stem[..<index]) == project, version.first?.isNumber == true || version.first == "v" {
        self.init(filename: filename, version: String(version), isWheel: false)
        return
      }
    }
    return nil
  }

  private init(filename: String, version: String, isWheel: Bool) {
    self.filename = filename
    self.version = version
    self.isWheel = isWheel
  }

  /// Letters, digits and `-_.+!`: a name that needs no escape in a path, a URL or a page.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "+"), UInt8(ascii: "!"):
      true
    default: false
    }
  }
}
