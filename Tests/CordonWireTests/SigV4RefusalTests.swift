import CordonWire
import FoundationEssentials
import Testing

@Suite struct `SigV4, what is refused` {
  private let signer = SigV4.Signer(exampleKey, service: "s3", region: "us-east-1")
  private let host = HeaderField("Host", "examplebucket.s3.amazonaws.com")

  private func signed(
    _ target: String = "/key", _ extra: [HeaderField] = [], at time: Date = exampleTime
  ) throws -> SigV4.Request {
    let request = try SigV4.Request(method: "GET", target: target, headers: [host] + extra)
    return try signer.sign(request, payload: .unsigned, at: time).request
  }

  private func presigned(_ change: (String) -> String) throws -> SigV4.Request {
    let plain = try SigV4.Request(method: "GET", target: "/key", headers: [host])
    let target = try signer.presign(plain, expires: 60, at: exampleTime)
    return try SigV4.Request(method: "GET", target: change(target), headers: [host])
  }

  @Test func `a request without any credential is anonymous, half of one is not`() throws {
    let anonymous = try SigV4.Request(method: "GET", target: "/key?acl&X-Amz-Date=x", headers: [host])
    #expect(try SigV4.claims(of: anonymous) == nil)
    for target in [
      "/?X-Amz-Signature=1", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256", "/?X-Amz-Credential=x",
      "/?%58-Amz-Signature=",
    ] {
      let request = try SigV4.Request(method: "GET", target: target, headers: [host])
      #expect(throws: SigV4.Refusal.self) { try SigV4.claims(of: request) }
    }
  }

  @Test(arguments: [
    (SigV4.Refusal.unsupportedMechanism, "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg="),
    (.unsupportedMechanism, "Bearer token"),
    (.unsupportedMechanism, ""),
    (.unsupportedMechanism, "aws4-hmac-sha256 Credential=x"),
    (.unsupportedMechanism, "AWS4-ECDSA-P256-SHA256 Credential=x, SignedHeaders=host, Signature=x"),
    (.authorizationHeader(.syntax), "AWS4-HMAC-SHA256"),
    (.authorizationHeader(.syntax), "AWS4-HMAC-SHA256 "),
    (.authorizationHeader(.syntax), "AWS4-HMAC-SHA256 Credential=C,SignedHeaders=host"),
    (
      .authorizationHeader(.syntax),
      "AWS4-HMAC-SHA256 Credential=C,SignedHeaders=host,Signature=S,Signature=S"
    ),
    (.authorizationHeader(.syntax), "AWS4-HMAC-SHA256 Credential=C,SignedHeaders=host,Signature=S,Extra=1"),
    (.authorizationHeader(.syntax), "AWS4-HMAC-SHA256 Credential=C,SignedHeaders=host,Signature=S,"),
    (.authorizationHeader(.syntax), "AWS4-HMAC-SHA256 Credential=C,SignedHeaders=host,Signature=s0"),
    (.authorizationHeader(.syntax), "AWS4-HMAC-SHA256 Credential=C,SignedHeaders=Host,Signature=S"),
    (.authorizationHeader(.syntax), "AWS4-HMAC-SHA256 Credential=C,SignedHeaders=host;host,Signature=S"),
    (
      .authorizationHeader(.syntax), "AWS4-HMAC-SHA256 Credential=C,SignedHeaders=x-amz-date;host,Signature=S"
    ),
    (.authorizationHeader(.syntax), "AWS4-HMAC-SHA256 Credential=C,SignedHeaders=;host,Signature=S"),
    (.authorizationHeader(.syntax), "AWS4-HMAC-SHA256 Credential=C,SignedHeaders=,Signature=S"),
    (
      .authorizationHeader(.credential),
      "AWS4-HMAC-SHA256 Credential=/20130524/r/s3/aws4_request,SignedHeaders=host,Signature=S"
    ),
    (
      .authorizationHeader(.credential),
      "AWS4-HMAC-SHA256 Credential=K/x/20130524/r/s3/aws4_request,SignedHeaders=host,Signature=S"
    ),
    (
      .authorizationHeader(.credential),
      "AWS4-HMAC-SHA256 Credential=K/2013-5-4/r/s3/aws4_request,SignedHeaders=host,Signature=S"
    ),
    (
      .authorizationHeader(.credential),
      "AWS4-HMAC-SHA256 Credential=K/20130524/R/s3/aws4_request,SignedHeaders=host,Signature=S"
    ),
    (
      .authorizationHeader(.credential),
      "AWS4-HMAC-SHA256 Credential=K/20130524/r/s3/aws5_request,SignedHeaders=host,Signature=S"
    ),
    (
      .authorizationHeader(.credential),
      "AWS4-HMAC-SHA256 Credential=K/20130524/r/s3,SignedHeaders=host,Signature=S"
    ),
    (
      .authorizationHeader(.credential),
      "AWS4-HMAC-SHA256 Credential=\u{e9}/20130524/r/s3/aws4_request,SignedHeaders=host,Signature=S"
    ),
    (
      .authorizationHeader(.day),
      "AWS4-HMAC-SHA256 Credential=K/20130525/r/s3/aws4_request,SignedHeaders=host,Signature=S"
    ),
  ])
  func `a malformed Authorization header is refused by what is wrong`(expected: SigV4.Refusal, value: String)
    throws
  {
    let filled = value.replacing("=C,", with: "=K/20130524/us-east-1/s3/aws4_request,")
      .replacing("=S", with: "=" + String(repeating: "0", count: 64))
    let headers = [host, HeaderField("x-amz-date", "20130524T000000Z"), HeaderField("Authorization", filled)]
    let request = try SigV4.Request(method: "GET", target: "/", headers: headers)
    #expect(throws: expected) { try SigV4.claims(of: request) }
  }

