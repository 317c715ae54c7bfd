import CJPEG
import CordonWire
import Testing

@testable import CordonPortal

@Suite struct `The pictures of a session` {
  @Test func `a first picture is whole, and the same picture again is nothing`() throws {
    var stage = try FrameStage(watermark: nil)
    let page = try DrawnPage().jpeg()
    try stage.take(page)
    let first = try #require(try stage.update(quality: 70))
    #expect(first.isWhole)
    #expect(first.rectangles.count == 1)
    try stage.take(page)
    #expect(try stage.update(quality: 70) == nil)
  }

  @Test func `a letter that is typed costs a hundredth of the whole`() throws {
    var stage = try FrameStage(watermark: "ana")
    var page = DrawnPage()
    try stage.take(page.jpeg())
    let whole = try #require(try stage.update(quality: 70))
    page.fill(PixelRectangle(x: 500, y: 400, width: 7, height: 12), (200, 0, 0))
    try stage.take(page.jpeg())
    let change = try #require(try stage.update(quality: 70))
    #expect(!change.isWhole)
    #expect(change.rectangles.allSatisfy { $0.width <= 32 && $0.height <= 32 }, "\(change.rectangles.count)")
    #expect(change.bytes * 100 < whole.bytes, "\(change.bytes) of \(whole.bytes)")
  }

  @Test func `what is drawn from rectangles is the page`() throws {
    var stage = try FrameStage(watermark: nil)
    var canvas = Canvas()
    var page = DrawnPage(width: 333, height: 217)
    for step in 0..<6 {
      page.fill(PixelRectangle(x: step * 50, y: step * 31, width: 23, height: 40), (UInt8(step * 40), 90, 10))
      try stage.take(page.jpeg())
      try canvas.draw(try stage.update(quality: 60))
    }
    while let more = try stage.sharpen(share: 0.3) { try canvas.draw(more) }
    let isSharp = stage.isSharp
    #expect(isSharp)
    let worst = zip(canvas.picture.pixels, page.picture.pixels).enumerated()
      .filter { $0.offset % 4 != 3 }.map { abs(Int($0.element.0) - Int($0.element.1)) }
    #expect(worst.reduce(0, +) / worst.count < 4)
  }

  @Test func `a picture that stands still becomes sharp in bounded steps, and then costs nothing`() throws {
    var stage = try FrameStage(watermark: "ana")
    try stage.take(DrawnPage().jpeg())
    _ = try stage.update(quality: 40)
    var isSharp = stage.isSharp
    #expect(!isSharp)
    var steps = 0
    while let more = try stage.sharpen(share: 0.25) {
      let area = more.rectangles.reduce(0) { $0 + Int($1.width) * Int($1.height) }
      #expect(area <= 1_280 * 800 * 3 / 10)
      steps += 1
      try #require(steps < 20)
    }
    #expect(steps >= 3)
    isSharp = stage.isSharp
    #expect(isSharp)
    #expect(try stage.update(quality: 40) == nil)
  }

  @Test func `a client that lost everything gets everything`() throws {
    var stage = try FrameStage(watermark: nil)
    try stage.take(DrawnPage().jpeg())
    _ = try stage.update(quality: 70)
    stage.forget()
    #expect(try stage.update(quality: 70)?.isWhole == true)
  }

  @Test func `another size is a whole picture of that size`() throws {
    var stage = try FrameStage(watermark: "ana")
    try stage.take(DrawnPage().jpeg())
    _ = try stage.update(quality: 70)
    try stage.take(DrawnPage(width: 641, height: 479).jpeg())
    let update = try #require(try stage.update(quality: 70))
    #expect(update.isWhole)
    #expect((update.width, update.height) == (641, 479))
  }

