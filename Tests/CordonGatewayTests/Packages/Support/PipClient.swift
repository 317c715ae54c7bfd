import Foundation

@testable import CordonGateway

/// The pip of the Python that `make setup` installs the test clients into.
struct PipClient: Sendable {
  struct NotInstalled: Error, CustomStringConvertible {
    var description: String {
      "CORDON_TEST_PYTHON names no Python with pip: run `make setup` and test with `make test`"
    }
  }

  private let python: String
  private let home: TemporaryFolder

  init() throws {
    guard let python = ProcessInfo.processInfo.environment["CORDON_TEST_PYTHON"],
      FileManager.default.isExecutableFile(atPath: python)
    else { throw NotInstalled() }
    self.python = python
    home = try TemporaryFolder()
  }

  /// Installs as a workspace does: the mirror is the only index, nothing else configures pip.
  func install(_ requirements: [String], from mirror: LoopbackMirror) async throws -> ClientRun {
    try await run(["install", "--no-cache-dir", "--target", home.path + "/packages"] + requirements, mirror)
  }

  func run(_ arguments: [String], _ mirror: LoopbackMirror) async throws -> ClientRun {
    try await ClientRun.run(
      [
        "env", "-i", "HOME=\(home.path)", "PATH=/usr/bin:/bin", "PIP_INDEX_URL=\(mirror.url)/simple/",
        "PIP_CONFIG_FILE=/dev/null", "PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_RETRIES=0", python, "-m", "pip",
      ] + arguments)
  }

  /// The top-level names that were installed.
  var installed: [String] {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: home.path + "/packages")) ?? []
    return found.filter { $0.hasSuffix(".dist-info") }.map { String($0.prefix { $0 != "-" }) }.sorted()
  }
}
