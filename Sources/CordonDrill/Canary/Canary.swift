/// A fresh secret that is data's stand-in: where it arrives, data can arrive.
public struct Canary: Sendable, Hashable {
  /// 24 characters of the lower-case base32 alphabet (120 bits): fit for a DNS label, a file name, a bucket name.
  public let text: String

  private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")

  /// A secret that nobody has seen.
  public init(length: Int = 24) {
    var generator = SystemRandomNumberGenerator()
    text = String((0..<length).map { _ in Self.alphabet[Int.random(in: 0..<32, using: &generator)] })
  }

  /// A secret of the caller's; tests and replays use it.
  public init(text: String) {
    self.text = text.lowercased()
  }

  /// The secret's bytes.
  var bytes: [UInt8] { Array(text.utf8) }
}
