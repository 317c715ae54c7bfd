import CordonLinux
import CordonModel
import CordonPolicy
import CordonSandbox
import Foundation
import Testing

@testable import CordonPortal

/// A real Chromium in a real sandbox; it needs root, Chromium and bubblewrap, and fails without them.
@Suite(.serialized) struct `A browser of a session` {

  static func open(_ policy: ManagedPolicy?) throws -> OpenWorkspace {
    #expect(
      FileManager.default.isExecutableFile(atPath: BrowserCommandLine.program),
      "\(BrowserCommandLine.installLine)")
    let configuration = BrowserSandbox.configuration(
      name: "browser-test", identity: .dedicatedUser(64_201), policy: policy,
      controlGroupPrefix: TestGroups.prefix)
    return try OpenWorkspace.open(configuration, on: Machine.examine())
  }

  private func locked() throws -> ManagedPolicy {
    ManagedPolicy(
      hosts: [.init(name: "notebook.cordon.internal", isPlain: true)],
      home: try #require(PageAddress("http://notebook.cordon.internal/")), rules: BrowserRules())
  }

  @Test func `starts only where its policy is in force`() async throws {
    let browser = try await BrowserProcess.start(in: Self.open(locked()))
    let version = try await browser.devTools.call(.version)
    #expect(version["product"]?.text?.hasPrefix("Chrome/") == true)
    browser.end()
    await browser.wait()
  }

  /// Processes that are stopped answer nothing, and end by nothing but force.
  private func stop(_ sandbox: OpenWorkspace) throws {
    let members = try #require(sandbox.controlGroup).members
    #expect(!members.isEmpty)
    for process in members { kill(process, SIGSTOP) }
  }

  @Test func `that does not answer in time is ended, at its start and later, and keeps nobody waiting`()
    async throws
  {
    let hasty = try Self.open(locked())
    await #expect(throws: BrowserError.self) {
      try await BrowserProcess.start(in: hasty, patience: .zero)
    }
    #expect(hasty.controlGroup?.members == [])

    let sandbox = try Self.open(locked())
    let browser = try await BrowserProcess.start(in: sandbox)
    try stop(sandbox)
    let home = try #require(PageAddress("http://notebook.cordon.internal/"))
    await #expect(throws: BrowserError.self) {
      try await browser.requireProxy(at: home, patience: .milliseconds(300)) { true }
    }
    await browser.wait()
    browser.end()
    #expect(sandbox.controlGroup?.members == [])
  }

  @Test func `is refused to everyone where its policy is missing`() async throws {
    await #expect(throws: BrowserError.self) { try await BrowserProcess.start(in: Self.open(nil)) }
  }

  @Test func `is refused where the policy blocks the web alone, as "*" leaves the browser's own pages open`()
    async throws
  {
    let half = #"{"URLBlocklist":["*"],"URLAllowlist":["about:blank"]}"#
    var configuration = BrowserSandbox.configuration(
      name: "browser-half", identity: .dedicatedUser(64_201), policy: nil,
      controlGroupPrefix: TestGroups.prefix)
    configuration.files.append(EtcFile(ManagedPolicy.path, text: half))
    let sandbox = try OpenWorkspace.open(configuration, on: Machine.examine())
    do {
      let browser = try await BrowserProcess.start(in: sandbox)
      browser.end()
      Issue.record("it started")
    } catch BrowserError.policyNotApplied(let probe, _) {
      #expect(probe == .browserPage)
    }
  }
}
