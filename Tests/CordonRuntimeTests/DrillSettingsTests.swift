import CordonModel
import Foundation
import Testing

@testable import CordonRuntime

@Suite struct `A drill's settings` {
  private static func settings(_ text: String) throws -> DrillSettings {
    try JSONDecoder().decode(DrillSettings.self, from: Data(text.utf8))
  }

  private static let visit = #"{"visit":{"person":"visitor","port":8444,"notebook":"/n"}}"#

  /// One project with one workspace, a portal and a notebook.
  private static func environment(of person: String? = nil) throws -> CordonModel.Environment {
    var environment = Environment(
      name: try Slug("lab"),
      organization: Organization(
        id: try OrganizationID("o-acme123456"), account: try AccountID("111122223333")),
      region: try Region("eu-west-1"))
    var workspace = Workspace(name: try Slug("lab-1"), limits: Workspace.Size.small.limits)
    workspace.notebook = NotebookRules(idle: 7)
    workspace.person = try person.map { try Slug($0) }
    environment.projects = [
      Project(
        name: try Slug("lab"), buckets: [CordonModel.Bucket(name: try BucketName("lab-store"))],
        store: try BucketName("lab-store"), workspaces: [workspace])
    ]
    let address = try #require(IPAddress("192.0.2.1"))
    environment.portal = PortalRules(
      listener: PortalRules.Listener(address: address, port: 443), origin: "https://portal.test")
    return environment
  }

  @Test func `take people's doors away where nobody comes`() throws {
    let twin = try Self.settings("{}").applied(to: try Self.environment(), weakened: [])
    #expect(twin.portal == nil && twin.people.isEmpty)
    #expect(twin.workspaces.allSatisfy { $0.workspace.notebook == nil })
  }

  @Test(arguments: [nil, "ann"])
  func `open a portal on loopback for one visitor, whose workspace it is`(person: String?) throws {
    let environment = try Self.environment(of: person)
    let twin = try Self.settings(Self.visit).applied(to: environment, weakened: [])
    #expect(twin.portal?.origin == "https://127.0.0.1:8444" && twin.portal?.signIn == .local)
    #expect(twin.people.map(\.name.text) == ["visitor"])
    let workspace = try #require(twin.workspaces.first?.workspace)
    #expect(workspace.notebook == NotebookRules())
    #expect(workspace.person?.text == person.map { _ in "visitor" })
    #expect(twin.workspaces.dropFirst().allSatisfy { $0.workspace.notebook == nil })
  }

  @Test func `let text, files and pages out only where that control is off`() throws {
    let environment = try Self.environment()
    for control in Control.allCases {
      let twin = try Self.settings(Self.visit).applied(to: environment, weakened: [control])
      for action in PortalAction.allCases where action.path != nil {
        #expect(action.isOn(in: twin.browser) == (control == .portalCrossings))
      }
      #expect(!twin.browser.clipboardIn && !twin.browser.upload)
    }
  }

  @Test func `leave a browser whose policy is off nothing but its proxy`() throws {
    var environment = try Self.environment()
    let whole = try SessionPolicy.text(for: environment)
    #expect(whole.contains("DownloadRestrictions") && whole.contains("<-loopback>"))
    environment.weakenedForDrill = [.browserPolicy]
    let text = try SessionPolicy.text(for: environment)
    let policy = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(Array(policy.keys) == ["ProxySettings"])
  }
}
