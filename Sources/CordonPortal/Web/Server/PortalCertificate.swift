import NIOSSL

/// What the portal shows in TLS: whoever starts it makes it from the environment's own authority, or reads the operator's files.
public struct PortalCertificate: Sendable {
  /// The leaf and what leads from it to an authority, PEM.
  public var chain: [UInt8]
  /// The leaf's key, PEM. Not for logs.
  public var key: [UInt8]

  /// Names a certificate and its key.
  public init(chain: [UInt8], key: [UInt8]) {
    self.chain = chain
    self.key = key
  }

  /// TLS 1.3 only: every browser that can show the portal speaks it, and there is nothing in it to configure wrongly.
  var configuration: TLSConfiguration {
    get throws {
      let sources = try NIOSSLCertificate.fromPEMBytes(chain).map { NIOSSLCertificateSource.certificate($0) }
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: sources, privateKey: .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem)))
      configuration.minimumTLSVersion = .tlsv13
      configuration.applicationProtocols = ["http/1.1"]
      return configuration
    }
  }
}
