import CryptoExtras
import FoundationEssentials

/// How much work one guess at a password is.
struct ScryptCost: Sendable, Equatable {
  /// N as a power of two.
  var rounds: Int
  /// r.
  var block: Int
  /// p.
  var lanes: Int

  /// N = 2^17, r = 8, p = 1: 128 MiB for a good third of a second (OWASP Password Storage Cheat Sheet).
  static let standard = ScryptCost(rounds: 17, block: 8, lanes: 1)

  /// Whether a stored hash may ask for it: a damaged row must not ask for the machine's whole memory.
  var isBearable: Bool {
    (10...20).contains(rounds) && (1...16).contains(block) && (1...4).contains(lanes)
  }

  func hash(_ password: [UInt8], salt: [UInt8]) throws -> [UInt8] {
    try KDF.Scrypt.deriveKey(
      from: password, salt: salt, outputByteCount: 32, rounds: 1 << rounds, blockSize: block,
      parallelism: lanes
    ).copiedBytes
  }
}

/// A password as it is kept: `scrypt$17$8$1$SALT$HASH`.
struct PasswordHash: Sendable, Equatable {
  var cost: ScryptCost
  var salt: [UInt8]
  var hash: [UInt8]

  /// Hashes a peppered password with a new salt.
  init(of password: [UInt8], cost: ScryptCost) throws(IdentityError) {
    self.cost = cost
    salt = Random.bytes(16)
    do { hash = try cost.hash(password, salt: salt) } catch { throw .unreadable("scrypt failed") }
  }

  private init(cost: ScryptCost, salt: [UInt8], hash: [UInt8]) {
    self.cost = cost
    self.salt = salt
    self.hash = hash
  }

  /// A hash that no password has, for people who have none: trying one is the same work.
  static func nobody(cost: ScryptCost) -> PasswordHash {
    PasswordHash(cost: cost, salt: Random.bytes(16), hash: Random.bytes(32))
  }

  /// Reads a stored hash.
  init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), let block = Int(parts[2]),
      let lanes = Int(parts[3]), let salt = Base64URL.bytes(parts[4]), let hash = Base64URL.bytes(parts[5]),
      hash.count == 32, salt.count == 16
    else { return nil }
    cost = ScryptCost(rounds: rounds, block: block, lanes: lanes)
    guard cost.isBearable else { return nil }
    self.salt = salt
    self.hash = hash
  }

  /// As it is stored.
  var text: String {
    "scrypt$\(cost.rounds)$\(cost.block)$\(cost.lanes)$\(Base64URL.text(salt))$\(Base64URL.text(hash))"
  }

  /// Whether a peppered password has this hash.
  func matches(_ password: [UInt8]) -> Bool {
    guard let found = try? cost.hash(password, salt: salt) else { return false }
    return isEqual(found, hash)
  }
}