  @Test(arguments: [
    (
      SigV4.Refusal.unsupportedMechanism, "X-Amz-Algorithm=AWS4-HMAC-SHA256",
      "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256"
    ),
    (.unsupportedMechanism, "X-Amz-Algorithm=AWS4-HMAC-SHA256&", ""),
    (.authorizationQuery(.incomplete), "X-Amz-Expires=60&", ""),
    (.authorizationQuery(.incomplete), "X-Amz-Expires=60&", "X-Amz-Expires=60&X-Amz-Expires=60&"),
    (.authorizationQuery(.incomplete), "X-Amz-Signature=", "X-Amz-Signature=0&X-Amz-Signature="),
    (.authorizationQuery(.incomplete), "X-Amz-SignedHeaders=host&", ""),
    (.authorizationQuery(.expires), "X-Amz-Expires=60", "X-Amz-Expires=604801"),
    (.authorizationQuery(.expires), "X-Amz-Expires=60", "X-Amz-Expires=0"),
    (.authorizationQuery(.expires), "X-Amz-Expires=60", "X-Amz-Expires=-60"),
    (.authorizationQuery(.expires), "X-Amz-Expires=60", "X-Amz-Expires=99999999999999999999"),
    (.authorizationQuery(.expires), "X-Amz-Expires=60", "X-Amz-Expires="),
    (.authorizationQuery(.date), "X-Amz-Date=20130524T000000Z", "X-Amz-Date=20130524"),
    (.authorizationQuery(.day), "X-Amz-Date=20130524T000000Z", "X-Amz-Date=20130525T000000Z"),
    (.authorizationQuery(.credential), "%2Faws4_request", ""),
    (.authorizationQuery(.syntax), "X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=Host"),
    (.authorizationQuery(.syntax), "X-Amz-Signature=", "X-Amz-Signature=0"),
    (
      .authorizationQuery(.incomplete), "&X-Amz-Signature",
      "&X-Amz-Security-Token=a&X-Amz-Security-Token=b&X-Amz-Signature"
    ),
    (.unsignedHeaders(["host"]), "X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=date"),
    (.signatureMismatch, "X-Amz-Expires=60", "X-Amz-Expires=61"),
    (.signatureMismatch, "/key?", "/kez?"),
    (.signatureMismatch, "&X-Amz-Signature", "&versionId=1&X-Amz-Signature"),
    (.authorizationQuery(.region(expected: "us-east-1")), "us-east-1", "eu-west-1"),
    (.authorizationQuery(.service(expected: "s3")), "%2Fs3%2F", "%2Fsts%2F"),
  ])
  func `a malformed presigned query is refused by what is wrong`(
    expected: SigV4.Refusal, old: String, new: String
  ) throws {
    let request = try presigned { $0.replacing(old, with: new) }
    #expect(verdict(request).refusal == expected)
  }

  @Test func `both mechanisms at once are refused`() throws {
    var request = try presigned { $0 }
    request.headers.append(HeaderField("authorization", "AWS4-HMAC-SHA256 x"))
    #expect(verdict(request).refusal == .twoMechanisms)
  }

