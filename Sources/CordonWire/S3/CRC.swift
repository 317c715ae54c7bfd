/// One cyclic redundancy check of up to 64 bits, least significant bit first, with inverted start and end.
///
/// Eight bytes are folded at once with eight tables ("slicing by 8", Kounavis and Berry). The narrow checks
/// use the same 64-bit arithmetic: their upper half simply stays zero.
struct CRC: Sendable {
  /// ISO-HDLC, as in zlib and Ethernet.
  static let crc32 = CRC(width: 32, polynomial: 0xEDB8_8320)
  /// Castagnoli, as in iSCSI (RFC 3720 §12.1).
  static let crc32c = CRC(width: 32, polynomial: 0x82F6_3B78)
  /// NVM Express, the default of S3.
  static let crc64nvme = CRC(width: 64, polynomial: 0x9A6C_9329_AC4B_C9B5)

  let width: Int
  let polynomial: UInt64
  let mask: UInt64
  /// Table `k` at `k << 8`: what a byte becomes after `k` more bytes of zeros.
  let tables: [UInt64]

  private init(width: Int, polynomial: UInt64) {
    self.width = width
    self.polynomial = polynomial
    self.mask = width == 64 ? .max : (1 << UInt64(width)) - 1
    var tables: [UInt64] = (0..<256).map { Self.step(UInt64($0), 8, polynomial) }
    for index in 256..<(8 * 256) {
      let previous = tables[index - 256]
      tables.append(previous >> 8 ^ tables[Int(previous & 255)])
    }
    self.tables = tables
  }

  private static func step(_ value: UInt64, _ bits: Int, _ polynomial: UInt64) -> UInt64 {
    (0..<bits).reduce(value) { value, _ in value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
  }

  /// The check of two texts joined, from the checks of each and the length of the second one: a product with
  /// a power of x (zlib's `crc32_combine`).
  func combined(_ first: UInt64, _ second: UInt64, secondLength: UInt64) -> UInt64 {
    let one: UInt64 = 1 << UInt64(width - 1)
    var power = one
    var base = one >> 8
    var length = secondLength
    while length > 0 {
      if length & 1 == 1 { power = product(base, power) }
      base = product(base, base)
      length >>= 1
    }
    return product(power, first) ^ second
  }

  /// The product of two polynomials modulo the check's own.
  private func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
    var sum: UInt64 = 0
    var term = right
    for bit in stride(from: width - 1, through: 0, by: -1) {
      if left >> UInt64(bit) & 1 == 1 { sum ^= term }
      term = Self.step(term, 1, polynomial)
    }
    return sum
  }
}
