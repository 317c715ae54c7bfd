import Foundation
import NIOPosix

/// Work that waits for a disk or takes long, away from the threads that tasks and event loops run on.
enum FileWork {
  static func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await NIOThreadPool.singleton.runIfActive(work)
  }
}

/// A file that did not exist before, for its owner alone.
enum NewFile {
  static func create(_ path: String) throws -> FileHandle {
    guard !FileManager.default.fileExists(atPath: path),
      FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let file = FileHandle(forWritingAtPath: path)
    else { throw CocoaError(.fileWriteUnknown) }
    return file
  }
}
