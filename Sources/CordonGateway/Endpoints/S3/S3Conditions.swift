import CordonWire

import struct FoundationEssentials.Date

/// `If-Match` and its siblings, on an object that is there (RFC 9110 §13).
struct S3Conditions: Sendable, Equatable {
  enum Verdict: Sendable, Equatable { case holds, notModified, failed }

  var ifMatch: String?
  var ifNoneMatch: String?
  var ifModifiedSince: Date?
  var ifUnmodifiedSince: Date?

  /// Reads the fields whose names begin with `prefix`, in lower case. A date that cannot be read is no condition.
  init(prefix: String = "if-", header: (String) -> String?) {
    ifMatch = header("\(prefix)match")
    ifNoneMatch = header("\(prefix)none-match")
    ifModifiedSince = header("\(prefix)modified-since").flatMap { HTTPDate.date($0) }
    ifUnmodifiedSince = header("\(prefix)unmodified-since").flatMap { HTTPDate.date($0) }
  }

  /// Judges an object. RFC 9110 §13.2.2: an entity tag, where given, makes the date beside it count for nothing.
  func judge(eTag: String, modified: Date) -> Verdict {
    // HTTP's dates have whole seconds.
    let modified = Date(timeIntervalSince1970: modified.timeIntervalSince1970.rounded(.down))
    if let ifMatch {
      guard Self.lists(ifMatch, eTag) else { return .failed }
    } else if let ifUnmodifiedSince, modified > ifUnmodifiedSince {
      return .failed
    }
    if let ifNoneMatch {
      return Self.lists(ifNoneMatch, eTag) ? .notModified : .holds
    }
    if let ifModifiedSince, modified <= ifModifiedSince { return .notModified }
    return .holds
  }

  /// Whether a list of entity tags has this one, quoted or not, or `*`.
  static func lists(_ field: String, _ eTag: String) -> Bool {
    field.split(separator: ",").contains { item in
      let tag = bare(item)
      return tag == "*" || tag.utf8.elementsEqual(eTag.utf8)
    }
  }

  /// An entity tag without its quotes and its weakness.
  static func bare(_ tag: some StringProtocol) -> Substring {
    var text = Substring(tag)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    if text.hasPrefix("W/") { text = text.dropFirst(2) }
    if text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { text = text.dropFirst().dropLast() }
    return text
  }
}
