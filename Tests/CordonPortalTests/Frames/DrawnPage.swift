import CordonWire

@testable import CordonPortal

/// A picture in red, green, blue and a byte that means nothing, as a test looks at it. libjpeg-turbo makes it, and not the
/// portal's own way with pictures.
struct Drawing: Equatable {
  var width = 0
  var height = 0
  var pixels: [UInt8] = []

  init(width: Int = 0, height: Int = 0) {
    (self.width, self.height) = (width, height)
    pixels = [UInt8](repeating: 0, count: width * height * 4)
  }

  var bounds: PixelRectangle { PixelRectangle(x: 0, y: 0, width: width, height: height) }

  func part(_ wanted: PixelRectangle) -> Drawing {
    guard let part = wanted.clipped(toWidth: width, height: height) else { return Drawing() }
    var copy = Drawing(width: part.width, height: part.height)
    for row in 0..<part.height {
      let from = ((part.y + row) * width + part.x) * 4
      copy.pixels.replaceSubrange(
        (row * part.width * 4)..<((row + 1) * part.width * 4), with: pixels[from..<(from + part.width * 4)])
    }
    return copy
  }
}

/// A page as a test draws it, and as Chromium would send it: a real JPEG.
struct DrawnPage {
  var picture: Drawing

  /// White, with grey lines where text would be.
  init(width: Int = 1_280, height: Int = 800) {
    picture = Drawing(width: width, height: height)
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
    try picture.jpeg(quality: quality)
  }
}

/// What a client has drawn: every rectangle decoded and put in its place.
struct Canvas {
  private(set) var picture = Drawing()

  mutating func draw(_ update: FrameStage.Update?) throws {
    guard let update else { return }
    if (picture.width, picture.height) != (update.width, update.height) {
      picture = Drawing(width: update.width, height: update.height)
    }
    for rectangle in update.rectangles {
      let part = try Drawing(jpeg: rectangle.image)
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
