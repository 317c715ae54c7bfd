import CordonWire
import NIOCore

/// The content of an upload, decoded and checked while it comes: nothing is read ahead of who stores it.
///
/// What it hands out may be stored, but shown to nobody before `finish()` has returned.
struct S3Body {
  private let source: RequestBody
  private var reader: S3BodyReader
  private let longest: UInt64
  private var buffer = ByteBuffer()
  private var offset = 0

  /// - Parameter longest: more bytes than this are `EntityTooLarge`.
  init(_ source: RequestBody, of request: S3Request, from caller: Caller, longest: UInt64) throws(S3Fault) {
    self.source = source
    self.longest = longest
    do {
      if let verified = caller.verified {
        reader = try S3BodyReader(verified, headers: request.fields)
      } else {
        reader = try S3BodyReader(anonymous: request.fields)
      }
    } catch {
      throw S3Fault(error)
    }
    if let length = reader.announcedLength, length > longest { throw .entityTooLarge }
  }

  /// How long the content is said to be.
  var announcedLength: UInt64? { reader.announcedLength }

  /// The same, as the store counts.
  var announcedSize: Int64? { announcedLength.map { Int64(clamping: $0) } }

  /// The next piece of content; nil when the body has ended.
  mutating func next() async throws -> ByteBuffer? {
    while true {
      if let piece = try decode() { return piece }
      guard let bytes = try await source.next() else { return nil }
      buffer = bytes
      offset = 0
    }
  }

  /// Says what was computed over the content, if all that the client said of it is true.
  mutating func finish() throws(S3Fault) -> S3BodyChecks.Digests {
    do {
      return try reader.finish()
    } catch {
      throw S3Fault(error)
    }
  }

  private mutating func decode() throws(S3Fault) -> ByteBuffer? {
    let bytes = buffer
    var position = offset
    let found: Range<Int>?
    do {
      found = try reader.next(in: bytes.readableBytesUInt8Span, from: &position)
    } catch {
      throw S3Fault(error)
    }
    offset = position
    guard reader.decodedCount <= longest else { throw .entityTooLarge }
    guard let found else { return nil }
    return bytes.getSlice(at: bytes.readerIndex + found.lowerBound, length: found.count)
  }
}
