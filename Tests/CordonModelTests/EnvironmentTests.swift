import CordonModel
import CordonWire
import Testing

@Suite struct `An environment` {
  @Test(
    arguments: [
      (true, "allowed.test", 443), (false, "allowed.test", 80), (false, "a.allowed.test", 443),
      (true, "a.wild.test", 8443), (true, "a.b.wild.test", 8443), (false, "wild.test", 8443),
      (false, "awild.test", 8443), (false, "a.wild.test", 443), (false, "wild.test.evil.test", 8443),
    ] as [(Bool, String, UInt16)])
  func `a listed host admits its name and port, a wildcard the names below it`(
    isAdmitted: Bool, name: String, port: UInt16
  ) throws {
    let host = try DomainName(name)
    let hosts = try TwoProjects().environment.allowedHosts
    #expect(hosts.contains { $0.admits(host, port: port) } == isAdmitted)
  }

  @Test func `a bucket has one owner`() throws {
    let environment = try TwoProjects().environment
    #expect(environment.owner(of: try BucketName("fraud-data"))?.name.text == "fraud")
    #expect(environment.owner(of: try BucketName("evil-bucket")) == nil)
  }

  @Test func `workspaces come in the order of the spec`() throws {
    #expect(try TwoProjects().environment.workspaces.map(\.workspace.name.text) == ["churn-1", "fraud-1"])
  }

  @Test func `sizes grow`() {
    let sizes = Workspace.Size.allCases.map(\.limits)
    for (smaller, larger) in zip(sizes, sizes.dropFirst()) {
      #expect(smaller.memory < larger.memory && smaller.cpuMillicores < larger.cpuMillicores)
      #expect(smaller.processes < larger.processes && smaller.disk < larger.disk)
    }
  }

  @Test func `what is left out is closed`() throws {
    let rules = BrowserRules()
    #expect(!rules.clipboardIn && !rules.clipboardOut && rules.watermark)
    #expect(JobRules().networkIsolation == .required)
    #expect(try TwoProjects().environment.weakenedForDrill.isEmpty)
  }

  @Test func `the egress paths are eight`() {
    #expect(EgressPath.allCases.count == 8)
    #expect(Set(EgressPath.allCases.map(\.rawValue)).count == 8)
  }
}
