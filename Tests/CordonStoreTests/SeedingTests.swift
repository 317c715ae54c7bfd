import CordonModel
import FoundationEssentials
import Testing

@testable import CordonStore

@Suite struct `Seeding` {
  private func write(_ path: String, _ text: String) throws {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(atPath: "/" + folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  private func names(_ report: SeedReport) -> [String] { report.imported.map(\.text) }

  @Test func `a folder's files get their paths as keys`() async throws {
    let fixture = try await StoreFixture()
    let host = fixture.temporary.path + "/host"
    try write("\(host)/data.csv", "a,b\n")
    try write("\(host)/sub/deep/é.json", "{}")
    try write("\(host)/empty", "")
    let report = try await fixture.store.seed("plain", from: host)
    #expect(names(report) == ["data.csv", "empty", "sub/deep/é.json"])
    #expect(report.skipped == [])
    #expect(try await fixture.store.read("plain", "data.csv") == Array("a,b\n".utf8))
    #expect(try await fixture.store.head("plain", "data.csv").metadata.contentType == "text/csv")
    #expect(try await fixture.store.head("plain", "empty").metadata.contentType == "application/octet-stream")
  }

  @Test func `a file's key is its name, also in a read-only bucket`() async throws {
    let fixture = try await StoreFixture()
    try await fixture.store.declareBucket("plain", project: "churn", versioned: false, readOnly: true)
    let path = fixture.temporary.path + "/host/data.csv"
    try write(path, String(repeating: "x", count: 700_000))
    #expect(names(try await fixture.store.seed("plain", from: path)) == ["data.csv"])
    #expect(try await fixture.store.head("plain", "data.csv").size == 700_000)
  }

  @Test func `what did not change is not imported again, and what people did stays`() async throws {
    let fixture = try await StoreFixture()
    let host = fixture.temporary.path + "/host"
    for name in ["a", "b", "c"] { try write("\(host)/\(name)", name) }
    _ = try await fixture.store.seed("kept", from: host)
    try await fixture.store.put("kept", "a", Array("mine".utf8))
    _ = try await fixture.store.delete("kept", "b")
    try write("\(host)/c", "changed on the host")
    let again = try await fixture.store.seed("kept", from: host)
    #expect(names(again) == ["c"])
    #expect(again.unchanged == 2)
    #expect(try await fixture.store.read("kept", "a") == Array("mine".utf8))
    #expect(try await fixture.store.read("kept", "c") == Array("changed on the host".utf8))
    await #expect(throws: StoreError.self) { try await fixture.store.head("kept", "b") }
    #expect(try await fixture.store.listVersions("kept").versions.filter { $0.key == "c" }.count == 2)
  }

  @Test func `links and other things are left out and named`() async throws {
    let fixture = try await StoreFixture()
    let host = fixture.temporary.path + "/host"
    try write("\(fixture.temporary.path)/outside/secret", "secret")
    try write("\(host)/ok", "ok")
    try FileManager.default.createSymbolicLink(
      atPath: "\(host)/file", withDestinationPath: "\(fixture.temporary.path)/outside/secret")
    try FileManager.default.createSymbolicLink(
      atPath: "\(host)/folder", withDestinationPath: "\(fixture.temporary.path)/outside")
    try makePipe("\(host)/pipe")
    try makeFile("\(host)/", name: [0x66, 0xFF])
    let report = try await fixture.store.seed("plain", from: host)
    #expect(names(report) == ["ok"])
    #expect(Set(report.skipped.map(\.path)) == ["file", "folder", "pipe", ""])
    #expect(try await fixture.store.list("plain").objects.count == 1)
  }

  @Test func `a path that is not there, a link or not absolute is an error`() async throws {
    let fixture = try await StoreFixture()
    let link = fixture.temporary.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: fixture.temporary.path)
    for path in [fixture.temporary.path + "/none", link, "relative"] {
      await #expect(throws: StoreError.self) { try await fixture.store.seed("plain", from: path) }
    }
    await #expect(throws: StoreError.noSuchBucket("none")) {
      try await fixture.store.seed("none", from: fixture.folder + "/root.keys")
    }
  }
}
