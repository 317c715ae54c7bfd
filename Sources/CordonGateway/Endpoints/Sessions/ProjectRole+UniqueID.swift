import CordonModel
import Crypto

import struct FoundationEssentials.Data

extension ProjectRole {
  /// The id that AWS gives a role for its lifetime, `AROA` and seventeen characters; here it follows from the role's ARN.
  var uniqueID: String {
    let digest = SHA256.hash(data: Data(arn.utf8))
    return "AROA" + Base32.text(digest, count: 17)
  }
}

/// The alphabet of AWS's ids (RFC 4648 §6).
enum Base32 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  /// One character for each of the first `count` bytes: the upper bits of a byte are not used.
  static func text(_ bytes: some Sequence<UInt8>, count: Int) -> String {
    String(decoding: bytes.prefix(count).map { alphabet[Int($0 & 31)] }, as: UTF8.self)
  }
}
