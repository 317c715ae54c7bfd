import Foundation
import Logging

/// What is done for the store once an hour while an environment runs.
struct StoreUpkeep: Sendable {
  private static let interval = Duration.seconds(3_600)

  let uploads: UploadExpiry
  let versions: VersionExpiry
  let logger: Logger

  /// Sweeps now and once an hour, until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      do { try await uploads.sweep(at: Date()) } catch {
        logger.error("unfinished uploads were not removed", metadata: ["error": "\(error)"])
      }
      do { try await versions.sweep(at: Date()) } catch {
        logger.error("old versions were not removed", metadata: ["error": "\(error)"])
      }
      try? await Task.sleep(for: Self.interval)
    }
  }
}
