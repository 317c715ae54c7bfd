import CordonWire
import Testing

@Suite struct `S3 request bodies` {
  /// What a body was read as, in one line.
  private func outcome(_ call: String, _ bytes: [UInt8]) -> String {
    do throws(S3XMLError) {
      if call == "delete" {
        return try DeleteObjectsRequest(parsing: bytes).objects.map(\.key).joined(separator: ",")
      }
      return try CompleteMultipartUploadRequest(parsing: bytes).parts
        .map { "\($0.number) \($0.eTag) \($0.checksum?.algorithm.rawValue ?? "none")" }.joined(separator: ",")
    } catch {
      return "\(error)"
    }
  }

  @Test func `each vector is read or refused as it says`() throws {
    for vector in try WireVectors.files("xml") {
      let expected = vector.expect.replacing("\\x22", with: "\"").replacing("\\u{e9}", with: "\u{e9}")
        .replacing("\\u{1}", with: "\u{1}").replacing("\\r", with: "\r").replacing("\\n", with: "\n")
      let outcome = outcome(try #require(vector.fields["call"]), try vector.escapedBytes())
      #expect(outcome.utf8.elementsEqual(expected.utf8), "\(vector.name): \(outcome)")
    }
  }

  @Test func `more objects, parts or bytes than AWS allows are refused`() {
    let object = "<Object><Key>k</Key></Object>"
    func delete(_ count: Int) -> [UInt8] {
      Array("<Delete>\(String(repeating: object, count: count))</Delete>".utf8)
    }
    #expect(throws: Never.self) { try DeleteObjectsRequest(parsing: delete(1000)) }
    #expect(throws: S3XMLError.badValue("Object")) { try DeleteObjectsRequest(parsing: delete(1001)) }
    let long =
      Array("<Delete>".utf8) + Array(repeating: UInt8(0x20), count: DeleteObjectsRequest.maximumLength)
    #expect(throws: S3XMLError.tooLong) { try DeleteObjectsRequest(parsing: long) }
    let wide = Array("<CompleteMultipartUpload>\(String(repeating: "<a/>", count: 100_000))".utf8)
    #expect(throws: S3XMLError.tooManyElements) { try CompleteMultipartUploadRequest(parsing: wide) }
  }

  @Test func `10,000 parts are read`() throws {
    let parts = (1...10_000).map { "<Part><PartNumber>\($0)</PartNumber><ETag>e</ETag></Part>" }.joined()
    let body = Array("<CompleteMultipartUpload>\(parts)</CompleteMultipartUpload>".utf8)
    #expect(try CompleteMultipartUploadRequest(parsing: body).parts.last?.number == 10_000)
  }

  @Test func `a bucket's region is read, and an empty body says nothing`() throws {
    let body =
      "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>"
      + "</CreateBucketConfiguration>"
    #expect(try CreateBucketRequest(parsing: Array(body.utf8)).locationConstraint == "eu-west-1")
    #expect(try CreateBucketRequest(parsing: []).locationConstraint == nil)
    #expect(throws: S3XMLError.wrongRoot) { try CreateBucketRequest(parsing: Array("<Other/>".utf8)) }
  }

  @Test func `tags are read, and no key stands there twice`() throws {
    func tagging(_ tags: String) -> [UInt8] { Array("<Tagging><TagSet>\(tags)</TagSet></Tagging>".utf8) }
    let one = "<Tag><Key>k</Key><Value>v</Value></Tag>"
    #expect(try TaggingRequest(parsing: tagging(one)).tags.map(\.value) == ["v"])
    #expect(try TaggingRequest(parsing: tagging("")).tags.isEmpty)
    #expect(throws: S3XMLError.repeated) { try TaggingRequest(parsing: tagging(one + one)) }
    #expect(throws: S3XMLError.missing("Value")) {
      try TaggingRequest(parsing: tagging("<Tag><Key>k</Key></Tag>"))
    }
    #expect(throws: S3XMLError.badValue("Key")) {
      try TaggingRequest(parsing: tagging("<Tag><Key/><Value/></Tag>"))
    }
  }

  @Test func `versioning is enabled or suspended, and a second factor is not ignored`() throws {
    func versioning(_ inner: String) -> [UInt8] {
      Array("<VersioningConfiguration>\(inner)</VersioningConfiguration>".utf8)
    }
    #expect(try VersioningRequest(parsing: versioning("<Status>Enabled</Status>")).status == .enabled)
    #expect(try VersioningRequest(parsing: versioning("<Status>Suspended</Status>")).status == .suspended)
    #expect(throws: S3XMLError.badValue("Status")) {
      try VersioningRequest(parsing: versioning("<Status>On</Status>"))
    }
    #expect(throws: S3XMLError.badValue("VersioningConfiguration")) {
      try VersioningRequest(parsing: versioning("<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>"))
    }
  }
}

@Suite struct `S3 answers` {
  @Test func `texts are escaped, control characters too`() {
    var xml = S3XMLWriter()
    xml.open("Result", namespace: S3XMLWriter.s3Namespace)
    xml.element("Key", "a<b>&\"'\r\n\t\u{1}\u{7f}\u{e9}")
    xml.element("Prefix", ifPresent: nil)
    xml.element("MaxKeys", 1000)
    xml.element("Owner") { $0.element("IsTruncated", false) }
    let expected =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Result xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      + "<Key>a&lt;b&gt;&amp;&quot;&apos;&#xd;\n\t&#x1;&#x7f;\u{e9}</Key><MaxKeys>1000</MaxKeys>"
      + "<Owner><IsTruncated>false</IsTruncated></Owner></Result>"
    #expect(String(decoding: xml.bytes, as: UTF8.self) == expected)
  }

  @Test func `what is written is read back`() throws {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<300 {
      let scalars = (0..<20).map { _ in Unicode.Scalar(UInt32.random(in: 1...0x2FF, using: &random)) ?? "a" }
      let key = String(String.UnicodeScalarView(scalars))
      var xml = S3XMLWriter()
      xml.open("Delete")
      xml.element("Object") { $0.element("Key", key) }
      let read = try DeleteObjectsRequest(parsing: xml.bytes).objects.first?.key ?? ""
      #expect(read.utf8.elementsEqual(key.utf8))
    }
  }

  @Test func `errors have the shape of their service`() {
    let error = AWSError("AccessDenied", 403, "Access <Denied>")
    #expect(
      String(decoding: error.s3Document(resource: "/b/k&", requestID: "R1"), as: UTF8.self)
        == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>"
        + "Access &lt;Denied&gt;</Message><Resource>/b/k&amp;</Resource><RequestId>R1</RequestId></Error>")
    let query = String(decoding: error.queryDocument(namespace: "urn:x", requestID: "R2"), as: UTF8.self)
    #expect(
      query.contains("<ErrorResponse xmlns=\"urn:x\"><Error><Type>Sender</Type><Code>AccessDenied</Code>"))
  }

  @Test func `keys are encoded so that every decoder reads them`() {
    #expect(S3XMLWriter.urlEncoded("a b+c/\u{e9}\u{1}") == "a%20b%2Bc/%C3%A9%01")
  }
}
