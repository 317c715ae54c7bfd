/// SHA-256 (FIPS 180-4), for the hashes of the few small files that the drill's package index serves.
///
/// The drill shares no code with what it attacks, and its files are too small for speed to matter.
enum SHA256 {
  private static let constants: [UInt32] = firstPrimes(64).map { fraction(of: $0, root: cbrtBits) }
  private static let initial: [UInt32] = firstPrimes(8).map { fraction(of: $0, root: sqrtBits) }

  static func hexDigest(_ message: [UInt8]) -> String {
    String(decoding: TextForms.hex(digest(message)), as: UTF8.self)
  }

  static func digest(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
    let bits = UInt64(message.count) &* 8
    padded += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
    var state = initial
    for start in stride(from: 0, to: padded.count, by: 64) { mix(&state, padded[start..<(start + 64)]) }
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
  }

  private static func mix(_ state: inout [UInt32], _ block: ArraySlice<UInt8>) {
    var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { index in
      block[index..<(index + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for index in 16..<64 {
      let a = words[index - 15]
      let b = words[index - 2]
      let first = rotate(a, 7) ^ rotate(a, 18) ^ (a >> 3)
      let second = rotate(b, 17) ^ rotate(b, 19) ^ (b >> 10)
      words.append(words[index - 16] &+ first &+ words[index - 7] &+ second)
    }
    var work = state
    for index in 0..<64 {
      let e = work[4]
      let a = work[0]
      let choice = (e & work[5]) ^ (~e & work[6])
      let majority = (a & work[1]) ^ (a & work[2]) ^ (work[1] & work[2])
      let first =
        work[7] &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ choice &+ constants[index]
        &+ words[index]
      let second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ majority
      work = [first &+ second, a, work[1], work[2], work[3] &+ first, e, work[5], work[6]]
    }
    for index in 0..<8 { state[index] = state[index] &+ work[index] }
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  // FIPS 180-4 §4.2.2, §5.3.3: the first 32 bits of the fractional parts of the roots of the first primes.

  private static func firstPrimes(_ count: Int) -> [UInt64] {
    var primes: [UInt64] = []
    var candidate: UInt64 = 2
    while primes.count < count {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes
  }

  private static func fraction(of prime: UInt64, root: (UInt64) -> UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: root(prime))
  }

  /// Floor of the square root, 32 bits behind the point; found bit by bit, without floating point.
  private static func sqrtBits(_ value: UInt64) -> UInt64 {
    largest { candidate in
      let (high, low) = candidate.multipliedFullWidth(by: candidate)
      return (high, low) <= (value, 0)
    }
  }

  /// Floor of the cube root, 32 bits behind the point.
  private static func cbrtBits(_ value: UInt64) -> UInt64 {
    largest { candidate in
      // candidate < 2^35, so its cube stays below 2^105 and its square below 2^70.
      let (high, low) = candidate.multipliedFullWidth(by: candidate)
      let upper = high &* candidate
      let (carry, bottom) = low.multipliedFullWidth(by: candidate)
      return (upper &+ carry, bottom) <= (value << 32, 0)
    }
  }

  private static func largest(_ fits: (UInt64) -> Bool) -> UInt64 {
    var found: UInt64 = 0
    for bit in (0..<38).reversed() where fits(found | 1 << UInt64(bit)) { found |= 1 << UInt64(bit) }
    return found
  }
}
