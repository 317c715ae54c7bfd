import CordonWire
import Crypto
public import FoundationEssentials
import NIOCore
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// The environment's own certificate authority: what workspaces trust, and nobody else.
///
/// It mints a certificate of 24 hours for each name that an endpoint serves or the proxy intercepts, when the
/// name is first asked for, and keeps the most recently used ones.
public final class CertificateAuthority: Sendable {
  /// The authority's certificate as PEM: the whole content of a workspace's trust bundle.
  public let certificatePEM: String

  private struct Entry {
    var context: NIOSSLContext
    var renewAfter: Date
    var lastUse: UInt64
  }

  private struct Cache {
    var entries: [DomainName: Entry] = [:]
    var clock: UInt64 = 0
  }

  private let key: P256.Signing.PrivateKey
  private let certificate: Certificate
  private let capacity: Int
  private let now: @Sendable () -> Date
  private let cache = Mutex(Cache())

  /// Opens the authority in a folder, or makes one there.
  ///
  /// - Parameters:
  ///   - folder: Holds `authority.key` and `authority.pem`; made where it does not exist.
  ///   - name: What people see as the issuer, e.g. the environment's name.
  ///   - capacity: Names whose certificates are kept.
  public init(
    folder: String, name: String, capacity: Int = 256, now: @escaping @Sendable () -> Date = { Date() }
  ) throws {
    (key, certificate) = try AuthorityFolder(path: folder).open(name: name, at: now())
    certificatePEM = try certificate.serializeAsPEM().pemString + "\n"
    self.capacity = max(1, capacity)
    self.now = now
  }

  /// What a server needs to speak TLS as `name`: HTTP/1.1 only, TLS 1.2 or later.
  func context(for name: DomainName) throws -> NIOSSLContext {
    let date = now()
    if let cached = cached(name, at: date) { return cached }
    // Two connections may mint the same name at once; either certificate is good.
    let context = try mint(name, at: date)
    cache.withLock { cache in
      cache.clock &+= 1
      cache.entries[name] = Entry(
        context: context, renewAfter: date + CertificateMint.leafLifetime / 2, lastUse: cache.clock)
      guard cache.entries.count > capacity else { return }
      let oldest = cache.entries.min { $0.value.lastUse < $1.value.lastUse }
      if let oldest { cache.entries.removeValue(forKey: oldest.key) }
    }
    return context
  }

  /// A certificate of its own for the portal, and its key, both PEM; the key is kept nowhere.
  ///
  /// - Parameters:
  ///   - names: Host names that people's browsers call it by.
  ///   - addresses: The bytes of the addresses that they call it by, four or sixteen each.
  public func portalCertificate(names: [String], addresses: [[UInt8]]) throws -> (chain: String, key: String)
  {
    let leafKey = P256.Signing.PrivateKey()
    let alternatives =
      names.map { GeneralName.dnsName($0) }
      + addresses.map { GeneralName.ipAddress(ASN1OctetString(contentBytes: $0[...])) }
    let leaf = try CertificateMint.leaf(
      for: alternatives, called: "Cordon portal", key: leafKey, authority: certificate, signedBy: key,
      at: now(), lifetime: CertificateMint.portalLifetime)
    return (try leaf.serializeAsPEM().pemString + "\n" + certificatePEM, leafKey.pemRepresentation)
  }

  private func cached(_ name: DomainName, at date: Date) -> NIOSSLContext? {
    cache.withLock { cache in
      guard let entry = cache.entries[name], date < entry.renewAfter else { return nil }
      cache.clock &+= 1
      cache.entries[name]?.lastUse = cache.clock
      return entry.context
    }
  }

  private func mint(_ name: DomainName, at date: Date) throws -> NIOSSLContext {
    let leafKey = P256.Signing.PrivateKey()
    let leaf = try CertificateMint.leaf(
      for: name, key: leafKey, authority: certificate, signedBy: key, at: date)
    var serializer = DER.Serializer()
    try serializer.serialize(leaf)
    let chain = try NIOSSLCertificate(bytes: serializer.serializedBytes, format: .der)
    let privateKey = try NIOSSLPrivateKey(bytes: Array(leafKey.derRepresentation), format: .der)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [.certificate(chain)], privateKey: .privateKey(privateKey))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    configuration.shutdownTimeout = .seconds(1)
    return try NIOSSLContext(configuration: configuration)
  }
}
