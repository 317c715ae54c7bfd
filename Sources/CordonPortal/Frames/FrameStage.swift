import CordonWire

/// From Chromium's pictures to what is sent: hide what must not be seen, burn the watermark in, find what changed, encode
/// only that. Holds two pictures and nothing that grows.
struct FrameStage: ~Copyable {
  /// What stands still is sent in this quality.
  static let sharpQuality = 90
  /// A change of less of the picture than this is sent sharp at once: it costs little, and typing is such a change.
  private static let smallShare = 0.06
  private static let mostRectangles = 48

  /// A picture as Chromium sent it.
  private struct Source {
    var jpeg: [UInt8]
    var scale: Double
    var hidden: HiddenPlaces
  }

  private let codec: JPEGCodec
  /// What `latest` was made from, or what was sent where there is nothing newer.
  private var source: Source?
  /// What Chromium shows now, without what is hidden and with the watermark; means nothing where `isFresh` is false.
  private var latest = Picture()
  private var isFresh = false
  /// What the client has.
  private var sent = Picture()
  /// The tiles that the client has in less than the sharp quality.
  private var blurred = TileMap(width: 0, height: 0)
  private var isWholeWanted = true
  private var watermark: Watermark?
  /// What is drawn over every picture; nil draws nothing.
  private var watermarkText: String?

  init(watermark text: String?) throws(PictureError) {
    codec = try JPEGCodec()
    watermarkText = text
  }

  /// What is sent of a picture.
  struct Update: Sendable, Equatable {
    var isWhole: Bool
    var width: Int
    var height: Int
    var rectangles: [ServerMessage.Frame.Rectangle]

    /// Bytes of the parts.
    var bytes: Int { rectangles.reduce(0) { $0 + $1.image.count } }
  }

  /// Takes Chromium's next picture; a damaged one changes nothing.
  mutating func take(_ jpeg: [UInt8], scale: Double = 1, hiding hidden: HiddenPlaces = HiddenPlaces())
    throws(PictureError)
  {
    try draw(Source(jpeg: jpeg, scale: scale, hidden: hidden))
  }

  /// A picture of which only a half was decoded or hidden is shown to nobody: it is fresh when everything is done.
  private mutating func draw(_ source: Source) throws(PictureError) {
    isFresh = false
    try codec.decode(source.jpeg, into: &latest)
    for part in source.hidden.rectangles(of: latest) { latest.hide(part) }
    if (sent.width, sent.height) != (latest.width, latest.height) { isWholeWanted = true }
    if let text = watermarkText { draw(text, scale: source.scale) }
    self.source = source
    isFresh = true
  }

  private mutating func draw(_ text: String, scale: Double) {
    if watermark?.fits(latest, scale: scale, text: text) != true {
      watermark = Watermark(text: text, width: latest.width, height: latest.height, scale: scale)
      isWholeWanted = true
    }
    watermark?.draw(into: &latest)
  }

  /// The client has nothing of what was sent, or it was lost.
  mutating func forget() { isWholeWanted = true }

  /// Another text is drawn from now on, and at once where there is a picture.
  mutating func mark(with text: String?) {
    guard text != watermarkText else { return }
    (watermarkText, watermark) = (text, nil)
    isWholeWanted = true
    // The same bytes were drawn before; where they could not be again, nothing is sent before the next picture.
    guard let source else { return }
    do throws(PictureError) { try draw(source) } catch { sent = Picture() }
  }

  /// Whether the client has every pixel in the best quality.
  var isSharp: Bool { !isWholeWanted && blurred.isEmpty }

  /// What changed since the last update, at most `quality`; nil where nothing did.
  mutating func update(quality: Int) throws(PictureError) -> Update? {
    if isWholeWanted { return try wholeUpdate(quality: quality) }
    guard isFresh else { return nil }
    isFresh = false
    let changed = TileMap(of: latest, differingFrom: sent)
    guard !changed.isEmpty else { return nil }
    let parts = changed.rectangles(atMost: Self.mostRectangles)
    if parts == [latest.bounds] {
      swap(&sent, &latest)
    } else {
      for part in parts { sent.take(part, of: latest) }
    }
    let best = changed.share <= Self.smallShare ? Self.sharpQuality : quality
    return try send(parts, quality: best, isWhole: false)
  }

