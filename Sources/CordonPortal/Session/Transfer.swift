import CordonWire
import Crypto

/// What a record says of something that crosses: how long it is and its digest, and never what it says.
enum Transfer {
  /// The facts of these bytes.
  static func facts(_ bytes: [UInt8]) -> [String: String] {
    ["bytes": String(bytes.count), "sha256": Hex.text(Array(SHA256.hash(data: bytes)))]
  }

  /// A number of bytes as people read it.
  static func size(_ bytes: Int) -> String {
    for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes >= 1 << shift {
      let tenths = bytes >> (shift - 4)
      let (whole, part) = (tenths / 16, tenths % 16 * 10 / 16)
      return part == 0 ? "\(whole) \(unit)" : "\(whole).\(part) \(unit)"
    }
    return "\(bytes) bytes"
  }
}

/// How much text one session may still take in and give out. It starts full, nothing fills it again, and whether a way is
/// open at all is not its question.
struct ClipboardBudget: Sendable {
  /// A direction.
  enum Way: Sendable { case inwards, outwards }

  private let whole: Int
  private var used: [Way: Int] = [:]

  init(_ whole: Int) { self.whole = whole }

  /// Bytes that are left.
  func left(_ way: Way) -> Int { max(0, whole - used[way, default: 0]) }

  /// Takes so many; false, and nothing taken, where there are not as many.
  mutating func take(_ bytes: Int, _ way: Way) -> Bool {
    guard bytes <= left(way) else { return false }
    used[way, default: 0] += bytes
    return true
  }

  /// Gives back what was taken for something that did not happen.
  mutating func giveBack(_ bytes: Int, _ way: Way) {
    used[way, default: 0] -= min(bytes, used[way, default: 0])
  }
}
