public import CordonModel
import CordonWire
import Crypto

extension PackageLock {
  /// The SHA-256 of the lock's text, as `sha256sum` prints it for the file.
  public var sha256: String { Hex.text(SHA256.hash(data: Array(text.utf8))) }
}
