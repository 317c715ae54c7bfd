import CordonWire
import FoundationEssentials

/// Bytes that nobody can guess.
enum Random {
  /// From the kernel's generator.
  static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// 256 bits as 43 characters that need no escaping in an address, a cookie or a form.
  static func token() -> String { Base64URL.text(bytes(32)) }
}

/// Base64 in the alphabet for addresses, without padding (RFC 4648 §5).
enum Base64URL {
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text = Base64.text(Array(bytes))
    while text.utf8.last == UInt8(ascii: "=") { text.removeLast() }
    return String(text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
  }

  /// The bytes of a text; nil unless it is exactly what `text(_:)` writes.
  static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    guard
      text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "=") })
    else { return nil }
    let plain = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    let padding = (4 - plain.utf8.count % 4) % 4
    guard padding < 3 else { return nil }
    return Base64.bytes(plain + String(repeating: "=", count: padding))
  }
}
