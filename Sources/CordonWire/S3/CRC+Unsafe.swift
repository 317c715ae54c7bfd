extension CRC {
  /// Folds more bytes into an inverted state.
  func update(_ state: UInt64, _ bytes: borrowing Span<UInt8>) -> UInt64 {
    // SAFETY: eight bytes are loaded only while at least eight are left, without asking for alignment. The
    // tables have 8 * 256 elements (made in `init`, never changed), and an index is `k << 8` with k in 0...7,
    // plus one byte.
    unsafe tables.withUnsafeBufferPointer { tables in
      unsafe bytes.withUnsafeBytes { buffer in
        var state = state
        var offset = 0
        while buffer.count - offset >= 8 {
          let word = unsafe UInt64(
            littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
          unsafe state = Self.fold(word ^ state, tables)
          offset += 8
        }
        while offset < buffer.count {
          let byte = unsafe UInt64(buffer[offset])
          state = unsafe state >> 8 ^ tables[Int((state ^ byte) & 255)]
          offset += 1
        }
        return state
      }
    }
  }

  @inline(__always)
  private static func fold(_ word: UInt64, _ tables: UnsafeBufferPointer<UInt64>) -> UInt64 {
    // SAFETY: see `update`.
    let low = unsafe tables[7 << 8 | Int(word & 255)] ^ tables[6 << 8 | Int(word >> 8 & 255)]
    let middleLow = unsafe tables[5 << 8 | Int(word >> 16 & 255)] ^ tables[4 << 8 | Int(word >> 24 & 255)]
    let middleHigh = unsafe tables[3 << 8 | Int(word >> 32 & 255)] ^ tables[2 << 8 | Int(word >> 40 & 255)]
    let high = unsafe tables[1 << 8 | Int(word >> 48 & 255)] ^ tables[Int(word >> 56)]
    return low ^ middleLow ^ middleHigh ^ high
  }
}
