/// The last look at text before it enters the ledger for good.
///
/// `DecisionRecord` has no member for a secret; this guards against one that arrived inside a member, such as a
/// client that puts a presigned URL into a key. The value is replaced, not the record refused: the attempt is
/// evidence and stays.
enum SecretScrubber {
  static let withheld = "[withheld: looks like a signature or a token]"

  /// Members are bounded to this many bytes, resource names to twice as many (a key alone may have 1,024).
  static let longest = 1_024

  static func clean(_ text: String, upTo limit: Int = longest) -> String {
    if holdsSecret(text) { return withheld }
    let count = text.utf8.count
    guard count > limit else { return text }
    var end = text.utf8.index(text.utf8.startIndex, offsetBy: limit)
    while end > text.utf8.startIndex, text.utf8[end] & 0b1100_0000 == 0b1000_0000 {
      end = text.utf8.index(before: end)
    }
    return "\(text[..<end])[truncated: \(count) bytes]"
  }

  /// Names of secrets, in lower case, and what follows a name where a value comes next.
  private static let names: [[UInt8]] = [
    "x-amz-signature", "x-amz-security-token", "authorization", "secretaccesskey", "secret_access_key",
    "sessiontoken", "session_token",
  ].map { Array($0.utf8) }
  private static let assignments: [[UInt8]] = ["=", ":", "%3d", "%3a", "\":", "%22%3a"].map { Array($0.utf8) }
  private static let standing: [[UInt8]] = [
    "aws4-hmac-sha256 credential", "-----begin ",
  ].map { Array($0.utf8) }

  private static func holdsSecret(_ text: String) -> Bool {
    var text = text
    return text.withUTF8Span { bytes in
      for start in bytes.indices where mayStart(bytes[start]) {
        if standing.contains(where: { matches($0, bytes, at: start) }) { return true }
        for name in names where matches(name, bytes, at: start) {
          if assignments.contains(where: { matches($0, bytes, at: start + name.count) }) { return true }
        }
      }
      return false
    }
  }

  /// Whether one of the patterns starts with the byte.
  private static func mayStart(_ byte: UInt8) -> Bool {
    switch byte | 0x20 {
    case UInt8(ascii: "x"), UInt8(ascii: "a"), UInt8(ascii: "s"), UInt8(ascii: "-"): true
    default: false
    }
  }

  private static func matches(_ pattern: [UInt8], _ bytes: borrowing Span<UInt8>, at start: Int) -> Bool {
    guard bytes.count - start >= pattern.count else { return false }
    for index in pattern.indices where lowercase(bytes[start + index]) != pattern[index] { return false }
    return true
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}

extension String {
  /// Hands out the text's UTF-8 bytes without copying them where it is stored contiguously.
  fileprivate mutating func withUTF8Span<Result>(_ body: (borrowing Span<UInt8>) -> Result) -> Result {
    makeContiguousUTF8()
    return body(utf8Span.span)
  }
}
