import CordonLinux
import Crypto
import FoundationEssentials

/// The ledger's Ed25519 key (RFC 8032), in a file that only the gateway's user may read.
struct SigningKey: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  var verifying: VerifyingKey { VerifyingKey(key: key.publicKey) }

  func sign(_ statement: [UInt8]) throws(LedgerError) -> [UInt8] {
    do {
      return Array(try key.signature(for: statement))
    } catch {
      throw .commitFailed(why: "signing failed: \(error)")
    }
  }

  /// Reads the key, or makes one where none lies and `mayCreate` says that none is expected to.
  static func open(at path: String, mayCreate: Bool) throws(LedgerError) -> SigningKey {
    guard let mode = try permissions(of: path) else {
      guard mayCreate else {
        throw .keyUnusable(path: path, why: "it is missing, but the ledger has records")
      }
      return try create(at: path)
    }
    guard mode & 0o077 == 0 else {
      let octal = String(mode & 0o777, radix: 8)
      throw .keyUnusable(
        path: path, why: "its mode is \(octal); others could sign with it, so it must be 600")
    }
    return try read(at: path)
  }

  /// Reads the key for comparison only; nil where it is missing or may not be read.
  static func peek(at path: String) -> SigningKey? { try? read(at: path) }

  private static func permissions(of path: String) throws(LedgerError) -> UInt32? {
    do {
      return try DurableFile.permissions(of: path)
    } catch {
      throw .keyUnusable(path: path, why: "\(error)")
    }
  }

  private static func read(at path: String) throws(LedgerError) -> SigningKey {
    do {
      let bytes = try DurableFile.read(path, atMost: 256)
      return SigningKey(key: try Curve25519.Signing.PrivateKey(rawRepresentation: bytes))
    } catch let error as FileError {
      throw .keyUnusable(path: path, why: "\(error)")
    } catch {
      throw .keyUnusable(path: path, why: "it does not hold the 32 bytes of an Ed25519 key")
    }
  }

  private static func create(at path: String) throws(LedgerError) -> SigningKey {
    let key = Curve25519.Signing.PrivateKey()
    do {
      try DurableFile.create(path, holding: Array(key.rawRepresentation))
    } catch {
      throw .keyUnusable(path: path, why: "\(error)")
    }
    return SigningKey(key: key)
  }
}

/// The public half, which is all that a verifier needs.
struct VerifyingKey: Sendable {
  let key: Curve25519.Signing.PublicKey

  init(key: Curve25519.Signing.PublicKey) { self.key = key }

  init?(bytes: Data) {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return nil }
    self.key = key
  }

  var bytes: Data { key.rawRepresentation }

  /// What people compare: the first 16 bytes of the key's SHA-256.
  var id: String { Hexadecimal.text(SHA256.hash(data: bytes).prefix(16)) }

  func verifies(_ signature: [UInt8], over statement: [UInt8]) -> Bool {
    key.isValidSignature(signature, for: statement)
  }
}
