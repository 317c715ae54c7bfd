import CordonGateway
import CordonLinux
import CordonModel
import CordonPolicy
import CordonSandbox
import Foundation
import Logging
import Testing

@testable import CordonRuntime

@Suite struct `The portal of an environment` {
  private func ground(_ scratch: Scratch, portal: PortalRules?) throws -> PortalHouse.Ground {
    try scratch.state.create()
    var environment = try scratch.environment(["lab-1"])
    environment.people = [
      Person(name: try Slug("ann"), roles: [.dataScientist], projects: [try Slug("lab")])
    ]
    environment.portal = portal
    let log = KeptRecords()
    let gatekeeper = Gatekeeper(
      environment: environment, policies: try CompiledPolicies(environment), log: log)
    let authority = try CertificateAuthority(folder: scratch.path + "/ca", name: "portal test")
    let logger = Logger(label: "test")
    let host = SessionHost(
      SessionHost.House(
        gateway: try Gateway(gatekeeper: gatekeeper, authority: authority, responders: [:]),
        gatekeeper: gatekeeper, log: log, machine: Machine.examine(), users: nil,
        controlGroupPrefix: SessionHouse.prefix, authority: authority.certificatePEM, logger: logger,
        unended: UnendedSessions(folder: scratch.state.sessions),
        notebook: { _ in throw SessionRefusal.noNotebook }))
    try Data(authority.certificatePEM.utf8).write(to: URL(filePath: scratch.path + "/ca.pem"))
    return PortalHouse.Ground(
      environment: environment, folder: scratch.state, gatekeeper: gatekeeper, log: log,
      authority: authority,
      sessions: host, office: PortalOffice(gatekeeper: gatekeeper, log: log, logger: logger), places: [:],
      logger: logger)
  }

  /// What curl says of an address, trusting the environment's authority only: its exit code and the status.
  private func ask(_ address: String, _ scratch: Scratch, host: String? = nil) throws -> String {
    let curl = Process()
    curl.executableURL = URL(filePath: "/usr/bin/curl")
    curl.arguments =
      ["-s", "--noproxy", "*", "--cacert", scratch.path + "/ca.pem", "-o", "/dev/null", "-w", "%{http_code}"]
      + (host.map { ["-H", "Host: \($0)"] } ?? []) + [address]
    let output = Foundation.Pipe()
    curl.standardOutput = output
    try curl.run()
    curl.waitUntilExit()
    let status = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    return "\(curl.terminationStatus) \(status)"
  }

  @Test func `is there under the environment's own certificate, and gone when it closes`() async throws {
    let scratch = try Scratch()
    let place = PortalRules.Listener(address: try #require(IPAddress("127.0.0.1")), port: 0)
    let rules = PortalRules(listener: place, origin: "https://127.0.0.1")
    let house = try #require(try await PortalHouse.open(ground(scratch, portal: rules)))
    #expect(house.address.hasPrefix("https://127.0.0.1:") && !house.address.hasSuffix(":0"))
    #expect(try ask(house.address + "/sign-in", scratch) == "0 200")
    #expect(try ask(house.address + "/sign-in", scratch, host: "evil.test") == "0 421")
    await house.close()
    #expect(try ask(house.address + "/sign-in", scratch) == "7 000")
  }

  @Test func `is not there where the spec describes none`() async throws {
    let scratch = try Scratch()
    let house = try await PortalHouse.open(ground(scratch, portal: nil))
    #expect(house?.address == nil)
  }
}
