import CordonWire
import FoundationEssentials

/// Reading and verifying SigV4, with the signing key at hand as the gateway has it.
struct SignatureBenchmark {
  struct Result: Encodable {
    /// GET of an object with four signed headers, AWS's documented example.
    var get: Rate
    /// PUT of a part with seven signed headers and two query items.
    var put: Rate
  }

  // The example key of AWS's documentation, "Authenticating Requests (AWS Signature Version 4)".
  private static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
  private static let accessKeyID = "AKIAIOSFODNN7EXAMPLE"
  private let now = Date(timeIntervalSince1970: 1_369_353_600)
  private let verifier = SigV4.Verifier(service: "s3", regions: ["us-east-1"])

  func measure(for duration: Duration) throws -> Result {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    let get = try signed("GET", "/test.txt", empty, [("range", "bytes=0-9")])
    let put = try signed(
      "PUT", "/models/2026/part.bin?partNumber=3&uploadId=VXBsb2FkSUQ", "UNSIGNED-PAYLOAD",
      [
        ("content-length", "5242880"), ("content-type", "application/octet-stream"),
        ("x-amz-checksum-crc32c", "yZRlqg=="), ("x-amz-server-side-encryption", "aws:kms"),
      ])
    return Result(get: try rate(get, duration), put: try rate(put, duration))
  }

  private func signed(_ method: String, _ target: String, _ hash: String, _ more: [(String, String)]) throws
    -> SigV4.Request
  {
    guard let payload = SigV4.Payload(hash) else { throw Misuse("no payload is '\(hash)'") }
    let headers =
      [HeaderField("host", "examplebucket.s3.amazonaws.com")] + more.map { HeaderField($0.0, $0.1) }
    let signer = SigV4.Signer(
      SigV4.Credentials(accessKeyID: Self.accessKeyID, secret: Self.secret), service: "s3",
      region: "us-east-1")
    let request = try SigV4.Request(method: method, target: target, headers: headers)
    return try signer.sign(request, payload: payload, at: now).request
  }

  /// Each turn starts from the request's text, as it comes off the wire.
  private func rate(_ request: SigV4.Request, _ duration: Duration) throws -> Rate {
    let items = request.query.items.isEmpty ? "" : "?" + request.query.encoded
    let target = request.rawPath + items
    guard let claims = try SigV4.claims(of: request) else { throw Misuse("the request has no signature") }
    let key = SigV4.SigningKey(secret: Self.secret, scope: claims.scope)
    return try Rate.of(duration) {
      for _ in 0..<20 {
        let again = try SigV4.Request(method: request.method, target: target, headers: request.headers)
        guard let claims = try SigV4.claims(of: again),
          case .verified = verifier.verify(claims, of: again, with: key, at: now)
        else { throw Misuse("the signature does not verify") }
      }
      return 20
    }
  }
}
