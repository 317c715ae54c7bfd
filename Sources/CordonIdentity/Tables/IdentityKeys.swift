import Crypto
import FoundationEssentials

/// What the database alone is worth nothing without: one secret of 32 bytes in a file beside it, and what is made of it.
struct IdentityKeys: Sendable {
  private let pepper: SymmetricKey
  private let sealing: SymmetricKey
  private let forms: SymmetricKey
  private let devices: SymmetricKey
  private let codes: SymmetricKey

  init(secret: [UInt8]) {
    let root = SymmetricKey(data: secret)
    func key(_ purpose: String) -> SymmetricKey {
      HKDF<SHA256>.deriveKey(
        inputKeyMaterial: root, info: Data("cordon-identity/\(purpose)".utf8), outputByteCount: 32)
    }
    pepper = key("pepper")
    sealing = key("sealing")
    forms = key("forms")
    devices = key("devices")
    codes = key("codes")
  }

  /// Reads the secret, or makes one. Two processes that do so at once have the same.
  static func open(_ path: String, mayCreate: Bool) throws(IdentityError) -> IdentityKeys {
    if mayCreate, try IdentityFile.read(path, atMost: 33, secret: true) == nil {
      try IdentityFile.create(path, Random.bytes(32))
    }
    guard let secret = try IdentityFile.read(path, atMost: 33, secret: true) else {
      throw .keyUnusable(
        path: path, why: "it is gone, and without it no password in the state can be checked")
    }
    guard secret.count == 32 else { throw .keyUnusable(path: path, why: "it is not of 32 bytes") }
    return IdentityKeys(secret: secret)
  }

  /// A password mixed with the secret: a stolen database is no list to try passwords on.
  func peppered(_ password: String) -> [UInt8] { mac(pepper, [password]) }

  /// The hidden field of a form.
  func formToken(_ kind: String, _ token: String) -> String { Base64URL.text(mac(forms, [kind, token])) }

  /// Whether a posted hidden field is the right one.
  func accepts(formToken: String, _ kind: String, _ token: String) -> Bool {
    isEqual(Array(formToken.utf8), Array(self.formToken(kind, token).utf8))
  }

  /// What a browser keeps after a sign-in, so that it is known the next time.
  func deviceToken(_ person: String, generation: Int64) -> String {
    let id = Base64URL.text(Random.bytes(16))
    return id + "." + Base64URL.text(mac(devices, [person, "\(generation)", id]))
  }

  /// The id in a device's token; nil unless it was given to this person since the password was set.
  func device(_ token: String?, of person: String, generation: Int64) -> String? {
    guard let token, token.utf8.count <= 128 else { return nil }
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let id = String(parts[0])
    let expected = Base64URL.text(mac(devices, [person, "\(generation)", id]))
    return isEqual(Array(parts[1].utf8), Array(expected.utf8)) ? id : nil
  }

  /// What is kept of a recovery code. It has 80 random bits, so that a slow hash would add nothing.
  func recoveryHash(_ code: String, of person: String) -> Data { Data(mac(codes, [person, code])) }

  /// Encrypts a person's authenticator secret, bound to the person.
  func seal(_ secret: [UInt8], of person: String) throws(IdentityError) -> Data {
    do {
      let box = try AES.GCM.seal(secret, using: sealing, authenticating: Array("totp/\(person)".utf8))
      guard let combined = box.combined else { throw IdentityError.damaged("a nonce of another length") }
      return combined
    } catch let error as IdentityError {
      throw error
    } catch {
      throw .damaged("a secret cannot be sealed")
    }
  }

  /// Decrypts a person's authenticator secret.
  func unseal(_ sealed: Data, of person: String) throws(IdentityError) -> [UInt8] {
    do {
      let box = try AES.GCM.SealedBox(combined: sealed)
      return Array(try AES.GCM.open(box, using: sealing, authenticating: Array("totp/\(person)".utf8)))
    } catch {
      throw .damaged("the authenticator secret of '\(person)' does not open with this key")
    }
  }

  /// Each part with its length before it, so that no two lists of parts are the same bytes.
  private func mac(_ key: SymmetricKey, _ parts: [String]) -> [UInt8] {
    var code = HMAC<SHA256>(key: key)
    for part in parts {
      code.update(data: Array("\(part.utf8.count):".utf8))
      code.update(data: Array(part.utf8))
    }
    return Array(code.finalize())
  }
}

/// Compares in a time that depends on the lengths only.
func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  guard left.count == right.count else { return false }
  return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
