/// A picture in memory, as a JPEG has it: how bright each pixel is, then how blue and how red every second one is, across
/// and down (4:2:0). Chromium draws no finer colour into its frames, and nothing is turned into red, green and blue and back.
struct Picture: Sendable, Equatable {
  /// One of the three planes: where its rows begin in `samples`, and what part of a side's pixels it has.
  struct Plane: Sendable, Equatable {
    var start: Int
    var width: Int
    var height: Int
    /// 1 where every pixel has a sample, 2 where two share one.
    var step: Int

    /// The place of a row's first sample.
    func row(_ row: Int) -> Int { start + row * width }

    /// The samples of a part, and of the pixels that share a colour with it: what is beside the picture's odd edge as well.
    func samples(of part: PixelRectangle) -> PixelRectangle {
      func outward(_ start: Int, _ length: Int, _ limit: Int) -> (Int, Int) {
        let first = start / 2 * 2 / step
        return (first, min((start + length + 1) / 2 * 2 / step, limit) - first)
      }
      let (across, down) = (outward(part.x, part.width, width), outward(part.y, part.height, height))
      return PixelRectangle(x: across.0, y: down.0, width: across.1, height: down.1)
    }
  }

  /// The longest side that is taken.
  static let longestSide = 8_192

  private(set) var width: Int
  private(set) var height: Int
  /// Brightness, blueness, redness.
  private(set) var planes: [Plane]
  /// The three planes, one after the other.
  var samples: [UInt8]

  /// A picture without any brightness; sides below zero are zero.
  init(width: Int = 0, height: Int = 0) {
    self.width = min(max(width, 0), Self.longestSide)
    self.height = min(max(height, 0), Self.longestSide)
    // An odd side's last sample of colour stands for one pixel, and libjpeg-turbo writes the brightness beside it as well.
    let (across, down) = ((self.width + 1) / 2, (self.height + 1) / 2)
    let area = across * down
    planes = [
      Plane(start: 0, width: across * 2, height: down * 2, step: 1),
      Plane(start: area * 4, width: across, height: down, step: 2),
      Plane(start: area * 5, width: across, height: down, step: 2),
    ]
    samples = [UInt8](repeating: 0, count: area * 6)
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
