import CordonModel
import Testing

@testable import CordonProof

@Suite struct `Every control of the closed example, weakened alone,` {
  /// Weakenings that are none: nothing that could leave depends on them.
  static let harmless: [(description: String, why: String)] = [
    ("EnvironmentKey EnableKeyRotation left out", "how old a key is lets nobody use it"),
    ("Boundary Everything for everything", "it is for everything"),
    ("FlowLogRole statement 0 for everything", "nobody but the flow logs' service becomes the role"),
    ("ScientistRole statement 0 without StringEquals aws:PrincipalOrgID", "the principal is our own account"),
    (
      "BrowserPublicSubnetRoutes RouteTableId weakened",
      "the managed browser's network goes out by design; what it opens is the browser policy's to say"
    ),
    ("BrowserSubnetARoutes RouteTableId weakened", "the same"),
    ("BrowserSubnetBRoutes RouteTableId weakened", "the same"),
  ]

  @Test func `is seen as a way out, as a layer lost, or as one that no longer closes`() throws {
    let base = try TemplateFile.closed().deployment()
    let run = WeakeningRun(Weakenings(base).all, without: Set(Self.harmless.map(\.description)), of: base)
    print(run.figures)
    print(run.missed.joined(separator: "\n"))
    #expect(run.count > 140)
    #expect(run.missed.isEmpty, "\(run.missed)")
    #expect(run.opened >= 65)
  }
}
