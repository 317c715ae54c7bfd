/// Which tiles of a picture something is true of. A tile is as large as the blocks that a JPEG is made of, so a change in
/// one leaves its neighbours' bytes alone.
struct TileMap: Sendable, Equatable {
  /// Pixels of a tile's side.
  static let side = 16
  /// Runs of tiles that are this close in a row are sent as one: a JPEG of its own has some 600 bytes of tables.
  private static let bridge = 2

  let columns: Int
  let rows: Int
  private let width: Int
  private let height: Int
  private var marks: [Bool]

  /// A map of a picture of this size, with no tile marked.
  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    columns = (width + Self.side - 1) / Self.side
    rows = (height + Self.side - 1) / Self.side
    marks = [Bool](repeating: false, count: columns * rows)
  }

  /// The tiles in which two pictures of one size differ.
  init(of picture: Picture, differingFrom other: Picture) {
    self.init(width: picture.width, height: picture.height)
    for row in 0..<rows {
      if picture.hasSamePixels(as: other, in: rectangle(columns: 0..<columns, rows: row..<(row + 1))) {
        continue
      }
      for column in 0..<columns where !picture.hasSamePixels(as: other, in: tile(column, row)) {
        self[column, row] = true
      }
    }
  }

  subscript(column: Int, row: Int) -> Bool {
    get { marks[row * columns + column] }
    set { marks[row * columns + column] = newValue }
  }

  /// How many tiles are marked.
  var count: Int { marks.reduce(0) { $1 ? $0 + 1 : $0 } }
  /// Whether none is.
  var isEmpty: Bool { !marks.contains(true) }
  /// How much of the picture is marked, from 0 to 1.
  var share: Double { marks.isEmpty ? 0 : Double(count) / Double(marks.count) }

  /// Marks or clears every tile that a rectangle touches.
  mutating func set(_ rectangle: PixelRectangle, to mark: Bool) {
    guard let part = rectangle.clipped(toWidth: width, height: height) else { return }
    for row in (part.y / Self.side)...((part.y + part.height - 1) / Self.side) {
      for column in (part.x / Self.side)...((part.x + part.width - 1) / Self.side) {
        self[column, row] = mark
      }
    }
  }

  /// The pixels of a tile; those at the right and lower edge may be smaller.
  func tile(_ column: Int, _ row: Int) -> PixelRectangle {
    rectangle(columns: column..<(column + 1), rows: row..<(row + 1))
  }

  private func rectangle(columns: Range<Int>, rows: Range<Int>) -> PixelRectangle {
    let right = min(columns.upperBound * Self.side, width)
    let bottom = min(rows.upperBound * Self.side, height)
    let x = columns.lowerBound * Self.side
    let y = rows.lowerBound * Self.side
    return PixelRectangle(x: x, y: y, width: right - x, height: bottom - y)
  }

  /// Rectangles that cover every marked tile, at most `limit`; where there would be more, or most is marked, one for all.
  func rectangles(atMost limit: Int) -> [PixelRectangle] {
    if share > 0.6 { return [rectangle(columns: 0..<columns, rows: 0..<rows)] }
    let all = rectangles
    return all.count > limit ? [bounding(all)] : all
  }

  /// Rectangles that cover every marked tile, from the top.
  var rectangles: [PixelRectangle] {
    var done: [PixelRectangle] = []
    var open: [Range<Int>: Int] = [:]
    for row in 0..<rows {
      let runs = Set(self.runs(in: row))
      for (run, start) in open where !runs.contains(run) {
        done.append(rectangle(columns: run, rows: start..<row))
      }
      open = open.filter { runs.contains($0.key) }
      for run in runs where open[run] == nil { open[run] = row }
    }
    for (run, start) in open { done.append(rectangle(columns: run, rows: start..<rows)) }
    return done.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
  }

  private func runs(in row: Int) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for column in 0..<columns where self[column, row] {
      if let last = runs.last, column - last.upperBound <= Self.bridge {
        runs[runs.count - 1] = last.lowerBound..<(column + 1)
      } else {
        runs.append(column..<(column + 1))
      }
    }
    return runs
  }

  private func bounding(_ parts: [PixelRectangle]) -> PixelRectangle {
    let left = parts.map(\.x).min() ?? 0
    let top = parts.map(\.y).min() ?? 0
    let right = parts.map { $0.x + $0.width }.max() ?? 0
    let bottom = parts.map { $0.y + $0.height }.max() ?? 0
    return PixelRectangle(x: left, y: top, width: right - left, height: bottom - top)
  }
}