  @Test func `a clock may be 15 minutes wrong and no more`() throws {
    for (skew, expected) in [
      (-900.0, nil), (900, nil), (-901, SigV4.Refusal.requestTimeTooSkewed), (901, .requestTimeTooSkewed),
      (86400 * 365, .requestTimeTooSkewed), (.infinity, .requestTimeTooSkewed), (.nan, .requestTimeTooSkewed),
    ] {
      let request = try signed(at: exampleTime + 43200)
      #expect(verdict(request, at: exampleTime + 43200 + skew).refusal == expected, "\(skew)")
    }
  }

  @Test func `host and every x-amz header must be signed`() throws {
    var request = try signed()
    request.headers.append(HeaderField("X-Amz-Copy-Source", "/foreign/key"))
    request.headers.append(HeaderField("x-amz-acl", "public-read"))
    #expect(verdict(request).refusal == .unsignedHeaders(["x-amz-acl", "x-amz-copy-source"]))
    request = try signed()
    request.headers.append(HeaderField("X-Amzn-Trace-Id", "Root=1"))
    #expect(verdict(request).refusal == nil)
    request.headers.append(HeaderField("Host", "foreign.s3.amazonaws.com"))
    #expect(verdict(request).refusal == .missingSignedHeader)
    request.headers.removeAll { $0.name == "Host" }
    #expect(verdict(request).refusal == .missingSignedHeader)
  }

  @Test func `a signed header that is not there, or was sent again, is another request`() throws {
    var request = try signed("/key", [HeaderField("Range", "bytes=0-1")])
    request.headers.append(HeaderField("range", "bytes=5-"))
    #expect(verdict(request).refusal == .signatureMismatch)
    request.headers.removeAll { $0.name.lowercased() == "range" }
    #expect(verdict(request).refusal == .missingSignedHeader)
  }

