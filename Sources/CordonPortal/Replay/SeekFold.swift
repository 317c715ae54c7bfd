import CordonWire

/// What a picture is after many changes, without those that later ones cover: what is sent when somebody goes to another
/// place of a recording.
struct SeekFold {
  /// Bytes that are held; beyond, what there is must be sent first.
  static let mostBytes = 16 << 20

  private var frame: ServerMessage.Frame?
  private var bytes = 0

  /// Takes the next change, and gives what must be sent before it, if it does not fit any more.
  mutating func take(_ next: ServerMessage.Frame) -> ServerMessage.Frame? {
    guard var held = frame, !next.isWhole else {
      hold(next)
      return nil
    }
    let rectangles = held.rectangles.filter { old in !next.rectangles.contains { $0.covers(old) } }
    let size = Self.bytes(of: rectangles) + Self.bytes(of: next.rectangles)
    guard held.width == next.width, held.height == next.height, size <= Self.mostBytes,
      rectangles.count + next.rectangles.count <= ServerMessage.Frame.mostRectangles
    else {
      hold(next)
      return held
    }
    (held.pageWidth, held.pageHeight) = (next.pageWidth, next.pageHeight)
    held.rectangles = rectangles + next.rectangles
    frame = held
    bytes = size
    return nil
  }

  /// What there is still to send.
  mutating func rest() -> ServerMessage.Frame? {
    defer { (frame, bytes) = (nil, 0) }
    return frame
  }

  private mutating func hold(_ next: ServerMessage.Frame) {
    frame = next
    bytes = Self.bytes(of: next.rectangles)
  }

  private static func bytes(of rectangles: [ServerMessage.Frame.Rectangle]) -> Int {
    rectangles.reduce(0) { $0 + $1.image.count }
  }
}

extension ServerMessage.Frame.Rectangle {
  /// Whether nothing is seen of another one that was drawn before.
  fileprivate func covers(_ other: Self) -> Bool {
    x <= other.x && y <= other.y && Int(x) + Int(width) >= Int(other.x) + Int(other.width)
      && Int(y) + Int(height) >= Int(other.y) + Int(other.height)
  }
}
