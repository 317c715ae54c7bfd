import FoundationEssentials
import Testing

/// The vector files under `Tests/Vectors/wire`.
enum WireVectors {
  static var folder: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
      path: "Vectors/wire")
  }

  /// A file of requests made by an oracle.
  static func json<Content: Decodable>(_ path: String, as type: Content.Type) throws -> Content {
    try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: path)))
  }

  /// Every hand-made vector of one folder.
  static func files(_ name: String) throws -> [WireVector] {
    let folder = folder.appending(path: name)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter {
      $0.hasSuffix(".txt")
    }
    try #require(!names.isEmpty)
    return try names.sorted().map { try WireVector(name: $0, Data(contentsOf: folder.appending(path: $0))) }
  }
}

/// One hostile or honest input: `expect:` on the first line, more fields, an empty line, the input.
struct WireVector: Sendable, CustomTestStringConvertible {
  var name: String
  var fields: [String: String] = [:]
  var body: String

  var expect: String { fields["expect"] ?? "" }
  var testDescription: String { name }

  init(name: String, _ data: Data) throws {
    let text = String(decoding: data, as: UTF8.self)
    let parts = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
    try #require(parts.count == 2 && parts[0].hasPrefix("expect: "), "\(name) has no expect line and body")
    self.name = name
    self.body = String(parts[1])
    for line in parts[0].split(separator: "\n") where !line.hasPrefix("#") {
      let field = line.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
      try #require(field.count == 2, "\(name): '\(line)' is no field")
      fields[String(field[0])] = String(field[1])
    }
  }

  /// The input as hexadecimal digits; white space and what follows a `#` is for the reader.
  func hexBytes() throws -> [UInt8] {
    var bytes: [UInt8] = []
    for line in body.split(separator: "\n") {
      let digits = line.prefix { $0 != "#" }.filter { !$0.isWhitespace }
      let repeated = digits.split(separator: "*")
      var piece = try #require(Self.hex(repeated.first.map(String.init) ?? ""), "\(name): '\(line)'")
      if repeated.count == 2, let count = Int(repeated[1]) {
        piece = Array(repeatElement(piece, count: count).joined())
      }
      bytes += piece
    }
    return bytes
  }

  private static func hex(_ digits: String) -> [UInt8]? {
    guard digits.utf8.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    var rest = Substring(digits)
    while !rest.isEmpty {
      guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return bytes
  }

  /// The input as text in which a line break is only what is written as `\r\n`, and `\xNN` is one byte.
  func escapedBytes() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = body.utf8.filter { $0 != 0x0A }[...]
    while let byte = rest.popFirst() {
      guard byte == 0x5C else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case 0x72: bytes.append(0x0D)
      case 0x6E: bytes.append(0x0A)
      case 0x74: bytes.append(0x09)
      case 0x78:
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        bytes.append(try #require(UInt8(digits, radix: 16), "\(name): \\x\(digits)"))
        rest = rest.dropFirst(2)
      default: try #require(Bool(false), "\(name): unknown escape")
      }
    }
    return bytes
  }
}

/// Random numbers that are the same in every run, so that a failure can be replayed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// The input with a few of its bytes changed, taken out, doubled or added.
  mutating func mutated(_ input: [UInt8]) -> [UInt8] {
    var bytes = input
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      let position = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &self)
      switch Int.random(in: 0..<7, using: &self) {
      case 0 where !bytes.isEmpty: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 1 where !bytes.isEmpty:
        bytes[position] = [0, 1, 0x7F, 0x80, 0xFF, 0xC0].randomElement(using: &self) ?? 0
      case 2 where !bytes.isEmpty: bytes.remove(at: position)
      case 3: bytes.insert(UInt8.random(in: 0...255, using: &self), at: position)
      case 4: bytes.removeLast(Int.random(in: 0...min(16, bytes.count), using: &self))
      case 5: bytes += bytes[position...].prefix(32)
      default: bytes.insert(contentsOf: bytes.prefix(8), at: position)
      }
    }
    return bytes
  }
}
