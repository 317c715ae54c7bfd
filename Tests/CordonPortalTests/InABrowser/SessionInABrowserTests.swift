import CordonModel
import CordonSandbox
import CordonWire
import Synchronization
import Testing

@testable import CordonPortal

/// The person's Chromium, the portal and the remote Chromium, all real.
@Suite(.serialized) struct `A session in a browser` {
  /// The person connects while the first page is on its way, which is when Chromium refuses to begin frames: each try has
  /// another moment.
  @Test(arguments: [0, 60, 150])
  func `its first picture comes, and what is typed is in the next`(delay: Int) async throws {
    let launcher = TestLauncher(page: Self.page, delay: .milliseconds(delay))
    let registry = SessionRegistry(launcher: launcher, desk: TestDesk())
    let world = try await PortalWorld.open(desk: RegistrySessions(registry: registry))
    let (text, status) = try await `The portal in a browser`.run("session-in-a-browser", on: world)
    await registry.endAll()
    await launcher.close()
    await world.close()
    #expect(status == 0 && text.isEmpty, "\(text)")
  }

  @Test(arguments: [false, true])
  func `text crosses by the clipboard where the rules let it, and nowhere else`(isOpen: Bool) async throws {
    let launcher = TestLauncher(page: Self.page, delay: .zero)
    let desk = TestDesk()
    let registry = SessionRegistry(launcher: launcher, desk: desk)
    let world = try await PortalWorld.open(
      desk: RegistrySessions(registry: registry),
      rules: BrowserRules(clipboardIn: isOpen, clipboardOut: isOpen))
    let (text, status) = try await `The portal in a browser`.run(
      "clipboard-in-a-browser", on: world, more: ["open": isOpen ? "yes" : "no"])
    await registry.endAll()
    await launcher.close()
    await world.close()
    #expect(status == 0 && text.isEmpty, "\(text)")
    let asked = await desk.requests.map(\.action)
    #expect(asked == (isOpen ? [.startSession, .pasteIn, .copyOut] : [.startSession]))
  }

  private static let page = """
    <title>ready</title><body style="margin:0;background:#fff"><input style="position:absolute;left:40px;top:40px;width:400px;
    font-size:20px" oninput="document.title='v:'+this.value;if(this.value=='abc')below.style.background='#00f'">
    <div id=below style="position:absolute;top:50vh;width:100vw;height:50vh;background:#0f0"></div>
    """
}

/// Starts real browsers that see one page, which comes after a delay.
private final class TestLauncher: BrowserLauncher {
  private let page: String
  private let delay: Duration
  private let sites = Mutex<[TestSite]>([])

  init(page: String, delay: Duration) {
    self.page = page
    self.delay = delay
  }

  func launch(_ plan: SessionPlan) async throws -> any RunningBrowser {
    let policy = ManagedPolicy(
      hosts: [.init(name: TestSite.host, isPlain: true)], home: plan.home, rules: plan.rules)
    let sandbox = try OpenWorkspace.open(
      BrowserSandbox.configuration(
        name: "session-" + String(plan.id.text.prefix(12)), identity: .dedicatedUser(RealSession.user),
        policy: policy, controlGroupPrefix: "cordon-portal-test-"), on: Machine.examine())
    let site = try await TestSite(on: sandbox, pages: ["/lab": page], delay: delay)
    sites.withLock { $0.append(site) }
    return try await BrowserProcess.start(in: sandbox)
  }

  func close() async {
    for site in sites.withLock({ $0 }) { await site.close() }
  }
}
