import CordonWire
import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// Writes the two kinds of certificate that an environment has: its authority's own, and a server's.
///
/// Both keep to what strict verifiers ask (RFC 5280, CA/Browser Forum baseline requirements): a positive
/// serial number of at most 20 bytes, key identifiers, critical basic constraints on the authority, a subject
/// alternative name and server authentication as the only purpose on the leaf.
enum CertificateMint {
  static let authorityLifetime = TimeInterval(3650 * 86_400)
  static let leafLifetime = TimeInterval(86_400)
  /// The portal's, made anew at each `up`: as long as browsers take one (CA/Browser Forum, 398 days).
  static let portalLifetime = TimeInterval(397 * 86_400)
  /// How far a clock may stand behind ours.
  static let backdating = TimeInterval(300)

  /// The authority's certificate, signed by itself.
  static func authority(key: P256.Signing.PrivateKey, name: String, at date: Date) throws -> Certificate {
    let subject = try DistinguishedName {
      OrganizationName("Cordon")
      CommonName(name)
    }
    let publicKey = Certificate.PublicKey(key.publicKey)
    let extensions = try Certificate.Extensions {
      Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
      Critical(KeyUsage(keyCertSign: true, cRLSign: true))
      SubjectKeyIdentifier(hash: publicKey)
    }
    return try Certificate(
      version: .v3, serialNumber: serialNumber(), publicKey: publicKey,
      // A leaf is backdated too, and must not be older than its authority.
      notValidBefore: date - 2 * backdating, notValidAfter: date + authorityLifetime, issuer: subject,
      subject: subject, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
      issuerPrivateKey: Certificate.PrivateKey(key))
  }

  /// A server's certificate for one name.
  static func leaf(
    for name: DomainName, key: P256.Signing.PrivateKey, authority: Certificate,
    signedBy issuerKey: P256.Signing.PrivateKey, at date: Date
  ) throws -> Certificate {
    try leaf(
      for: [.dnsName(name.text)], called: name.text, key: key, authority: authority, signedBy: issuerKey,
      at: date, lifetime: leafLifetime)
  }

  /// A server's certificate for names and addresses.
  static func leaf(
    for alternatives: [GeneralName], called name: String, key: P256.Signing.PrivateKey,
    authority: Certificate, signedBy issuerKey: P256.Signing.PrivateKey, at date: Date,
    lifetime: TimeInterval
  ) throws -> Certificate {
    let publicKey = Certificate.PublicKey(key.publicKey)
    let issuerKeyID = SubjectKeyIdentifier(hash: authority.publicKey).keyIdentifier
    let extensions = try Certificate.Extensions {
      Critical(BasicConstraints.notCertificateAuthority)
      Critical(KeyUsage(digitalSignature: true))
      try ExtendedKeyUsage([.serverAuth])
      SubjectAlternativeNames(alternatives)
      SubjectKeyIdentifier(hash: publicKey)
      AuthorityKeyIdentifier(keyIdentifier: issuerKeyID)
    }
    let subject = try DistinguishedName {
      OrganizationName("Cordon")
      // X.520 ub-common-name: 64. Verifiers read the alternative name; people read this one.
      CommonName(name.utf8.count <= 64 ? name : "Cordon endpoint")
    }
    return try Certificate(
      version: .v3, serialNumber: serialNumber(), publicKey: publicKey, notValidBefore: date - backdating,
      notValidAfter: min(date + lifetime, authority.notValidAfter), issuer: authority.subject,
      subject: subject, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
      issuerPrivateKey: Certificate.PrivateKey(issuerKey))
  }

  /// 127 random bits: positive, and never the 21 bytes that a leading zero would make of 160.
  private static func serialNumber() -> Certificate.SerialNumber {
    var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
    bytes[0] = bytes[0] & 0x7F | 0x40
    return Certificate.SerialNumber(bytes: bytes)
  }
}
