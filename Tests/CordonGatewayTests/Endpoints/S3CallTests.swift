import CordonModel
import CordonStore
import FoundationEssentials
import Testing

@testable import CordonGateway

@Suite struct `S3 call table` {
  private func find(_ line: String) -> S3Call? {
    let parts = line.split(separator: " ")
    let scope: S3Call.Scope =
      parts[1] == "/" ? .service : parts[1].dropFirst().contains("/") ? .object : .bucket
    let parameters = Set(parts.count > 2 ? parts[2].split(separator: "&").map(String.init) : [])
    return S3Call.find(
      method: String(parts[0]), scope: scope, parameters: parameters, hasCopySource: parts.last == "copy")
  }

  @Test(arguments: [
    ("ListBuckets", "GET /"),
    ("ListObjects", "GET /b"),
    ("ListObjects", "GET /b prefix&delimiter"),
    ("ListObjectsV2", "GET /b list-type&prefix"),
    ("ListObjectVersions", "GET /b versions"),
    ("ListMultipartUploads", "GET /b uploads"),
    ("GetBucketLocation", "GET /b location"),
    ("GetBucketPolicy", "GET /b policy"),
    ("HeadBucket", "HEAD /b"),
    ("CreateBucket", "PUT /b"),
    ("PutBucketPolicy", "PUT /b policy"),
    ("PutBucketWebsite", "PUT /b website"),
    ("PutBucketReplication", "PUT /b replication"),
    ("PutBucketNotificationConfiguration", "PUT /b notification"),
    ("PutBucketInventoryConfiguration", "PUT /b inventory&id"),
    ("DeleteBucketLifecycle", "DELETE /b lifecycle"),
    ("DeleteBucket", "DELETE /b"),
    ("DeleteObjects", "POST /b delete"),
    ("PostObject", "POST /b"),
    ("GetObject", "GET /b/k"),
    ("GetObject", "GET /b/k versionId&x-id"),
    ("GetObjectTagging", "GET /b/k tagging"),
    ("GetObjectAttributes", "GET /b/k attributes"),
    ("ListParts", "GET /b/k uploadId"),
    ("HeadObject", "HEAD /b/k"),
    ("PutObject", "PUT /b/k"),
    ("PutObject", "PUT /b/k x-id"),
    ("CopyObject", "PUT /b/k copy"),
    ("UploadPart", "PUT /b/k partNumber&uploadId"),
    ("UploadPartCopy", "PUT /b/k partNumber&uploadId copy"),
    ("PutObjectAcl", "PUT /b/k acl"),
    ("CreateMultipartUpload", "POST /b/k uploads"),
    ("CompleteMultipartUpload", "POST /b/k uploadId"),
    ("AbortMultipartUpload", "DELETE /b/k uploadId"),
    ("DeleteObject", "DELETE /b/k"),
    ("DeleteObjectTagging", "DELETE /b/k tagging"),
    ("SelectObjectContent", "POST /b/k select&select-type"),
  ])
  func `a request is the call that its method, path and parameters say`(name: String, line: String) {
    #expect(find(line)?.name == name)
  }

  @Test(arguments: ["PUT /", "DELETE /", "POST /", "POST /b/k", "PATCH /b/k", "OPTIONS /b", "get /b"])
  func `anything else is no call`(line: String) {
    #expect(find(line) == nil)
  }

