import CordonWire

/// The tags of an object.
enum S3Tagging {
  /// AWS allows ten.
  static let most = 10
  /// More than ten tags of the longest kind have.
  static let longestDocument = 256 << 10

  /// Reads `x-amz-tagging`: `a=b&c=d`.
  static func tags(header text: String?) throws(S3Fault) -> [String: String] {
    guard let text, !text.isEmpty else { return [:] }
    guard let query = URLQuery(parsing: text) else { throw malformed }
    return try tags(query.items.map { S3Tag(key: $0.name, value: $0.value) })
  }

  /// Checks tags and makes them one dictionary.
  static func tags(_ pairs: [S3Tag]) throws(S3Fault) -> [String: String] {
    guard pairs.count <= most else {
      throw S3Fault("BadRequest", 400, "Object tags cannot be greater than 10")
    }
    var tags: [String: String] = [:]
    for pair in pairs {
      guard (1...128).contains(pair.key.unicodeScalars.count), pair.value.unicodeScalars.count <= 256 else {
        throw malformed
      }
      guard tags.updateValue(pair.value, forKey: pair.key) == nil else {
        throw S3Fault("InvalidTag", 400, "Cannot provide multiple Tags with the same key")
      }
    }
    return tags
  }

  private static let malformed = S3Fault(
    "InvalidTag", 400,
    "The tag provided was not a valid tag. A key has 1 to 128 characters, a value up to 256.")
}
