import struct FoundationEssentials.Date

extension SigV4.Claims {
  /// Reads the `Authorization` header (AWS, "Authenticating Requests: Using the Authorization Header").
  init(header request: SigV4.Request) throws(SigV4.Refusal) {
    guard let value = request.headers.single("authorization") else { throw .authorizationHeader(.syntax) }
    let fields = try Self.fields(authorization: value)
    guard let credentialText = fields.credential, let headersText = fields.signedHeaders,
      let signatureText = fields.signature
    else { throw .authorizationHeader(.syntax) }
    guard let credential = SigV4Credential(credentialText) else { throw .authorizationHeader(.credential) }
    guard let signedHeaders = Self.signedHeaders(headersText), let signature = Self.signature(signatureText)
    else { throw .authorizationHeader(.syntax) }
    let time = try Self.time(of: request, signedHeaders: signedHeaders)
    guard AWSDate.day(time) == credential.scope.day else { throw .authorizationHeader(.day) }
    let tokens = request.headers.values("x-amz-security-token")
    guard tokens.count <= 1 else { throw .authorizationHeader(.syntax) }
    self.init(
      form: .header, accessKeyID: credential.accessKeyID, scope: credential.scope,
      signedHeaders: signedHeaders,
      time: time, securityToken: tokens.first, signature: signature)
  }

  /// Reads a presigned query (AWS, "Authenticating Requests: Using Query Parameters").
  init(query request: SigV4.Request) throws(SigV4.Refusal) {
    // Without the algorithm it may be a SigV2 URL, which deserves its own answer.
    let algorithm = try Self.parameter("X-Amz-Algorithm", request.query, missing: .unsupportedMechanism)
    guard algorithm.utf8.elementsEqual(SigV4.algorithm.utf8) else { throw .unsupportedMechanism }
    let credentialText = try Self.parameter("X-Amz-Credential", request.query)
    let dateText = try Self.parameter("X-Amz-Date", request.query)
    let expiresText = try Self.parameter("X-Amz-Expires", request.query)
    let headersText = try Self.parameter("X-Amz-SignedHeaders", request.query)
    let signatureText = try Self.parameter("X-Amz-Signature", request.query)
    guard let credential = SigV4Credential(Substring(credentialText).utf8) else {
      throw .authorizationQuery(.credential)
    }
    guard let time = AWSDate.date(basic: dateText) else { throw .authorizationQuery(.date) }
    guard AWSDate.day(time) == credential.scope.day else { throw .authorizationQuery(.day) }
    guard let expires = Self.expires(expiresText) else { throw .authorizationQuery(.expires) }
    guard let signedHeaders = Self.signedHeaders(Substring(headersText).utf8),
      let signature = Self.signature(Substring(signatureText).utf8)
    else { throw .authorizationQuery(.syntax) }
    // A token in a header beside the query would be a second, uncertain source of the same fact.
    let tokens = request.query.values("X-Amz-Security-Token")
    guard tokens.count <= 1, !request.headers.contains("x-amz-security-token") else {
      throw .authorizationQuery(.incomplete)
    }
    self.init(
      form: .query(expires: expires), accessKeyID: credential.accessKeyID, scope: credential.scope,
      signedHeaders: signedHeaders, time: time, securityToken: tokens.first, signature: signature)
  }
}

extension SigV4.Claims {
  /// The three fields of the header, each of which stands there once.
  private struct Fields {
    var credential: Substring.UTF8View?
    var signedHeaders: Substring.UTF8View?
    var signature: Substring.UTF8View?

    /// Takes `Name=value`; false when the name is unknown or was taken before.
    mutating func take(_ piece: Substring.UTF8View) -> Bool {
      Self.take(piece, "Credential=", &credential) || Self.take(piece, "SignedHeaders=", &signedHeaders)
        || Self.take(piece, "Signature=", &signature)
    }

    private static func take(_ piece: Substring.UTF8View, _ name: String, _ field: inout Substring.UTF8View?)
      -> Bool
    {
      guard field == nil, piece.starts(with: name.utf8) else { return false }
      field = piece.dropFirst(name.utf8.count)
      return true
    }
  }

  private static func fields(authorization value: String) throws(SigV4.Refusal) -> Fields {
    let bytes = value.utf8
    guard let space = bytes.firstIndex(of: ASCII.space), bytes[..<space].elementsEqual(SigV4.algorithm.utf8)
    else {
      throw bytes.elementsEqual(SigV4.algorithm.utf8) ? .authorizationHeader(.syntax) : .unsupportedMechanism
    }
    var fields = Fields()
    for piece in bytes[space...].split(separator: ASCII.comma, omittingEmptySubsequences: false) {
      guard fields.take(piece.drop { $0 == ASCII.space }) else { throw .authorizationHeader(.syntax) }
    }
    return fields
  }

  /// The list must be lower case, sorted and without repetition: one request, one canonical form.
  private static func signedHeaders(_ text: Substring.UTF8View) -> [String]? {
    let names = text.split(separator: ASCII.semicolon, omittingEmptySubsequences: false)
    guard names.count <= SigV4.maximumHeaders else { return nil }
    for (index, name) in names.enumerated() {
      guard !name.isEmpty, name.allSatisfy({ ASCII.isToken($0) && !ASCII.isUpperLetter($0) }) else {
        return nil
      }
      if index > 0, !names[index - 1].lexicographicallyPrecedes(name) { return nil }
    }
    return names.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func signature(_ digits: Substring.UTF8View) -> [UInt8]? {
    guard digits.count == 64, digits.allSatisfy({ !ASCII.isUpperLetter($0) }) else { return nil }
    return Hex.bytes(ascii: digits)
  }

  private static func time(
    of request: SigV4.Request, signedHeaders: [String]
  ) throws(SigV4.Refusal) -> Date {
    if request.headers.contains("x-amz-date") {
      guard let text = request.headers.single("x-amz-date"), let time = AWSDate.date(basic: text) else {
        throw .missingDate
      }
      return time
    }
    // A time that the signature does not cover could be changed at will.
    guard signedHeaders.contains("date"), let text = request.headers.single("date"),
      let time = AWSDate.date(basic: text) ?? HTTPDate.date(text) ?? mailDate(text)
    else { throw .missingDate }
    return time
  }

  /// botocore writes the zone of a `Date` header as mail does, `-0000` (RFC 5322 §3.3).
  private static func mailDate(_ text: String) -> Date? {
    text.hasSuffix(" -0000") || text.hasSuffix(" +0000") ? HTTPDate.date("\(text.dropLast(5))GMT") : nil
  }

  private static func parameter(
    _ name: String, _ query: URLQuery, missing: SigV4.Refusal = .authorizationQuery(.incomplete)
  ) throws(SigV4.Refusal) -> String {
    let values = query.values(name)
    guard let value = values.first else { throw missing }
    guard values.count == 1 else { throw .authorizationQuery(.incomplete) }
    return value
  }

  private static func expires(_ text: String) -> Int? {
    guard 1...6 ~= text.utf8.count, let seconds = HTTPDate.number(Array(text.utf8)[...]),
      1...SigV4.maximumExpiry ~= seconds
    else { return nil }
    return seconds
  }
}
