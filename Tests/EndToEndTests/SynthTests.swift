import Foundation
import Testing

/// `cordon synth` as somebody types it.
@Suite struct `cordon synth` {
  private static func spec(_ region: String = "eu-west-1") -> String {
    """
    cordon: 1
    name: lab
    organization: { id: o-acme123456, account: "111122223333" }
    region: \(region)
    projects: [{ name: churn, store: churn-store }]
    aws: { root: r-ab12, offices: [192.0.2.0/24], network: 10.64.0.0/16, s3PrefixList: pl-6da54004 }
    """
  }

  /// A folder with a spec, removed at the end.
  private static func inFolder(_ body: (_ folder: String, _ spec: String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "synth-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/cordon.yaml"
    try spec().write(toFile: file, atomically: true, encoding: .utf8)
    try body(folder, file)
  }

  private static func listing(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func `makes the folder, and makes it again the same`() throws {
    try Self.inFolder { folder, spec in
      let out = folder + "/a/build"
      let first = try Cordon.run("synth", spec, "--out", out)
      #expect(first.status == 0 && first.text.contains("lab-guardrails.yaml"), "\(first)")
      let names = try Self.listing(out)
      #expect(names.contains("README.md") && names.contains("lab-churn-network.yaml"))
      let network = try Data(contentsOf: URL(filePath: out + "/lab-churn-network.yaml"))
      #expect(try Cordon.run("synth", spec, "--out", out + "/").status == 0)
      #expect(try Self.listing(out) == names)
      #expect(try Data(contentsOf: URL(filePath: out + "/lab-churn-network.yaml")) == network)
      #expect(try Self.listing(folder + "/a") == ["build"], "nothing is left beside the folder")
    }
  }

  @Test func `keeps what is not its own, and names templates that it no longer makes`() throws {
    try Self.inFolder { folder, spec in
      let out = folder + "/build"
      try FileManager.default.createDirectory(atPath: out + "/notes", withIntermediateDirectories: true)
      try "kept".write(toFile: out + "/notes/one.txt", atomically: true, encoding: .utf8)
      try "Resources: {}".write(toFile: out + "/old.yaml", atomically: true, encoding: .utf8)
      let said = try Cordon.run("synth", spec, "--out", out)
      #expect(said.status == 0 && said.complaint.contains("old.yaml in"), "\(said)")
      #expect(try String(contentsOfFile: out + "/notes/one.txt", encoding: .utf8) == "kept")
      #expect(try Self.listing(out).contains("old.yaml"))
      #expect(try Self.listing(folder) == ["build", "cordon.yaml"])
    }
  }

  @Test func `writes nothing where the spec cannot be expressed`() throws {
    try Self.inFolder { folder, spec in
      let out = folder + "/build"
      #expect(try Cordon.run("synth", spec, "--out", out).status == 0)
      let before = try Self.listing(out)
      let text = try Data(contentsOf: URL(filePath: out + "/lab-browser.yaml"))
      try Self.spec("eu-north-1").write(toFile: spec, atomically: true, encoding: .utf8)
      let said = try Cordon.run("synth", spec, "--out", out)
      #expect(said.status == 2 && said.complaint.contains("cordon.yaml:4:9: "), "\(said)")
      #expect(try Self.listing(out) == before)
      #expect(try Data(contentsOf: URL(filePath: out + "/lab-browser.yaml")) == text)
      let file = try Cordon.run("synth", spec, "--out", spec)
      #expect(file.status == 2, "\(file)")
    }
  }
}