  @Test func `every call needs an action, but the one that is judged key by key`() {
    #expect(S3Call.all.filter { $0.permissions.isEmpty }.map(\.name) == ["DeleteObjects"])
    for call in S3Call.all {
      for permission in call.permissions { #expect(permission.action.hasPrefix("s3")) }
    }
  }

  @Test func `every call has a name of its own, and every operation a call`() {
    #expect(Set(S3Call.all.map(\.name)).count == S3Call.all.count)
    let served = S3Call.all.compactMap { call in
      if case .served(let operation) = call.kind { operation } else { nil }
    }
    #expect(Set(served).count == S3Operation.allCases.count)
  }

  @Test(arguments: [
    ("PutBucketPolicy", "s3:PutBucketPolicy"), ("PutBucketAcl", "s3:PutBucketAcl"),
    ("PutObjectAcl", "s3:PutObjectAcl"), ("PutBucketWebsite", "s3:PutBucketWebsite"),
    ("PutBucketReplication", "s3:PutReplicationConfiguration"),
    ("PutBucketNotificationConfiguration", "s3:PutBucketNotification"),
    ("PutBucketLogging", "s3:PutBucketLogging"),
    ("PutBucketInventoryConfiguration", "s3:PutInventoryConfiguration"),
    ("PutBucketAnalyticsConfiguration", "s3:PutAnalyticsConfiguration"),
    ("PutBucketMetricsConfiguration", "s3:PutMetricsConfiguration"),
    ("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"), ("PutBucketCors", "s3:PutBucketCORS"),
    ("PutBucketOwnershipControls", "s3:PutBucketOwnershipControls"), ("CreateBucket", "s3:CreateBucket"),
  ])
  func `calls that open a bucket to others are known as such`(name: String, action: String) {
    let call = S3Call.all.first { $0.name == name }
    #expect(call?.kind == .publishes)
    #expect(call?.permissions == [.bucket(action)] || call?.permissions.first?.action == action)
  }

  @Test(arguments: [
    ("s3:GetObjectVersion", "GetObject"), ("s3:GetObjectVersion", "HeadObject"),
    ("s3:DeleteObjectVersion", "DeleteObject"), ("s3:GetObjectVersionTagging", "GetObjectTagging"),
    ("s3:PutObjectVersionTagging", "PutObjectTagging"),
    ("s3:DeleteObjectVersionTagging", "DeleteObjectTagging"),
  ])
  func `naming a version asks for another action`(action: String, name: String) {
    let permission = S3Call.all.first { $0.name == name }?.permissions.first
    #expect(permission?.action(hasVersion: true) == action)
    #expect(permission?.action(hasVersion: false) != action)
  }

  @Test func `header fields of a write ask for actions of their own`() {
    func actions(_ headers: [String: String]) -> [String] {
      S3Call.permissions { headers[$0] }.map(\.action)
    }
    #expect(actions([:]).isEmpty)
    #expect(actions(["x-amz-acl": "private"]).isEmpty)
    #expect(actions(["x-amz-acl": "bucket-owner-full-control"]).isEmpty)
    #expect(actions(["x-amz-acl": "public-read"]) == ["s3:PutObjectAcl"])
    #expect(actions(["x-amz-grant-read": "uri=\"everyone\""]) == ["s3:PutObjectAcl"])
    #expect(actions(["x-amz-tagging": "a=b"]) == ["s3:PutObjectTagging"])
    #expect(actions(["x-amz-object-lock-mode": "GOVERNANCE"]) == ["s3:PutObjectRetention"])
    #expect(actions(["x-amz-bypass-governance-retention": "True"]) == ["s3:BypassGovernanceRetention"])
  }
}

@Suite struct `S3 addresses` {
  private func names() throws -> ServiceNames { ServiceNames(region: try Region("eu-west-1")) }

  @Test(
    arguments: [
      ("s3.eu-west-1.amazonaws.com", "/", nil, nil),
      ("s3.amazonaws.com", "/bucket", "bucket", nil),
      ("127.0.0.2", "/bucket/", "bucket", nil),
      ("localhost", "/bucket/a/b c", "bucket", "a/b c"),
      ("s3.eu-west-1.amazonaws.com", "/bucket//a", "bucket", "/a"),
      ("s3.eu-west-1.amazonaws.com", "/bucket/../other/key", "bucket", "../other/key"),
      ("bucket.s3.eu-west-1.amazonaws.com", "/", "bucket", nil),
      ("bucket.s3.amazonaws.com", "/a/b", "bucket", "a/b"),
      ("bucket.s3.amazonaws.com", "//a", "bucket", "/a"),
    ] as [(String, String, String?, String?)])
  func `a bucket stands in the host or at the path's beginning`(
    host: String, path: String, bucket: String?, key: String?
  ) throws {
    let address = try S3Address(path: path, host: host, names: try names())
    #expect(address.bucket == bucket)
    #expect(address.key == key)
  }

  @Test(arguments: [
    ("evil.test", "/bucket/key"), ("s3.us-east-1.amazonaws.com", "/bucket"), ("a.b.s3.amazonaws.com", "/"),
    ("bucket.s3-website-eu-west-1.amazonaws.com", "/"), ("", "/bucket"),
  ])
  func `another host is no endpoint`(host: String, path: String) throws {
    let names = try names()
    #expect(throws: S3Fault.unknownHost) { try S3Address(path: path, host: host, names: names) }
  }

