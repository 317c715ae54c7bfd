import CordonStore
import CordonWire

/// Which checksum a multipart object will have (S3 User Guide, "Checking object integrity").
struct S3ChecksumPlan: Sendable, Equatable {
  enum Kind: String, Sendable {
    /// Over the object's bytes.
    case fullObject = "FULL_OBJECT"
    /// Over the parts' checksums.
    case composite = "COMPOSITE"
  }

  var algorithm: S3Checksum
  var type: Kind

  /// What S3 computes when nobody asks for anything.
  static let standard = S3ChecksumPlan(algorithm: .crc64nvme, type: .fullObject)

  init(algorithm: S3Checksum, type: Kind) {
    self.algorithm = algorithm
    self.type = type
  }

  /// What the fields of CreateMultipartUpload ask for; nil where they ask for nothing.
  init?(header: (String) -> String?) throws(S3Fault) {
    guard let name = header("x-amz-checksum-algorithm") else { return nil }
    guard let algorithm = S3Checksum(rawValue: name.uppercased()) else {
      throw .invalidRequest("Checksum algorithm provided is unsupported.")
    }
    let standard: Kind = algorithm == .crc64nvme ? .fullObject : .composite
    var type = standard
    if let asked = header("x-amz-checksum-type") {
      guard let known = Kind(rawValue: asked.uppercased()) else {
        throw .invalidRequest("Value for x-amz-checksum-type header is invalid.")
      }
      type = known
    }
    let isServed = type == .composite ? algorithm != .crc64nvme : algorithm != .sha1 && algorithm != .sha256
    guard isServed else {
      throw .invalidRequest(
        "The \(type.rawValue) checksum type cannot be used with the \(algorithm.rawValue) checksum algorithm."
      )
    }
    self.init(algorithm: algorithm, type: type)
  }

  /// What an upload's metadata notes: the algorithm with nothing beside it yet, and the type.
  init?(noted metadata: ObjectMetadata) throws(S3Fault) {
    guard let name = metadata.checksums.first?.key, let algorithm = S3Checksum(rawValue: name),
      let type = metadata.checksumType.flatMap(Kind.init(rawValue:))
    else { return nil }
    self.init(algorithm: algorithm, type: type)
  }

  func note(in metadata: inout ObjectMetadata) {
    metadata.checksums = [algorithm.rawValue: ""]
    metadata.checksumType = type.rawValue
  }

  /// The object's checksum out of its parts', compared with what the client claims for the whole; empty where a part
  /// came without a checksum of this algorithm.
  func checksums(of parts: [PartInfo], claimed header: (String) -> String?) throws(S3Fault) -> [String:
    String]
  {
    let claim = header(algorithm.headerName)
    guard let value = value(of: parts) else {
      guard claim == nil else {
        throw .invalidRequest(
          "A part came without the \(algorithm.rawValue) checksum that the object shall have.")
      }
      return [:]
    }
    if let claim, claim != value { throw .badDigest }
    return [algorithm.rawValue: value]
  }

  private func value(of parts: [PartInfo]) -> String? {
    let values = parts.compactMap { part in
      part.checksums[algorithm.rawValue].flatMap { S3Checksum.Value(algorithm, base64: $0) }
    }
    guard values.count == parts.count else { return nil }
    switch type {
    case .composite: return algorithm.composite(of: values)
    case .fullObject:
      let lengths = parts.map { UInt64(clamping: $0.size) }
      return algorithm.joined(zip(values, lengths).map { (value: $0, length: $1) })?.base64
    }
  }
}
