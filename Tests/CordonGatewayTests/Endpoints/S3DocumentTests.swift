import CordonModel
import CordonStore
import CordonWire
import Foundation
import Testing

@testable import CordonGateway

/// 2026-01-02T03:04:05.678Z
private let start = Date(timeIntervalSince1970: 1_767_323_045.678)
private let xmlHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
private let namespace = "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""

/// Documents as S3 writes them, byte for byte but for what is random.
@Suite struct `S3 documents` {
  /// The body with ids that differ from run to run replaced.
  private func document(_ answer: TestAnswer, _ ids: [String: String?] = [:]) -> String {
    var text = answer.text
    for (name, id) in ids { if let id { text = text.replacing(id, with: name) } }
    return text
  }

  @Test func `an error`() async throws {
    try await S3Fixture.run(start: start) { fixture in
      let answer = try await fixture.send(TestCall("GET", "/churn-store/a%26b"))
      let text = document(
        answer, ["REQUEST": answer.header("x-amz-request-id"), "HOST": answer.header("x-amz-id-2")])
      #expect(
        text == xmlHead + """
          <Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&amp;b</Key>\
          <Resource>/churn-store/a&amp;b</Resource><RequestId>REQUEST</RequestId><HostId>HOST</HostId></Error>
          """)
      #expect(answer.header("content-type") == "application/xml")
    }
  }

  @Test(arguments: [("eu-west-1", "eu-west-1"), ("us-east-1", "")])
  func `the place of a bucket`(region: String, place: String) async throws {
    try await S3Fixture.run(start: start, change: { $0.region = try Region(region) }) { fixture in
      let call = TestCall("GET", "/churn-store?location", host: "s3.\(region).amazonaws.com")
      let answer = try await fixture.send(call, region: region)
      #expect(answer.text == xmlHead + "<LocationConstraint \(namespace)>\(place)</LocationConstraint>")
    }
  }

  @Test func `lists of objects`() async throws {
    try await S3Fixture.run(start: start) { fixture in
      for key in ["a/1", "a/2", "b c", "d"] { try await fixture.put("churn-plain", key, "x") }
      let owner = try #require(
        try await fixture.send(TestCall("GET", "/churn-plain")).element("ID"))
      let second = try await fixture.send(
        TestCall("GET", "/churn-plain?list-type=2&delimiter=/&max-keys=2&encoding-type=url"))
      let token = try #require(second.element("NextContinuationToken"))
      #expect(
        document(second, ["TOKEN": token]) == xmlHead + """
          <ListBucketResult \(namespace)><Name>churn-plain</Name><Prefix></Prefix><Delimiter>/</Delimiter>\
          <MaxKeys>2</MaxKeys><EncodingType>url</EncodingType><Contents><Key>b%20c</Key>\
          <LastModified>2026-01-02T03:04:05.678Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag>\
          <Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>\
          <CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes><KeyCount>2</KeyCount><IsTruncated>true</IsTruncated>\
          <NextContinuationToken>TOKEN</NextContinuationToken></ListBucketResult>
          """)
      let first = try await fixture.send(TestCall("GET", "/churn-plain?prefix=a/&marker=a/1"))
      #expect(
        document(first, ["OWNER": owner]) == xmlHead + """
          <ListBucketResult \(namespace)><Name>churn-plain</Name><Prefix>a/</Prefix><MaxKeys>1000</MaxKeys>\
          <Marker>a/1</Marker><Contents><Key>a/2</Key>\
          <LastModified>2026-01-02T03:04:05.678Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag>\
          <Size>1</Size><Owner><ID>OWNER</ID></Owner><StorageClass>STANDARD</StorageClass></Contents>\
          <IsTruncated>false</IsTruncated></ListBucketResult>
          """)
    }
  }

  @Test func `versions and delete markers`() async throws {
    try await S3Fixture.run(start: start) { fixture in
      let version = try await fixture.put("churn-store", "k", "x").versionID
      let gone = try await fixture.send(TestCall("DELETE", "/churn-store/k"))
      #expect(gone.status == 204 && gone.header("x-amz-delete-marker") == "true")
      let marker = gone.header("x-amz-version-id")
      let answer = try await fixture.send(TestCall("GET", "/churn-store?versions"))
      let text = document(answer, ["VERSION": version, "MARKER": marker, "OWNER": answer.element("ID")])
      #expect(
        text == xmlHead + """
          <ListVersionsResult \(namespace)><Name>churn-store</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys>\
          <KeyMarker></KeyMarker><VersionIdMarker></VersionIdMarker>\
          <DeleteMarker><Key>k</Key><VersionId>MARKER</VersionId><IsLatest>true</IsLatest>\
          <LastModified>2026-01-02T03:04:05.678Z</LastModified><Owner><ID>OWNER</ID></Owner></DeleteMarker>\
          <Version><Key>k</Key><VersionId>VERSION</VersionId><IsLatest>false</IsLatest>\
          <LastModified>2026-01-02T03:04:05.678Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag>\
          <Size>1</Size><Owner><ID>OWNER</ID></Owner><StorageClass>STANDARD</StorageClass></Version>\
          <IsTruncated>false</IsTruncated></ListVersionsResult>
          """)
      let hidden = try await fixture.send(TestCall("GET", "/churn-store/k"))
      #expect(hidden.status == 404 && hidden.header("x-amz-delete-marker") == "true")
      #expect(hidden.header("x-amz-version-id") == marker)
    }
  }

  @Test func `a deletion of many, each key judged by itself`() async throws {
    try await S3Fixture.run(start: start) { fixture in
      try await fixture.put("churn-plain", "a", "x")
      let body = """
        <Delete><Object><Key>a</Key></Object><Object><Key>b&amp;c</Key></Object>\
        <Object><Key>d</Key><VersionId>null</VersionId></Object></Delete>
        """
      let answer = try await fixture.send(TestCall("POST", "/churn-plain?delete", body: Array(body.utf8)))
      #expect(
        answer.text.hasPrefix(
          xmlHead + """
            <DeleteResult \(namespace)><Deleted><Key>a</Key></Deleted><Deleted><Key>b&amp;c</Key></Deleted>\
            <Error><Key>d</Key><VersionId>null</VersionId><Code>AccessDenied</Code><Message>Access Denied.
            """), "\(answer.text)")
      #expect(try await fixture.content("churn-plain", "a") == nil)
      let records = fixture.log.all.map {
        "\($0.outcome) \($0.details["action"] ?? "") \($0.resources.count)"
      }
      #expect(records == ["allowed s3:DeleteObject 3", "denied s3:DeleteObjectVersion 2"])
    }
  }

  @Test func `an upload in parts`() async throws {
    try await S3Fixture.run(start: start) { fixture in
      let begun = try await fixture.send(
        TestCall(
          "POST", "/churn-plain/k?uploads", headers: [HeaderField("x-amz-checksum-algorithm", "CRC32")]))
      let id = try #require(begun.element("UploadId"))
      #expect(
        document(begun, ["ID": id]) == xmlHead + """
          <InitiateMultipartUploadResult \(namespace)><Bucket>churn-plain</Bucket><Key>k</Key>\
          <UploadId>ID</UploadId></InitiateMultipartUploadResult>
          """)
      #expect(begun.header("x-amz-checksum-type") == "COMPOSITE")
      var parts: [(tag: String, sum: String)] = []
      for number in 1...2 {
        let content = [UInt8](repeating: UInt8(number), count: 2_000)
        let sum = S3Checksum.crc32.value(of: content).base64
        let part = try await fixture.send(
          TestCall(
            "PUT", "/churn-plain/k?partNumber=\(number)&uploadId=\(id)",
            headers: [HeaderField("x-amz-checksum-crc32", sum)], body: content))
        parts.append((try #require(part.header("etag")), sum))
        #expect(part.header("x-amz-checksum-crc32") == sum)
      }
      let listed = try await fixture.send(TestCall("GET", "/churn-plain/k?uploadId=\(id)&max-parts=1"))
      #expect(
        document(listed, ["ID": id, "OWNER": listed.element("ID")]) == xmlHead + """
          <ListPartsResult \(namespace)><Bucket>churn-plain</Bucket><Key>k</Key><UploadId>ID</UploadId>\
          <PartNumberMarker>0</PartNumberMarker><MaxParts>1</MaxParts><Initiator><ID>OWNER</ID></Initiator><Owner><ID>OWNER</ID></Owner>\
          <StorageClass>STANDARD</StorageClass><ChecksumAlgorithm>CRC32</ChecksumAlgorithm>\
          <ChecksumType>COMPOSITE</ChecksumType><Part><PartNumber>1</PartNumber>\
          <LastModified>2026-01-02T03:04:05.678Z</LastModified><ETag>\(parts[0].tag.replacing("\"", with: "&quot;"))</ETag>\
          <Size>2000</Size><ChecksumCRC32>\(parts[0].sum)</ChecksumCRC32></Part><IsTruncated>true</IsTruncated>\
          <NextPartNumberMarker>1</NextPartNumberMarker></ListPartsResult>
          """)
      let body = Self.completion([(1, parts[0].tag), (2, parts[1].tag)])
      let done = try await fixture.send(TestCall("POST", "/churn-plain/k?uploadId=\(id)", body: body))
      let composite = try #require(done.element("ChecksumCRC32"))
      #expect(composite.hasSuffix("-2"))
      #expect(done.text.contains("<ChecksumType>COMPOSITE</ChecksumType>"))
      #expect(done.text.contains("<Location>https://churn-plain.s3.eu-west-1.amazonaws.com/k</Location>"))
      #expect(done.element("ETag")?.hasSuffix("-2&quot;") == true)
    }
  }

  private static func completion(_ parts: [(Int, String)]) -> [UInt8] {
    let items = parts.map {
      "<Part><PartNumber>\($0.0)</PartNumber><ETag>\($0.1.replacing("\"", with: "&quot;"))</ETag></Part>"
    }
    return Array("<CompleteMultipartUpload>\(items.joined())</CompleteMultipartUpload>".utf8)
  }

  @Test(
    arguments: [
      ("InvalidPart", [(1, "\"00000000000000000000000000000000\"")], 2_000),
      ("InvalidPart", [(9, "x")], 2_000),
      ("InvalidPartOrder", [(2, ""), (1, "")], 2_000), ("InvalidPartOrder", [(1, ""), (1, "")], 2_000),
      ("EntityTooSmall", [(1, ""), (2, "")], 10), ("MalformedXML", [], 2_000),
    ] as [(String, [(Int, String)], Int)])
  func `parts that were not uploaded so make no object`(code: String, parts: [(Int, String)], size: Int)
    async throws
  {
    try await S3Fixture.run { fixture in
      let id = try #require(
        try await fixture.send(TestCall("POST", "/churn-plain/k?uploads")).element("UploadId"))
      var tags: [String] = []
      for number in 1...2 {
        let part = try await fixture.send(
          TestCall(
            "PUT", "/churn-plain/k?partNumber=\(number)&uploadId=\(id)",
            body: [UInt8](repeating: 7, count: size)))
        tags.append(try #require(part.header("etag")))
      }
      let named = parts.map { ($0.0, $0.1.isEmpty ? tags[$0.0 - 1] : $0.1) }
      let answer = try await fixture.send(
        TestCall("POST", "/churn-plain/k?uploadId=\(id)", body: Self.completion(named)))
      #expect(answer.element("Code") == code, "\(answer.text)")
      #expect(try await fixture.content("churn-plain", "k") == nil)
      #expect(try await fixture.send(TestCall("DELETE", "/churn-plain/k?uploadId=\(id)")).status == 204)
    }
  }

  @Test(
    arguments: [
      ("CRC64NVME", nil, "FULL_OBJECT"), ("CRC32", "FULL_OBJECT", "FULL_OBJECT"),
      ("SHA256", nil, "COMPOSITE"),
      (nil, nil, "FULL_OBJECT"),
    ] as [(String?, String?, String)])
  func `the checksum of an object in parts is made of theirs`(
    algorithm: String?, type: String?, expected: String
  ) async throws {
    try await S3Fixture.run { fixture in
      var headers: [HeaderField] = []
      if let algorithm { headers.append(HeaderField("x-amz-checksum-algorithm", algorithm)) }
      if let type { headers.append(HeaderField("x-amz-checksum-type", type)) }
      let begun = try await fixture.send(TestCall("POST", "/churn-plain/k?uploads", headers: headers))
      let id = try #require(begun.element("UploadId"))
      let kind = S3Checksum(rawValue: algorithm ?? "CRC64NVME") ?? .crc64nvme
      var tags: [(Int, String)] = []
      var whole: [UInt8] = []
      for number in 1...3 {
        let content = (0..<(1_500 * number)).map { UInt8(truncatingIfNeeded: $0 &* number) }
        whole += content
        let sum = algorithm == nil ? [] : [HeaderField(kind.headerName, kind.value(of: content).base64)]
        let part = try await fixture.send(
          TestCall("PUT", "/churn-plain/k?partNumber=\(number)&uploadId=\(id)", headers: sum, body: content))
        tags.append((number, try #require(part.header("etag"))))
      }
      let done = try await fixture.send(
        TestCall("POST", "/churn-plain/k?uploadId=\(id)", body: Self.completion(tags)))
      #expect(done.element("ChecksumType") == expected, "\(done.text)")
      let sum = done.element("Checksum\(kind.rawValue)")
      #expect(expected == "FULL_OBJECT" ? sum == kind.value(of: whole).base64 : sum?.hasSuffix("-3") == true)
    }
  }
}
