import FoundationEssentials
import Glibc
import Testing

@testable import CordonDrill

@Suite struct `The folder of a drill` {
  /// What lies below `parent` when a new drill has begun and ended there.
  private func left(in parent: String) throws -> [String] {
    try DrillFolder(in: parent).remove()
    return try FileManager.default.contentsOfDirectory(atPath: parent).sorted()
  }

  private func withParent(_ body: (String) throws -> Void) throws {
    let parent = try Posix.makeTemporaryFolder(prefix: "/tmp/drill-folders-")
    defer { Files.remove(parent) }
    try body(parent)
  }

  @Test func `of a killed drill is removed by the next one, of a running one it stays`() throws {
    try withParent { parent in
      let running = try DrillFolder(in: parent)
      var killed: DrillFolder? = try DrillFolder(in: parent)
      let path = try #require(killed).path
      try Files.makeFolder("\(path)/twin/homes")
      try Files.write("x", to: "\(path)/twin/homes/file")
      #expect(Set(try left(in: parent)).count == 2, "both are locked")
      killed = nil
      #expect(try left(in: parent).map { "\(parent)/\($0)" } == [running.path])
      running.remove()
    }
  }

  @Test func `that another program made stays, and so does what a link leads to`() throws {
    try withParent { parent in
      let elsewhere = try Posix.makeTemporaryFolder(prefix: "/tmp/drill-elsewhere-")
      defer { Files.remove(elsewhere) }
      try Files.write("", to: "\(elsewhere)/drill.lock")
      try FileManager.default.createSymbolicLink(
        atPath: "\(parent)/cordon-drill-link", withDestinationPath: elsewhere)
      try Files.makeFolder("\(parent)/cordon-drill-other")
      try Files.makeFolder("\(parent)/unrelated")
      try Files.write("", to: "\(parent)/unrelated/drill.lock")
      #expect(try left(in: parent) == ["cordon-drill-link", "cordon-drill-other", "unrelated"])
      #expect(Files.exists("\(elsewhere)/drill.lock"))
    }
  }

  @Test func `is let go of by the kernel when its process is killed`() async throws {
    let parent = try Posix.makeTemporaryFolder(prefix: "/tmp/drill-folders-")
    defer { Files.remove(parent) }
    await #expect(processExitsWith: .signal(SIGKILL)) { [parent = parent as String] in
      let folder = try DrillFolder(in: parent)
      kill(getpid(), SIGKILL)
      folder.remove()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: parent).count == 1)
    #expect(try left(in: parent).isEmpty)
  }
}
