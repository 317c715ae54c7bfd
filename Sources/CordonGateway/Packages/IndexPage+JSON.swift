import FoundationEssentials

extension IndexPage {
  /// The content type of PEP 691.
  public static let jsonType = "application/vnd.pypi.simple.v1+json"
  /// The content type of PEP 691 for HTML.
  public static let htmlType = "application/vnd.pypi.simple.v1+html"

  /// Reads a JSON index page (PEP 691); nil where it is none, or is another project's.
  public init?(json: [UInt8], of name: PackageName, base: String) {
    // PEP 629: a page of another major version means something else.
    guard let wire = try? JSONDecoder().decode(PageWire.self, from: Data(json)),
      wire.meta.apiVersion == "1" || wire.meta.apiVersion.hasPrefix("1."), PackageName(wire.name) == name
    else { return nil }
    self.init(
      name: name,
      files: wire.files.prefix(Self.mostFiles).map { file in
        IndexFile(
          filename: file.filename, url: URLReference.resolve(file.url, against: base),
          sha256: file.hashes["sha256"].flatMap { IndexFile.sha256($0) }, uploadTime: file.uploadTime,
          requiresPython: file.requiresPython, yanked: file.yanked?.reason, size: file.size,
          metadataSHA256: (file.coreMetadata ?? file.oldMetadata)?.sha256)
      })
  }

  /// The page as PEP 691 and 700 have it, with this mirror's own addresses.
  public func json() throws -> [UInt8] {
    let versions = Set(files.compactMap { DistributionFile($0.filename, of: name)?.version })
    let wire = PageWire(
      meta: PageWire.Meta(apiVersion: "1.1"), name: name.text, versions: versions.sorted(),
      files: files.map { file in
        PageWire.File(
          filename: file.filename, url: "/files/\(name)/\(file.filename)",
          hashes: file.sha256.map { ["sha256": $0] } ?? [:], requiresPython: file.requiresPython,
          size: file.size,
          uploadTime: file.uploadTime, yanked: file.yanked.map(PageWire.Yanked.init),
          coreMetadata: file.metadataSHA256.map { PageWire.Metadata(sha256: $0) })
      })
    return Array(try PageWire.encoder().encode(wire))
  }

  /// The list of projects as PEP 691 has it.
  static func projects(_ names: [PackageName]) throws -> [UInt8] {
    let list = ProjectsWire(
      meta: PageWire.Meta(apiVersion: "1.1"), projects: names.map { ProjectsWire.Project(name: $0.text) })
    return Array(try PageWire.encoder().encode(list))
  }
}

private struct ProjectsWire: Encodable {
  struct Project: Encodable { var name: String }
  var meta: PageWire.Meta
  var projects: [Project]
}

/// A project's page on the wire: PEP 691, 700 and 714.
private struct PageWire: Codable {
  struct Meta: Codable {
    var apiVersion: String

    enum CodingKeys: String, CodingKey { case apiVersion = "api-version" }
  }

  struct File: Codable {
    var filename: String
    var url: String
    var hashes: [String: String]
    var requiresPython: String?
    var size: Int?
    var uploadTime: String?
    var yanked: Yanked?
    var coreMetadata: Metadata?
    /// PEP 658's own name for it, read but never written: clients before PEP 714 trip over it.
    var oldMetadata: Metadata?

    enum CodingKeys: String, CodingKey {
      case filename, url, hashes, size, yanked
      case requiresPython = "requires-python"
      case uploadTime = "upload-time"
      case coreMetadata = "core-metadata"
      case oldMetadata = "dist-info-metadata"
    }
  }

  /// PEP 691: a Boolean, or the reason as a string.
  struct Yanked: Codable {
    /// Nil for a file that was not yanked.
    var reason: String?

    init(reason: String) { self.reason = reason }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        reason = flag ? "" : nil
      } else {
        reason = try container.decode(String.self)
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      guard let reason, !reason.isEmpty else { return try container.encode(reason != nil) }
      try container.encode(reason)
    }
  }

  /// PEP 658: a Boolean, or hashes by algorithm.
  struct Metadata: Codable {
    var sha256: String?

    init(sha256: String) { self.sha256 = sha256 }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      let hashes = try? container.decode([String: String].self)
      sha256 = hashes?["sha256"].flatMap { IndexFile.sha256($0) }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(sha256.map { ["sha256": $0] } ?? [:])
    }
  }

  var meta: Meta
  var name: String
  var versions: [String]?
  var files: [File]

  static func encoder() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}
