/// Patterns of actions or resources that questions ask about, taken apart once for all of them.
final class AskedTexts: Sendable {
  let texts: [String]
  /// Whether all of them are ASCII. Texts that only mean the same are equal to Swift, and two to the engine.
  let isASCII: Bool
  /// The same for the same texts, byte for byte.
  let number: Int
  /// The same for texts that differ in the names of buckets alone.
  let numberWithoutNames: Int

  init(_ texts: [String]) {
    self.texts = texts
    isASCII = texts.allSatisfy(\.isASCII)
    var writer = KeyWriter()
    writer.add(texts)
    number = writer.number
    let buckets = texts.map(BucketText.init)
    numberWithoutNames = buckets.contains { $0 != nil } ? Self.number(of: texts, buckets) : number
  }

  /// Names of buckets in the order in which they come, the same where they are the same.
  private static func number(of texts: [String], _ buckets: [BucketText?]) -> Int {
    var (writer, names): (KeyWriter, [Substring: Int]) = (KeyWriter(), [:])
    // No list of texts is written so.
    writer.add("without names")
    for (text, bucket) in zip(texts, buckets) {
      writer.add(bucket != nil)
      guard let bucket else {
        writer.add(text)
        continue
      }
      let name = names[bucket.name] ?? names.count
      names[bucket.name] = name
      writer.add(name)
      writer.add(bucket.start)
      writer.add(bucket.isOfObjects)
    }
    return writer.number
  }

  static let none = AskedTexts([])
}

/// A bucket's ARN, or the pattern of all its objects.
private struct BucketText {
  let start: String
  let name: Substring
  let isOfObjects: Bool

  init?(_ text: String) {
    guard let start = Self.starts.first(where: { text.hasPrefix($0) }) else { return nil }
    let rest = text.dropFirst(start.count)
    isOfObjects = rest.hasSuffix("/*")
    name = isOfObjects ? rest.dropLast(2) : rest
    guard (3...63).contains(name.utf8.count), name.utf8.allSatisfy(Self.letters.contains) else { return nil }
    self.start = start
  }

  private static let starts = ["arn:aws:s3:::", "arn:aws-cn:s3:::", "arn:aws-us-gov:s3:::"]
  /// S3 guide, bucketnamingrules.
  private static let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789-.".utf8)
}

extension String {
  var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
