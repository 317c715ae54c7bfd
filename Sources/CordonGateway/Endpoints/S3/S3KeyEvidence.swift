public import CordonModel
import CordonWire
import Crypto

import struct FoundationEssentials.Data

/// What the ledger keeps of many keys that one decision is about.
///
/// A few are named. Of more, each has a digest of 96 bits: whether a key was among them, and so what was decided on it,
/// can be said for every key that anybody asks about, and two keys that share a digest cannot be found. One digest over
/// all of them, and their number, say that the list is whole. The keys themselves, a megabyte at worst, are not kept.
public struct S3KeyEvidence {
  /// So many keys are named.
  private static let named = 10
  /// Of the digest of a key, so many bytes are kept: sixteen characters.
  private static let digestBytes = 12
  /// Digests in one member of the record, which has room for 1,024 bytes.
  private static let digestsPerMember = 63

  /// The ARNs of those keys that are named.
  public let resources: [String]
  /// The digests, where there are more keys than are named.
  public let details: [String: String]

  /// Evidence of keys of a bucket, each with the version that is meant.
  public init(_ keys: [(key: String, version: String?)], in bucket: BucketName) {
    resources = keys.prefix(Self.named).map { bucket.arn(key: $0.key) }
    guard keys.count > Self.named else {
      details = [:]
      return
    }
    let digests = keys.map { Self.digest(of: $0.key, version: $0.version) }
    var details = ["keys": String(keys.count)]
    var all = SHA256()
    for digest in digests { all.update(data: digest) }
    details["keysSHA256"] = Hex.text(all.finalize())
    for start in stride(from: 0, to: digests.count, by: Self.digestsPerMember) {
      let part = digests[start..<min(start + Self.digestsPerMember, digests.count)]
      let number = start / Self.digestsPerMember
      details["keyDigests.\(number < 10 ? "0" : "")\(number)"] =
        part.map { $0.prefix(Self.digestBytes).base64EncodedString() }.joined()
    }
    self.details = details
  }

  /// SHA-256 of the key, a zero byte and the version, which is empty where the call names none. No key holds a zero
  /// byte.
  static func digest(of key: String, version: String?) -> Data {
    Data(SHA256.hash(data: Data(key.utf8) + [0] + Data((version ?? "").utf8)))
  }
}
