import CordonModel
import Testing

@testable import CordonProof

@Suite struct `A template with a known hole` {
  @Test(arguments: try TemplateFile.all())
  func `and its repaired twin are told apart`(file: TemplateFile) throws {
    let map = try file.deployment().map()
    #expect(!file.expectations.isEmpty)
    for (verdict, name) in file.expectations {
      let report = try #require(map[name], "no route \(name)")
      #expect(report.verdict == verdict, "\(file.name) \(name): \(report.steps.joined(separator: "\n"))")
      if case .open(let witness) = report.finding {
        #expect(!witness.command.isEmpty && !witness.fix.isEmpty && witness.location?.file == file.name)
      }
    }
  }
}
