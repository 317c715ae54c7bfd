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
}
