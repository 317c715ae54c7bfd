import Foundation
import Testing

@testable import CordonLinux

/// Names of the control groups of this run's browsers. What a run that was killed left is cleared away before the first.
enum TestGroups {
  private static let stem = "cordon-portal-test-"

  static let prefix: String = {
    sweep()
    return name(of: getpid())
  }()

  fileprivate static func name(of process: pid_t) -> String { "\(stem)\(process)-" }

  /// Removes groups of processes that are gone. One that somebody is in does not go: the kernel says that it is busy.
  fileprivate static func sweep() {
    for mount in Set(ControlGroupTree.detect()?.mountPoints.values.map { $0 } ?? []) {
      let left = (FileManager.default.enumerator(atPath: mount)?.compactMap { $0 as? String } ?? []).filter {
        let name = $0.split(separator: "/").last ?? ""
        guard name.hasPrefix(stem) else { return false }
        let process = pid_t(name.dropFirst(stem.count).prefix { $0 != "-" })
        return process.map { kill($0, 0) != 0 && errno == ESRCH } ?? true
      }
      for group in left { try? ControlGroup(version: .v1, folders: ["": "\(mount)/\(group)"]).remove() }
    }
  }
}

@Suite struct `Control groups of tests` {
  @Test func `of a process that is gone are cleared away, and no others`() throws {
    let tree = try #require(ControlGroupTree.detect())
    let gone = Process()
    gone.executableURL = URL(filePath: "/bin/true")
    try gone.run()
    gone.waitUntilExit()
    let groups = try [gone.processIdentifier, getpid()].map {
      try tree.makeGroup(named: TestGroups.name(of: $0) + "sweep", limits: ResourceLimits())
    }
    defer { for group in groups { try? group.remove() } }
    TestGroups.sweep()
    let isThere = groups.map { $0.folders.values.allSatisfy { FileManager.default.fileExists(atPath: $0) } }
    #expect(isThere == [false, true])
    #expect(groups[0].folders.values.allSatisfy { !FileManager.default.fileExists(atPath: $0) })
  }
}
