import Glibc

extension Picture {
  /// Whether a part of two pictures of one size is the same; the part lies inside of both.
  func hasSamePixels(as other: Picture, in part: PixelRectangle) -> Bool {
    guard width == other.width, height == other.height, part.clipped(toWidth: width, height: height) == part
    else { return false }
    for plane in planes {
      let inner = plane.samples(of: part)
      if inner.width == plane.width {
        guard hasSameBytes(as: other, from: plane.row(inner.y), count: inner.height * plane.width) else {
          return false
        }
        continue
      }
      for row in inner.y..<(inner.y + inner.height) {
        guard hasSameBytes(as: other, from: plane.row(row) + inner.x, count: inner.width) else {
          return false
        }
      }
    }
    return true
  }

  private func hasSameBytes(as other: Picture, from start: Int, count: Int) -> Bool {
    precondition(
      start >= 0 && count >= 0 && start + count <= samples.count && samples.count == other.samples.count)
    // SAFETY: the range was just checked against both arrays, which outlive the call.
    return unsafe samples.withUnsafeBytes { mine in
      unsafe other.samples.withUnsafeBytes { its in
        guard let mine = mine.baseAddress, let its = its.baseAddress else { return true }
        return unsafe memcmp(mine + start, its + start, count) == 0
      }
    }
  }

  /// Takes over a part of another picture of the same size.
  mutating func take(_ wanted: PixelRectangle, of other: Picture) {
    guard let part = wanted.clipped(toWidth: width, height: height), width == other.width,
      height == other.height
    else { return }
    precondition(samples.count == other.samples.count)
    for plane in planes {
      let inner = plane.samples(of: part)
      precondition(inner.clipped(toWidth: plane.width, height: plane.height) == inner)
      // SAFETY: the part lies inside of the plane, as just checked, and both arrays have the same planes; they are two.
      unsafe samples.withUnsafeMutableBytes { target in
        unsafe other.samples.withUnsafeBytes { source in
          guard let target = target.baseAddress, let source = source.baseAddress else { return }
          for row in inner.y..<(inner.y + inner.height) {
            let place = plane.row(row) + inner.x
            unsafe memcpy(target + place, source + place, inner.width)
          }
        }
      }
    }
  }
}
