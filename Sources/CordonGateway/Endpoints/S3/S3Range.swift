import CordonStore

/// What part of an object a `Range` field asks for (RFC 9110 §14).
enum S3Range {
  /// Reads the field; nil for no range, several ranges, or one that is not understood, all of which RFC 9110 lets a
  /// server answer with the whole object.
  static func bytes(_ field: String?) -> ByteRange? {
    guard let field, let (first, last) = bounds(field) else { return nil }
    switch (first, last) {
    case (let first?, let last):
      if let last, last < first { return nil }
      return .from(first, through: last)
    case (nil, let suffix?): return .last(suffix)
    case (nil, nil): return nil
    }
  }

  /// Reads `x-amz-copy-source-range`, which must be `bytes=FIRST-LAST` and nothing else.
  static func copied(_ field: String) -> ByteRange? {
    guard let (first, last) = bounds(field), let first, let last, first <= last else { return nil }
    return .from(first, through: last)
  }

  /// The two numbers of `bytes=FIRST-LAST`.
  private static func bounds(_ field: String) -> (first: Int64?, last: Int64?)? {
    let text = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard text.count == 2, text[0].lowercased() == "bytes" else { return nil }
    let ends = text[1].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard ends.count == 2, isNumber(ends[0]), isNumber(ends[1]) else { return nil }
    return (number(ends[0]), number(ends[1]))
  }

  private static func isNumber(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// A number that is too long for any object stands behind all of them.
  private static func number(_ text: Substring) -> Int64? {
    text.isEmpty ? nil : min(Int64(text) ?? beyond, beyond)
  }

  private static let beyond: Int64 = 1 << 60
}
