public import struct FoundationEssentials.Date

extension SigV4 {
  /// An access key with its secret, and the token of a temporary session.
  public struct Credentials: Sendable {
    /// The public half.
    public let accessKeyID: String
    /// The session token of temporary credentials.
    public let sessionToken: String?
    let secret: String

    /// Joins the parts.
    public init(accessKeyID: String, secret: String, sessionToken: String? = nil) {
      self.accessKeyID = accessKeyID
      self.secret = secret
      self.sessionToken = sessionToken
    }
  }

  /// Signs requests, as a client does.
  public struct Signer: Sendable {
    private let credentials: Credentials
    private let service: String
    private let region: String

    /// Makes a signer for one service in one region.
    public init(_ credentials: Credentials, service: String, region: String) {
      self.credentials = credentials
      self.service = service
      self.region = region
    }

    /// A request with its signature, and what the chunks of its body are signed with.
    public struct Signed: Sendable {
      /// The request with the headers that were added.
      public let request: Request
      /// The next link of the chain, for bodies in signed chunks.
      public let chunkSigner: ChunkSigner
    }

    /// Adds the date, the payload hash (for S3), the token and the `Authorization` header, and signs every
    /// header that the request then has.
    public func sign(_ request: Request, payload: Payload, at now: Date) throws(Refusal) -> Signed {
      var signed = request
      signed.headers.removeAll { field in
        ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"].contains(
          where: field.isNamed)
      }
      let time = AWSDate.basic(now)
      signed.headers.append(HeaderField("x-amz-date", time))
      if service == "s3" { signed.headers.append(HeaderField("x-amz-content-sha256", payload.text)) }
      if let token = credentials.sessionToken {
        signed.headers.append(HeaderField("x-amz-security-token", token))
      }
      let names = Self.names(signed.headers)
      let (signature, key) = try signature(of: signed, names, payload, now, presigned: false)
      let value =
        "\(SigV4.algorithm) Credential=\(credentials.accessKeyID)/\(key.scope), "
        + "SignedHeaders=\(names.joined(separator: ";")), Signature=\(Hex.text(signature))"
      signed.headers.append(HeaderField("Authorization", value))
      return Signed(request: signed, chunkSigner: ChunkSigner(key: key, time: time, seed: signature))
    }

    /// The request target of a presigned URL that is valid for so many seconds.
    public func presign(_ request: Request, expires: Int, at now: Date) throws(Refusal) -> String {
      let names = Self.names(request.headers)
      let scope = scope(at: now)
      var items =
        request.query.items + [
          URLQuery.Item("X-Amz-Algorithm", SigV4.algorithm),
          URLQuery.Item("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope)"),
          URLQuery.Item("X-Amz-Date", AWSDate.basic(now)),
          URLQuery.Item("X-Amz-Expires", String(expires)),
          URLQuery.Item("X-Amz-SignedHeaders", names.joined(separator: ";")),
        ]
      if let token = credentials.sessionToken { items.append(URLQuery.Item("X-Amz-Security-Token", token)) }
      let target = "\(request.rawPath)?\(URLQuery(items).encoded)"
      let unsigned = try Request(method: request.method, target: target, headers: request.headers)
      let payload = service == "s3" ? Payload.unsigned : Payload(SigV4.emptyHash) ?? .unsigned
      let (signature, _) = try signature(of: unsigned, names, payload, now, presigned: true)
      return "\(target)&X-Amz-Signature=\(Hex.text(signature))"
    }

    private func scope(at now: Date) -> Scope {
      Scope(day: AWSDate.day(now), region: region, service: service)
    }

    private static func names(_ headers: [HeaderField]) -> [String] {
      Set(headers.map { String(decoding: $0.name.utf8.map(ASCII.lowercased), as: UTF8.self) }).sorted()
    }

    private func signature(
      of request: Request, _ names: [String], _ payload: Payload, _ now: Date, presigned: Bool
    ) throws(Refusal) -> (signature: [UInt8], key: SigningKey) {
      let key = SigningKey(secret: credentials.secret, scope: scope(at: now))
      let canonical = try CanonicalRequest(
        request, service: service, signedHeaders: names, presigned: presigned, payloadHash: payload.text)
      let text = SigV4.stringToSign(
        time: AWSDate.basic(now), scope: key.scope, requestHash: canonical.hash)
      return (key.signature(of: text), key)
    }
  }
}
