public import CordonModel
public import FoundationEssentials

/// What a client says of an object besides its bytes.
public struct ObjectMetadata: Sendable, Equatable {
  /// `Content-Type`.
  public var contentType: String?
  /// `Content-Encoding`, without `aws-chunked`.
  public var contentEncoding: String?
  /// `Content-Disposition`.
  public var contentDisposition: String?
  /// `Content-Language`.
  public var contentLanguage: String?
  /// `Cache-Control`.
  public var cacheControl: String?
  /// `Expires`, as sent.
  public var expires: String?
  /// `x-amz-meta-` fields by name, lower-case and without the prefix.
  public var user: [String: String] = [:]
  /// Checksums by algorithm as S3 names it (e.g. `CRC64NVME`), in base64 as S3 writes them.
  public var checksums: [String: String] = [:]
  /// `FULL_OBJECT` or `COMPOSITE`, where a checksum is kept.
  public var checksumType: String?
  /// The object's tags.
  public var tags: [String: String] = [:]

  /// Nothing is said.
  public init() {}
}

/// One version of an object, or a delete marker.
public struct ObjectInfo: Sendable, Equatable {
  /// The bucket.
  public var bucket: BucketName
  /// The key.
  public var key: ObjectKey
  /// The version; `null` where the bucket kept no versions when it was written.
  public var versionID: String
  /// Whether this is what a request without a version gets.
  public var isLatest: Bool
  /// Whether this hides older versions instead of holding bytes.
  public var isDeleteMarker: Bool
  /// The ETag without quotes: the content's MD5, or for a multipart upload `MD5-N`.
  public var etag: String
  /// Bytes.
  public var size: Int64
  /// When it was written.
  public var lastModified: Date
  /// How many parts it was uploaded in; 0 for a single put.
  public var partCount: Int
  /// What the client says of it.
  public var metadata: ObjectMetadata
}

/// A bucket.
public struct BucketInfo: Sendable, Equatable {
  /// What a bucket keeps of what is overwritten or deleted.
  public enum Versioning: String, Sendable {
    /// Nothing, and never did.
    case off
    /// Every version.
    case enabled
    /// Nothing more, but what it kept when it was enabled is still there.
    case suspended
  }

  /// The bucket's name.
  public var name: BucketName
  /// The project that owns it.
  public var project: Slug
  /// What it keeps.
  public var versioning: Versioning
  /// Only seeding writes it.
  public var readOnly: Bool
  /// When it was made.
  public var created: Date
}

/// What must hold for a write to happen; judged in the same transaction as the write.
public enum WriteCondition: Sendable, Equatable {
  /// Nothing.
  case none
  /// `If-None-Match: *`: there is no object of that key.
  case absent
  /// `If-Match`: the object's ETag, without quotes.
  case matches(etag: String)
}

/// Which bytes of an object, as an HTTP `Range` says it.
public enum ByteRange: Sendable, Equatable {
  /// `bytes=FIRST-` or `bytes=FIRST-LAST`.
  case from(Int64, through: Int64?)
  /// `bytes=-COUNT`.
  case last(Int64)

  /// The bytes of an object of that size (RFC 9110 §14.1.2).
  func resolve(size: Int64) throws(StoreError) -> Range<Int64> {
    switch self {
    case .from(let first, let last):
      guard first >= 0, first < size else { throw .rangeNotSatisfiable(size: size) }
      guard let last else { return first..<size }
      guard last >= first else { throw .invalidArgument("the range ends before it starts") }
      return first..<min(last, size - 1) + 1
    case .last(let count):
      guard count > 0, size > 0 else { throw .rangeNotSatisfiable(size: size) }
      return max(0, size - count)..<size
    }
  }
}
