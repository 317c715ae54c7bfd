/// Who looks, when, and in which session, drawn into every picture before it is encoded: a photograph of the screen says
/// where it was taken, and nothing on the person's machine can take it away.
struct Watermark: Sendable, Equatable {
  /// How much lighter or darker a pixel under a letter becomes: to be read, and to be read through.
  private static let strength = 26

  /// Pixels of the picture for a pixel of a letter.
  private let scale: Int
  private let width: Int
  private let height: Int
  /// Per row of the picture: where letters start, and how many pixels they go on.
  private var spans: [[(start: Int, length: Int)]]
  /// What is drawn.
  let text: String

  /// The watermark of a picture of this size, `scale` device pixels a CSS pixel.
  init(text: String, width: Int, height: Int, scale: Double) {
    self.text = text
    self.width = max(width, 0)
    self.height = max(height, 0)
    self.scale = Self.scale(scale)
    spans = Array(repeating: [], count: self.height)
    draw(Array(text.lowercased()))
  }

  /// Lines of the text all over the picture, every second one moved by half, so that no part as large as a window is without.
  private mutating func draw(_ letters: [Character]) {
    guard !letters.isEmpty, width > 0 else { return }
    let across = (letters.count + 6) * BitmapFont.advance * scale
    let down = BitmapFont.height * scale * 8
    var line = 0
    var top = down / 3
    while top < height {
      var left = line.isMultiple(of: 2) ? scale * 8 : -across / 2
      while left < width {
        draw(letters, left: left, top: top)
        left += across
      }
      top += down
      line += 1
    }
  }

  private mutating func draw(_ letters: [Character], left: Int, top: Int) {
    for (place, letter) in letters.enumerated() {
      let x = left + place * BitmapFont.advance * scale
      for (index, bits) in BitmapFont.rows(of: letter).enumerated() {
        for row in (top + index * scale)..<(top + (index + 1) * scale) where row < height {
          add(bits, at: x, to: row)
        }
      }
    }
  }

  private mutating func add(_ bits: UInt8, at x: Int, to row: Int) {
    for column in 0..<5 where bits >> UInt8(4 - column) & 1 == 1 {
      let start = max(x + column * scale, 0)
      let end = min(x + (column + 1) * scale, width)
      guard end > start else { continue }
      if let last = spans[row].last, last.start + last.length == start {
        spans[row][spans[row].count - 1].length += end - start
      } else {
        spans[row].append((start, end - start))
      }
    }
  }

  /// Whether it is what is drawn over such a picture.
  func fits(_ picture: Picture, scale wanted: Double, text wantedText: String?) -> Bool {
    text == wantedText && (width, height) == (picture.width, picture.height) && scale == Self.scale(wanted)
  }

  private static func scale(_ scale: Double) -> Int { min(max(Int((scale * 2).rounded()), 2), 6) }

  /// Draws it: light pixels become darker and dark ones lighter, so that it shows on every ground.
  func draw(into picture: inout Picture) {
    guard (picture.width, picture.height) == (width, height), let plane = picture.planes.first else { return }
    for (row, spans) in spans.enumerated() {
      let start = plane.row(row)
      for span in spans {
        for place in (start + span.start)..<(start + span.start + span.length) {
          let light = picture.samples[place]
          picture.samples[place] =
            light > 128 ? light - UInt8(Self.strength) : light + UInt8(Self.strength)
        }
      }
    }
  }

  static func == (left: Watermark, right: Watermark) -> Bool {
    left.text == right.text && left.width == right.width && left.height == right.height
      && left.scale == right.scale
  }
}
