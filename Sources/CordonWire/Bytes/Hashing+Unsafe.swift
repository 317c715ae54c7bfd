import Crypto

// The one place where bytes are handed to the hash functions, which take raw buffers.

extension HashFunction {
  /// Adds the bytes of a span without copying them.
  mutating func update(_ bytes: borrowing Span<UInt8>) {
    // SAFETY: the buffer is used only while `withUnsafeBytes` runs, and the hash function only reads it.
    unsafe bytes.withUnsafeBytes { buffer in unsafe update(bufferPointer: buffer) }
  }

  /// The hash of the bytes.
  static func digest(of bytes: [UInt8]) -> Digest {
    var hash = Self()
    hash.update(bytes.span)
    return hash.finalize()
  }
}