  @Test func `the watermark is in every picture, on white and on black, and only while it is on`() throws {
    for ground in [(255, 255, 255), (0, 0, 0), (128, 128, 128)] as [(UInt8, UInt8, UInt8)] {
      var page = DrawnPage(width: 640, height: 400)
      page.fill(page.picture.bounds, ground)
      var marked = try FrameStage(watermark: "ana 2026-11-21 15:16z 3fa9c2d1")
      var plain = try FrameStage(watermark: nil)
      var canvases = [Canvas(), Canvas()]
      try marked.take(page.jpeg())
      try plain.take(page.jpeg())
      try canvases[0].draw(try marked.update(quality: 90))
      try canvases[1].draw(try plain.update(quality: 90))
      let differing = zip(canvases[0].picture.pixels, canvases[1].picture.pixels)
        .count { abs(Int($0) - Int($1)) > 12 }
      #expect(differing > 3_000, "\(ground): \(differing)")
    }
  }

  @Test func `a changed part carries its piece of the watermark`() throws {
    var stage = try FrameStage(watermark: "wwwwwwwwwwwwwwwwwwwwwwwwwww")
    var canvas = Canvas()
    var page = DrawnPage(width: 640, height: 400)
    page.fill(page.picture.bounds, (255, 255, 255))
    try stage.take(page.jpeg())
    try canvas.draw(try stage.update(quality: 90))
    page.fill(PixelRectangle(x: 0, y: 0, width: 640, height: 100), (0, 0, 0))
    try stage.take(page.jpeg())
    try canvas.draw(try stage.update(quality: 90))
    let part = PixelRectangle(x: 0, y: 0, width: 640, height: 96)
    // All black but for the letters, which are lighter.
    #expect(canvas.mean(part) >= 1)
  }

  @Test func `what is hidden is one colour, in whole pictures and in changes`() throws {
    var stage = try FrameStage(watermark: nil)
    var canvas = Canvas()
    let hidden = HiddenPlaces(
      boxes: [
        PageBox(left: 100, top: 100, right: 164, bottom: 132),
        PageBox(left: -5, top: 390, right: 10_000, bottom: PageBox.farthest),
      ], pageWidth: 640)
    var page = DrawnPage(width: 640, height: 400)
    for step in 0..<3 {
      page.fill(PixelRectangle(x: 100 + step * 16, y: 100, width: 8, height: 32), (0, 0, 0))
      try stage.take(page.jpeg(), hiding: hidden)
      try canvas.draw(try stage.update(quality: 90))
      let inner = [0, 8, 24, 40, 55].map {
        canvas.mean(PixelRectangle(x: 101 + $0, y: 104, width: 6, height: 20))
      }
      #expect((inner.max() ?? 0) - (inner.min() ?? 0) <= 3, "\(inner)")
    }
  }

  @Test func `a damaged or hostile picture is passed over, and the next one is whole again or a change`()
    throws
  {
    var stage = try FrameStage(watermark: nil)
    var page = DrawnPage(width: 320, height: 240)
    let good = try page.jpeg()
    try stage.take(good)
    _ = try stage.update(quality: 70)
    for bytes in [[], [0xFF], Array(good.prefix(good.count / 2)), Array(repeating: 0xFF, count: 10_000)] {
      #expect(throws: PictureError.self) { try stage.take(bytes) }
      #expect(try stage.update(quality: 70) == nil)
    }
    page.fill(PixelRectangle(x: 0, y: 0, width: 9, height: 9), (255, 0, 0))
    try stage.take(page.jpeg())
    #expect(try stage.update(quality: 70)?.isWhole == false)
  }

  @Test func `a picture that says it is larger than 4K is refused before it is decoded`() throws {
    var bytes = try DrawnPage(width: 64, height: 64).jpeg()
    // The frame header (SOF0) names height and width, two bytes each, after its length and precision.
    let header = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    bytes.replaceSubrange((header + 5)..<(header + 9), with: [0x1F, 0xFF, 0x1F, 0xFF])
    var stage = try FrameStage(watermark: nil)
    #expect(throws: PictureError.tooLarge(width: 8_191, height: 8_191)) { try stage.take(bytes) }
  }

  @Test func `changed JPEGs never do more than fail`() throws {
    var stage = try FrameStage(watermark: nil)
    let good = try DrawnPage(width: 96, height: 64).jpeg()
    var random = SplitMix(seed: 31)
    for _ in 0..<2_000 {
      var bytes = good
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      do throws(PictureError) { try stage.take(bytes) } catch { continue }
      _ = try stage.update(quality: 50)
    }
  }

