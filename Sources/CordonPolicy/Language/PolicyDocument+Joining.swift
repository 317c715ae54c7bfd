extension PolicyDocument {
  /// One document with the statements of several, in order.
  ///
  /// - Throws: `PolicyError.invalidValue` where the documents are of different versions: a variable of one would be
  ///   plain text of another.
  public static func joining(_ documents: [PolicyDocument]) throws(PolicyError) -> PolicyDocument {
    guard let first = documents.first else { throw .missing("Statement", at: nil) }
    var statements: [JSONValue] = []
    for document in documents {
      guard document.version == first.version else {
        throw .invalidValue(
          "Version", value: document.version.rawValue, expected: "\"\(first.version.rawValue)\"", at: nil)
      }
      let value: JSONValue
      do { value = try JSONValue(parsing: document.json) } catch { throw .json(error) }
      guard let statement = value["Statement"] else { continue }
      statements += statement.elements ?? [statement]
    }
    return try PolicyDocument(
      .object([("Version", .string(first.version.rawValue)), ("Statement", .array(statements))]))
  }

  /// The document over several lines, for people.
  public var indentedJSON: String {
    (try? JSONValue(parsing: json))?.written(.readable) ?? json
  }
}
