import Foundation
import Testing

/// `cordon cost` as somebody types it.
@Suite struct `cordon cost` {
  private static let example = "examples/breast-cancer/cordon.yaml"

  /// A folder that is removed at the end.
  private static func inFolder(_ body: (_ folder: String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cost-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private static func write(_ text: String, to file: String) throws -> String {
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }

  private struct Answer: Decodable {
    struct Line: Decodable, Hashable {
      var stack: String
      var resource: String
      var monthly: String
      var page: String
    }
    var total: String
    var isWhole: Bool
    var region: String?
    var lines: [Line]
  }

  @Test func `prices a spec and its templates alike`() throws {
    try Self.inFolder { folder in
      let out = folder + "/build"
      #expect(try Cordon.run("synth", Self.example, "--out", out).status == 0)
      let spec = try Cordon.run("cost", Self.example, "--format", "json")
      let built = try Cordon.run("cost", out, "--format", "json")
      #expect(spec.status == 0 && built.status == 0, "\(spec)")
      let answer = try JSONDecoder().decode(Answer.self, from: Data(built.text.utf8))
      let ofSpec = try JSONDecoder().decode(Answer.self, from: Data(spec.text.utf8))
      // A folder is read in the order of its names, a spec in the order of its stacks.
      #expect(ofSpec.total == answer.total && Set(ofSpec.lines) == Set(answer.lines))
      #expect(answer.region == "eu-west-1" && !answer.isWhole && answer.lines.count > 15)
      let text = try Cordon.run("cost", out)
      #expect(
        text.status == 0 && text.text.contains("total, at least") && text.text.contains("price unknown"))
      #expect(text.text.contains("https://aws.amazon.com/kms/pricing/"))
    }
  }

  @Test func `takes the user's prices and use, and says where they are wrong`() throws {
    try Self.inFolder { folder in
      let template = try Self.write(
        "Resources: { Log: { Type: AWS::Logs::LogGroup } }", to: folder + "/t.yaml")
      let shown = try Cordon.run("cost", "--show-prices")
      let own = shown.text.replacingOccurrences(of: "price: 0.57", with: "price: 0.77")
      let prices = try Self.write(own, to: folder + "/prices.yaml")
      let priced = try Cordon.run(
        "cost", template, "--prices", prices, "--use", "log-gb=10", "--region", "eu-west-1", "--format",
        "json")
      let answer = try JSONDecoder().decode(Answer.self, from: Data(priced.text.utf8))
      #expect(answer.total == "7.7" && answer.lines.map(\.monthly) == ["7.7"])
      let wrong = try Self.write(
        own.replacingOccurrences(of: "0.77", with: "0,77"), to: folder + "/wrong.yaml")
      let refused = try Cordon.run("cost", template, "--prices", wrong)
      #expect(refused.status == 2 && refused.complaint.contains("wrong.yaml:"), "\(refused)")
      let use = try Cordon.run("cost", template, "--use", "log-gbs=1")
      #expect(use.status == 2 && use.complaint.contains("did you mean 'log-gb'?"), "\(use)")
      let missing = try Cordon.run("cost", folder + "/none.yaml")
      #expect(missing.status == 2, "\(missing)")
    }
  }
}
