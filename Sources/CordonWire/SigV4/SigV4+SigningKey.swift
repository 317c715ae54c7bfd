import Crypto

extension SigV4 {
  /// The key that signs for one access key, day, region and service.
  ///
  /// Deriving it takes half of a verification, so callers keep it under its `SigningKeyID`. It holds the
  /// hash states behind the key, not the secret, and prints nothing of either.
  public struct SigningKey: Sendable {
    /// What the key is limited to.
    public let scope: Scope
    private let prepared: HMAC<SHA256>

    /// Derives the key from the secret (AWS, "Derive a signing key").
    public init(secret: String, scope: Scope) {
      var key = Array("AWS4\(secret)".utf8)
      for part in [scope.day, scope.region, scope.service, "aws4_request"] {
        key = Self.mac(Array(part.utf8), HMAC(key: SymmetricKey(data: key)))
      }
      self.scope = scope
      self.prepared = HMAC(key: SymmetricKey(data: key))
    }

    /// The signature of a text.
    func signature(of text: [UInt8]) -> [UInt8] { Self.mac(text, prepared) }

    /// Whether `signature` signs the text; takes the same time for every wrong one.
    func isValid(_ signature: [UInt8], for text: [UInt8]) -> Bool {
      var mac = prepared
      mac.update(data: text)
      return mac.finalize() == signature
    }

    private static func mac(_ text: [UInt8], _ prepared: HMAC<SHA256>) -> [UInt8] {
      var mac = prepared
      mac.update(data: text)
      return Array(mac.finalize())
    }
  }

  /// The string to sign of a whole request (AWS, "Create a string to sign").
  static func stringToSign(time: String, scope: Scope, requestHash: SHA256.Digest) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(192)
    text += algorithm.utf8
    for part in [time, scope.description] {
      text.append(ASCII.lineFeed)
      text += part.utf8
    }
    text.append(ASCII.lineFeed)
    Hex.append(requestHash, to: &text)
    return text
  }
}

extension SigV4.SigningKey: CustomStringConvertible, CustomReflectable {
  /// The scope only.
  public var description: String { "signing key for \(scope)" }

  /// The scope only.
  public var customMirror: Mirror { Mirror(self, children: ["scope": scope]) }
}
