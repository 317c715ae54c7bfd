import Glibc

extension Picture {
  /// Whether the same rows of two pictures of one size are the same.
  func hasSameRows(as other: Picture, _ rows: Range<Int>) -> Bool {
    guard width == other.width, height == other.height, rows.lowerBound >= 0, rows.upperBound <= height else {
      return false
    }
    return hasSameBytes(
      as: other, from: rows.lowerBound * width * Self.depth, count: rows.count * width * Self.depth)
  }

  /// Whether a part of two pictures of one size is the same; the part lies inside of both.
  func hasSamePixels(as other: Picture, in part: PixelRectangle) -> Bool {
    guard width == other.width, height == other.height, part.clipped(toWidth: width, height: height) == part
    else { return false }
    for row in part.y..<(part.y + part.height) {
      let start = (row * width + part.x) * Self.depth
      if !hasSameBytes(as: other, from: start, count: part.width * Self.depth) { return false }
    }
    return true
  }

  private func hasSameBytes(as other: Picture, from start: Int, count: Int) -> Bool {
    precondition(
      start >= 0 && count >= 0 && start + count <= pixels.count && pixels.count == other.pixels.count)
    // SAFETY: the range was just checked against both arrays, which outlive the call.
    return unsafe pixels.withUnsafeBytes { mine in
      unsafe other.pixels.withUnsafeBytes { its in
        guard let mine = mine.baseAddress, let its = its.baseAddress else { return true }
        return unsafe memcmp(mine + start, its + start, count) == 0
      }
    }
  }

  /// A part as a picture of its own; the part is cut to what lies inside.
  func part(_ wanted: PixelRectangle) -> Picture {
    guard let part = wanted.clipped(toWidth: width, height: height) else { return Picture() }
    var copy = Picture(width: part.width, height: part.height)
    copy.take(part, of: self, at: (0, 0))
    return copy
  }

  /// Takes over a part of another picture of the same size.
  mutating func take(_ wanted: PixelRectangle, of other: Picture) {
    guard let part = wanted.clipped(toWidth: width, height: height), width == other.width,
      height == other.height
    else { return }
    take(part, of: other, at: (part.x, part.y))
  }

  private mutating func take(_ part: PixelRectangle, of other: Picture, at place: (x: Int, y: Int)) {
    precondition(part.clipped(toWidth: other.width, height: other.height) == part)
    precondition(place.x + part.width <= width && place.y + part.height <= height)
    let length = part.width * Self.depth
    let across = width
    // SAFETY: the part lies inside of `other` and its place inside of this picture, as just checked; the arrays are two.
    unsafe pixels.withUnsafeMutableBytes { target in
      unsafe other.pixels.withUnsafeBytes { source in
        guard let target = target.baseAddress, let source = source.baseAddress else { return }
        for row in 0..<part.height {
          let to = ((place.y + row) * across + place.x) * Self.depth
          let from = ((part.y + row) * other.width + part.x) * Self.depth
          unsafe memcpy(target + to, source + from, length)
        }
      }
    }
  }
}
