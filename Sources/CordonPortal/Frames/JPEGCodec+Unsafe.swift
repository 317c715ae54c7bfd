import CJPEG

/// JPEG to pixels and back, by libjpeg-turbo. It belongs to one session and is used by one task at a time.
@safe final class JPEGCodec {
  private let reader: tjhandle
  private let writer: tjhandle

  init() throws(PictureError) {
    guard let reader = unsafe tjInitDecompress() else { throw .noCodec }
    guard let writer = unsafe tjInitCompress() else {
      // SAFETY: the handle was given a line above and is used nowhere else.
      unsafe tjDestroy(reader)
      throw .noCodec
    }
    unsafe self.reader = reader
    unsafe self.writer = writer
  }

  deinit {
    // SAFETY: both were given by tjInit... and live exactly as long as this object.
    unsafe tjDestroy(reader)
    unsafe tjDestroy(writer)
  }

  /// Decodes into `picture`, which takes the JPEG's size. The size is judged before anything is decoded.
  ///
  /// Colours are doubled, not smoothed, over neighbouring blocks: a block that did not change gives the same pixels again,
  /// whatever its neighbours do, so that a small change stays small.
  func decode(_ jpeg: [UInt8], into picture: inout Picture) throws(PictureError) {
    var width: CInt = 0
    var height: CInt = 0
    var sampling: CInt = 0
    var space: CInt = 0
    // SAFETY: the pointer is valid for `jpeg.count` bytes during the call, which keeps none of it.
    let header = unsafe jpeg.withUnsafeBufferPointer { bytes in
      unsafe tjDecompressHeader3(
        reader, bytes.baseAddress, CUnsignedLong(bytes.count), &width, &height, &sampling, &space)
    }
    guard header == 0, width > 0, height > 0 else { throw unsafe .damaged(complaint(of: reader)) }
    guard width <= Picture.longestSide, height <= Picture.longestSide,
      Int(width) * Int(height) <= Viewport.mostPixels
    else { throw .tooLarge(width: Int(width), height: Int(height)) }
    picture.resize(width: Int(width), height: Int(height))
    let flags = CInt(TJFLAG_FASTUPSAMPLE | TJFLAG_FASTDCT | TJFLAG_LIMITSCANS | TJFLAG_STOPONWARNING)
    // SAFETY: the target has width * height * 4 bytes, which is what the sizes and the pixel format name; the source as above.
    let status = unsafe jpeg.withUnsafeBufferPointer { bytes in
      unsafe picture.pixels.withUnsafeMutableBufferPointer { pixels in
        unsafe tjDecompress2(
          reader, bytes.baseAddress, CUnsignedLong(bytes.count), pixels.baseAddress, width, 0, height,
          CInt(TJPF_RGBX.rawValue), flags)
      }
    }
    guard status == 0 else { throw unsafe .damaged(complaint(of: reader)) }
  }

  /// A whole picture as a JPEG; `isSharp` keeps the colours of every pixel, which text needs.
  func encode(_ picture: Picture, quality: Int, isSharp: Bool) throws(PictureError) -> [UInt8] {
    let sampling = isSharp ? TJSAMP_444 : TJSAMP_420
    let width = CInt(picture.width)
    let height = CInt(picture.height)
    guard picture.bounds.area > 0 else { throw .damaged("it is empty") }
    let most = tjBufSize(width, height, CInt(sampling.rawValue))
    guard most > 0, most < 1 << 28 else { throw .tooLarge(width: picture.width, height: picture.height) }
    var status: CInt = -1
    // SAFETY: the buffer has tjBufSize's bytes, which no JPEG of this size exceeds, and TJFLAG_NOREALLOC keeps the library
    // from replacing it; the source has width * height * 4 bytes.
    let jpeg = unsafe [UInt8](unsafeUninitializedCapacity: Int(most)) { target, count in
      var start: UnsafeMutablePointer<UInt8>? = target.baseAddress
      var length = most
      status = unsafe picture.pixels.withUnsafeBufferPointer { pixels in
        unsafe tjCompress2(
          writer, pixels.baseAddress, width, 0, height, CInt(TJPF_RGBX.rawValue), &start, &length,
          CInt(sampling.rawValue), CInt(min(max(quality, 1), 100)), CInt(TJFLAG_NOREALLOC | TJFLAG_FASTDCT))
      }
      count = status == 0 ? Int(length) : 0
    }
    guard status == 0 else { throw unsafe .damaged(complaint(of: writer)) }
    return jpeg
  }

  private func complaint(of handle: tjhandle) -> String {
    // SAFETY: the library answers with a text of its own that ends with a NUL and lives until the handle's next call.
    guard let text = unsafe tjGetErrorStr2(handle) else { return "damaged" }
    return unsafe String(cString: text)
  }
}
