import struct FoundationEssentials.Data

/// Takes a frame's picture out of its message before the rest is read as JSON: the picture is nearly all of the bytes, and
/// base64 needs no unescaping.
enum FrameData {
  private static let method = Array(#""Page.screencastFrame""#.utf8)
  private static let member = Array(#""data":""#.utf8)

  /// The picture, whose text is left empty in `message`; nil where the message is none of a frame.
  static func cut(out message: inout [UInt8]) -> [UInt8]? {
    // The method comes first in what Chromium writes. Where it does not, the picture stays where it is and is not shown.
    guard message.prefix(64).firstRange(of: method) != nil,
      let start = message.prefix(256).firstRange(of: member)?.upperBound,
      let end = message[start...].firstIndex(of: 0x22),
      let image = Data(base64Encoded: Data(message[start..<end]))
    else { return nil }
    message.removeSubrange(start..<end)
    return Array(image)
  }
}
