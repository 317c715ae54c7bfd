import Foundation
import Testing

@testable import CordonGateway

@Suite struct `The host's own index` {
  static func variables(_ more: [String: String]) -> [String: String] {
    ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": "/nonexistent"]
      .merging(more) { $1 }
  }

  @Test func `what the environment tells pip is the answer`() throws {
    let variables = Self.variables([
      "PIP_CONFIG_FILE": "/dev/null", "PIP_INDEX_URL": "http://index.test/simple",
    ])
    #expect(try HostIndex.discover(variables: variables) == "http://index.test/simple/")
  }

  @Test func `what a configuration file tells pip is the answer`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/pip.conf"
    try Data("[global]\nindex-url = https://me:secret@index.test/simple/\n".utf8).write(
      to: URL(filePath: file))
    let variables = Self.variables(["PIP_CONFIG_FILE": file])
    #expect(try HostIndex.discover(variables: variables) == "https://me:secret@index.test/simple/")
  }

  @Test func `a pip without an index leaves it unknown`() {
    let variables = Self.variables(["PIP_CONFIG_FILE": "/dev/null", "PIP_NO_INDEX": "1"])
    #expect(throws: HostIndex.Unknown.self) { try HostIndex.discover(variables: variables) }
  }
}
