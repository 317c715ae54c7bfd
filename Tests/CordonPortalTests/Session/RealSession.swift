import CordonLinux
import CordonModel
import CordonSandbox
import CordonWire
import Testing

@testable import CordonPortal

/// A session over a real Chromium that sees the pages of a test.
final class RealSession: Sendable {
  static let user: UInt32 = 64_202
  /// The sandbox's own name: what is left of an earlier one under the same would be met.
  let name = "session-" + String(SessionID().text.prefix(12))
  let session: BrowserSession
  let desk = TestDesk()
  /// What the session showed, where its rules have it recorded.
  let tape: `A recorded session`.MemoryTape?
  private let site: TestSite

  init(_ page: String, rules: BrowserRules = BrowserRules(), more: [String: String] = [:]) async throws {
    let home = try #require(PageAddress("http://\(TestSite.host)/"))
    let policy = ManagedPolicy(
      hosts: [.init(name: TestSite.host, isPlain: true)], home: home, rules: rules)
    let sandbox = try OpenWorkspace.open(
      BrowserSandbox.configuration(
        name: name, identity: .dedicatedUser(Self.user), policy: policy,
        controlGroupPrefix: TestGroups.prefix), on: Machine.examine())
    site = try await TestSite(on: sandbox, pages: more.merging(["/": page]) { first, _ in first })
    let plan = SessionPlan(
      person: try Slug("ana"), project: try Slug("churn"), workspace: try Slug("lab"), rules: rules,
      home: home)
    tape = rules.recording == nil ? nil : `A recorded session`.MemoryTape()
    session = try BrowserSession(
      plan: plan, browser: try await BrowserProcess.start(in: sandbox), desk: desk,
      feed: tape.map { TapeFeed($0, at: .zero) })
    try await session.start()
  }

  func end() async {
    await session.end(.closed)
    await site.close()
  }

  /// A session over a page, for the length of a test.
  static func with(
    _ page: String, rules: BrowserRules = BrowserRules(), more: [String: String] = [:],
    _ body: (RealSession, Viewer) async throws -> Void
  ) async throws {
    let real = try await RealSession(page, rules: rules, more: more)
    do {
      try await body(real, try await Viewer.of(real.session))
    } catch {
      await real.end()
      throw error
    }
    await real.end()
  }
}
