import Foundation
import Testing

/// `cordon synth --diff` as somebody types it.
@Suite struct `cordon synth --diff` {
  private static func spec(_ browser: String = "") -> String {
    """
    cordon: 1
    name: lab
    organization: { id: o-acme123456, account: "111122223333" }
    region: eu-west-1
    \(browser)
    projects: [{ name: churn, store: churn-store }]
    aws: { root: r-ab12, offices: [192.0.2.0/24], network: 10.64.0.0/16, s3PrefixList: pl-6da54004 }
    """
  }

  @Test func `exits with the worst that would happen, and writes nothing`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "diff-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (file, deployed) = (folder + "/cordon.yaml", folder + "/deployed")
    try Self.spec().write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try Cordon.run("synth", file, "--out", deployed).status == 0)
    let same = try Cordon.run("synth", file, "--diff", deployed)
    #expect(same.status == 0 && same.text.contains("nothing changes"), "\(same)")

    try Self.spec("browser: { print: on }").write(toFile: file, atomically: true, encoding: .utf8)
    let weaker = try Cordon.run("synth", file, "--diff", deployed)
    #expect(weaker.status == 1 && weaker.text.contains("weaker"), "\(weaker)")
    #expect(weaker.text.contains("printing through the remote browser: Disabled, then Enabled"), "\(weaker)")
    let json = try Cordon.run("synth", file, "--diff", deployed, "--format", "json")
    #expect(json.status == 1 && json.text.contains("\"direction\" : \"weaker\""), "\(json)")
    let text = try String(contentsOfFile: deployed + "/lab-portal.yaml", encoding: .utf8)
    #expect(text.contains("PrintAllowed: Disabled"), "what is deployed was written over")

    #expect(try Cordon.run("synth", file, "--diff", folder + "/nothing").status == 2)
    let neither = try Cordon.run("synth", file)
    #expect(neither.status == 2 && neither.complaint.contains("--out build"), "\(neither)")
  }
}
