import Crypto

extension SigV4 {
  /// The chain of signatures over the chunks of a body: each one covers the one before, the first one the
  /// request's own (AWS, "Transferring Payload in Multiple Chunks").
  public struct ChunkSigner: Sendable {
    private let key: SigningKey
    private let prefix: [UInt8]
    private(set) var previous: [UInt8]

    init(key: SigningKey, time: String, seed: [UInt8]) {
      self.key = key
      self.prefix = Array("\n\(time)\n\(key.scope)\n".utf8)
      self.previous = seed
    }

    /// Whether `signature` is that of the next chunk; if so the chain moves on.
    mutating func accept(_ signature: [UInt8], chunkHash: SHA256.Digest) -> Bool {
      accept(signature, for: chunkText(chunkHash))
    }

    /// Whether `signature` is that of the trailing headers.
    mutating func accept(_ signature: [UInt8], trailerHash: SHA256.Digest) -> Bool {
      accept(signature, for: trailerText(trailerHash))
    }

    /// The signature of the next chunk; the chain moves on.
    public mutating func sign(chunk: [UInt8]) -> String {
      previous = key.signature(of: chunkText(SHA256.digest(of: chunk)))
      return Hex.text(previous)
    }

    /// The signature of the trailing headers, given as `name:value` and a line feed each.
    public mutating func sign(trailer: [UInt8]) -> String {
      previous = key.signature(of: trailerText(SHA256.digest(of: trailer)))
      return Hex.text(previous)
    }

    private mutating func accept(_ signature: [UInt8], for text: [UInt8]) -> Bool {
      guard key.isValid(signature, for: text) else { return false }
      previous = signature
      return true
    }

    private func chunkText(_ hash: SHA256.Digest) -> [UInt8] {
      text("AWS4-HMAC-SHA256-PAYLOAD", emptyHash + "\n", hash)
    }

    private func trailerText(_ hash: SHA256.Digest) -> [UInt8] { text("AWS4-HMAC-SHA256-TRAILER", "", hash) }

    private func text(_ name: String, _ middle: String, _ hash: SHA256.Digest) -> [UInt8] {
      var text = Array(name.utf8) + prefix
      Hex.append(previous, to: &text)
      text.append(ASCII.lineFeed)
      text += middle.utf8
      Hex.append(hash, to: &text)
      return text
    }
  }
}
