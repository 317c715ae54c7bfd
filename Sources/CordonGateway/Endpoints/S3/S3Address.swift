import CordonModel
import CordonWire

/// What the path and host of a request name.
struct S3Address: Sendable, Equatable {
  /// The bucket's name as sent; nil for calls of the service.
  var bucket: String?
  /// The object's key, decoded; nil for calls of a bucket.
  var key: String?

  /// Longer keys than S3's limit are refused before anything looks at them.
  static let longestKey = 1_024

  /// Reads the address in virtual-host style where the host names a bucket, else in path style.
  ///
  /// - Parameters:
  ///   - path: the decoded path. The bucket ends at the first slash of the *decoded* path, which is also what the
  ///     signature covers, so an encoded slash cannot make one bucket look like another's key.
  ///   - host: the host name, lower-case, without the port.
  init(path: String, host: String, names: ServiceNames) throws(S3Fault) {
    let rest = path.dropFirst()
    if let label = names.bucketLabel(of: host) {
      bucket = label
      key = rest.isEmpty ? nil : String(rest)
    } else {
      guard Self.isServiceHost(host, names) else { throw .unknownHost }
      let bytes = rest.utf8
      let slash = bytes.firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
      bucket = rest.isEmpty ? nil : String(rest[..<slash])
      let after = slash == bytes.endIndex ? rest[slash...] : rest[bytes.index(after: slash)...]
      key = after.isEmpty ? nil : String(after)
    }
    if let key, key.utf8.count > Self.longestKey { throw .keyTooLong }
    if let key, key.utf8.contains(0) { throw .malformedKey }
  }

  /// What the address names.
  var scope: S3Call.Scope { bucket == nil ? .service : key == nil ? .bucket : .object }

  private static func isServiceHost(_ host: String, _ names: ServiceNames) -> Bool {
    if host == "localhost" || host.hasPrefix("127.") { return true }
    guard let name = try? DomainName(host) else { return false }
    return names.endpoint(of: name) == .s3
  }
}

/// `x-amz-copy-source`: another object, as the source of a copy.
struct S3CopySource: Sendable, Equatable {
  var bucket: String
  var key: String
  var version: String?

  /// Reads `/bucket/key?versionId=...`, percent-encoded.
  init?(_ text: String) {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let path = PercentCoding.decode(parts[0]) else { return nil }
    let bytes = Substring(path.hasPrefix("/") ? path.dropFirst() : path[...])
    guard let slash = bytes.utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    bucket = String(bytes[..<slash])
    key = String(bytes[bytes.utf8.index(after: slash)...])
    if parts.count > 1 {
      guard let query = URLQuery(parsing: parts[1]) else { return nil }
      version = query["versionId"]
    }
    guard !bucket.isEmpty, !key.isEmpty, key.utf8.count <= S3Address.longestKey, !key.utf8.contains(0) else {
      return nil
    }
  }
}