  @Test(arguments: [
    ("4:2:0", TJSAMP_420), ("4:2:2", TJSAMP_422), ("4:4:4", TJSAMP_444), ("4:4:0", TJSAMP_440),
    ("4:1:1", TJSAMP_411), ("grey", TJSAMP_GRAY),
  ])
  func `a picture is drawn however its JPEG shares colours`(name: String, sampling: TJSAMP) throws {
    var page = DrawnPage(width: 331, height: 219)
    page.fill(PixelRectangle(x: 0, y: 160, width: 331, height: 59), (30, 60, 200))
    var stage = try FrameStage(watermark: nil)
    var canvas = Canvas()
    try stage.take(page.picture.jpeg(quality: 92, sampling: sampling))
    try canvas.draw(try stage.update(quality: 90))
    let expected = sampling == TJSAMP_GRAY ? [67, 67, 67] : [30, 60, 200]
    for (x, y) in [(5, 175), (330, 218), (170, 200)] {
      let place = (y * 331 + x) * 4
      let seen = canvas.picture.pixels[place..<(place + 3)].map(Int.init)
      #expect(zip(seen, expected).allSatisfy { abs($0 - $1) <= 6 }, "\(name) at \(x),\(y): \(seen)")
    }
  }

  @Test func `another mark is over the picture that is there, and nothing is left of the one before`() throws
  {
    let page = try DrawnPage(width: 640, height: 400).jpeg()
    var stage = try FrameStage(watermark: "ana 15:16z")
    var other = try FrameStage(watermark: "ana 15:21z")
    try stage.take(page)
    _ = try stage.update(quality: 70)
    stage.mark(with: "ana 15:21z")
    try other.take(page)
    let update = try #require(try stage.update(quality: 70))
    #expect(update.isWhole)
    #expect(try update == other.update(quality: 70))
    stage.mark(with: nil)
    var plain = try FrameStage(watermark: nil)
    try plain.take(page)
    #expect(try stage.update(quality: 70) == plain.update(quality: 70))
  }

  @Test func `a client that comes while nothing moves gets the picture, marked and without what is hidden`()
    throws
  {
    let hidden = HiddenPlaces(boxes: [PageBox(left: 0, top: 0, right: 320, bottom: 120)], pageWidth: 640)
    var stage = try FrameStage(watermark: "ana")
    try stage.take(DrawnPage(width: 640, height: 400).jpeg(), hiding: hidden)
    let first = try #require(try stage.update(quality: 70))
    #expect(try stage.update(quality: 70) == nil)
    for text in ["ana", "bob", "ana"] {
      stage.mark(with: text)
      stage.forget()
      let again = try #require(try stage.update(quality: 70))
      #expect(again.isWhole && (again == first) == (text == "ana"))
    }
  }

  @Test func `what is hidden at an odd edge is hidden in what lies beyond it too`() throws {
    var picture = Picture(width: 101, height: 77)
    for place in picture.samples.indices { picture.samples[place] = UInt8(truncatingIfNeeded: place &* 37) }
    picture.hide(PixelRectangle(x: 91, y: 61, width: 400, height: 400))
    for plane in picture.planes {
      let (left, top) = (90 / plane.step, 60 / plane.step)
      let seen = (top..<plane.height).flatMap { row in
        (left..<plane.width).map { picture.samples[plane.row(row) + $0] }
      }
      #expect(Set(seen).count == 1)
      #expect(picture.samples[plane.row(top) + left - 1] != seen[0])
    }
  }

