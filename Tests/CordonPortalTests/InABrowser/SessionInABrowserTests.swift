import CordonModel
import CordonSandbox
import CordonWire
import Synchronization
import Testing

@testable import CordonPortal

/// The person's Chromium, the portal and the remote Chromium, all real.
@Suite(.serialized) struct `A session in a browser` {
  /// The person connects while the first page is on its way, which is when Chromium refuses to begin frames: each try has
  /// another moment. One of them has a browser that does not give its decoder to pages.
  @Test(arguments: [0, 60, 150])
  func `its first picture comes, and what is typed is in the next`(delay: Int) async throws {
    let launcher = TestLauncher(page: Self.page, delay: .milliseconds(delay))
    let registry = SessionRegistry(launcher: launcher, desk: TestDesk())
    let world = try await PortalWorld.open(desk: RegistrySessions(registry: registry))
    let (text, status) = try await `The portal in a browser`.run(
      "session-in-a-browser", on: world, more: ["decoder": delay == 60 ? "no" : "yes"])
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

  @Test(arguments: [false, true])
  func `files cross where the rules let them, and land on the person's disk`(isOpen: Bool) async throws {
    let launcher = TestLauncher(page: Self.files, delay: .zero)
    let desk = TestDesk()
    let registry = SessionRegistry(launcher: launcher, desk: desk)
    let rules = BrowserRules(upload: isOpen, download: isOpen, print: isOpen)
    let world = try await PortalWorld.open(desk: RegistrySessions(registry: registry), rules: rules)
    let (text, status) = try await `The portal in a browser`.run(
      "files-in-a-browser", on: world, more: ["open": isOpen ? "yes" : "no"])
    await registry.endAll()
    await launcher.close()
    await world.close()
    #expect(status == 0 && text.isEmpty, "\(text)")
    let asked = await desk.requests.map(\.action)
    #expect(asked == (isOpen ? [.startSession, .download, .download, .upload, .print] : [.startSession]))
  }

  private static let files = """
    <title>ready</title><body style="margin:0">
    <button style="position:absolute;left:0;top:0;width:100px;height:40px" onclick="const a=document.createElement('a');
    a.href=window.URL.createObjectURL(new Blob(['abc']));a.download='r.csv';a.click()">blob</button>
    <a style="position:absolute;left:0;top:60px;width:100px;height:40px" href="/data" download="d.txt">attachment</a>
    <input type=file style="position:absolute;left:0;top:120px;width:300px;height:40px" onchange="const f=this.files[0];
    document.title='got:'+f.name+':'+f.size">
    """

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
        policy: policy, controlGroupPrefix: TestGroups.prefix), on: Machine.examine())
    let site = try await TestSite(on: sandbox, pages: ["/lab": page, "/data": "abc"], delay: delay)
    sites.withLock { $0.append(site) }
    return try await BrowserProcess.start(in: sandbox)
  }

  func close() async {
    for site in sites.withLock({ $0 }) { await site.close() }
  }
}
