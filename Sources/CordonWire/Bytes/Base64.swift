import struct FoundationEssentials.Data

/// Base64 with padding (RFC 4648 §4), in its one canonical spelling.
public enum Base64 {
  /// The bytes as text.
  public static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

  /// The bytes of a text; nil unless it is exactly what `text(_:)` writes. The decoder alone would ignore the
  /// unused bits of the last digit, so that several texts would mean the same bytes.
  public static func bytes(_ text: String) -> [UInt8]? {
    guard let data = Data(base64Encoded: text) else { return nil }
    let bytes = Array(data)
    return self.text(bytes).utf8.elementsEqual(text.utf8) ? bytes : nil
  }
}
