import CordonModel
import Testing

@testable import CordonProof

@Suite struct `A template with a known hole` {
  @Test(arguments: try TemplateFile.all())
  func `and its repaired twin are told apart`(file: TemplateFile) throws {
    let names = Set(file.expectations.map(\.route))
    #expect(!names.isEmpty)
    let routes = CloudProof.routes.filter { names.contains($0.name) }
    let map = CloudProof { Engine().answer($0) }.prove(try file.deployment(), routes: routes)
    for (verdict, name) in file.expectations {
      let report = try #require(map[name], "no route \(name)")
      #expect(report.verdict == verdict, "\(file.name) \(name): \(report.steps.joined(separator: "\n"))")
      if case .open(let witness) = report.finding {
        #expect(!witness.command.isEmpty && !witness.fix.isEmpty && witness.location?.file == file.name)
      }
    }
  }
}
