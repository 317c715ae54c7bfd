/// One element of an XML body of AWS's: either a text or children, as its own schemas have it.
public struct S3XMLElement: Equatable, Sendable {
  /// The name without its namespace prefix.
  public let name: String
  /// The text of an element without children.
  public let text: String
  /// The children in their order.
  public let children: [S3XMLElement]

  /// How deep an answer of AWS's nests at most; EC2's go to nine levels.
  static let deepestAnswer = 24
  /// The most elements of one answer: what keeps the memory of a hostile one within bounds.
  static let mostAnswerElements = 600_000

  /// Reads the answer to a call, with the same strictness as a request's body.
  public static func answer(_ bytes: [UInt8], maximumLength: Int) throws(S3XMLError) -> S3XMLElement {
    // Services and their emulators begin some answers with an empty line.
    let body = bytes.drop { $0 == ASCII.space || $0 == ASCII.lineFeed || $0 == ASCII.carriageReturn }
    return try S3XMLReader.read(
      Array(body), maximumLength: maximumLength, deepest: deepestAnswer, mostElements: mostAnswerElements)
  }

  /// The only child of that name; nil when there is none.
  ///
  /// - Throws: `.repeated` when there are several, because readers then disagree which one counts.
  func child(_ name: String) throws(S3XMLError) -> S3XMLElement? {
    let found = children.filter { $0.name == name }
    guard found.count <= 1 else { throw .repeated }
    return found.first
  }
}

/// Why bytes are not the XML that a call asks for. S3 answers `MalformedXML` to all of them.
public enum S3XMLError: Error, Equatable, Sendable {
  /// More bytes than the call may have.
  case tooLong
  /// More elements, or deeper ones, than any S3 body has.
  case tooManyElements
  /// The bytes are not UTF-8, or hold a character that XML does not have.
  case badCharacter
  /// A document type, a processing instruction, a comment or a CDATA section.
  case notAllowed
  /// An entity other than the five of XML itself and character references.
  case unknownEntity
  /// The document ends inside of an element, or something is out of place.
  case syntax
  /// Text beside children.
  case mixedContent
  /// An element that must be there is not.
  case missing(String)
  /// An element that may be there once is there several times.
  case repeated
  /// A value outside of its range.
  case badValue(String)
  /// Another root element than the call's.
  case wrongRoot
}
