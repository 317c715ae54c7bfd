/// A set of small numbers: the values of an axis that a literal admits.
struct Mask: Hashable, Sendable {
  private var low: UInt64 = 0
  /// Words above the first; empty for axes of up to 64 values, so that they cost no memory.
  private var high: [UInt64] = []

  init() {}

  /// All numbers below `count`.
  init(all count: Int) {
    low = count >= 64 ? .max : (1 << UInt64(count)) - 1
    guard count > 64 else { return }
    let rest = count - 64
    high = Array(repeating: .max, count: (rest + 63) / 64)
    if rest % 64 != 0 { high[high.count - 1] = (1 << UInt64(rest % 64)) - 1 }
  }

  var isEmpty: Bool { low == 0 && high.allSatisfy { $0 == 0 } }

  var count: Int { low.nonzeroBitCount + high.reduce(0) { $0 + $1.nonzeroBitCount } }

  mutating func insert(_ number: Int) {
    if number < 64 {
      low |= 1 << UInt64(number)
      return
    }
    let word = number / 64 - 1
    while high.count <= word { high.append(0) }
    high[word] |= 1 << UInt64(number % 64)
  }

  func contains(_ number: Int) -> Bool {
    if number < 64 { return low >> UInt64(number) & 1 == 1 }
    let word = number / 64 - 1
    return word < high.count && high[word] >> UInt64(number % 64) & 1 == 1
  }

  /// The numbers in both.
  func intersection(_ other: Mask) -> Mask {
    var result = self
    result.low &= other.low
    if result.high.count > other.high.count { result.high.removeLast(result.high.count - other.high.count) }
    for index in result.high.indices { result.high[index] &= other.high[index] }
    return result
  }

  /// The numbers in one of them, or in both.
  func union(_ other: Mask) -> Mask {
    var result = self
    result.low |= other.low
    while result.high.count < other.high.count { result.high.append(0) }
    for index in other.high.indices { result.high[index] |= other.high[index] }
    return result
  }

  /// The numbers of this set that the other lacks.
  func subtracting(_ other: Mask) -> Mask {
    var result = self
    result.low &= ~other.low
    for index in result.high.indices where index < other.high.count {
      result.high[index] &= ~other.high[index]
    }
    return result
  }

  func intersects(_ other: Mask) -> Bool {
    if low & other.low != 0 { return true }
    for index in high.indices where index < other.high.count {
      if high[index] & other.high[index] != 0 { return true }
    }
    return false
  }

  func isSubset(of other: Mask) -> Bool { subtracting(other).isEmpty }

  /// The numbers in rising order.
  var numbers: [Int] {
    var numbers: [Int] = []
    for (place, word) in ([low] + high).enumerated() {
      var word = word
      while word != 0 {
        numbers.append(place * 64 + word.trailingZeroBitCount)
        word &= word - 1
      }
    }
    return numbers
  }

  var first: Int? {
    if low != 0 { return low.trailingZeroBitCount }
    for (place, word) in high.enumerated() where word != 0 {
      return (place + 1) * 64 + word.trailingZeroBitCount
    }
    return nil
  }
}
