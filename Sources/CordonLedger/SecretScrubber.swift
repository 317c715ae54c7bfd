import Crypto

/// The last look at text before it enters the ledger for good.
///
/// `DecisionRecord` has no member for a secret; this guards against one that arrived inside a member, such as a
/// client that puts a presigned URL into a key. Only the value that looks like a secret is replaced, and what takes
/// its place tells its length and SHA-256: a workspace that dresses a name up as a token hides nothing, because
/// whoever has the name, the token or a list of either can match it against the record.
enum SecretScrubber {
  /// How what takes a secret's place begins.
  static let withheld = "[withheld: "

  /// Members are bounded to this many bytes, resource names to twice as many (a key alone may have 1,024).
  static let longest = 1_024

  /// Values that are replaced one by one; what lies between further ones goes with them, so that a text full of
  /// short secrets does not grow until its own end is cut off.
  static let mostValues = 8

  /// No more than this of a text is looked at, and nothing behind it is kept.
  private static let window = 4_096

  static func clean(_ text: String, upTo limit: Int = longest) -> String {
    let original = Array(text.utf8)
    let bytes = Array(original.prefix(window))
    let secrets = SecretFinder.secrets(in: bytes)
    guard !secrets.isEmpty || original.count > limit else { return text }
    var cleaned: [UInt8] = []
    var copied = 0
    for range in bounded(secrets) {
      cleaned += bytes[copied..<range.lowerBound]
      cleaned += "\(withheld)\(account(of: bytes[range]))]".utf8
      copied = range.upperBound
    }
    cleaned += bytes[copied...]
    if cleaned.count > limit || original.count > window { cut(&cleaned, to: limit, of: original) }
    return String(decoding: cleaned, as: UTF8.self)
  }

  private static func bounded(_ secrets: [Range<Int>]) -> [Range<Int>] {
    guard secrets.count > mostValues, let last = secrets.last else { return secrets }
    return secrets.prefix(mostValues - 1) + [secrets[mostValues - 1].lowerBound..<last.upperBound]
  }

  /// Cuts at a character's end; the whole text's length and hash take the place of its tail.
  private static func cut(_ cleaned: inout [UInt8], to limit: Int, of original: [UInt8]) {
    var end = min(limit, cleaned.count)
    while end > 0, end == cleaned.count || cleaned[end] & 0b1100_0000 == 0b1000_0000 { end -= 1 }
    cleaned.removeSubrange(end...)
    cleaned += "[truncated: \(account(of: original[...]))]".utf8
  }

  private static func account(of bytes: ArraySlice<UInt8>) -> String {
    "\(bytes.count) bytes, sha256 \(Hexadecimal.text(SHA256.hash(data: bytes)))"
  }
}
