import CJPEG

/// Why a test has no picture.
struct NoPicture: Error {}

extension Drawing {
  /// Decodes a JPEG of any colours.
  init(jpeg: [UInt8]) throws {
    guard let reader = unsafe tjInitDecompress() else { throw NoPicture() }
    // SAFETY: the handle was given a line above and is used by nobody else.
    defer { unsafe tjDestroy(reader) }
    var (width, height, sampling, space): (CInt, CInt, CInt, CInt) = (0, 0, 0, 0)
    // SAFETY: the pointer is valid for `jpeg.count` bytes during the call.
    let header = unsafe jpeg.withUnsafeBufferPointer {
      unsafe tjDecompressHeader3(
        reader, $0.baseAddress, CUnsignedLong($0.count), &width, &height, &sampling, &space)
    }
    guard header == 0, width > 0, height > 0, Int(width) * Int(height) <= 1 << 25 else { throw NoPicture() }
    self.init(width: Int(width), height: Int(height))
    // SAFETY: the target has width * height * 4 bytes, as the format asks; the source as above.
    let status = unsafe jpeg.withUnsafeBufferPointer { bytes in
      unsafe pixels.withUnsafeMutableBufferPointer {
        unsafe tjDecompress2(
          reader, bytes.baseAddress, CUnsignedLong(bytes.count), $0.baseAddress, width, 0, height,
          CInt(TJPF_RGBX.rawValue), CInt(TJFLAG_FASTUPSAMPLE))
      }
    }
    guard status == 0 else { throw NoPicture() }
  }

  /// A JPEG of it, with one of libjpeg-turbo's ways to share colours.
  func jpeg(quality: Int, sampling: TJSAMP = TJSAMP_420) throws -> [UInt8] {
    guard let writer = unsafe tjInitCompress() else { throw NoPicture() }
    // SAFETY: the handle was given a line above and is used by nobody else.
    defer { unsafe tjDestroy(writer) }
    let (across, down, colours) = (CInt(width), CInt(height), CInt(sampling.rawValue))
    let most = tjBufSize(across, down, colours)
    var status: CInt = -1
    // SAFETY: the buffer has tjBufSize's bytes and is not replaced; the source has width * height * 4 bytes.
    let jpeg = unsafe [UInt8](unsafeUninitializedCapacity: Int(most)) { target, count in
      var start: UnsafeMutablePointer<UInt8>? = target.baseAddress
      var length = most
      status = unsafe pixels.withUnsafeBufferPointer {
        unsafe tjCompress2(
          writer, $0.baseAddress, across, 0, down, CInt(TJPF_RGBX.rawValue), &start, &length, colours,
          CInt(quality), CInt(TJFLAG_NOREALLOC))
      }
      count = status == 0 ? Int(length) : 0
    }
    guard status == 0 else { throw NoPicture() }
    return jpeg
  }
}
