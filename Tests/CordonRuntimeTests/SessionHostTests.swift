import CordonGateway
import CordonLinux
import CordonModel
import CordonPolicy
import CordonPortal
import CordonSandbox
import Foundation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import CordonRuntime

/// Real Chromium behind a real gateway; it needs root, Chromium and bubblewrap, and fails without them.
@Suite(.serialized) struct `The browser of a session` {
  @Test func `is given out once policy and proxy are in force, and leaves nothing behind`() async throws {
    try await SessionHouse.run { house in
      let browser = try await house.host.launch(house.plan())
      let product = try await browser.devTools.call(.version)["product"]?.text ?? ""
      #expect(product.hasPrefix("Chrome/"))
      #expect(house.host.sessions.map(\.id) == [house.id])
      #expect(house.gateway.openSessions == [house.id.text])
      #expect(house.unended.marks.map(\.session) == [house.id.text])
      #expect(try house.processes().count > 3)
      // Its first address went by way of the door, as this person's.
      let first = house.log.records.first {
        $0.source.door?.endpoint == .browser && $0.eventName == "Request"
      }
      #expect(first?.person == "ann" && first?.details["session"] == house.id.text)
      browser.end()
      await browser.wait()
      try house.expectNothing()
      #expect(house.log.records.last?.eventName == "BrowserEnded")
    }
  }

  @Test func `is taken back when Chromium is killed, and another gets its place`() async throws {
    try await SessionHouse.run { house in
      let browser = try await house.host.launch(house.plan())
      for process in try house.processes() { kill(process, SIGKILL) }
      await browser.wait()
      try house.expectNothing()
      let next = try await house.host.launch(house.plan())
      #expect(house.gateway.openSessions.count == 1)
      next.end()
      await next.wait()
    }
  }

  @Test func `shows the person's notebook`() async throws {
    try await SessionHouse.run { house in
      let browser = try await house.host.launch(house.plan())
      let target = try await browser.devTools.call(.createTarget)["targetId"]?.text ?? ""
      let page = try await browser.devTools.call(.attach(target: target))["sessionId"]?.text ?? ""
      let home = try #require(PageAddress("http://notebook.cordon.internal/lab"))
      let answer = try await browser.devTools.call(.navigate(home), session: page)
      #expect(answer["errorText"] == nil)
      #expect(house.notebook.requests.contains { $0.hasPrefix("GET /lab HTTP/1.1") })
      browser.end()
      await browser.wait()
    }
  }

  @Test(arguments: ["bob", "eve"])
  func `is nobody's who does not work in the workspace`(person: String) async throws {
    try await SessionHouse.run { house in
      await #expect(throws: SessionRefusal.notAllowed) {
        try await house.host.launch(house.plan(person: person))
      }
      let record = try #require(house.log.records.last)
      #expect(record.outcome == .denied && record.person == person && record.eventName == "LaunchBrowser")
      try house.expectNothing()
    }
  }

  @Test func `is not opened where that cannot be recorded, nor where there is no notebook`() async throws {
    try await SessionHouse.run { house in
      house.log.isFailing.withLock { $0 = true }
      await #expect(throws: (any Error).self) { try await house.host.launch(house.plan()) }
      try house.expectNothing()
      house.log.isFailing.withLock { $0 = false }
      await #expect(throws: SessionRefusal.noNotebook) {
        try await house.host.launch(house.plan(workspace: "lab-2"))
      }
      try house.expectNothing()
    }
  }

  @Test func `is not given out where its traffic does not come by way of the gateway`() async throws {
    try await SessionHouse.run { house in
      let sound = house.host.policy(try house.plan())
      var configuration = BrowserSandbox.configuration(
        name: "s-direct", identity: .dedicatedUser(house.user), policy: nil,
        controlGroupPrefix: SessionHouse.prefix)
      let json = sound.json.replacing("\"fixed_servers\"", with: "\"direct\"")
      #expect(json != sound.json)
      configuration.files.append(EtcFile(ManagedPolicy.path, text: json))
      let sandbox = try OpenWorkspace.open(configuration, on: Machine.examine())
      let descriptor = try #require(sandbox.listeners.first?.descriptor.take())
      let door = try await house.gateway.open(
        for: BrowserSeat(
          person: try Slug("ann"), project: try Slug("lab"), workspace: try Slug("lab-1"), session: "direct"),
        ingress: house.notebook.ingress(), descriptor: descriptor)
      let browser = try await BrowserProcess.start(in: sandbox)
      let address = try #require(PageAddress(door.readinessAddress))
      await #expect(throws: BrowserError.proxyNotInForce) {
        try await browser.requireProxy(at: address) { await door.isReached(within: .seconds(3)) }
      }
      browser.end()
      await browser.wait()
      await house.gateway.close(door)
    }
  }

  @Test func `ends with its host, which starts none any more`() async throws {
    try await SessionHouse.run { house in
      _ = try await house.host.launch(house.plan())
      await house.host.close()
      try house.expectNothing()
      await #expect(throws: SessionRefusal.closing) { try await house.host.launch(house.plan()) }
    }
  }

  @Test func `may reach what its door lets through, in the same words`() async throws {
    try await SessionHouse.run { house in
      let list = house.host.policy(try house.plan()).allowlist
      #expect(
        list == [
          "http://.notebook.cordon.internal", "ws://.notebook.cordon.internal", "https://.docs.test:443",
          "wss://.docs.test:443", "https://wild.test:8443", "wss://wild.test:8443", "about:blank",
        ])
      let foreign = house.host.policy(try house.plan(person: "eve")).allowlist
      #expect(
        foreign == ["http://.notebook.cordon.internal", "ws://.notebook.cordon.internal", "about:blank"])
    }
  }
}

@Suite struct `Host users of browsers` {
  @Test func `are never a workspace's, nor two sessions' at once`() throws {
    let scratch = try Scratch()
    try scratch.state.create()
    let workspaces = try HostUsers.assign(for: scratch.environment(["a"]), in: scratch.state)
    let users = SessionUsers(beside: workspaces, most: 3)
    let first = try users.take()
    let second = try users.take()
    let third = try users.take()
    #expect(Set([first, second, third]).count == 3)
    #expect([first, second, third].allSatisfy { $0 >= 0x6000_0000 && $0 < 0x8000_0000 })
    #expect(throws: SessionUsers.Exhausted.self) { try users.take() }
    users.giveBack(second)
    #expect(try users.take() == second)
  }
}
