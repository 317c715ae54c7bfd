import CordonWire
import FoundationEssentials
import Testing

/// AWS's documented example key (AWS, "Signature Calculations for the Authorization Header").
let exampleKey = SigV4.Credentials(
  accessKeyID: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
let exampleSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
/// 2013-05-24T00:00:00Z, the time of AWS's examples.
let exampleTime = Date(timeIntervalSince1970: 1_369_353_600)
let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

let exampleEndpoint = SigV4.Verifier(service: "s3", regions: ["us-east-1"])

func exampleHeaders(_ signedHeaders: String, _ signature: String, _ headers: [HeaderField]) -> [HeaderField] {
  let credential = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"
  let value =
    "AWS4-HMAC-SHA256 Credential=\(credential),SignedHeaders=\(signedHeaders),Signature=\(signature)"
  return [HeaderField("Host", "examplebucket.s3.amazonaws.com")] + headers + [
    HeaderField("Authorization", value)
  ]
}

/// The whole way of a request: its claims, the key, the verdict.
func verdict(
  _ request: SigV4.Request, secret: String = exampleSecret, endpoint: SigV4.Verifier = exampleEndpoint,
  hash: SigV4.PayloadHash = .declared, at now: Date = exampleTime
) -> Result<SigV4.Verified, SigV4.Refusal> {
  do {
    guard let claims = try SigV4.claims(of: request) else { return .failure(.unsupportedMechanism) }
    let key = SigV4.SigningKey(secret: secret, scope: claims.scope)
    switch endpoint.verify(claims, of: request, with: key, hash: hash, at: now) {
    case .verified(let verified): return .success(verified)
    case .refused(let refusal): return .failure(refusal)
    }
  } catch {
    return .failure(error)
  }
}

extension Result where Success == SigV4.Verified, Failure == SigV4.Refusal {
  var refusal: SigV4.Refusal? {
    if case .failure(let refusal) = self { refusal } else { nil }
  }
}

@Suite struct `SigV4, AWS's documented examples` {
  @Test func `GET object with a range`() throws {
    let signature = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    let headers = exampleHeaders(
      "host;range;x-amz-content-sha256;x-amz-date", signature,
      [
        HeaderField("Range", "bytes=0-9"), HeaderField("x-amz-content-sha256", emptyHash),
        HeaderField("x-amz-date", "20130524T000000Z"),
      ])
    let request = try SigV4.Request(method: "GET", target: "/test.txt", headers: headers)
    let verified = try verdict(request).get()
    #expect(verified.claims.accessKeyID == "AKIAIOSFODNN7EXAMPLE")
    #expect(verified.payload.text == emptyHash)
  }

  @Test func `PUT object with a dollar in its key and a Date header`() throws {
    let hash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
    let headers = exampleHeaders(
      "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
      [
        HeaderField("Date", "Fri, 24 May 2013 00:00:00 GMT"), HeaderField("x-amz-date", "20130524T000000Z"),
        HeaderField("x-amz-storage-class", "REDUCED_REDUNDANCY"), HeaderField("x-amz-content-sha256", hash),
      ])
    for target in ["/test%24file.text", "/test$file.text"] {
      let request = try SigV4.Request(method: "PUT", target: target, headers: headers)
      #expect(request.path == "/test$file.text")
      _ = try verdict(request).get()
    }
  }

  @Test(arguments: [
    ("/?lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
    ("/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ("/?prefix=J&max-keys=2", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
  ])
  func `queries of a bucket`(target: String, signature: String) throws {
    let headers = exampleHeaders(
      "host;x-amz-content-sha256;x-amz-date", signature,
      [HeaderField("x-amz-date", "20130524T000000Z"), HeaderField("x-amz-content-sha256", emptyHash)])
    _ = try verdict(SigV4.Request(method: "GET", target: target, headers: headers)).get()
  }

  private static let presigned =
    "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524"
    + "%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
    + "&X-Amz-SignedHeaders=host"
    + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"

  @Test func `a presigned URL, on its day and not after it`() throws {
    let host = [HeaderField("Host", "examplebucket.s3.amazonaws.com")]
    let request = try SigV4.Request(method: "GET", target: Self.presigned, headers: host)
    let verified = try verdict(request).get()
    #expect(verified.claims.form == .query(expires: 86400))
    #expect(verified.payload == .unsigned)
    #expect(verdict(request, at: exampleTime + 86400).refusal == nil)
    #expect(verdict(request, at: exampleTime + 86401).refusal == .expired)
    #expect(verdict(request, at: exampleTime - 900).refusal == nil)
    #expect(verdict(request, at: exampleTime - 901).refusal == .notYetValid)
  }

  @Test func `the signer makes the same signatures`() throws {
    let signer = SigV4.Signer(exampleKey, service: "s3", region: "us-east-1")
    let host = [HeaderField("Host", "examplebucket.s3.amazonaws.com")]
    let request = try SigV4.Request(
      method: "GET", target: "/test.txt", headers: host + [HeaderField("Range", "bytes=0-9")])
    let payload = try #require(SigV4.Payload(emptyHash))
    let signed = try signer.sign(request, payload: payload, at: exampleTime)
    #expect(signed.request.headers.single("authorization")?.hasSuffix("91039c6036bdb41") == true)
    let plain = try SigV4.Request(method: "GET", target: "/test.txt", headers: host)
    #expect(try signer.presign(plain, expires: 86400, at: exampleTime) == Self.presigned)
  }
}

@Suite struct `SigV4, botocore as oracle` {
  struct Document: Decodable { var vectors: [Vector] }

  struct Vector: Decodable, Sendable {
    var name, method, target, service, accessKey, secret, region: String
    var headers: [[String]]
    var now: Double
    var token, bodyHash, body, content, contentMD5: String?

    var fields: [HeaderField] { headers.map { HeaderField($0[0], $0[1]) } }

    func verdict(_ request: SigV4.Request) -> Result<SigV4.Verified, SigV4.Refusal> {
      let hash = bodyHash.flatMap { Hex.bytes($0) }.map(SigV4.PayloadHash.body) ?? .declared
      return CordonWireTests.verdict(
        request, secret: secret, endpoint: SigV4.Verifier(service: service, regions: [region]), hash: hash,
        at: Date(timeIntervalSince1970: now))
    }
  }

  private func vectors() throws -> [Vector] {
    try WireVectors.json("sigv4/botocore.json", as: Document.self).vectors
  }

  @Test func `what boto3 signs is verified`() throws {
    let vectors = try vectors()
    #expect(vectors.count > 100)
    for vector in vectors {
      let request = try SigV4.Request(method: vector.method, target: vector.target, headers: vector.fields)
      let result = vector.verdict(request)
      #expect(result.refusal == nil, "\(vector.name): \(vector.method) \(vector.target)")
      guard case .success(let verified) = result else { continue }
      #expect(verified.claims.accessKeyID == vector.accessKey, "\(vector.name)")
      #expect(verified.claims.securityToken == vector.token, "\(vector.name)")
    }
  }

  @Test func `no byte of what boto3 signs may change`() throws {
    var random = SeededGenerator(seed: 1)
    for vector in try vectors() {
      for _ in 0..<4 {
        guard let changed = Self.changed(vector, &random) else { continue }
        #expect(
          vector.verdict(changed).refusal != nil, "\(vector.name): \(changed.rawPath) \(changed.headers)")
      }
    }
  }

  /// The request with its method, its path, its query or one signed header changed in meaning.
  private static func changed(_ vector: Vector, _ random: inout SeededGenerator) -> SigV4.Request? {
    var (method, target, headers) = (vector.method, vector.target, vector.fields)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: method = method == "PUT" ? "POST" : "PUT"
    case 1: target = target.replacing("?", with: "x?", maxReplacements: 1) + (target.contains("?") ? "" : "x")
    case 2: target += target.contains("?") ? "&acl=" : "?acl"
    default:
      let authorization = vector.fields.single("authorization") ?? vector.target
      let signed = headers.indices.filter { authorization.contains(headers[$0].name.lowercased()) }
      guard let index = signed.randomElement(using: &random) else { return nil }
      headers[index].value += "x"
    }
    return try? SigV4.Request(method: method, target: target, headers: headers)
  }

  @Test func `the signer agrees with boto3 on every key`() throws {
    for vector in try vectors() where vector.bodyHash == nil {
      let request = try SigV4.Request(method: vector.method, target: vector.target, headers: vector.fields)
      guard let expected = request.headers.single("authorization"),
        let time = request.headers.single("x-amz-date"),
        let payload = request.headers.single("x-amz-content-sha256").flatMap(SigV4.Payload.init)
      else { continue }
      let names = expected.split(separator: "SignedHeaders=")[1].split(separator: ",")[0].split(
        separator: ";")
      var unsigned = request
      unsigned.headers.removeAll { !names.contains(Substring($0.name.lowercased())) }
      let key = SigV4.Credentials(
        accessKeyID: vector.accessKey, secret: vector.secret, sessionToken: vector.token)
      let signer = SigV4.Signer(key, service: vector.service, region: vector.region)
      let signed = try signer.sign(unsigned, payload: payload, at: try #require(AWSDate.date(basic: time)))
      #expect(signed.request.headers.single("authorization") == expected, "\(vector.name)")
    }
  }
}
