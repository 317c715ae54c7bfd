import CordonModel
import CordonSpec
import FoundationEssentials
import Testing

@Suite struct `Files beside the environment file` {
  /// A folder that is gone when the body ends.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cordon-spec-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private static let lines = "projects: [{ name: churn }]\npolicies: { roles: { churn: p.json } }\n"

  private func mistakes(in folder: URL) -> [String] {
    do {
      _ = try Specification(Samples.head + Self.lines, file: "cordon.yaml", folder: .onDisk(folder.path))
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  @Test func `a policy file that is a folder, a device, too large or not text is refused`() throws {
    try withFolder { folder in
      let file = folder.appending(path: "p.json")
      #expect(mistakes(in: folder) == ["cordon.yaml:6:29: no readable file or folder 'p.json'"])

      try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
      #expect(mistakes(in: folder) == ["cordon.yaml:6:29: 'p.json': not a plain file"])
      try FileManager.default.removeItem(at: file)

      try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "/dev/zero")
      #expect(mistakes(in: folder) == ["cordon.yaml:6:29: 'p.json': not a plain file"])
      try FileManager.default.removeItem(at: file)

      try Data(repeating: 0x20, count: 300_000).write(to: file)
      #expect(mistakes(in: folder) == ["cordon.yaml:6:29: 'p.json': it is larger than 262144 bytes"])

      try Data([0x7B, 0xFF, 0x7D]).write(to: file)
      #expect(mistakes(in: folder) == ["cordon.yaml:6:29: 'p.json': its text is not UTF-8"])
    }
  }

  @Test func `a file is loaded with the files beside it`() throws {
    try withFolder { folder in
      let policy =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}]}"#
      try Data(policy.utf8).write(to: folder.appending(path: "p.json"))
      let file = folder.appending(path: "cordon.yaml")
      try Data((Samples.head + Self.lines).utf8).write(to: file)
      let specification = try Specification.load(file.path)
      #expect(specification.environment.ownPolicies.roles.values.map(\.count) == [1])
      #expect(specification.findings.map(\.route) == [.ownPolicy])
    }
  }

  @Test func `names are looked up beside the file, whatever they climb over`() throws {
    let lines = "projects: [{ name: churn, data: [{ bucket: churn-data, from: %@ }] }]\n"
    let files = ["/spec/data/a.csv": "", "/srv/b.csv": ""]
    for (seed, name) in [
      ("/spec/data", "data/"), ("/spec/data", "./data"), ("/srv/b.csv", "/srv/b.csv"),
      ("/srv/b.csv", "../srv/b.csv"),
      ("/spec/data/a.csv", "x/../data//a.csv"),
    ] {
      let environment = try Samples.environment(lines.replacing("%@", with: name), files: files)
      #expect(environment.projects.first?.buckets.first?.seed == seed)
    }
  }
}
