public import struct FoundationEssentials.Date

extension SigV4 {
  /// What a verification comes to.
  public enum Verdict: Sendable {
    /// The holder of the key signed this request for this endpoint, now.
    case verified(Verified)
    /// It is not shown who sent this request.
    case refused(Refusal)
  }

  /// Claims that were proved.
  public struct Verified: Sendable {
    /// The claims.
    public let claims: Claims
    /// How the body is bound to the signature. It is not proved until the body was read to its end.
    public let payload: Payload
    let key: SigningKey

    /// Checks the signatures of the body's chunks, which chain on to this request's own.
    public var chunkSigner: ChunkSigner {
      ChunkSigner(key: key, time: AWSDate.basic(claims.time), seed: claims.signature)
    }
  }

  /// Where the hash in the signature's last line comes from.
  public enum PayloadHash: Sendable {
    /// From the request itself, as S3 does it; the body is checked against it while it is read.
    case declared
    /// The SHA-256 of the body that the caller has read, as every other service does it.
    case body([UInt8])
  }

  /// Verifies requests to one endpoint.
  public struct Verifier: Sendable {
    /// The service that the endpoint speaks for, `s3`.
    public let service: String
    /// The regions whose signatures are accepted; errors name the first.
    public let regions: [String]
    /// How far the clocks may be apart: AWS allows 15 minutes.
    public let allowedSkew: Double

    /// Makes a verifier for one endpoint.
    public init(service: String, regions: [String], allowedSkew: Double = 900) {
      self.service = service
      self.regions = regions
      self.allowedSkew = allowedSkew
    }

    /// Says whether the holder of `key` signed the request for this endpoint within the allowed time.
    ///
    /// - Parameters:
    ///   - claims: what `claims(of:)` read from the same request.
    ///   - key: the signing key for `claims.keyID`.
    ///   - now: the gateway's clock.
    public func verify(
      _ claims: Claims, of request: Request, with key: SigningKey, hash: PayloadHash = .declared, at now: Date
    ) -> Verdict {
      do {
        return .verified(try check(claims, request, key, hash, now))
      } catch {
        return .refused(error)
      }
    }
  }
}

extension SigV4.Verifier {
  /// From what costs little to what costs most; the order also decides which error a client sees.
  private func check(
    _ claims: SigV4.Claims, _ request: SigV4.Request, _ key: SigV4.SigningKey, _ hash: SigV4.PayloadHash,
    _ now: Date
  ) throws(SigV4.Refusal) -> SigV4.Verified {
    try checkScope(claims)
    // A key for another scope is a caller's slip; it can only fail.
    guard key.scope == claims.scope else { throw .signatureMismatch }
    try checkTime(claims, now)
    try checkSignedHeaders(claims, request)
    let payload = try payload(claims, request, hash)
    let canonical = try SigV4.CanonicalRequest(
      request, service: service, signedHeaders: claims.signedHeaders, presigned: claims.form != .header,
      payloadHash: payload.text)
    let text = SigV4.stringToSign(
      time: AWSDate.basic(claims.time), scope: claims.scope, requestHash: canonical.hash)
    guard key.isValid(claims.signature, for: text) else { throw .signatureMismatch }
    return SigV4.Verified(claims: claims, payload: payload, key: key)
  }

  private func checkScope(_ claims: SigV4.Claims) throws(SigV4.Refusal) {
    let inHeader = claims.form == .header
    if claims.scope.service != service {
      throw inHeader
        ? .authorizationHeader(.service(expected: service)) : .authorizationQuery(.service(expected: service))
    }
    if !regions.contains(claims.scope.region) {
      let expected = regions.first ?? ""
      throw inHeader
        ? .authorizationHeader(.region(expected: expected)) : .authorizationQuery(.region(expected: expected))
    }
  }

  private func checkTime(_ claims: SigV4.Claims, _ now: Date) throws(SigV4.Refusal) {
    let age = now.timeIntervalSince(claims.time)
    switch claims.form {
    case .header:
      guard abs(age) <= allowedSkew else { throw .requestTimeTooSkewed }
    case .query(let expires):
      guard age >= -allowedSkew else { throw .notYetValid }
      guard age <= Double(expires) else { throw .expired }
    }
  }

  /// `host` binds the request to this endpoint, and each `x-amz-*` header changes what the call does.
  private func checkSignedHeaders(_ claims: SigV4.Claims, _ request: SigV4.Request) throws(SigV4.Refusal) {
    guard claims.signedHeaders.contains("host") else { throw .unsignedHeaders(["host"]) }
    guard request.headers.values("host").count == 1 else { throw .missingSignedHeader }
    var unsigned: [String] = []
    for field in request.headers where field.hasPrefix("x-amz-") {
      let isSigned = claims.signedHeaders.contains { field.isNamed($0) }
      if !isSigned { unsigned.append(field.name.lowercased()) }
    }
    if !unsigned.isEmpty { throw .unsignedHeaders(unsigned.sorted()) }
  }

  private func payload(
    _ claims: SigV4.Claims, _ request: SigV4.Request, _ hash: SigV4.PayloadHash
  ) throws(SigV4.Refusal) -> SigV4.Payload {
    if case .body(let digest) = hash { return .sha256(digest) }
    var declared = request.headers.values("x-amz-content-sha256")
    if claims.form != .header { declared += request.query.values("X-Amz-Content-Sha256") }
    guard let text = declared.first else {
      // A presigned URL is made before anyone knows the body.
      if claims.form != .header { return .unsigned }
      throw .missingSecurityHeader("x-amz-content-sha256")
    }
    guard declared.allSatisfy({ $0 == text }), let payload = SigV4.Payload(text) else {
      throw .badPayloadHash
    }
    return payload
  }
}
