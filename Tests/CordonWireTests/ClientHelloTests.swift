import CordonWire
import Testing

@Suite struct `TLS client hello` {
  @Test func `each vector is read or refused as it says`() throws {
    for vector in try WireVectors.files("tls") {
      let bytes = try vector.hexBytes()
      switch ClientHello.parse(bytes) {
      case .hello(let hello):
        #expect(vector.expect == "hello", "\(vector.name)")
        #expect(hello.sni?.text ?? "" == vector.fields["sni"], "\(vector.name)")
        #expect(hello.alpn.joined(separator: ",") == vector.fields["alpn"], "\(vector.name)")
        #expect(hello.offersECH == (vector.fields["ech"] == "true"), "\(vector.name)")
        #expect(hello.offersEarlyData == (vector.fields["early"] == "true"), "\(vector.name)")
        #expect(hello.byteCount == bytes.count - (Int(vector.fields["behind"] ?? "0") ?? 0), "\(vector.name)")
      case .notTLS(let refusal):
        #expect("\(refusal)" == vector.expect, "\(vector.name)")
      case .needMore:
        Issue.record("\(vector.name) is not whole")
      }
    }
  }

  @Test func `a hello that comes byte by byte is awaited and then read alike`() throws {
    for vector in try WireVectors.files("tls") where vector.expect == "hello" {
      let bytes = try vector.hexBytes()
      guard case .hello(let whole) = ClientHello.parse(bytes) else {
        Issue.record("\(vector.name)")
        continue
      }
      for count in 0..<whole.byteCount {
        #expect(ClientHello.parse(bytes[..<count]) == .needMore, "\(vector.name) at \(count)")
      }
      #expect(ClientHello.parse(bytes[..<whole.byteCount]) == .hello(whole))
    }
  }

  @Test func `what can no longer be a hello is refused before it is whole`() throws {
    for vector in try WireVectors.files("tls") where vector.expect.hasPrefix("notHandshake") {
      let first = try vector.hexBytes().prefix(1)
      #expect("\(ClientHello.parse(first))" == "notTLS(\(vector.expect))", "\(vector.name)")
    }
  }

  @Test func `a hello as large as the bound is read within the buffer bound`() {
    let padding = ClientHello.maximumLength - 47
    var message: [UInt8] = [1, 0, 0x40, 0, 3, 3] + Array(repeating: 7, count: 32) + [0, 0, 2, 0x13, 1, 1, 0]
    message += [
      UInt8((padding + 4) >> 8), UInt8((padding + 4) & 255), 0, 21, UInt8(padding >> 8), UInt8(padding & 255),
    ]
    message += Array(repeating: 0, count: padding)
    #expect(message.count == 4 + ClientHello.maximumLength)
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: message.count, by: 257) {
      let piece = message[start..<min(start + 257, message.count)]
      bytes += [22, 3, 1, UInt8(piece.count >> 8), UInt8(piece.count & 255)] + piece
    }
    #expect(bytes.count <= ClientHello.maximumBuffer)
    guard case .hello(let hello) = ClientHello.parse(bytes) else {
      Issue.record("\(ClientHello.parse(bytes))")
      return
    }
    #expect(hello.sni == nil && hello.byteCount == bytes.count)
  }
}
