import CordonModel
import CordonStore
import CordonWire
import FoundationEssentials
import NIOCore
import Testing

@testable import CordonGateway

/// Listings that are longer than a piece: what they say, and what they hold of the gateway's memory.
@Suite struct `S3 listings in pieces` {
  /// Keys that are as long in XML as keys can be: each byte is six.
  private static func hostileKey(_ number: Int, folder: String = "") -> String {
    let start = "\(folder)\(1_000 + number)"
    return start + String(repeating: "\u{1}", count: S3Address.longestKey - start.utf8.count)
  }

  /// The pieces of an answer as the connection gets them.
  private func pieces(_ target: String, _ fixture: S3Fixture, _ allowance: AnswerAllowance) async throws
    -> [[UInt8]]
  {
    var request = try TestCall("GET", target).request(
      signedBy: fixture.base.session().credentials, at: fixture.base.clock.now, from: fixture.base.source(.s3)
    )
    request.allowance = allowance
    let response = try await fixture.responder.respond(to: request, body: RequestBody { nil })
    #expect(response.status == 200)
    var pieces: [[UInt8]] = []
    switch response.body {
    case .none: break
    case .bytes(let bytes): pieces = [Array(buffer: bytes)]
    case .stream(let length, let stream):
      #expect(length == nil)
      try await stream { bytes in
        // Nothing but this piece is held while it is written.
        #expect(allowance.usage.held == bytes.readableBytes)
        pieces.append(Array(buffer: bytes))
      }
    }
    return pieces
  }

  private func elements(_ name: String, in text: String) -> [String] {
    text.components(separatedBy: "<\(name)>").dropFirst().map { $0.components(separatedBy: "</\(name)>")[0] }
  }

