/// How many bytes a version holds at level M, and how they are protected (ISO/IEC 18004:2015, tables 1, 7 and 9, annex E).
struct QRLayout: Sendable {
  var version: Int
  /// Codewords of correction in each block.
  private var correction: Int
  /// Data codewords of each block, short blocks first.
  private var blocks: [Int]

  private static let table: [(correction: Int, short: Int, shortData: Int, long: Int)] = [
    (10, 1, 16, 0), (16, 1, 28, 0), (26, 1, 44, 0), (18, 2, 32, 0), (24, 2, 43, 0), (16, 4, 27, 0),
    (18, 4, 31, 0), (22, 2, 38, 2), (22, 3, 36, 2), (26, 4, 43, 1), (30, 1, 50, 4), (22, 6, 36, 2),
    (22, 8, 37, 1),
  ]

  /// The smallest version that holds so many bytes; nil where none here does.
  static func smallest(for count: Int) -> QRLayout? {
    for (index, row) in table.enumerated() {
      let blocks =
        Array(repeating: row.shortData, count: row.short)
        + Array(repeating: row.shortData + 1, count: row.long)
      let layout = QRLayout(version: index + 1, correction: row.correction, blocks: blocks)
      if count <= layout.capacity { return layout }
    }
    return nil
  }

  private var dataCodewords: Int { blocks.reduce(0, +) }
  private var countBits: Int { version < 10 ? 8 : 16 }
  private var capacity: Int { (dataCodewords * 8 - 4 - countBits) / 8 }

  /// Where alignment patterns have their centres, in both directions.
  var alignmentCenters: [Int] {
    guard version > 1 else { return [] }
    let count = version / 7 + 2
    let last = 4 * version + 10
    let step = (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2
    return [6] + (0..<(count - 1)).reversed().map { last - $0 * step }
  }

  /// Data and correction, interleaved as they are placed (§7.6).
  func codewords(for bytes: [UInt8]) -> [UInt8] {
    let data = padded(bytes)
    let generator = QRField.generator(degree: correction)
    var parts: [(data: [UInt8], correction: [UInt8])] = []
    var start = 0
    for count in blocks {
      let part = Array(data[start..<min(start + count, data.count)])
      parts.append((part, QRField.remainder(of: part, by: generator)))
      start += count
    }
    var all: [UInt8] = []
    for i in 0..<(blocks.max() ?? 0) {
      for part in parts where i < part.data.count { all.append(part.data[i]) }
    }
    for i in 0..<correction { for part in parts { all.append(part.correction[i]) } }
    return all
  }

  /// Byte mode, the count, the bytes, a terminator, and the two padding codewords in turn (§7.4).
  private func padded(_ bytes: [UInt8]) -> [UInt8] {
    var bits: [Bool] = []
    func append(_ value: Int, _ count: Int) {
      for i in (0..<count).reversed() { bits.append(value >> i & 1 == 1) }
    }
    append(0b0100, 4)
    append(bytes.count, countBits)
    for byte in bytes { append(Int(byte), 8) }
    append(0, min(4, dataCodewords * 8 - bits.count))
    append(0, (8 - bits.count % 8) % 8)
    var data = stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<(start + 8)].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
    }
    var isFirst = true
    while data.count < dataCodewords {
      data.append(isFirst ? 0xEC : 0x11)
      isFirst.toggle()
    }
    return data
  }
}

/// Arithmetic of the field with 256 elements, modulo 0x11D (annex A).
enum QRField {
  static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
    var result = 0
    for i in (0..<8).reversed() {
      result = (result << 1) ^ ((result >> 7) * 0x11D)
      result ^= (Int(right) >> i & 1) * Int(left)
    }
    return UInt8(truncatingIfNeeded: result)
  }

  /// The generator polynomial without its leading 1.
  static func generator(degree: Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: degree - 1) + [1]
    var root: UInt8 = 1
    for _ in 0..<degree {
      for i in 0..<degree {
        result[i] = product(result[i], root) ^ (i + 1 < degree ? result[i + 1] : 0)
      }
      root = product(root, 2)
    }
    return result
  }

  static func remainder(of data: [UInt8], by generator: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: generator.count)
    for byte in data {
      let factor = byte ^ result.removeFirst()
      result.append(0)
      for i in result.indices { result[i] ^= product(generator[i], factor) }
    }
    return result
  }
}

/// How hard a code is to read (§7.8.3): runs, squares, shapes like a finder's, and too much of one colour.
enum QRPenalty {
  static func points(_ rows: [[Bool]]) -> Int {
    let columns = rows.indices.map { x in rows.map { $0[x] } }
    return lines(rows) + lines(columns) + squares(rows) + balance(rows)
  }

  private static func lines(_ rows: [[Bool]]) -> Int {
    var points = 0
    for row in rows {
      var run = 1
      for x in 1..<row.count {
        run = row[x] == row[x - 1] ? run + 1 : 1
        if run == 5 { points += 3 } else if run > 5 { points += 1 }
      }
      points += finders(row)
    }
    return points
  }

  private static let finder = [true, false, true, true, true, false, true]

  private static func finders(_ row: [Bool]) -> Int {
    var points = 0
    let light = [false, false, false, false]
    for x in 0...(row.count - 11) {
      let part = Array(row[x..<(x + 11)])
      if part == finder + light || part == light + finder { points += 40 }
    }
    return points
  }

  private static func squares(_ rows: [[Bool]]) -> Int {
    var points = 0
    for y in 1..<rows.count {
      for x in 1..<rows.count {
        let dark = rows[y][x]
        if rows[y][x - 1] == dark, rows[y - 1][x] == dark, rows[y - 1][x - 1] == dark { points += 3 }
      }
    }
    return points
  }

  private static func balance(_ rows: [[Bool]]) -> Int {
    let dark = rows.reduce(0) { $0 + $1.count { $0 } }
    let total = rows.count * rows.count
    return abs(dark * 20 - total * 10) / total * 10
  }
}
