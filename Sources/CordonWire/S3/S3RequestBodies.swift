/// The body of DeleteObjects: up to 1,000 keys.
public struct DeleteObjectsRequest: Equatable, Sendable {
  /// One object to delete.
  public struct Object: Equatable, Sendable {
    /// The key.
    public let key: String
    /// The version; nil for the current one.
    public let versionID: String?
    /// Only when the object still has this `ETag`.
    public let eTag: String?
  }

  /// AWS allows two megabytes.
  public static let maximumLength = 2 << 20
  /// The objects in their order.
  public let objects: [Object]
  /// Whether only errors are reported.
  public let quiet: Bool

  /// Reads the body.
  public init(parsing bytes: [UInt8]) throws(S3XMLError) {
    let root = try S3XMLReader.read(bytes, maximumLength: Self.maximumLength)
    try root.require("Delete", children: ["Object", "Quiet"])
    var objects: [Object] = []
    for element in root.children where element.name == "Object" { objects.append(try Self.object(element)) }
    guard 1...1000 ~= objects.count else { throw .badValue("Object") }
    self.objects = objects
    self.quiet = try root.child("Quiet").map { element throws(S3XMLError) in try element.flag() } ?? false
  }

  private static func object(_ element: S3XMLElement) throws(S3XMLError) -> Object {
    // LastModifiedTime and Size are conditions of directory buckets; ignoring a condition would delete too
    // much.
    try element.require("Object", children: ["Key", "VersionId", "ETag"])
    guard let key = try element.child("Key") else { throw .missing("Key") }
    guard 1...1024 ~= key.text.utf8.count else { throw .badValue("Key") }
    let version = try element.child("VersionId")?.text
    // It comes back in the answer, so it is bounded like a key there.
    guard (version ?? "").utf8.count <= 1024 else { throw .badValue("VersionId") }
    return Object(key: key.text, versionID: version, eTag: try element.child("ETag")?.text)
  }
}

/// The body of CompleteMultipartUpload: the parts in the order they form the object.
public struct CompleteMultipartUploadRequest: Equatable, Sendable {
  /// One part.
  public struct Part: Equatable, Sendable {
    /// From 1 to 10,000.
    public let number: Int
    /// The `ETag` that UploadPart answered, with or without its quotes.
    public let eTag: String
    /// The checksum that the client expects the part to have.
    public let checksum: S3Checksum.Value?
  }

  /// 10,000 parts with a SHA-256 each.
  public static let maximumLength = 4 << 20
  /// The parts as they were sent. That they ascend is for the store to check: `InvalidPartOrder`.
  public let parts: [Part]

  /// Reads the body.
  public init(parsing bytes: [UInt8]) throws(S3XMLError) {
    let root = try S3XMLReader.read(bytes, maximumLength: Self.maximumLength)
    try root.require("CompleteMultipartUpload", children: ["Part"])
    var parts: [Part] = []
    for element in root.children { parts.append(try Self.part(element)) }
    guard 1...10_000 ~= parts.count else { throw .badValue("Part") }
    self.parts = parts
  }

  private static func part(_ element: S3XMLElement) throws(S3XMLError) -> Part {
    try element.require("Part", children: ["PartNumber", "ETag"] + S3Checksum.allCases.map(\.elementName))
    guard let number = try element.child("PartNumber") else { throw .missing("PartNumber") }
    guard let eTag = try element.child("ETag") else { throw .missing("ETag") }
    guard let value = number.number(in: 1...10_000) else { throw .badValue("PartNumber") }
    guard eTag.text.utf8.count <= 128 else { throw .badValue("ETag") }
    var checksum: S3Checksum.Value?
    for algorithm in S3Checksum.allCases {
      guard let claimed = try element.child(algorithm.elementName) else { continue }
      guard checksum == nil, let value = S3Checksum.Value(algorithm, base64: claimed.text) else {
        throw .badValue(algorithm.elementName)
      }
      checksum = value
    }
    return Part(number: value, eTag: eTag.text, checksum: checksum)
  }
}

