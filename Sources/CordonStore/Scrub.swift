public import CordonModel

/// What a reading of the whole store found.
public struct ScrubReport: Sendable, Equatable {
  /// A version that cannot be read any more.
  public struct Damage: Sendable, Equatable {
    /// The bucket.
    public var bucket: BucketName
    /// The key.
    public var key: ObjectKey
    /// The version.
    public var versionID: String
    /// What is damaged.
    public var why: String
  }

  /// Versions that were read to the end.
  public var intact = 0
  /// Versions that cannot be read.
  public var damaged: [Damage] = []
}

extension ObjectStore {
  /// Reads every version of every object and reports those that are not what was written.
  public func scrub() async throws(StoreError) -> ScrubReport {
    var report = ScrubReport()
    for bucket in try await buckets() {
      var request = VersionListRequest()
      var page: VersionListPage
      repeat {
        page = try await listVersions(bucket.name, request)
        for version in page.versions where !version.isDeleteMarker { try await scrub(version, into: &report) }
        request.keyMarker = page.nextKeyMarker
        request.versionMarker = page.nextVersionMarker
      } while page.isTruncated
    }
    return report
  }

  private func scrub(_ version: ObjectInfo, into report: inout ScrubReport) async throws(StoreError) {
    do throws(StoreError) {
      let reader = try await get(version.bucket, version.key, version: version.versionID)
      while try await reader.next() != nil {}
      report.intact += 1
    } catch {
      switch error {
      // Somebody deleted it meanwhile.
      case .noSuchVersion, .noSuchKey, .noSuchBucket: return
      default:
        report.damaged.append(
          ScrubReport.Damage(
            bucket: version.bucket, key: version.key, versionID: version.versionID, why: "\(error)"))
      }
    }
  }
}
