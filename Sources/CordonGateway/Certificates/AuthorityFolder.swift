import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// Why an environment's certificate authority cannot be used.
public enum AuthorityError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Others than the owner can read the key.
  case keyIsReadable(String)
  /// The files hold no P-256 key and matching certificate.
  case unusable(String)
  /// The certificate is out of its validity.
  case expired(String)

  /// One sentence for the operator.
  public var description: String {
    switch self {
    case .keyIsReadable(let path): "\(path) must have mode 0600"
    case .unusable(let path): "\(path) does not hold the authority's P-256 key and certificate"
    case .expired(let path):
      "\(path) is out of its validity; remove the folder and bring the environment up again"
    }
  }
}

/// The two files of a certificate authority: `authority.key` (mode 0600) and `authority.pem`.
struct AuthorityFolder {
  let path: String

  var keyPath: String { path + "/authority.key" }
  var certificatePath: String { path + "/authority.pem" }

  /// Reads the authority, or makes one where there is none.
  ///
  /// The key is written first: a crash between the two files leaves a key that the next start signs again.
  func open(name: String, at date: Date) throws -> (key: P256.Signing.PrivateKey, certificate: Certificate) {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let key = try FileManager.default.fileExists(atPath: keyPath) ? readKey() : makeKey()
    guard FileManager.default.fileExists(atPath: certificatePath) else {
      let certificate = try CertificateMint.authority(key: key, name: name, at: date)
      try write(certificate.serializeAsPEM().pemString, to: certificatePath, mode: 0o644)
      return (key, certificate)
    }
    return (key, try readCertificate(of: key, at: date))
  }

  private func readKey() throws -> P256.Signing.PrivateKey {
    let mode = try FileManager.default.attributesOfItem(atPath: keyPath)[.posixPermissions] as? Int
    guard let mode, mode & 0o077 == 0 else { throw AuthorityError.keyIsReadable(keyPath) }
    guard let key = try? P256.Signing.PrivateKey(pemRepresentation: text(of: keyPath)) else {
      throw AuthorityError.unusable(keyPath)
    }
    return key
  }

  private func makeKey() throws -> P256.Signing.PrivateKey {
    let key = P256.Signing.PrivateKey()
    try write(key.pemRepresentation, to: keyPath, mode: 0o600)
    return key
  }

  private func readCertificate(of key: P256.Signing.PrivateKey, at date: Date) throws -> Certificate {
    guard let certificate = try? Certificate(pemEncoded: text(of: certificatePath)),
      certificate.publicKey == Certificate.PublicKey(key.publicKey)
    else { throw AuthorityError.unusable(certificatePath) }
    guard certificate.notValidBefore <= date, date + CertificateMint.leafLifetime < certificate.notValidAfter
    else {
      throw AuthorityError.expired(certificatePath)
    }
    return certificate
  }

  private func text(of path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }

  /// Writes beside the file and moves it there, so that a reader sees all of it or nothing. The folder is its
  /// owner's alone, so the key is never readable to others, not even before its own mode is set.
  private func write(_ text: String, to path: String, mode: Int) throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: self.path)
    let draft = path + ".draft"
    try? FileManager.default.removeItem(atPath: draft)
    try Data(text.utf8).write(to: URL(filePath: draft), options: .withoutOverwriting)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: draft)
    try FileManager.default.moveItem(atPath: draft, toPath: path)
  }
}
