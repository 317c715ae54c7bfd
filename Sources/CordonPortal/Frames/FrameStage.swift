import CordonWire

/// From Chromium's pictures to what is sent: hide what must not be seen, find what changed, burn the watermark in, encode
/// only that. Holds two pictures and nothing that grows.
struct FrameStage: ~Copyable {
  /// Above this quality every pixel keeps its own colour.
  static let sharpQuality = 90
  /// A change of less of the picture than this is sent sharp at once: it costs little, and typing is such a change.
  private static let smallShare = 0.06
  private static let mostRectangles = 48

  private let codec: JPEGCodec
  /// What Chromium shows now, already without what is hidden.
  private var latest = Picture()
  /// What the client has, before the watermark.
  private var sent = Picture()
  /// The tiles that the client has in less than the sharp quality.
  private var blurred = TileMap(width: 0, height: 0)
  private var isWholeWanted = true
  private var watermark: Watermark?
  /// What is drawn over every picture; nil draws nothing.
  private var watermarkText: String?
  /// Device pixels for a CSS pixel.
  private var scale = 1.0
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

  /// Takes Chromium's next picture; a damaged one changes nothing but makes the next update a whole one.
  mutating func take(_ jpeg: [UInt8], scale: Double = 1, hiding hidden: HiddenPlaces = HiddenPlaces())
    throws(PictureError)
  {
    let size = (latest.width, latest.height)
    do {
      try codec.decode(jpeg, into: &latest)
    } catch {
      // A picture of which a half was decoded is shown to nobody.
      latest = sent
      throw error
    }
    if size != (latest.width, latest.height) || scale != self.scale {
      self.scale = scale
      isWholeWanted = true
    }
    for part in hidden.rectangles(of: latest) { latest.hide(part) }
  }

  /// The client has nothing of what was sent, or it was lost.
  mutating func forget() { isWholeWanted = true }

  /// Another text is drawn from the next whole picture on.
  mutating func mark(with text: String?) {
    guard text != watermarkText else { return }
    watermarkText = text
    isWholeWanted = true
  }

  /// Whether the client has every pixel in the best quality.
  var isSharp: Bool { !isWholeWanted && blurred.isEmpty }

  /// What changed since the last update, at most `quality`; nil where nothing did.
  mutating func update(quality: Int) throws(PictureError) -> Update? {
    guard latest.bounds.area > 0 else { return nil }
    if isWholeWanted || sent.width != latest.width || sent.height != latest.height {
      return try wholeUpdate(quality: quality)
    }
    let changed = TileMap(of: latest, differingFrom: sent)
    guard !changed.isEmpty else { return nil }
    let best = changed.share <= Self.smallShare ? Self.sharpQuality : quality
    return try send(changed.rectangles(atMost: Self.mostRectangles), quality: best, isWhole: false)
  }

  private mutating func wholeUpdate(quality: Int) throws(PictureError) -> Update? {
    sent = latest
    blurred = TileMap(width: latest.width, height: latest.height)
    watermark = watermarkText.map {
      Watermark(text: $0, width: latest.width, height: latest.height, scale: scale)
    }
    let update = try send([latest.bounds], quality: quality, isWhole: true)
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
    return try send(chosen, quality: Self.sharpQuality, isWhole: false, from: sent)
  }

  private mutating func send(
    _ parts: [PixelRectangle], quality: Int, isWhole: Bool, from source: Picture? = nil
  ) throws(PictureError) -> Update {
    var rectangles: [ServerMessage.Frame.Rectangle] = []
    for place in parts {
      var part = (source ?? latest).part(place)
      watermark?.draw(into: &part, showing: place)
      let image = try codec.encode(part, quality: quality, isSharp: quality >= Self.sharpQuality)
      rectangles.append(
        ServerMessage.Frame.Rectangle(
          x: UInt16(place.x), y: UInt16(place.y), width: UInt16(place.width), height: UInt16(place.height),
          image: image))
      if source == nil { sent.take(place, of: latest) }
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
    var sum = (red: 0, green: 0, blue: 0)
    for row in part.y..<(part.y + part.height) {
      for place in places(part, row) {
        sum.red += Int(pixels[place])
        sum.green += Int(pixels[place + 1])
        sum.blue += Int(pixels[place + 2])
      }
    }
    let mean = [sum.red, sum.green, sum.blue].map { UInt8(clamping: $0 / part.area) }
    for row in part.y..<(part.y + part.height) {
      for place in places(part, row) { pixels.replaceSubrange(place..<(place + 3), with: mean) }
    }
  }

  private func places(_ part: PixelRectangle, _ row: Int) -> StrideTo<Int> {
    let start = (row * width + part.x) * Self.depth
    return stride(from: start, to: start + part.width * Self.depth, by: Self.depth)
  }
}
