import Crypto

extension SymmetricKey {
  /// The key's bytes, to be wrapped or written.
  var copiedBytes: [UInt8] {
    // SAFETY: the bytes are copied before the closure returns.
    unsafe withUnsafeBytes { unsafe Array($0) }
  }
}
