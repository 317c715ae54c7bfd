/// A QR code of bytes, error correction M, versions 1 to 13 (ISO/IEC 18004:2015): what an authenticator's camera reads.
///
/// Made here so that a secret never meets an image service or a script.
struct QRCode: Sendable, Equatable {
  /// Modules on a side.
  let size: Int
  /// Rows of modules; true is dark.
  private(set) var rows: [[Bool]]
  private var isFixed: [[Bool]]

  /// Draws a code; nil where there are more bytes than version 13 holds.
  ///
  /// - Parameter mask: Which of the eight masks; nil takes the one that is easiest to read, as the standard weighs it.
  init?(_ bytes: [UInt8], mask: Int? = nil) {
    guard let layout = QRLayout.smallest(for: bytes.count) else { return nil }
    size = 17 + 4 * layout.version
    rows = Array(repeating: Array(repeating: false, count: size), count: size)
    isFixed = rows
    drawPatterns(layout)
    drawFormat(mask: 0)
    place(layout.codewords(for: bytes))
    guard let best = mask.map({ $0 & 7 }) ?? bestMask() else { return nil }
    apply(mask: best)
    drawFormat(mask: best)
  }

  private mutating func set(_ x: Int, _ y: Int, _ isDark: Bool) {
    guard rows.indices.contains(y), rows.indices.contains(x) else { return }
    rows[y][x] = isDark
    isFixed[y][x] = true
  }

  // MARK: What every code has (§6.3)

  private mutating func drawPatterns(_ layout: QRLayout) {
    for i in 0..<size {
      set(6, i, i % 2 == 0)
      set(i, 6, i % 2 == 0)
    }
    for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] { drawFinder(x, y) }
    let centers = layout.alignmentCenters
    for (i, x) in centers.enumerated() {
      for (j, y) in centers.enumerated() {
        let last = centers.count - 1
        if (i == 0 && j == 0) || (i == 0 && j == last) || (i == last && j == 0) { continue }
        drawAlignment(x, y)
      }
    }
    if layout.version >= 7 { drawVersion(layout.version) }
  }

  private mutating func drawFinder(_ centerX: Int, _ centerY: Int) {
    for dy in -4...4 {
      for dx in -4...4 {
        let distance = max(abs(dx), abs(dy))
        set(centerX + dx, centerY + dy, distance != 2 && distance != 4)
      }
    }
  }

  private mutating func drawAlignment(_ centerX: Int, _ centerY: Int) {
    for dy in -2...2 {
      for dx in -2...2 { set(centerX + dx, centerY + dy, max(abs(dx), abs(dy)) != 1) }
    }
  }

  /// §7.10: six bits of version, twelve of Golay code.
  private mutating func drawVersion(_ version: Int) {
    var rest = version
    for _ in 0..<12 { rest = (rest << 1) ^ ((rest >> 11) * 0x1F25) }
    let bits = version << 12 | rest
    for i in 0..<18 {
      let isDark = bits >> i & 1 == 1
      set(size - 11 + i % 3, i / 3, isDark)
      set(i / 3, size - 11 + i % 3, isDark)
    }
  }

  /// §7.9: level M is 00; three bits of mask, ten of BCH code.
  private mutating func drawFormat(mask: Int) {
    var rest = mask
    for _ in 0..<10 { rest = (rest << 1) ^ ((rest >> 9) * 0x537) }
    let bits = (mask << 10 | rest) ^ 0x5412
    func isDark(_ i: Int) -> Bool { bits >> i & 1 == 1 }
    for i in 0...5 { set(8, i, isDark(i)) }
    set(8, 7, isDark(6))
    set(8, 8, isDark(7))
    set(7, 8, isDark(8))
    for i in 9..<15 { set(14 - i, 8, isDark(i)) }
    for i in 0..<8 { set(size - 1 - i, 8, isDark(i)) }
    for i in 8..<15 { set(8, size - 15 + i, isDark(i)) }
    set(8, size - 8, true)
  }

  // MARK: Data (§7.7.3)

  private mutating func place(_ codewords: [UInt8]) {
    var bit = 0
    for pair in stride(from: size - 1, through: 1, by: -2) {
      let right = pair <= 6 ? pair - 1 : pair
      let isUpward = (right + 1) & 2 == 0
      for step in 0..<size {
        let y = isUpward ? size - 1 - step : step
        for x in [right, right - 1] where x >= 0 && !isFixed[y][x] && bit < codewords.count * 8 {
          rows[y][x] = codewords[bit >> 3] >> UInt8(7 - bit & 7) & 1 == 1
          bit += 1
        }
      }
    }
  }

  // MARK: Masks (§7.8)

  private mutating func apply(mask: Int) {
    for y in 0..<size {
      for x in 0..<size where !isFixed[y][x] && Self.isMasked(mask, x, y) { rows[y][x].toggle() }
    }
  }

  private static func isMasked(_ mask: Int, _ x: Int, _ y: Int) -> Bool {
    switch mask {
    case 0: (x + y) % 2 == 0
    case 1: y % 2 == 0
    case 2: x % 3 == 0
    case 3: (x + y) % 3 == 0
    case 4: (x / 3 + y / 2) % 2 == 0
    case 5: x * y % 2 + x * y % 3 == 0
    case 6: (x * y % 2 + x * y % 3) % 2 == 0
    default: ((x + y) % 2 + x * y % 3) % 2 == 0
    }
  }

  private func bestMask() -> Int? {
    (0..<8).min { left, right in penalty(left) < penalty(right) }
  }

  private func penalty(_ mask: Int) -> Int {
    var drawn = self
    drawn.apply(mask: mask)
    drawn.drawFormat(mask: mask)
    return QRPenalty.points(drawn.rows)
  }
}

extension QRCode {
  /// The code as an inline drawing with its quiet zone, dark on light in every colour scheme: cameras want it so.
  func svg(label: String) -> HTML {
    var path = ""
    for (y, row) in rows.enumerated() {
      var x = 0
      while x < size {
        let start = x
        while x < size, row[x] { x += 1 }
        if x > start { path += "M\(start + 4) \(y + 4)h\(x - start)v1h-\(x - start)z" }
        x += 1
      }
    }
    let side = size + 8
    return """
      <svg class="qr" viewBox="0 0 \(side) \(side)" role="img" aria-label=\(label) shape-rendering="crispEdges">\
      <rect width="\(side)" height="\(side)" fill="#fff"/><path d=\(path) fill="#000"/></svg>
      """
  }
}
