import Crypto
import FoundationEssentials

/// What the database keeps sealed of a version: all that is not needed to find it.
struct VersionFacts: Sendable, Equatable {
  var etag = ""
  var size: Int64 = 0
  /// Milliseconds since 1970.
  var modified: Int64
  var partCount: Int64 = 0
  /// Binds the files that hold the object, and their order.
  var partsDigest: [UInt8] = []
  var metadata = ObjectMetadata()

  static let largestPacked = 64 << 10

  func packed() throws -> [UInt8] {
    var packer = Packer()
    packer.put(Int64(1))
    packer.put(etag)
    packer.put(size)
    packer.put(modified)
    packer.put(partCount)
    packer.put(partsDigest)
    packer.put(metadata)
    guard packer.bytes.count <= Self.largestPacked else { throw StoreError.tooLarge }
    return packer.bytes
  }

  init(modified: Int64) { self.modified = modified }

  init?(packed: [UInt8]) {
    var unpacker = Unpacker(packed)
    guard unpacker.integer() == 1, let etag = unpacker.text(), let size = unpacker.integer(), size >= 0,
      let modified = unpacker.integer(), let partCount = unpacker.integer(), let digest = unpacker.data(),
      let metadata = unpacker.metadata(), unpacker.isAtEnd
    else { return nil }
    self.etag = etag
    self.size = size
    self.modified = modified
    self.partCount = partCount
    partsDigest = Array(digest)
    self.metadata = metadata
  }

  static func digest(of parts: [StoredPart]) -> [UInt8] {
    var packer = Packer()
    for part in parts {
      packer.put(part.blob.bytes)
      packer.put(part.size)
      packer.put(part.dataKey)
    }
    return Array(SHA256.hash(data: packer.bytes))
  }
}

/// One encrypted file of an object.
struct StoredPart: Sendable, Equatable {
  var blob: BlobID
  var size: Int64
  var dataKey: Int64
}

/// What a sealed value belongs to; it opens nowhere else.
enum SealContext {
  case version(bucket: String, key: ObjectKey, version: String)
  case upload(bucket: String, key: ObjectKey, id: String)
  case uploadPart(upload: Int64, number: Int64, blob: BlobID)

  var bytes: [UInt8] {
    var packer = Packer()
    switch self {
    case .version(let bucket, let key, let version):
      packer.put("cordon.store.version.1")
      packer.put(bucket)
      packer.put(key.bytes)
      packer.put(version)
    case .upload(let bucket, let key, let id):
      packer.put("cordon.store.upload.1")
      packer.put(bucket)
      packer.put(key.bytes)
      packer.put(id)
    case .uploadPart(let upload, let number, let blob):
      packer.put("cordon.store.part.1")
      packer.put(upload)
      packer.put(number)
      packer.put(blob.bytes)
    }
    return packer.bytes
  }
}

extension ProjectKey {
  func seal(_ facts: VersionFacts, for context: SealContext) throws -> Data {
    let box = try AES.GCM.seal(facts.packed(), using: metadataKey, authenticating: context.bytes)
    guard let combined = box.combined else { throw StoreError.damaged("an AES-GCM nonce") }
    return combined
  }

  func open(_ sealed: Data, for context: SealContext) -> VersionFacts? {
    guard let box = try? AES.GCM.SealedBox(combined: sealed),
      let packed = try? AES.GCM.open(box, using: metadataKey, authenticating: context.bytes)
    else { return nil }
    return VersionFacts(packed: Array(packed))
  }
}

extension Packer {
  mutating func put(_ metadata: ObjectMetadata) {
    for text in [
      metadata.contentType, metadata.contentEncoding, metadata.contentDisposition, metadata.contentLanguage,
      metadata.cacheControl, metadata.expires, metadata.checksumType,
    ] { put(text) }
    for pairs in [metadata.user, metadata.checksums, metadata.tags] { put(pairs) }
  }
}

extension Unpacker {
  mutating func metadata() -> ObjectMetadata? {
    var metadata = ObjectMetadata()
    guard let type = optionalText(), let encoding = optionalText(), let disposition = optionalText(),
      let language = optionalText(), let cacheControl = optionalText(), let expires = optionalText(),
      let checksumType = optionalText(), let user = pairs(), let checksums = pairs(), let tags = pairs()
    else { return nil }
    metadata.contentType = type
    metadata.contentEncoding = encoding
    metadata.contentDisposition = disposition
    metadata.contentLanguage = language
    metadata.cacheControl = cacheControl
    metadata.expires = expires
    metadata.checksumType = checksumType
    metadata.user = user
    metadata.checksums = checksums
    metadata.tags = tags
    return metadata
  }
}
