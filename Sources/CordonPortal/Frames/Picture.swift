/// A picture in memory: four bytes a pixel (red, green, blue, and one that means nothing), row after row.
struct Picture: Sendable, Equatable {
  /// Bytes of a pixel.
  static let depth = 4
  /// The longest side that is taken.
  static let longestSide = 8_192

  private(set) var width: Int
  private(set) var height: Int
  var pixels: [UInt8]

  /// A black picture; sides below zero are zero.
  init(width: Int = 0, height: Int = 0) {
    self.width = min(max(width, 0), Self.longestSide)
    self.height = min(max(height, 0), Self.longestSide)
    pixels = [UInt8](repeating: 0, count: self.width * self.height * Self.depth)
  }

  /// Makes room for another size; what was drawn is lost where the size changes.
  mutating func resize(width: Int, height: Int) {
    guard width != self.width || height != self.height else { return }
    self = Picture(width: width, height: height)
  }

  /// The whole of it.
  var bounds: PixelRectangle { PixelRectangle(x: 0, y: 0, width: width, height: height) }
}

/// A part of a picture, in pixels.
public struct PixelRectangle: Sendable, Hashable {
  /// From the left.
  public var x: Int
  /// From the top.
  public var y: Int
  /// Across.
  public var width: Int
  /// Down.
  public var height: Int

  /// A part of a picture.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// How many pixels it has.
  var area: Int { width * height }

  /// What of it lies inside of a picture of this size; nil where nothing does.
  func clipped(toWidth limit: Int, height deep: Int) -> PixelRectangle? {
    let left = min(max(x, 0), limit)
    let top = min(max(y, 0), deep)
    let right = min(max(x.addingReportingOverflow(width).partialValue, left), limit)
    let bottom = min(max(y.addingReportingOverflow(height).partialValue, top), deep)
    guard right > left, bottom > top else { return nil }
    return PixelRectangle(x: left, y: top, width: right - left, height: bottom - top)
  }
}

/// Why a picture is not shown.
enum PictureError: Error, Equatable, Sendable {
  /// It is none, or it is damaged.
  case damaged(String)
  /// It has more pixels than a picture may have.
  case tooLarge(width: Int, height: Int)
  /// libjpeg-turbo could not be set up.
  case noCodec
}
