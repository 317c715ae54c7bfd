import CordonModel
import CordonWire
import NIOCore
import Synchronization

/// The whole of a small body, checked against everything that the client said of it.
struct S3Document {
  let visit: S3Visit
  let body: RequestBody
  let allowance: DocumentAllowance

  func bytes(upTo limit: Int) async throws -> [UInt8] {
    // Streaming modes are for objects and their parts; AWS refuses them elsewhere as well.
    if visit.caller.verified?.payload.isStreaming == true {
      throw S3Fault.invalidRequest("A body in chunks is for objects and their parts only.")
    }
    var content = try S3Body(body, of: visit.request, from: visit.caller, longest: UInt64(limit))
    let lease = try allowance.lease(visit.source, length: content.announcedLength ?? .max)
    defer { lease.end() }
    var bytes: [UInt8] = []
    while let piece = try await content.next() { bytes += Array(buffer: piece) }
    _ = try content.finish()
    return bytes
  }
}

/// How many large documents one workspace may have in the gateway's memory at the same time. What streams needs no
/// such bound; a list of ten thousand parts does not stream.
final class DocumentAllowance: Sendable {
  /// Documents up to this size are not counted.
  private static let small: UInt64 = 64 << 10

  private struct Place: Hashable {
    var project: Slug
    var workspace: Slug
  }

  struct Lease {
    fileprivate let give: @Sendable () -> Void
    func end() { give() }
  }

  private let limit: Int
  private let taken = Mutex<[Place: Int]>([:])

  init(limit: Int = 4) { self.limit = limit }

  /// - Throws: `SlowDown`, which SDKs answer by trying again later.
  func lease(_ source: SourcePosition, length: UInt64) throws(S3Fault) -> Lease {
    guard length > Self.small else { return Lease {} }
    let place = Place(project: source.project, workspace: source.workspace)
    let isFree = taken.withLock { taken in
      guard taken[place, default: 0] < limit else { return false }
      taken[place, default: 0] += 1
      return true
    }
    guard isFree else { throw .slowDown }
    return Lease { [self] in
      taken.withLock { taken in
        let left = (taken[place] ?? 1) - 1
        taken[place] = left > 0 ? left : nil
      }
    }
  }
}