  @Test func `a key of more than 1024 bytes or with a NUL is refused`() throws {
    let names = try names()
    let longest = String(repeating: "k", count: 1_024)
    _ = try S3Address(path: "/bucket/\(longest)", host: "localhost", names: names)
    #expect(throws: S3Fault.keyTooLong) {
      try S3Address(path: "/bucket/k\(longest)", host: "localhost", names: names)
    }
    #expect(throws: S3Fault.malformedKey) {
      try S3Address(path: "/bucket/a\0", host: "localhost", names: names)
    }
  }

  @Test(
    arguments: [
      ("bucket", "key", nil, "bucket/key"), ("bucket", "a/b c", nil, "/bucket/a/b%20c"),
      ("bucket", "a+b", nil, "bucket/a+b"), ("bucket", "key", "v1", "/bucket/key?versionId=v1"),
      ("bucket", "a?b", nil, "bucket/a%3Fb"),
    ] as [(String, String, String?, String)])
  func `a copy source is another object`(bucket: String, key: String, version: String?, text: String) {
    let source = S3CopySource(text)
    #expect(source?.bucket == bucket)
    #expect(source?.key == key)
    #expect(source?.version == version)
  }

  @Test(arguments: ["", "/", "bucket", "bucket/", "//key", "bucket/%zz", "bucket/%00", "bucket/%ff"])
  func `a copy source without a bucket and a key is none`(text: String) {
    #expect(S3CopySource(text) == nil)
  }
}

@Suite struct `S3 ranges and conditions` {
  @Test(
    arguments: [
      (nil, nil), (.from(0, through: 0), "bytes=0-0"), (.from(2, through: nil), "bytes=2-"),
      (.from(2, through: 4), "bytes=2-4"), (.last(3), "bytes=-3"), (.last(0), "bytes=-0"),
      (.from(1 << 60, through: nil), "bytes=99999999999999999999-"),
      (.from(1, through: 1 << 60), "bytes=1-99999999999999999999"), (.from(0, through: 5), "Bytes=0-5"),
      (nil, "bytes=5-2"), (nil, "bytes=0-1,3-4"), (nil, "lines=0-1"), (nil, "bytes=a-b"), (nil, "bytes=-"),
      (nil, "bytes"), (nil, "bytes=+1-2"), (nil, "bytes= 1-2"), (nil, ""),
    ] as [(ByteRange?, String?)])
  func `a range is what one pair of numbers says, and nothing else is one`(
    expected: ByteRange?, field: String?
  ) {
    #expect(S3Range.bytes(field) == expected)
  }

  @Test(
    arguments: [
      (.from(0, through: 5), "bytes=0-5"), (nil, "bytes=0-"), (nil, "bytes=-5"), (nil, "bytes=5-0"),
      (nil, "0-5"),
    ] as [(ByteRange?, String)])
  func `a copied range has two ends`(expected: ByteRange?, field: String) {
    #expect(S3Range.copied(field) == expected)
  }

  @Test(
    arguments: [
      (.holds, ["if-match": "\"e1\""]), (.holds, ["if-match": "e1"]), (.holds, ["if-match": "*"]),
      (.failed, ["if-match": "\"e2\""]), (.holds, ["if-match": "\"e2\", \"e1\""]),
      (.notModified, ["if-none-match": "\"e1\""]), (.notModified, ["if-none-match": "W/\"e1\""]),
      (.holds, ["if-none-match": "\"e2\""]),
      (.notModified, ["if-modified-since": "Fri, 24 May 2013 00:00:00 GMT"]),
      (.holds, ["if-modified-since": "Thu, 23 May 2013 23:59:59 GMT"]),
      (.holds, ["if-modified-since": "yesterday"]),
      (.holds, ["if-unmodified-since": "Fri, 24 May 2013 00:00:00 GMT"]),
      (.failed, ["if-unmodified-since": "Thu, 23 May 2013 00:00:00 GMT"]),
      (.holds, ["if-match": "e1", "if-unmodified-since": "Thu, 23 May 2013 00:00:00 GMT"]),
      (.notModified, ["if-none-match": "e1", "if-modified-since": "Thu, 23 May 2013 00:00:00 GMT"]),
    ] as [(S3Conditions.Verdict, [String: String])])
  func `a condition is judged against the tag e1 and a date`(
    expected: S3Conditions.Verdict, fields: [String: String]
  ) {
    // 2013-05-24T00:00:00.5Z
    let modified = Date(timeIntervalSince1970: 1_369_353_600.5)
    #expect(S3Conditions { fields[$0] }.judge(eTag: "e1", modified: modified) == expected)
  }
}