/// The body of CreateBucket; an empty one asks for nothing.
public struct CreateBucketRequest: Equatable, Sendable {
  /// The region the bucket shall be in; nil when the body does not say.
  public let locationConstraint: String?

  /// Reads the body, which may be empty.
  public init(parsing bytes: [UInt8]) throws(S3XMLError) {
    guard !bytes.isEmpty else {
      locationConstraint = nil
      return
    }
    let root = try S3XMLReader.read(bytes, maximumLength: 64 << 10)
    try root.require("CreateBucketConfiguration", children: ["LocationConstraint"])
    locationConstraint = try root.child("LocationConstraint")?.text
  }
}

/// The body of PutObjectTagging and PutBucketTagging.
public struct TaggingRequest: Equatable, Sendable {
  /// One tag.
  public struct Tag: Equatable, Sendable {
    /// From 1 to 128 characters.
    public let key: String
    /// Up to 256 characters.
    public let value: String
  }

  /// The tags in their order; no key stands there twice. How many there may be is for the call to say.
  public let tags: [Tag]

  /// Reads the body.
  public init(parsing bytes: [UInt8]) throws(S3XMLError) {
    let root = try S3XMLReader.read(bytes, maximumLength: 256 << 10)
    try root.require("Tagging", children: ["TagSet"])
    guard let set = try root.child("TagSet") else { throw .missing("TagSet") }
    try set.require("TagSet", children: ["Tag"])
    var tags: [Tag] = []
    for element in set.children { tags.append(try Self.tag(element)) }
    guard tags.count <= 50, Set(tags.map { Array($0.key.utf8) }).count == tags.count else { throw .repeated }
    self.tags = tags
  }

  private static func tag(_ element: S3XMLElement) throws(S3XMLError) -> Tag {
    try element.require("Tag", children: ["Key", "Value"])
    guard let key = try element.child("Key")?.text else { throw .missing("Key") }
    guard let value = try element.child("Value")?.text else { throw .missing("Value") }
    guard 1...128 ~= key.unicodeScalars.count else { throw .badValue("Key") }
    guard value.unicodeScalars.count <= 256 else { throw .badValue("Value") }
    return Tag(key: key, value: value)
  }
}

/// The body of PutBucketVersioning.
public struct VersioningRequest: Equatable, Sendable {
  /// What the bucket shall do with what is overwritten or deleted.
  public enum Status: String, Sendable {
    /// Keep it as an older version.
    case enabled = "Enabled"
    /// Keep no more versions than there are.
    case suspended = "Suspended"
  }

  /// What the bucket shall do.
  public let status: Status

  /// Reads the body.
  public init(parsing bytes: [UInt8]) throws(S3XMLError) {
    let root = try S3XMLReader.read(bytes, maximumLength: 64 << 10)
    // MfaDelete asks for a second factor that the gateway cannot check, so it is refused and not ignored.
    try root.require("VersioningConfiguration", children: ["Status"])
    guard let text = try root.child("Status")?.text else { throw .missing("Status") }
    guard let status = Status(rawValue: text) else { throw .badValue("Status") }
    self.status = status
  }
}

extension S3XMLElement {
  /// Refuses another root and children that the call does not know: what is not understood is not ignored.
  fileprivate func require(_ name: String, children allowed: [String]) throws(S3XMLError) {
    guard self.name == name else { throw .wrongRoot }
    guard text.utf8.allSatisfy({ $0 <= ASCII.space }) else { throw .mixedContent }
    for child in children where !allowed.contains(child.name) { throw .badValue(name) }
  }

  fileprivate func flag() throws(S3XMLError) -> Bool {
    switch text {
    case "true": true
    case "false": false
    default: throw .badValue(name)
    }
  }

  fileprivate func number(in range: ClosedRange<Int>) -> Int? {
    guard 1...9 ~= text.utf8.count, text.utf8.allSatisfy(ASCII.isDigit), let number = Int(text) else {
      return nil
    }
    return range.contains(number) ? number : nil
  }
}
