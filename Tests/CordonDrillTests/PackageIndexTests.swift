import Testing

@testable import CordonDrill

@Suite struct `The drill's package index` {
  @Test(arguments: [
    // FIPS 180-4 examples.
    ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", ""),
    ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "abc"),
    (
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    ),
  ])
  func `digests are SHA-256`(digest: String, text: String) {
    #expect(SHA256.hexDigest(Array(text.utf8)) == digest)
  }

  @Test(arguments: 50..<70)
  func `digests are right at the edges of a block`(length: Int) throws {
    let text = String(repeating: "x", count: length)
    let script = "import hashlib, sys; print(hashlib.sha256(sys.argv[1].encode()).hexdigest())"
    let theirs = try Tool.run(["python3", "-I", "-c", script, text]).text
    #expect(theirs == SHA256.hexDigest(Array(text.utf8)) + "\n")
  }

  @Test func `checksums are CRC-32`() {
    #expect(StoredZip.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
  }

  @Test func `a page says when a file was uploaded, and is the same file each time`() throws {
    let request = Array(
      "GET /simple/drill-x/ HTTP/1.1\r\nAccept: application/vnd.pypi.simple.v1+json\r\n\r\n".utf8)
    let head = try #require(HTTPHead(request))
    let page = PackageIndex().page(for: head)
    let text = String(decoding: page.body, as: UTF8.self)
    #expect(page.type == "application/vnd.pypi.simple.v1+json")
    #expect(text.contains("\"upload-time\":\"2020-01-01T00:00:00.000000Z\""))
    #expect(page == PackageIndex().page(for: head))
  }
}