  private mutating func wholeUpdate(quality: Int) throws(PictureError) -> Update? {
    if isFresh { swap(&sent, &latest) }
    isFresh = false
    guard sent.bounds.area > 0 else { return nil }
    blurred = TileMap(width: sent.width, height: sent.height)
    let update = try send([sent.bounds], quality: quality, isWhole: true)
    isWholeWanted = false
    return update
  }

  /// Sends again, sharply, of what is not: at most `share` of the picture in one go.
  mutating func sharpen(share: Double) throws(PictureError) -> Update? {
    guard !isWholeWanted, !blurred.isEmpty else { return nil }
    var budget = Int(Double(sent.bounds.area) * share)
    var chosen: [PixelRectangle] = []
    for wanted in blurred.rectangles.prefix(Self.mostRectangles) {
      let rows = max(budget / max(wanted.width, 1) / TileMap.side, 1) * TileMap.side
      let part = PixelRectangle(
        x: wanted.x, y: wanted.y, width: wanted.width, height: min(rows, wanted.height))
      chosen.append(part)
      budget -= part.area
      if budget <= 0 { break }
    }
    return try send(chosen, quality: Self.sharpQuality, isWhole: false)
  }

  /// Encodes parts of what the client has from now on.
  private mutating func send(_ parts: [PixelRectangle], quality: Int, isWhole: Bool) throws(PictureError)
    -> Update
  {
    var rectangles: [ServerMessage.Frame.Rectangle] = []
    for place in parts {
      let image: [UInt8]
      do throws(PictureError) { image = try codec.encode(sent, place, quality: quality) } catch {
        isWholeWanted = true
        throw error
      }
      rectangles.append(
        ServerMessage.Frame.Rectangle(
          x: UInt16(place.x), y: UInt16(place.y), width: UInt16(place.width), height: UInt16(place.height),
          image: image))
      blurred.set(place, to: quality < Self.sharpQuality)
    }
    return Update(isWhole: isWhole, width: sent.width, height: sent.height, rectangles: rectangles)
  }
}

/// What of a page is hidden from a picture of it, in the page's own pixels.
struct HiddenPlaces: Sendable, Equatable {
  /// Places of text.
  var boxes: [PageBox] = []
  /// Everything: it is not known where the text is.
  var isAll = false
  /// How many of its own pixels the page is wide; a picture may have more or fewer.
  var pageWidth = 0.0

  /// The parts of a picture, each a little larger than the text. Where the page's width is not known, it is all.
  func rectangles(of picture: Picture) -> [PixelRectangle] {
    guard !isAll, !boxes.isEmpty, pageWidth >= 1 else {
      return isAll || !boxes.isEmpty ? [picture.bounds] : []
    }
    let ratio = Double(picture.width) / pageWidth
    return boxes.map { box in
      let (left, top) = (Int(Double(box.left) * ratio) - 1, Int(Double(box.top) * ratio) - 1)
      return PixelRectangle(
        x: left, y: top, width: Int(Double(box.right) * ratio) + 2 - left,
        height: Int(Double(box.bottom) * ratio) + 2 - top)
    }
  }
}

/// A place in a page, in its own pixels; none is beyond `farthest`.
struct PageBox: Sendable, Equatable {
  static let farthest = 1 << 16
  var left: Int
  var top: Int
  var right: Int
  var bottom: Int
}

extension Picture {
  /// Makes a part one colour, its own mean: letters cannot be told from a mosaic that has no squares.
  mutating func hide(_ wanted: PixelRectangle) {
    guard let part = wanted.clipped(toWidth: width, height: height) else { return }
    for plane in planes {
      let inner = plane.samples(of: part)
      var sum = 0
      for row in inner.y..<(inner.y + inner.height) {
        let start = plane.row(row) + inner.x
        for place in start..<(start + inner.width) { sum += Int(samples[place]) }
      }
      let mean = UInt8(clamping: sum / max(inner.area, 1))
      for row in inner.y..<(inner.y + inner.height) {
        let start = plane.row(row) + inner.x
        for place in start..<(start + inner.width) { samples[place] = mean }
      }
    }
  }
}
