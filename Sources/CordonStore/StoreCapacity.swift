/// How much the buckets of one project hold, or may hold, together.
///
/// Counted is what the disk gives for it: the encrypted files of every version and of parts that no object is made of
/// yet, in whole blocks, and the rows that describe them, with their keys and metadata.
public struct StoreCapacity: Sendable, Equatable {
  /// Bytes on the disk.
  public var bytes: Int64
  /// Versions, delete markers, unfinished uploads and parts, and the markers of what is shown or uploaded now.
  public var entries: Int64

  /// An amount of bytes and entries.
  public init(bytes: Int64, entries: Int64) {
    self.bytes = bytes
    self.entries = entries
  }

  /// Nothing.
  public static let none = StoreCapacity(bytes: 0, entries: 0)

  /// Sums stay at the ends of the range: an amount that is too large to write is too large for every limit.
  static func + (left: StoreCapacity, right: StoreCapacity) -> StoreCapacity {
    StoreCapacity(bytes: left.bytes.clampedSum(right.bytes), entries: left.entries.clampedSum(right.entries))
  }

  static func - (left: StoreCapacity, right: StoreCapacity) -> StoreCapacity {
    left + StoreCapacity(bytes: 0 - max(right.bytes, -.max), entries: 0 - max(right.entries, -.max))
  }

  /// The amount with nothing below zero in it.
  var positive: StoreCapacity { StoreCapacity(bytes: max(0, bytes), entries: max(0, entries)) }

  func fits(in limit: StoreCapacity) -> Bool { bytes <= limit.bytes && entries <= limit.entries }
}

extension Int64 {
  fileprivate func clampedSum(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}

/// What a project holds now, and what it may hold.
public struct StoreAccount: Sendable, Equatable {
  /// What may be held.
  public var limit: StoreCapacity
  /// What is committed.
  public var held = StoreCapacity.none
  /// What uploads under way may come to, and files that a reader keeps although they were deleted.
  public var reserved = StoreCapacity.none
}

/// A write that would take a project over its limit.
public struct StoreRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// The project.
  public var project: String
  /// How it stands.
  public var account: StoreAccount
  /// What the write would have added.
  public var wanted: StoreCapacity

  /// The limit, what is held, and what frees room.
  public var description: String {
    let (limit, taken) = (account.limit, account.held + account.reserved)
    let reached =
      wanted.bytes > limit.bytes.clampedSum(0 - taken.bytes)
      ? "limit of \(Self.size(limit.bytes)) (\(Self.size(taken.bytes)) are taken, this needs \(Self.size(wanted.bytes)) more)"
      : "limit of \(limit.entries) versions, delete markers and parts"
    return """
      the buckets of project '\(project)' have reached their \(reached). To make room, abort unfinished \
      uploads and delete versions by their version id (s3:DeleteObjectVersion, which 'policies.roles' can grant; a \
      plain delete only adds a delete marker where versions are kept; what was deleted or replaced goes by itself \
      after 'projects[].storage.keepVersions'), or have the operator raise 'projects[].storage'
      """
  }

  /// With three digits at most before the unit.
  private static func size(_ bytes: Int64) -> String {
    var (amount, units) = (max(0, bytes), ["bytes", "KiB", "MiB", "GiB", "TiB"][...])
    while amount >= 10_240, units.count > 1 {
      amount >>= 10
      units.removeFirst()
    }
    return "\(amount) \(units.first ?? "bytes")"
  }
}
