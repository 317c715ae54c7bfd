import Crypto
import FoundationEssentials

/// The codes of an authenticator: RFC 6238 over RFC 4226, six digits a half minute.
struct OneTimeCode: Sendable {
  /// Which hash; every authenticator knows SHA-1, and many nothing else.
  enum Hash: Sendable { case sha1, sha256, sha512 }

  static let period: Int64 = 30

  var secret: [UInt8]
  var hash = Hash.sha1
  var digits = 6

  /// A new secret of 160 bits (RFC 4226 §4, R6).
  static func random() -> OneTimeCode { OneTimeCode(secret: Random.bytes(20)) }

  /// The half minute that a time lies in.
  static func step(at time: Int64) -> Int64 { max(0, time) / period }

  /// The code of a half minute.
  func code(step: Int64) -> String {
    let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * Int64($0))) }
    let mac = mac(counter)
    // RFC 4226 §5.3: the last four bits say which four bytes to take, and the first of their bits is left out.
    let offset = Int((mac.last ?? 0) & 0x0F)
    let word = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
    let modulus = (0..<digits).reduce(UInt32(1)) { product, _ in product * 10 }
    let text = String(word % modulus)
    return String(repeating: "0", count: digits - text.utf8.count) + text
  }

  /// The half minute whose code this is: now, the one before or the one after, and later than `last`.
  func step(of code: String, at time: Int64, after last: Int64) -> Int64? {
    let typed = Array(code.utf8)
    let now = Self.step(at: time)
    var found: Int64?
    for step in max(0, now - 1)...(now + 1) where isEqual(Array(self.code(step: step).utf8), typed) {
      // RFC 6238 §5.2: a code is good once.
      if step > last, found == nil { found = step }
    }
    return found
  }

  private func mac(_ counter: [UInt8]) -> [UInt8] {
    let key = SymmetricKey(data: secret)
    return switch hash {
    case .sha1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: key))
    case .sha256: Array(HMAC<SHA256>.authenticationCode(for: counter, using: key))
    case .sha512: Array(HMAC<SHA512>.authenticationCode(for: counter, using: key))
    }
  }

  /// The secret in groups of four characters.
  var typed: String { Base32.grouped(Base32.text(secret), by: " ") }

  /// `otpauth://totp/...`, as authenticators read it from a QR code. Names are of the spec's alphabet.
  func address(person: String, environment: String) -> String {
    "otpauth://totp/Cordon%20\(environment):\(person)?secret=\(Base32.text(secret))&issuer=Cordon%20\(environment)"
      + "&algorithm=SHA1&digits=6&period=30"
  }
}

/// Codes for a person whose authenticator is lost.
enum RecoveryCode {
  static let count = 10

  /// 80 random bits, as `ABCD-EFGH-IJKL-MNOP`.
  static func random() -> String { Base32.grouped(Base32.text(Random.bytes(10)), by: "-") }

  /// What was typed, as it is hashed; nil for what cannot be one.
  static func canonical(_ typed: String) -> String? {
    guard typed.utf8.count <= 64 else { return nil }
    let letters = typed.uppercased().filter { $0 != "-" && $0 != " " }
    return letters.utf8.count == 16 && letters.allSatisfy { Base32.letters.contains($0) } ? letters : nil
  }
}

/// RFC 4648 §6, without padding.
enum Base32 {
  static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

  static func text(_ bytes: [UInt8]) -> String {
    var text = ""
    var bits = 0
    var word: UInt32 = 0
    for byte in bytes {
      word = (word << 8 | UInt32(byte)) & 0xFFFF
      bits += 8
      while bits >= 5 {
        bits -= 5
        text.append(letters[Int(word >> UInt32(bits) & 31)])
      }
    }
    if bits > 0 { text.append(letters[Int(word << UInt32(5 - bits) & 31)]) }
    return text
  }

  static func grouped(_ text: String, by separator: String) -> String {
    let letters = Array(text)
    return stride(from: 0, to: letters.count, by: 4).map { String(letters[$0..<min($0 + 4, letters.count)]) }
      .joined(separator: separator)
  }
}
