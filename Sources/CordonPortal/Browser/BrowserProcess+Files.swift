import CordonLinux
import CordonSandbox
import NIOPosix

/// Files in the memory of the browser's own sandbox: it has no folder of the host's, so they are read and written by commands
/// inside of it, with the browser's own rights and within its limits.
extension BrowserProcess {
  /// Where Chromium puts what it downloads.
  static let downloads = "/home/workspace/downloads"
  private static let uploads = "/home/workspace/uploads"

  /// Takes a downloaded file out of the sandbox, where it is not left; nil where it is longer than `limit`.
  ///
  /// - Parameter id: Chromium's own name of it, of digits, `a` to `f` and `-`.
  public func takeDownload(_ id: String, atMost limit: Int) async throws -> [UInt8]? {
    guard BrowserSession.isDownloadID(id) else { return nil }
    let script =
      #"if [ -f "$0" ] && [ ! -L "$0" ]; then head -c "$1" <"$0"; fi; rm -f -- "$0" "$0.crdownload""#
    let process = try spawnInside([
      "/bin/sh", "-c", script, "\(Self.downloads)/\(id)", String(limit + 1),
    ])
    process.streams.input?.close()
    guard let output = process.streams.output?.take() else { throw BrowserError.notStarted("no pipe") }
    let bytes = try await NIOThreadPool.singleton.runIfActive {
      try FileDescriptor(adopting: output).readToEnd(limit: limit + 1)
    }
    guard case .exited(0) = try await process.wait() else { return nil }
    return bytes.count <= limit ? bytes : nil
  }

  /// Puts a file into the sandbox under a name of its own folder, and gives its path there.
  public func placeUpload(_ name: String, _ bytes: [UInt8]) async throws -> String {
    let folder = "\(Self.uploads)/\(SessionID().text)"
    let process = try spawnInside([
      "/bin/sh", "-c", #"mkdir -p -- "$0" && cat >"$1""#, folder, "\(folder)/\(name)",
    ])
    guard let input = process.streams.input?.take() else { throw BrowserError.notStarted("no pipe") }
    try await NIOThreadPool.singleton.runIfActive { try FileDescriptor(adopting: input).writeAll(bytes) }
    guard case .exited(0) = try await process.wait() else {
      throw BrowserError.notStarted("the file was not taken")
    }
    return "\(folder)/\(name)"
  }

  private func spawnInside(_ arguments: [String]) throws -> SandboxProcess {
    let process = try sandbox.spawn(SandboxCommand(arguments), streams: .pipes)
    process.streams.errors?.close()
    return process
  }
}
