import Testing

@testable import CordonDrill

@Suite struct `Canary search` {
  let canary = Canary(text: "k3q7xw2mzt5vb6nd4fhj2cra")
  let zones = ["zone.evil.test", "evil.test"]

  func find(_ arrivals: [Arrival]) -> Finding? { CanarySearch(canary, zones: zones).find(in: arrivals) }

  func text(_ text: String) -> Arrival { Arrival(place: "sink", bytes: Array(text.utf8)) }

  func name(_ name: String) -> Arrival { Arrival(place: "DNS", bytes: Array(name.utf8), name: name) }

  @Test func `a secret is fresh, and fit for a label`() {
    #expect(Canary().text != Canary().text)
    #expect(Canary().text.count == 24)
    #expect(Canary().text.allSatisfy { $0.isLetter || ("2"..."7").contains($0) })
  }

  @Test(arguments: [
    ("raw", "x=k3q7xw2mzt5vb6nd4fhj2cra&y"),
    ("raw", "K3Q7XW2mzt5vb6nd4fhj2CRA"),
    ("reversed", "arc2jhf4dn6bv5tzm2wx7q3k"),
    ("hex", "6b33713778773 26d7a743576 62366e643466686a32637261".replacing(" ", with: "")),
    ("hex", "6b:33:71:37:78:77:32:6d:7a:74:35:76:62:36:6e:64:34:66:68:6a:32:63:72:61"),
    ("base32", "NMZXCN3YO4ZG26TUGV3GENTOMQ2GM2DKGJRXEYI="),
    ("base64", "azNxN3h3Mm16dDV2YjZuZDRmaGoyY3Jh"),
    ("raw", "k3q7\r\nxw2m zt5v\tb6nd\n4fhj2cra"),
  ])
  func `a spelling is recognised`(form: String, spelled: String) {
    #expect(find([text(spelled)])?.form == form)
  }

  @Test func `wide characters are recognised`() {
    #expect(find([Arrival(place: "sink", bytes: canary.bytes.flatMap { [$0, 0] })])?.form == "raw")
  }

  @Test(arguments: 0..<6)
  func `an encoding is recognised wherever in a group the secret begins`(offset: Int) {
    let padding = Array(String(repeating: "#", count: offset).utf8)
    let embedded = padding + canary.bytes + Array("tail".utf8)
    for (form, encoded) in [
      ("base64", TextForms.base64(embedded)), ("base32", TextForms.base32(embedded)),
      ("base32hex", TextForms.base32Hex(embedded)),
    ] {
      #expect(find([Arrival(place: "sink", bytes: encoded)])?.form == form)
    }
  }

  @Test func `a URL-safe alphabet is recognised`() {
    let secret = Canary(text: "zzz~~~???>>>zzz~~~???>>>")
    let encoded = String(decoding: TextForms.base64(secret.bytes), as: UTF8.self)
      .replacing("+", with: "-").replacing("/", with: "_")
    #expect(encoded.contains("-") || encoded.contains("_"))
    #expect(CanarySearch(secret).find(in: [text(encoded)])?.form == "base64")
  }

  @Test func `percent escapes are undone`() {
    let escaped = canary.bytes.map { "%" + String($0, radix: 16, uppercase: true) }.joined()
    // Every byte escaped is hex with separators.
    #expect(find([text("GET /?q=\(escaped) HTTP/1.1")])?.form == "hex")
    let some = "%6B3q7xw2mzt5vb6nd4fhj2cra"
    #expect(find([text("GET /?q=\(some) HTTP/1.1")])?.form == "url-encoded raw")
    let base64 = "azNxN3h3Mm16dDV2YjZuZDRmaGoyY3Jh".replacing("N", with: "%4E")
    #expect(find([text(base64)])?.form == "url-encoded base64")
  }

  @Test(arguments: [
    ["k3q7xw.2mzt5v.b6nd4f.hj2cra.evil.test"],
    ["k3q7xw2m.zone.evil.test", "zt5vb6nd.zone.evil.test", "4fhj2cra.zone.evil.test"],
    ["0.k3q7xw2m.evil.test", "1.zt5vb6nd.evil.test", "2.4fhj2cra.evil.test"],
    [
      "k3q7xw2m.evil.test", "k3q7xw2m.evil.test", "zt5vb6nd.evil.test", "zt5vb6nd.evil.test",
      "4fhj2cra.evil.test",
    ],
    ["4fhj2cra.evil.test", "k3q7xw2m.evil.test", "zt5vb6nd.evil.test"],
    ["K3Q7xw2m.EVIL.test", "other.example", "ZT5vb6nd.evil.test", "4fhj2cra.evil.test"],
    "k3q7xw2mzt5vb6nd4fhj2cra".map { "\($0).evil.test" },
    "k3q7xw2mzt5vb6nd4fhj2cra".enumerated().map { "n\($0).\($1).zone.evil.test" },
  ])
  func `pieces over labels and questions are put together`(names: [String]) {
    #expect(find(names.map(name)) != nil)
  }

  @Test func `a piece that goes on by accident does not hide the true cut`() {
    // The first question ends, as if it were the secret's next letter, with the first letter of the number after it.
    #expect(find(["k3q7xw2mz.evil.test", "zt5vb6nd.evil.test", "4fhj2cra.evil.test"].map(name)) != nil)
  }

  @Test func `pieces over datagrams and request lines are put together`() {
    let datagrams = ["k3q7", "xw2m", "zt5v", "b6nd", "4fhj", "2cra"]
    #expect(find(datagrams.map(text))?.form == "split raw")
    let requests = datagrams.map { text("GET /simple/\($0)/ HTTP/1.1\r\nHost: index.example\r\n\r\n") }
    #expect(find(requests)?.form == "split raw")
    #expect(find("k3q7xw2mzt5vb6nd4fhj2cra".map { text(String($0)) })?.form == "split raw")
    #expect(
      find(["6b33713778773", "26d7a743576", "62366e64", "3466686a32637261"].map(text))?.form == "split hex")
  }

  @Test func `nothing is found where the secret is not`() {
    #expect(find([]) == nil)
    #expect(find([text(""), name("evil.test"), name("www.evil.test")]) == nil)
    #expect(find([text("k3q7xw2mzt5vb6nd4fhj2cr")]) == nil)
    #expect(find(["k3q7xw2m.evil.test", "4fhj2cra.evil.test"].map(name)) == nil)
  }

  @Test func `other traffic, and much of it, is no accident`() {
    var generator = SystemRandomNumberGenerator()
    let noise = (0..<40).map { _ in
      Arrival(place: "sink", bytes: (0..<20_000).map { _ in UInt8.random(in: 33...126, using: &generator) })
    }
    let names = (0..<2_000).map { name("\($0).\(Canary().text).evil.test") }
    #expect(find(noise) == nil)
    #expect(find(names) == nil)
  }
}