  @Test func `a part that splits a colour, or lies outside, is not encoded`() throws {
    let codec = try JPEGCodec()
    let picture = Picture(width: 64, height: 48)
    for part in [
      PixelRectangle(x: 1, y: 0, width: 16, height: 16), PixelRectangle(x: 0, y: 1, width: 16, height: 16),
      PixelRectangle(x: 48, y: 0, width: 17, height: 16), PixelRectangle(x: -16, y: 0, width: 16, height: 16),
      PixelRectangle(x: 0, y: 0, width: 0, height: 16), PixelRectangle(x: 0, y: .max, width: 16, height: 16),
    ] {
      #expect(throws: PictureError.damaged("it is no part")) { try codec.encode(picture, part, quality: 80) }
    }
    #expect(
      try !codec.encode(picture, PixelRectangle(x: 62, y: 46, width: 2, height: 1), quality: 80).isEmpty)
  }

  @Test func `a 4K window is held in two pictures`() throws {
    var stage = try FrameStage(watermark: "ana")
    var page = DrawnPage(width: 3_840, height: 2_160)
    try stage.take(page.jpeg())
    #expect(try stage.update(quality: 60)?.rectangles.count == 1)
    page.fill(PixelRectangle(x: 3_800, y: 2_150, width: 40, height: 10), (0, 0, 255))
    try stage.take(page.jpeg())
    let change = try #require(try stage.update(quality: 60))
    #expect(
      change.rectangles.allSatisfy {
        Int($0.x) + Int($0.width) == 3_840 && Int($0.y) + Int($0.height) == 2_160
      })
  }
}

@Suite struct `The tiles that changed` {
  private func map(_ tiles: [(Int, Int)], width: Int = 160, height: Int = 160) -> TileMap {
    var map = TileMap(width: width, height: height)
    for (column, row) in tiles { map[column, row] = true }
    return map
  }

  @Test(
    arguments: [
      ([], []), ([(0, 0)], [[0, 0, 16, 16]]),
      // Side by side, below each other, and close enough to be one.
      ([(1, 1), (2, 1)], [[16, 16, 32, 16]]), ([(1, 1), (1, 2)], [[16, 16, 16, 32]]),
      ([(0, 0), (3, 0)], [[0, 0, 64, 16]]),
      ([(0, 0), (5, 0)], [[0, 0, 16, 16], [80, 0, 16, 16]]),
      ([(0, 0), (1, 1)], [[0, 0, 16, 16], [16, 16, 16, 16]]),
    ] as [([(Int, Int)], [[Int]])])
  func `become few rectangles that cover them`(tiles: [(Int, Int)], expected: [[Int]]) {
    let found = map(tiles).rectangles(atMost: 10).map { [$0.x, $0.y, $0.width, $0.height] }
    #expect(found == expected)
  }

  @Test func `are cut at the picture's edge`() {
    let found = map([(6, 6)], width: 100, height: 98).rectangles(atMost: 10)
    #expect(found == [PixelRectangle(x: 96, y: 96, width: 4, height: 2)])
  }

  @Test func `are one rectangle where they are many or most`() {
    let scattered = (0..<20).filter { $0 % 4 == 0 }.flatMap { row in [(0, row), (10, row)] }
    #expect(map(scattered, width: 400, height: 400).rectangles(atMost: 5).count == 1)
    let most = (0..<10).flatMap { row in (0..<7).map { ($0, row) } }
    #expect(map(most).rectangles(atMost: 50) == [PixelRectangle(x: 0, y: 0, width: 160, height: 160)])
  }
}

@Suite struct `The pace of pictures` {
  @Test func `a client that answers nothing gets three frames and no more`() {
    var pace = Pace()
    var sent = 0
    while pace.hasRoom, sent < 100 {
      _ = pace.send(bytes: 1_000, at: .zero)
      sent += 1
    }
    #expect(sent == 3)
    pace.acknowledge(77, at: .seconds(1))
    #expect(!pace.hasRoom)
    pace.acknowledge(2, at: .seconds(1))
    #expect(pace.hasRoom)
    #expect(pace.bytesOnTheWay == 1_000)
  }

  @Test func `quality falls on a slow way and rises on a quick one, within its bounds`() {
    var pace = Pace()
    var now = Duration.zero
    func run(_ way: Duration) {
      for _ in 0..<50 {
        let number = pace.send(bytes: 1, at: now)
        now += way
        pace.acknowledge(number, at: now)
      }
    }
    run(.milliseconds(10))
    #expect(pace.quality == 82)
    run(.milliseconds(400))
    #expect(pace.quality == 35)
    run(.milliseconds(10))
    #expect(pace.quality == 82)
    pace.preference = .sparing
    #expect(pace.quality == 50)
  }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
