/// The address blocks that `Fn::Cidr` cuts out of another.
enum SubnetBlocks {
  /// `count` blocks with `bits` host bits each; nil where the text is no block or they do not fit in it.
  static func blocks(of text: String, count: Int, bits: Int) -> [String]? {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2, let prefix = Int(halves[1]) else { return nil }
    if let address = version4(halves[0]) {
      guard (0...32).contains(prefix), (1...31).contains(bits), 32 - bits >= prefix else { return nil }
      return blocks(UInt128(address), width: 32, prefix: prefix, count: count, bits: bits) {
        "\($0 >> 24 & 255).\($0 >> 16 & 255).\($0 >> 8 & 255).\($0 & 255)/\(32 - bits)"
      }
    }
    guard let address = version6(halves[0]), (0...128).contains(prefix), (1...127).contains(bits),
      128 - bits >= prefix
    else { return nil }
    return blocks(address, width: 128, prefix: prefix, count: count, bits: bits) {
      "\(shown($0))/\(128 - bits)"
    }
  }

  private static func blocks(
    _ address: UInt128, width: Int, prefix: Int, count: Int, bits: Int, show: (UInt128) -> String
  ) -> [String]? {
    let room = width - bits - prefix
    guard room >= 9 || count <= 1 << room else { return nil }
    let base = prefix == 0 ? 0 : (address >> (width - prefix)) << (width - prefix)
    return (0..<count).map { show(base + UInt128($0) << bits) }
  }

  private static func version4(_ text: Substring) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: UInt32 = 0
    for part in parts {
      guard let byte = UInt8(part) else { return nil }
      address = address << 8 | UInt32(byte)
    }
    return address
  }

  private static func version6(_ text: Substring) -> UInt128? {
    let halves = String(text).separated(by: "::")
    guard halves.count <= 2, text.contains(":") else { return nil }
    let groups = halves.map { $0.isEmpty ? [] : $0.split(separator: ":", omittingEmptySubsequences: false) }
    let written = groups.reduce(0) { $0 + $1.count }
    guard halves.count == 2 ? written < 8 : written == 8 else { return nil }
    var words: [UInt16] = []
    for (index, group) in groups.enumerated() {
      if index == 1 { words += Array(repeating: 0, count: 8 - written) }
      for word in group {
        guard let value = UInt16(word, radix: 16) else { return nil }
        words.append(value)
      }
    }
    return words.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
  }

  /// Eight groups, the last zeros as `::`.
  private static func shown(_ address: UInt128) -> String {
    var words = (0..<8).map { UInt16(truncatingIfNeeded: address >> (112 - 16 * $0)) }
    var zeros = 0
    while let last = words.last, last == 0 {
      words.removeLast()
      zeros += 1
    }
    let text = words.map { String($0, radix: 16) }.joined(separator: ":")
    return zeros == 0 ? text : text + "::"
  }
}
