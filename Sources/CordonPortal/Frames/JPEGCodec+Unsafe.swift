import CJPEG

/// JPEG to samples and back, by libjpeg-turbo. It belongs to one session and is used by one task at a time.
@safe final class JPEGCodec {
  private static let fast = CInt(TJFLAG_FASTUPSAMPLE | TJFLAG_FASTDCT)
  private static let careful = CInt(TJFLAG_LIMITSCANS | TJFLAG_STOPONWARNING)
  private static let sampling = CInt(TJSAMP_420.rawValue)

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
  /// A block that did not change gives the same samples again, whatever its neighbours do, so that a small change stays small.
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
    let isPlain = sampling == Self.sampling && space == CInt(TJCS_YCbCr.rawValue)
    guard isPlain ? decodePlanes(jpeg, &picture) : decodeColours(jpeg, &picture) else {
      throw unsafe .damaged(complaint(of: reader))
    }
  }

  /// What Chromium sends: the planes are the JPEG's own.
  private func decodePlanes(_ jpeg: [UInt8], _ picture: inout Picture) -> Bool {
    let (width, height) = (CInt(picture.width), CInt(picture.height))
    return unsafe withPlanes(of: &picture) { planes in
      // SAFETY: the three planes have the sizes that libjpeg-turbo asks of this width, height and sampling (see `withPlanes`).
      unsafe jpeg.withUnsafeBufferPointer { bytes in
        unsafe tjDecompressToYUVPlanes(
          reader, bytes.baseAddress, CUnsignedLong(bytes.count), planes, width, nil, height,
          Self.fast | Self.careful) == 0
      }
    }
  }

  /// Any other JPEG: by way of red, green and blue.
  private func decodeColours(_ jpeg: [UInt8], _ picture: inout Picture) -> Bool {
    let (width, height) = (CInt(picture.width), CInt(picture.height))
    let format = CInt(TJPF_RGBX.rawValue)
    var pixels = [UInt8](repeating: 0, count: picture.width * picture.height * 4)
    // SAFETY: the target has width * height * 4 bytes, which is what the sizes and the pixel format name; the source as above.
    let status = unsafe jpeg.withUnsafeBufferPointer { bytes in
      unsafe pixels.withUnsafeMutableBufferPointer { pixels in
        unsafe tjDecompress2(
          reader, bytes.baseAddress, CUnsignedLong(bytes.count), pixels.baseAddress, width, 0, height, format,
          Self.fast | Self.careful)
      }
    }
    guard status == 0 else { return false }
    return unsafe withPlanes(of: &picture) { planes in
      // SAFETY: the source as it was filled above, the planes as `withPlanes` says.
      unsafe pixels.withUnsafeBufferPointer { pixels in
        unsafe tjEncodeYUVPlanes(
          writer, pixels.baseAddress, width, 0, height, format, planes, nil, Self.sampling, 0) == 0
      }
    }
  }

  /// The beginnings of a picture's planes, each of the size that tjPlaneSizeYUV names for 4:2:0.
  private func withPlanes(
    of picture: inout Picture, _ body: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Bool
  ) -> Bool {
    let planes = picture.planes
    let (width, height) = (CInt(picture.width), CInt(picture.height))
    for (number, plane) in planes.enumerated() {
      let needed = tjPlaneSizeYUV(CInt(number), width, 0, height, Self.sampling)
      guard plane.width * plane.height == Int(clamping: needed), plane.width > 0 else { return false }
    }
    // SAFETY: the planes lie in `samples` one after the other, which `Picture` made as large as their sum.
    return unsafe picture.samples.withUnsafeMutableBufferPointer { samples in
      guard let base = samples.baseAddress else { return false }
      var beginnings = unsafe planes.map { unsafe Optional(base + $0.start) }
      return unsafe beginnings.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress) }
    }
  }

  /// A part of a picture as a JPEG. Its left and upper edge are even, as colours are shared by two pixels.
  func encode(_ picture: Picture, _ wanted: PixelRectangle, quality: Int) throws(PictureError) -> [UInt8] {
    guard let part = wanted.clipped(toWidth: picture.width, height: picture.height), part == wanted,
      part.x.isMultiple(of: 2), part.y.isMultiple(of: 2)
    else { throw .damaged("it is no part") }
    let (width, height) = (CInt(part.width), CInt(part.height))
    let most = tjBufSize(width, height, Self.sampling)
    guard most > 0, most < 1 << 28 else { throw .tooLarge(width: part.width, height: part.height) }
    let planes = picture.planes
    let rows = planes.map { CInt($0.width) }
    var status: CInt = -1
    // SAFETY: the buffer has tjBufSize's bytes, which no JPEG of this size exceeds, and TJFLAG_NOREALLOC keeps the library
    // from replacing it. It reads of each plane, from the part's first sample on, as many rows and columns as the part has,
    // rounded up to whole samples of colour: these lie inside, since planes are rounded up as well. It writes to none.
    let jpeg = unsafe [UInt8](unsafeUninitializedCapacity: Int(most)) { target, count in
      var start: UnsafeMutablePointer<UInt8>? = target.baseAddress
      var length = most
      status = unsafe picture.samples.withUnsafeBufferPointer { samples in
        guard let base = samples.baseAddress else { return -1 }
        var beginnings = unsafe planes.map { plane in
          unsafe Optional(base + plane.row(part.y / plane.step) + part.x / plane.step)
        }
        return unsafe tjCompressFromYUVPlanes(
          writer, &beginnings, width, rows, height, Self.sampling, &start, &length,
          CInt(min(max(quality, 1), 100)), CInt(TJFLAG_NOREALLOC | TJFLAG_FASTDCT))
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
