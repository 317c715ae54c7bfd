import CZlib

/// Deflate data without a zlib header (RFC 1951), by zlib.
enum RawInflate {
  /// The inflated bytes, or nil where the data is damaged or holds more than `limit` bytes.
  static func inflate(_ packed: [UInt8], limit: Int) -> [UInt8]? {
    guard limit > 0 else { return [] }
    var input = packed
    var output = [UInt8](repeating: 0, count: limit)
    var written = -1
    // SAFETY: both buffers outlive the calls, and zlib is told their exact sizes; the stream is ended on
    // every way out.
    unsafe input.withUnsafeMutableBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        var stream = unsafe z_stream()
        unsafe stream.next_in = source.baseAddress
        unsafe stream.avail_in = UInt32(clamping: source.count)
        unsafe stream.next_out = target.baseAddress
        unsafe stream.avail_out = UInt32(clamping: target.count)
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(&stream, -15, ZLIB_VERSION, size) == Z_OK else { return }
        let status = unsafe CZlib.inflate(&stream, Z_FINISH)
        if status == Z_STREAM_END { written = unsafe limit - Int(stream.avail_out) }
        unsafe inflateEnd(&stream)
      }
    }
    guard written >= 0 else { return nil }
    output.removeLast(limit - written)
    return output
  }
}
