import CordonModel

/// A range of addresses as routes and security groups write it.
struct AddressBlock: Sendable, Equatable {
  let text: String
  /// Whether addresses of the internet are in it.
  let reachesInternet: Bool

  /// Reads `10.0.0.0/16` or `::/0`; what is no range is taken for one that reaches the internet.
  init(_ text: String) {
    self.text = text
    reachesInternet = !Self.isPrivate(text)
  }

  /// RFC 1918, RFC 6598, RFC 4193, link local and loopback.
  private static func isPrivate(_ text: String) -> Bool {
    let halves = text.split(separator: "/", maxSplits: 1).map(String.init)
    guard let address = halves.first else { return false }
    if address.contains(":") {
      let length = halves.count > 1 ? Int(halves[1]) ?? 0 : 128
      let head = address.lowercased()
      return length >= 7 && (head.hasPrefix("fc") || head.hasPrefix("fd"))
        || length >= 10 && head.hasPrefix("fe80")
        || head == "::1" && length == 128
    }
    let parts = address.split(separator: ".").compactMap { UInt32($0) }
    let length = halves.count > 1 ? Int(halves[1]) ?? 0 : 32
    guard parts.count == 4, parts.allSatisfy({ $0 < 256 }) else { return false }
    let number = parts.reduce(UInt32(0)) { $0 << 8 | $1 }
    let ranges: [(UInt32, Int)] = [
      (0x0A00_0000, 8), (0xAC10_0000, 12), (0xC0A8_0000, 16), (0x6440_0000, 10), (0x7F00_0000, 8),
      (0xA9FE_0000, 16),
    ]
    return ranges.contains { start, bits in
      length >= bits && number & (~UInt32(0) << (32 - UInt32(bits))) == start
    }
  }
}
