import Foundation
import Testing

@Suite struct `Several accounts in one file` {
  private static let example = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "examples/organization/cordon.yaml").path

  @Test func `make a folder each, and each is proved closed by itself`() throws {
    let place = try Place()
    let out = place.folder + "/build"
    let said = try Cordon.run("synth", Self.example, "--out", out, "--format", "json")
    #expect(said.status == 0 && said.text.contains("\"account\" : \"clinic\""), "\(said)")
    for (account, other) in [("research", "clinic"), ("clinic", "research")] {
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(out)/\(account)")
      #expect(names.contains("acme-\(account)-foundation.yaml") && names.contains("README.md"))
      #expect(!names.contains { $0.contains(other) })
      let proved = try Cordon.run("prove", "\(out)/\(account)")
      #expect(proved.status == 0 && proved.text.contains("routes: 0 open, 0 unknown"), "\(proved)")
    }
    let one = try Cordon.run("synth", Self.example, "--account", "clinic", "--out", place.folder + "/one")
    #expect(one.status == 0 && one.text.contains("/one/acme-clinic-foundation.yaml"), "\(one)")
    #expect(
      try Cordon.run("synth", Self.example, "--account", "clinic", "--diff", "\(out)/clinic").status == 0)
  }

  @Test func `are one map, each route as bad as in the worst of them, with its line`() throws {
    let whole = try Cordon.run("prove", Self.example)
    #expect(whole.status == 0 && whole.text.contains("2 accounts on AWS"), "\(whole)")
    #expect(whole.text.contains(/safeguards: 0 lost, 0 unknown, [0-9]+ held/), "\(whole)")
    let text = try String(contentsOfFile: Self.example, encoding: .utf8)
    let place = try Place(
      text.replacing(
        "    aws: { network: 10.96.0.0/14 }\n",
        with: "    aws: { network: 10.96.0.0/14 }\n    browser: { clipboard: { out: true } }\n"))
    let line = try #require(
      String(contentsOfFile: place.spec, encoding: .utf8).components(separatedBy: "\n")
        .firstIndex { $0.contains("clipboard") })
    let leaky = try Cordon.run("prove", place.spec)
    #expect(leaky.status == 1 && leaky.text.contains(/open +portal-copy/), "\(leaky)")
    #expect(
      leaky.text.contains("In clinic: ") && leaky.text.contains("\(place.spec):\(line + 1):"), "\(leaky)")
    #expect(try Cordon.run("prove", place.spec, "--account", "research", "--target", "aws").status == 0)
    #expect(try Cordon.run("prove", place.spec, "--account", "clinic", "--target", "aws").status == 1)
    let local = try Cordon.run("prove", place.spec, "--target", "local")
    #expect(local.status == 2 && local.complaint.contains("--account research --target local"), "\(local)")
  }

  @Test func `are nothing that one machine runs, and that is said`() throws {
    let place = try Place(String(contentsOfFile: Self.example, encoding: .utf8))
    let said = try Cordon.run("up", place.spec, "--state", place.state)
    #expect(said.status == 2 && said.complaint.contains("2 accounts on AWS (research, clinic)"), "\(said)")
    let typo = try Cordon.run("prove", place.spec, "--account", "clinci")
    #expect(typo.status == 2 && typo.complaint.contains("did you mean 'clinic'?"), "\(typo)")
    let priced = try Cordon.run("cost", place.spec, "--account", "clinic")
    #expect(priced.status == 0 && priced.text.contains("acme-clinic-"), "\(priced)")
  }
}
