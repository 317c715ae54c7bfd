/// Writes the XML documents that S3 and STS answer with.
///
///     var xml = S3XMLWriter()
///     xml.open("ListAllMyBucketsResult", namespace: S3XMLWriter.s3Namespace)
///     xml.element("Prefix", prefix)
///     xml.close()
///     return xml.bytes
///
/// Names are the program's own; every text is escaped.
public struct S3XMLWriter: Sendable {
  /// The namespace of S3's documents.
  public static let s3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

  private var document: [UInt8] = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
  private var path: [String] = []

  /// Starts a document with its declaration.
  public init() {}

  /// Opens an element.
  public mutating func open(_ name: String, namespace: String? = nil) {
    document += "<\(name)".utf8
    if let namespace {
      document += " xmlns=\"".utf8
      append(namespace)
      document.append(0x22)
    }
    document.append(0x3E)
    path.append(name)
  }

  /// Closes the element that was opened last.
  public mutating func close() {
    guard let name = path.popLast() else { return }
    document += "</\(name)>".utf8
  }

  /// Writes an element around other ones.
  public mutating func element(_ name: String, _ content: (inout S3XMLWriter) -> Void) {
    open(name)
    content(&self)
    close()
  }

  /// Writes an element with a text; a document that is nothing but such an element names its namespace there.
  public mutating func element(_ name: String, namespace: String? = nil, _ text: String) {
    open(name, namespace: namespace)
    append(text)
    close()
  }

  /// Writes an element with a number.
  public mutating func element(_ name: String, _ number: some BinaryInteger) { element(name, String(number)) }

  /// Writes an element with `true` or `false`.
  public mutating func element(_ name: String, _ flag: Bool) { element(name, flag ? "true" : "false") }

  /// Writes an element when there is a text for it.
  public mutating func element(_ name: String, ifPresent text: String?) {
    if let text { element(name, text) }
  }

  /// The document, with all that is still open closed.
  public var bytes: [UInt8] {
    var finished = self
    finished.closeAll()
    return finished.document
  }

  /// Whether nothing is open.
  public var isClosed: Bool { path.isEmpty }

  /// Closes all that is open.
  public mutating func closeAll() {
    while !isClosed { close() }
  }

  /// How many bytes were written and not taken.
  public var count: Int { document.count }

  /// Takes what was written so far, to be sent ahead; what is open stays open.
  public mutating func take() -> [UInt8] {
    defer { document = [] }
    return document
  }

  /// Markup becomes entities. A carriage return would be lost in reading, and other control characters are no
  /// text in XML 1.0: S3 writes both as character references, and clients ask for `encoding-type=url`
  /// instead.
  private mutating func append(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case 0x26: document += "&amp;".utf8
      case 0x3C: document += "&lt;".utf8
      case 0x3E: document += "&gt;".utf8
      case 0x22: document += "&quot;".utf8
      case 0x27: document += "&apos;".utf8
      case ASCII.tab, ASCII.lineFeed: document.append(byte)
      case 0..<0x20, 0x7F: document += "&#x\(String(byte, radix: 16));".utf8
      default: document.append(byte)
      }
    }
  }
}

extension S3XMLWriter {
  /// A key as `encoding-type=url` asks for it. Spaces become `%20`, which every decoder reads, never `+`.
  public static func urlEncoded(_ key: String) -> String { PercentCoding.encode(key, keepingSlash: true) }
}

extension AWSError {
  /// The document that S3 sends with an error.
  ///
  /// - Parameters:
  ///   - resource: the path of the request, as policy may show it to the client.
  ///   - requestID: what the ledger knows the request by.
  public func s3Document(resource: String? = nil, requestID: String) -> [UInt8] {
    var xml = S3XMLWriter()
    xml.open("Error")
    xml.element("Code", code)
    xml.element("Message", message)
    xml.element("Resource", ifPresent: resource)
    xml.element("RequestId", requestID)
    return xml.bytes
  }

  /// The document that STS, and services that speak like it, send with an error.
  public func queryDocument(namespace: String, requestID: String) -> [UInt8] {
    var xml = S3XMLWriter()
    xml.open("ErrorResponse", namespace: namespace)
    xml.element("Error") { error in
      error.element("Type", status < 500 ? "Sender" : "Receiver")
      error.element("Code", code)
      error.element("Message", message)
    }
    xml.element("RequestId", requestID)
    return xml.bytes
  }
}
