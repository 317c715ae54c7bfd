/// Why a name was refused, in the reader's words.
public struct NameRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// What the name was meant for, e.g. "bucket name".
  public var kind: String
  /// The text as written.
  public var text: String
  /// What a good one looks like.
  public var rule: String

  /// Refuses a text.
  public init(kind: String, text: String, rule: String) {
    self.kind = kind
    self.text = text
    self.rule = rule
  }

  /// What was refused and what to write instead.
  public var description: String {
    let article = "aeiou".contains(kind.first ?? " ") ? "an" : "a"
    return "'\(text)' is not \(article) \(kind): \(rule)"
  }
}

/// A name that is safe in paths, ARNs, host names and log lines: `[a-z0-9]` and inner hyphens, 1...40 characters.
///
/// One rule for environments, projects, workspaces and people keeps every later use free of escaping.
public struct Slug: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The name's text.
  public let text: String

  /// Reads a name, or says why it cannot be one.
  public init(_ text: String, kind: String = "name") throws(NameRefusal) {
    let rule = "use 1 to 40 of a-z, 0-9 and '-', starting and ending with a letter or digit"
    guard (1...40).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed),
      text.utf8.first != UInt8(ascii: "-"), text.utf8.last != UInt8(ascii: "-")
    else { throw NameRefusal(kind: kind, text: text, rule: rule) }
    self.text = text
  }

  static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }

  /// The text.
  public var description: String { text }

  /// Orders by text.
  public static func < (left: Slug, right: Slug) -> Bool { left.text < right.text }
}

/// An S3 bucket name: 3...63 of `[a-z0-9-]`, beginning and ending with a letter or digit.
///
/// Source: Amazon S3 User Guide, "General purpose bucket naming rules", with its reserved prefixes and suffixes. Dots,
/// which S3 allows, are refused: a dotted bucket cannot be reached over TLS in virtual-host style.
public struct BucketName: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The name's text.
  public let text: String

  /// Reads a bucket name, or says why it cannot be one.
  public init(_ text: String) throws(NameRefusal) {
    guard (3...63).contains(text.utf8.count), text.utf8.allSatisfy(Slug.isAllowed),
      text.utf8.first != UInt8(ascii: "-"), text.utf8.last != UInt8(ascii: "-"),
      !Self.reservedPrefixes.contains(where: text.hasPrefix),
      !Self.reservedSuffixes.contains(where: text.hasSuffix)
    else {
      let rule =
        "use 3 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit, none of S3's reserved names"
      throw NameRefusal(kind: "bucket name", text: text, rule: rule)
    }
    self.text = text
  }

  private static let reservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"]
  private static let reservedSuffixes = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3"]

  /// `arn:aws:s3:::BUCKET`.
  public var arn: String { "arn:aws:s3:::\(text)" }

  /// `arn:aws:s3:::BUCKET/KEY`.
  public func arn(key: String) -> String { "arn:aws:s3:::\(text)/\(key)" }

  /// The text.
  public var description: String { text }

  /// Orders by text.
  public static func < (left: BucketName, right: BucketName) -> Bool { left.text < right.text }
}

/// A 12-digit AWS account id.
public struct AccountID: Hashable, Sendable, CustomStringConvertible {
  /// The twelve digits.
  public let text: String

  /// Reads an account id, or says why it cannot be one.
  public init(_ text: String) throws(NameRefusal) {
    guard text.utf8.count == 12,
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { throw NameRefusal(kind: "account id", text: text, rule: "write 12 digits in quotes") }
    self.text = text
  }

  /// The text.
  public var description: String { text }
}

/// An AWS Organizations id, `o-` and 10...32 lower-case letters or digits.
public struct OrganizationID: Hashable, Sendable, CustomStringConvertible {
  /// The id's text.
  public let text: String

  /// Reads an organisation id, or says why it cannot be one.
  public init(_ text: String) throws(NameRefusal) {
    let tail = text.utf8.dropFirst(2)
    guard text.hasPrefix("o-"), (10...32).contains(tail.count),
      tail.allSatisfy({ $0 != UInt8(ascii: "-") && Slug.isAllowed($0) })
    else {
      throw NameRefusal(kind: "organization id", text: text, rule: "write 'o-' and 10 to 32 of a-z and 0-9")
    }
    self.text = text
  }

  /// The text.
  public var description: String { text }
}

/// An AWS region name such as `eu-west-1`.
public struct Region: Hashable, Sendable, CustomStringConvertible {
  /// The region's text.
  public let text: String

  /// Reads a region name, or says why it cannot be one.
  public init(_ text: String) throws(NameRefusal) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard (3...5).contains(parts.count), text.utf8.count <= 24, text.utf8.allSatisfy(Slug.isAllowed),
      parts.allSatisfy({ !$0.isEmpty }), let last = parts.last, last.utf8.count == 1,
      last.first?.isNumber == true
    else { throw NameRefusal(kind: "region", text: text, rule: "write one like 'eu-west-1'") }
    self.text = text
  }

  /// The text.
  public var description: String { text }
}
