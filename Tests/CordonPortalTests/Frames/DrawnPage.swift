import CordonWire

@testable import CordonPortal

/// A page as a test draws it, and as Chromium would send it: a real JPEG.
struct DrawnPage {
  var picture: Picture

  /// White, with grey lines where text would be.
  init(width: Int = 1_280, height: Int = 800) {
    picture = Picture(width: width, height: height)
    fill(picture.bounds, (255, 255, 255))
    for top in stride(from: 40, to: height - 20, by: 24) {
      for left in stride(from: 40, to: width - 60, by: 12) where (left / 12 + top / 24) % 5 != 0 {
        fill(PixelRectangle(x: left, y: top, width: 7, height: 10), (40, 40, 40))
      }
    }
  }

  mutating func fill(_ wanted: PixelRectangle, _ colour: (UInt8, UInt8, UInt8)) {
    guard let part = wanted.clipped(toWidth: picture.width, height: picture.height) else { return }
    for row in part.y..<(part.y + part.height) {
      for column in part.x..<(part.x + part.width) {
        let place = (row * picture.width + column) * 4
        picture.pixels[place] = colour.0
        picture.pixels[place + 1] = colour.1
        picture.pixels[place + 2] = colour.2
      }
    }
  }

  func jpeg(quality: Int = 92) throws -> [UInt8] {
    try JPEGCodec().encode(picture, quality: quality, isSharp: false)
  }
}

/// What a client has drawn: every rectangle decoded and put in its place.
struct Canvas {
  var picture = Picture()
  private let codec: JPEGCodec

  init() throws { codec = try JPEGCodec() }

  mutating func draw(_ update: FrameStage.Update?) throws {
    guard let update else { return }
    picture.resize(width: update.width, height: update.height)
    for rectangle in update.rectangles {
      var part = Picture()
      try codec.decode(rectangle.image, into: &part)
      for row in 0..<part.height {
        let from = row * part.width * 4
        let to = ((Int(rectangle.y) + row) * picture.width + Int(rectangle.x)) * 4
        picture.pixels.replaceSubrange(
          to..<(to + part.width * 4), with: part.pixels[from..<(from + part.width * 4)])
      }
    }
  }

  /// The mean of a part's red, green and blue.
  func mean(_ part: PixelRectangle) -> Int {
    var sum = 0
    for row in part.y..<(part.y + part.height) {
      for column in part.x..<(part.x + part.width) {
        let place = (row * picture.width + column) * 4
        sum += Int(picture.pixels[place]) + Int(picture.pixels[place + 1]) + Int(picture.pixels[place + 2])
      }
    }
    return sum / (part.width * part.height * 3)
  }
}