  @Test(arguments: ["a\nx-amz-acl:public-read", "a\rb", "a\0b"])
  func `a line break in a signed header cannot make another one`(value: String) throws {
    let request = try SigV4.Request(
      method: "GET", target: "/", headers: [host, HeaderField("x-amz-meta-a", value)])
    #expect(throws: SigV4.Refusal.malformedHeader) {
      try signer.sign(request, payload: .unsigned, at: exampleTime)
    }
    var sent = try signed("/", [HeaderField("x-amz-meta-a", "a")])
    sent.headers = sent.headers.map { $0.name == "x-amz-meta-a" ? HeaderField("x-amz-meta-a", value) : $0 }
    #expect(verdict(sent).refusal == .malformedHeader)
  }

  @Test func `the time must be one that the signature covers`() throws {
    var request = try signed()
    request.headers.removeAll { $0.name == "x-amz-date" }
    #expect(verdict(request).refusal == .missingDate)
    request.headers.append(HeaderField("Date", "Fri, 24 May 2013 00:00:00 GMT"))
    #expect(verdict(request).refusal == .missingDate)
    request = try signed()
    request.headers.append(HeaderField("X-Amz-Date", "20130524T000000Z"))
    #expect(verdict(request).refusal == .missingDate)
  }

  @Test func `S3 wants to know how the body is bound`() throws {
    var request = try signed()
    request.headers.removeAll { $0.name == "x-amz-content-sha256" }
    #expect(verdict(request).refusal == .missingSecurityHeader("x-amz-content-sha256"))
    for value in [
      "", "UNSIGNED", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", String(repeating: "A", count: 64),
      "unsigned-payload",
    ] {
      request = try signed()
      request.headers = request.headers.map {
        $0.name == "x-amz-content-sha256" ? HeaderField($0.name, value) : $0
      }
      #expect(verdict(request).refusal == .badPayloadHash, "\(value)")
    }
  }

  @Test func `another secret, region, service or body is another signature`() throws {
    let request = try signed()
    #expect(verdict(request, secret: "other").refusal == .signatureMismatch)
    let elsewhere = SigV4.Verifier(service: "s3", regions: ["eu-west-1", "eu-west-2"])
    #expect(
      verdict(request, endpoint: elsewhere).refusal == .authorizationHeader(.region(expected: "eu-west-1")))
    let sts = SigV4.Verifier(service: "sts", regions: ["us-east-1"])
    #expect(verdict(request, endpoint: sts).refusal == .authorizationHeader(.service(expected: "sts")))
    #expect(verdict(request, hash: .body(Array(repeating: 1, count: 32))).refusal == .signatureMismatch)
  }

  @Test func `a key that was derived for another day does not verify`() throws {
    let request = try signed()
    let claims = try #require(try SigV4.claims(of: request))
    let other = SigV4.Scope(day: "20130525", region: "us-east-1", service: "s3")
    let key = SigV4.SigningKey(secret: exampleSecret, scope: other)
    guard
      case .refused(.signatureMismatch) = exampleEndpoint.verify(
        claims, of: request, with: key, at: exampleTime)
    else {
      Issue.record("verified")
      return
    }
  }

  @Test(arguments: [
    (SigV4.Refusal.malformedMethod, "", "/"), (.malformedMethod, "GET\n", "/"),
    (.malformedMethod, "G T", "/"),
    (.malformedTarget, "GET", ""), (.malformedTarget, "GET", "http://evil.test/"),
    (.malformedTarget, "GET", "*"),
    (.malformedTarget, "GET", "/a b"), (.malformedTarget, "GET", "/a\n"), (.malformedTarget, "GET", "/a#b"),
    (.malformedTarget, "GET", "/%"), (.malformedTarget, "GET", "/%zz"), (.malformedTarget, "GET", "/%ff"),
    (.malformedTarget, "GET", "/?a=%"), (.malformedTarget, "GET", "/?%ff"),
    (.malformedTarget, "GET", "/\u{7f}"),
  ])
  func `a request line that cannot be read once and for all is refused`(
    expected: SigV4.Refusal, method: String, target: String
  ) {
    #expect(throws: expected) { try SigV4.Request(method: method, target: target, headers: []) }
  }

  @Test func `a mark behind the question mark belongs to the query`() throws {
    let request = try SigV4.Request(method: "GET", target: "/k?\u{301}a=1&\u{301}b=\u{301}", headers: [])
    #expect(request.path == "/k")
    #expect(request.query["\u{301}a"] == "1")
    #expect(request.query["\u{301}b"] == "\u{301}")
  }

  @Test func `too many headers are not searched`() {
    let headers = Array(repeating: HeaderField("a", "b"), count: 257)
    #expect(throws: SigV4.Refusal.tooManyHeaders) {
      try SigV4.Request(method: "GET", target: "/", headers: headers)
    }
  }

  @Test func `a session token is compared as a whole`() throws {
    let key = SigV4.Credentials(accessKeyID: "ASIAEXAMPLE", secret: "s", sessionToken: "token+/=")
    let plain = try SigV4.Request(method: "GET", target: "/", headers: [host])
    let signer = SigV4.Signer(key, service: "s3", region: "us-east-1")
    let headerForm = try signer.sign(plain, payload: .unsigned, at: exampleTime).request
    let target = try signer.presign(plain, expires: 60, at: exampleTime)
    for request in [headerForm, try SigV4.Request(method: "GET", target: target, headers: [host])] {
      let claims = try #require(try SigV4.claims(of: request))
      #expect(verdict(request, secret: "s").refusal == nil)
      #expect(claims.carries(token: "token+/="))
      #expect(
        !claims.carries(token: "token+/+") && !claims.carries(token: "token") && !claims.carries(token: nil))
    }
    #expect(try #require(try SigV4.claims(of: signed())).carries(token: nil))
    #expect(try !#require(try SigV4.claims(of: signed())).carries(token: ""))
  }

  @Test func `neither keys nor claims print what must stay secret`() throws {
    let request = try presigned { $0 }
    let claims = try #require(try SigV4.claims(of: request))
    let key = SigV4.SigningKey(secret: exampleSecret, scope: claims.scope)
    #expect("\(claims)" == "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request")
    #expect("\(key)" == "signing key for 20130524/us-east-1/s3/aws4_request")
    var text = ""
    dump(key, to: &text)
    #expect(!text.contains("HMAC"))
  }

  @Test(arguments: [
    ("SignatureDoesNotMatch", 403, SigV4.Refusal.signatureMismatch),
    ("SignatureDoesNotMatch", 403, .missingSignedHeader),
    ("RequestTimeTooSkewed", 403, .requestTimeTooSkewed),
    ("AccessDenied", 403, .expired),
    ("AccessDenied", 403, .notYetValid),
    ("AccessDenied", 403, .unsignedHeaders(["x"])),
    ("AccessDenied", 403, .missingDate),
    ("AuthorizationHeaderMalformed", 400, .authorizationHeader(.syntax)),
    ("AuthorizationQueryParametersError", 400, .authorizationQuery(.expires)),
    ("MissingSecurityHeader", 400, .missingSecurityHeader("x-amz-content-sha256")),
    ("InvalidArgument", 400, .badPayloadHash),
    ("InvalidRequest", 400, .unsupportedMechanism),
    ("InvalidURI", 400, .malformedTarget),
  ])
  func `each refusal has the code that S3 gives it`(code: String, status: Int, refusal: SigV4.Refusal) {
    #expect(refusal.s3Error.code == code)
    #expect(refusal.s3Error.status == status)
    #expect(refusal.queryError.status >= 400)
  }
}