  @Test(arguments: [
    "/churn-plain", "/churn-plain?list-type=2", "/churn-plain?versions",
    "/churn-plain?list-type=2&delimiter=/",
    "/churn-plain?versions&delimiter=/", "/churn-plain?list-type=2&encoding-type=url",
  ])
  func `no piece is longer than 64 KiB, and together they are the whole listing`(target: String) async throws
  {
    try await S3Fixture.run { fixture in
      var keys: [String] = []
      for number in 0..<60 { keys.append(Self.hostileKey(number)) }
      for number in 0..<60 { keys.append(Self.hostileKey(number, folder: "f\(100 + number / 2)/")) }
      for key in keys { try await fixture.put("churn-plain", key, "x") }
      let allowance = AnswerAllowance()
      let pieces = try await pieces(target, fixture, allowance)
      #expect(pieces.count > 3 || target.contains("url"))
      for piece in pieces { #expect(piece.count <= S3Pieces.longest) }
      #expect(allowance.usage.held == 0)
      let text = String(decoding: pieces.joined(), as: UTF8.self)
      let isURL = target.contains("url")
      let written = { (key: String) in
        isURL ? S3XMLWriter.urlEncoded(key) : key.replacing("\u{1}", with: "&#x1;")
      }
      let found = elements("Key", in: text)
      if target.contains("delimiter") {
        #expect(found == keys.prefix(60).map(written))
        let prefixes = text.components(separatedBy: "<CommonPrefixes>").dropFirst().map {
          elements("Prefix", in: $0)[0]
        }
        #expect(prefixes == (0..<30).map { "f\(100 + $0)/" })
        // Lists are not mixed: some readers of XML take a second list for the only one.
        #expect(text.components(separatedBy: "</CommonPrefixes><Contents>").count == 1)
      } else {
        #expect(found == keys.map(written))
      }
      #expect(elements("IsTruncated", in: text) == ["false"])
      let root = target.contains("versions") ? "ListVersionsResult" : "ListBucketResult"
      #expect(text.hasSuffix("</\(root)>") && text.components(separatedBy: "<\(root) ").count == 2)
    }
  }

  @Test(arguments: [1, 7, 49, 50, 51, 120, 1_000])
  func `going from page to page finds each row once`(size: Int) async throws {
    try await S3Fixture.run { fixture in
      for number in 0..<130 { try await fixture.put("churn-plain", "k\(1_000 + number)", "x") }
      for number in 0..<60 { try await fixture.put("churn-plain", "p\(100 + number)/a", "x") }
      let names = (0..<130).map { "k\(1_000 + $0)" }
      let folders = (0..<60).map { "p\(100 + $0)/" }
      func page(_ query: String) async throws -> String {
        try await fixture.send(TestCall("GET", "/churn-plain?delimiter=/&max-keys=\(size)\(query)")).text
      }
      for version in ["", "&list-type=2", "&versions"] {
        var found: [String] = []
        var next = ""
        while true {
          let text = try await page(version + next)
          let rows =
            elements("Key", in: text)
            + elements("CommonPrefixes", in: text).flatMap {
              elements("Prefix", in: $0)
            }
          #expect(rows.count <= size)
          if version == "&list-type=2" { #expect(elements("KeyCount", in: text) == ["\(rows.count)"]) }
          found += rows
          guard elements("IsTruncated", in: text) == ["true"] else { break }
          let name =
            version == "" ? "NextMarker" : version == "&versions" ? "NextKeyMarker" : "NextContinuationToken"
          let parameter =
            version == "" ? "marker" : version == "&versions" ? "key-marker" : "continuation-token"
          next = "&\(parameter)=\(try #require(elements(name, in: text).first))"
          if let id = elements("NextVersionIdMarker", in: text).first { next += "&version-id-marker=\(id)" }
        }
        #expect(found == names + folders, "\(version)")
      }
    }
  }

  @Test func `the versions of one key go on behind a full piece`() async throws {
    try await S3Fixture.run { fixture in
      let key = Self.hostileKey(0)
      var versions: [String] = []
      for _ in 0..<70 { versions.append(try await fixture.put("churn-store", key, "x").versionID) }
      let text = String(
        decoding: try await pieces("/churn-store?versions", fixture, AnswerAllowance()).joined(),
        as: UTF8.self)
      #expect(elements("VersionId", in: text) == versions.reversed())
    }
  }

  @Test func `parts and uploads are listed in pieces`() async throws {
    try await S3Fixture.run { fixture in
      let key = try ObjectKey(Self.hostileKey(0))
      let upload = try await fixture.store.beginUpload(BucketName("churn-plain"), key, ObjectMetadata())
      for number in 1...120 {
        let writer = try await fixture.store.beginPart(upload, number: number)
        try await writer.write([1])
        _ = try await writer.finish(checksums: [:])
      }
      for number in 1...40 {
        let key = try ObjectKey(Self.hostileKey(number))
        _ = try await fixture.store.beginUpload(BucketName("churn-plain"), key, ObjectMetadata())
      }
      let target = "/churn-plain/" + PercentCoding.encode(key.text, keepingSlash: true)
      let allowance = AnswerAllowance()
      let parts = try await pieces(target + "?uploadId=\(upload.id)&max-parts=110", fixture, allowance)
      let partText = String(decoding: parts.joined(), as: UTF8.self)
      #expect(elements("PartNumber", in: partText) == (1...110).map(String.init))
      #expect(elements("NextPartNumberMarker", in: partText) == ["110"])
      let uploads = try await pieces("/churn-plain?uploads", fixture, allowance)
      #expect(uploads.count > 3 && uploads.allSatisfy { $0.count <= S3Pieces.longest })
      let uploadText = String(decoding: uploads.joined(), as: UTF8.self)
      #expect(elements("UploadId", in: uploadText).count == 41)
      #expect(elements("IsTruncated", in: uploadText) == ["false"])
      #expect(allowance.usage.held == 0)
    }
  }

  @Test(arguments: ["prefix", "delimiter", "marker", "start-after", "key-marker"])
  func `a parameter that comes back in the answer is no longer than a key`(name: String) async throws {
    try await S3Fixture.run { fixture in
      let long = String(repeating: "a", count: S3Address.longestKey + 1)
      let answer = try await fixture.send(TestCall("GET", "/churn-plain?\(name)=\(long)"))
      #expect(answer.element("Code") == "KeyTooLongError")
    }
  }

  @Test func `without room an answer waits, and then asks its client to slow down`() async throws {
    try await S3Fixture.run { fixture in
      try await fixture.put("churn-plain", "k", "x")
      var limits = ServerLimits()
      limits.unwrittenBytes = 1 << 20
      limits.answerPatience = .milliseconds(10)
      let allowance = AnswerAllowance(limits)
      let unread = try await allowance.reserve(1 << 20)
      for target in ["/churn-plain", "/churn-plain/k"] {
        let answer = try await fixture.send(TestCall("GET", target)) { $0.allowance = allowance }
        #expect(answer.status == 503 && answer.element("Code") == "SlowDown")
      }
      unread.end()
      for target in ["/churn-plain", "/churn-plain/k"] {
        let answer = try await fixture.send(TestCall("GET", target)) { $0.allowance = allowance }
        #expect(answer.status == 200)
      }
      #expect(allowance.usage.held == 0)
    }
  }
}
