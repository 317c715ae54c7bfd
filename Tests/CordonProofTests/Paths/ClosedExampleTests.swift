import CordonModel
import Testing

@testable import CordonProof

@Suite struct `The closed example` {
  @Test func `is proved closed on every route`() throws {
    let map = try TemplateFile.closed().deployment().map()
    for route in map.routes where route.verdict != .closed {
      let steps = route.steps.filter { !$0.contains(": closed by") }
      Issue.record("\(route.verdict) \(route.route): \(steps.prefix(12).joined(separator: "\n   "))")
    }
  }

  /// `# Not promised: NAME, NAME` on its last lines.
  @Test func `holds every safeguard but those that it says it does not promise`() throws {
    let file = try TemplateFile.closed()
    let said = file.text.split(separator: "\n").filter { $0.hasPrefix("# Not promised: ") }
      .flatMap { $0.dropFirst("# Not promised: ".count).split(separator: ",") }.map {
        $0.trimming { $0 == " " || $0 == "." }
      }
    let reports = Safeguards.reports(of: try file.deployment())
    let lacking = reports.filter { $0.verdict != .held }
    #expect(
      Set(lacking.map(\.safeguard)) == Set(said),
      "\(lacking.flatMap { $0.lost.map(\.line) + $0.unknown.map(\.line) })")
  }
}

extension Substring {
  fileprivate func trimming(_ isEdge: (Character) -> Bool) -> String {
    String(drop(while: isEdge).reversed().drop(while: isEdge).reversed())
  }
}
