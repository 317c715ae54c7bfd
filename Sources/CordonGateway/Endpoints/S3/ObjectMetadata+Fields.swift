import CordonStore
import CordonWire

/// The header fields of a write that come back with every read: the object's type, how caches treat it, and what the
/// user wrote beside it.
extension ObjectMetadata {
  /// What S3 says of an object whose writer said nothing.
  static let defaultType = "binary/octet-stream"
  /// AWS allows 2 KB of user metadata.
  static let longestUserMetadata = 2_048

  private static let userPrefix = "x-amz-meta-"

  /// Reads the fields of a write.
  init(fields: [HeaderField]) throws(S3Fault) {
    self.init()
    var size = 0
    for field in fields {
      let name = field.name.lowercased()
      let value = field.value
      switch name {
      case "content-type": contentType = value.isEmpty ? nil : value
      case "content-encoding": contentEncoding = Self.withoutChunking(value)
      case "content-disposition": contentDisposition = value
      case "content-language": contentLanguage = value
      case "cache-control": cacheControl = value
      case "expires": expires = value
      case _ where name.hasPrefix(Self.userPrefix):
        let key = String(name.dropFirst(Self.userPrefix.count))
        size += key.utf8.count + value.utf8.count
        user[key] = user[key].map { "\($0),\(value)" } ?? value
      default: break
      }
    }
    guard size <= Self.longestUserMetadata else {
      throw S3Fault(
        "MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size.")
    }
  }

  /// The fields of an answer, in a stable order.
  var fields: [(name: String, value: String)] {
    let standard: [(String, String?)] = [
      ("content-type", contentType ?? Self.defaultType), ("content-encoding", contentEncoding),
      ("content-disposition", contentDisposition), ("content-language", contentLanguage),
      ("cache-control", cacheControl), ("expires", expires),
    ]
    return standard.compactMap { name, value in value.map { (name: name, value: $0) } }
      + user.sorted { $0.key < $1.key }.map { (name: Self.userPrefix + $0.key, value: $0.value) }
  }

  /// The checksum fields of an answer.
  var checksumFields: [(name: String, value: String)] {
    guard !checksums.isEmpty else { return [] }
    let sums = checksums.sorted { $0.key < $1.key }.map {
      (name: "x-amz-checksum-\($0.key.lowercased())", value: $0.value)
    }
    return sums + [(name: "x-amz-checksum-type", value: checksumType ?? "FULL_OBJECT")]
  }

  /// `aws-chunked` says how the body travelled, not what it is.
  private static func withoutChunking(_ encodings: String) -> String? {
    let rest = encodings.split(separator: ",").map { $0.drop { $0 == " " } }.filter { $0 != "aws-chunked" }
    return rest.isEmpty ? nil : rest.joined(separator: ",")
  }
}
