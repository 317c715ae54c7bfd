import CordonPolicy
import CordonWire

extension AWSError {
  /// A call's parameters are not acceptable.
  static func validation(_ message: String) -> AWSError { AWSError("ValidationError", 400, message) }
}

/// The parameters of AssumeRole, checked.
struct AssumeRoleParameters: Sendable {
  var roleARN: String
  var sessionName: String
  var seconds: Int
  var policy: PolicyDocument?
  /// How much of its limit the policy uses, in percent.
  var packedPolicySize: Int?
  var tags: [SessionTag]
  var externalID: String?

  /// A role session that assumes a role gets one hour at most (IAM User Guide, "Role chaining").
  static let longest = 3_600
  /// The longest session policy.
  static let longestPolicy = 2_048

  /// Reads the parameters.
  ///
  /// - Parameter inherited: the caller's transitive tags, which the new session carries as well.
  init(_ query: URLQuery, inherited: [SessionTag]) throws(AWSError) {
    try Self.refuseUnserved(query)
    roleARN = try Self.text(query, "RoleArn", 20...2_048, isAllowed: Self.isPrintable)
    sessionName = try Self.text(query, "RoleSessionName", 2...64, isAllowed: Self.isSessionNameByte)
    seconds = try Self.seconds(query["DurationSeconds"])
    (policy, packedPolicySize) = try Self.policy(query["Policy"])
    externalID = try query["ExternalId"].map { _ throws(AWSError) in
      try Self.text(query, "ExternalId", 2...1_224, isAllowed: Self.isExternalIDByte)
    }
    tags = try Self.tags(query, inherited: inherited)
  }

  /// What would widen or bind a session in ways that are not judged here is refused, never ignored.
  private static func refuseUnserved(_ query: URLQuery) throws(AWSError) {
    for item in query.items {
      if item.name.hasPrefix("PolicyArns.") {
        throw .validation("PolicyArns is not served here: put the statements into Policy.")
      }
      if item.name == "SourceIdentity" || item.name.hasPrefix("ProvidedContexts.") {
        throw .validation("SourceIdentity and ProvidedContexts are not served here.")
      }
      if item.name == "SerialNumber" || item.name == "TokenCode" {
        throw AWSError("AccessDenied", 403, "MultiFactorAuthentication is not served here.")
      }
    }
  }

  private static func text(
    _ query: URLQuery, _ name: String, _ lengths: ClosedRange<Int>, isAllowed: (UInt8) -> Bool
  ) throws(AWSError) -> String {
    let values = query.values(name)
    guard values.count == 1, let text = values.first, lengths.contains(text.utf8.count),
      text.utf8.allSatisfy(isAllowed)
    else {
      throw .validation(
        "1 validation error detected: \(name) is missing, repeated, or not \(lengths.lowerBound) to "
          + "\(lengths.upperBound) allowed characters.")
    }
    return text
  }

  private static func seconds(_ text: String?) throws(AWSError) -> Int {
    guard let text else { return longest }
    guard text.utf8.count <= 6, let seconds = Int(text), (900...43_200).contains(seconds) else {
      throw .validation("DurationSeconds must be a number from 900 to 43200.")
    }
    guard seconds <= longest else {
      throw .validation(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
    }
    return seconds
  }

  private static func policy(_ text: String?) throws(AWSError) -> (PolicyDocument?, Int?) {
    guard let text else { return (nil, nil) }
    guard (1...longestPolicy).contains(text.utf8.count) else {
      throw .validation("Policy must have 1 to \(longestPolicy) characters.")
    }
    do {
      let document = try PolicyDocument(json: text)
      try document.check(as: .session)
      return (document, max(1, document.json.utf8.count * 100 / longestPolicy))
    } catch {
      throw AWSError("MalformedPolicyDocument", 400, "The policy is not valid: \(error)")
    }
  }
}

extension AssumeRoleParameters {
  private static func tags(_ query: URLQuery, inherited: [SessionTag]) throws(AWSError) -> [SessionTag] {
    let transitive = try list(query, "TransitiveTagKeys", members: [""]).map { $0[0] }
    let passed = try list(query, "Tags", members: [".Key", ".Value"])
    guard passed.count <= 50, transitive.count <= 50 else { throw .validation("At most 50 session tags.") }
    let inheritedKeys = Set(inherited.map { $0.key.lowercased() })
    let transitiveKeys = Set(transitive.map { $0.lowercased() })
    var seen: Set<String> = []
    var tags: [SessionTag] = []
    for pair in passed {
      let key = pair[0].lowercased()
      guard seen.insert(key).inserted else {
        throw .validation("Duplicate tag keys found. They ignore case.")
      }
      guard !inheritedKeys.contains(key) else {
        throw .validation(
          "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session."
        )
      }
      tags.append(SessionTag(key: pair[0], value: pair[1], isTransitive: transitiveKeys.contains(key)))
    }
    guard transitiveKeys.isSubset(of: seen.union(inheritedKeys)) else {
      throw .validation("TransitiveTagKeys names a tag that is not in Tags.")
    }
    return inherited + tags
  }

  /// `NAME.member.1SUFFIX`, `NAME.member.2SUFFIX`, ... with nothing left out.
  private static func list(
    _ query: URLQuery, _ name: String, members: [String]
  ) throws(AWSError) -> [[String]] {
    let prefix = "\(name).member."
    let count = query.items.count { $0.name.hasPrefix(prefix) }
    guard count % members.count == 0 else { throw .validation("\(name) is incomplete.") }
    var found: [[String]] = []
    for number in 0..<(count / members.count) {
      var row: [String] = []
      for suffix in members {
        let values = query.values("\(prefix)\(number + 1)\(suffix)")
        let limit = suffix == ".Value" ? 0...256 : 1...128
        guard values.count == 1, let text = values.first, limit.contains(text.unicodeScalars.count),
          text.unicodeScalars.allSatisfy(isTagScalar)
        else { throw .validation("\(name) is incomplete, or has characters that a tag cannot have.") }
        row.append(text)
      }
      found.append(row)
    }
    return found
  }

  /// STS API Reference, Tag: `[\p{L}\p{Z}\p{N}_.:/=+\-@]`.
  private static func isTagScalar(_ scalar: Unicode.Scalar) -> Bool {
    if "_.:/=+-@".unicodeScalars.contains(scalar) { return true }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .spaceSeparator,
      .decimalNumber, .letterNumber, .otherNumber:
      return true
    default: return false
    }
  }

  private static func isPrintable(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }

  /// `[\w+=,.@-]`.
  private static func isSessionNameByte(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "_+=,.@-".utf8.contains(byte)
  }

  private static func isExternalIDByte(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "_+=,.@:/-".utf8.contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
