import CordonGateway
import CordonLedger
import CordonLinux
import CordonModel
import CordonPolicy
import Foundation
import Testing

@testable import CordonRuntime

@Suite struct `A new package lock` {
  /// A gateway's lock, and the ledger that says what became of it.
  private struct Bench {
    let scratch: Scratch
    let plan: EnvironmentPlan
    let ledger: Ledger
    let relocking: Relocking
    let place: WorkspacePosition

    init(patience: Int32 = 60) async throws {
      scratch = try Scratch()
      let options = try scratch.options()
      let spec = try String(contentsOfFile: options.spec, encoding: .utf8)
      try scratch.write(spec + "packages: { pypi: { allow: [one, two] } }\n", to: "cordon.yaml")
      try scratch.write(Self.lock("one"), to: PackageLockFile.name)
      try scratch.state.create()
      plan = try EnvironmentPlan(options)
      ledger = try Ledger.open(
        folder: scratch.state.ledger,
        scope: LedgerScope(
          environment: try Slug("unit"), region: try Region("eu-west-1"),
          account: try AccountID("111122223333")), now: { Date() })
      let upstream = HTTPUpstreamIndex(index: "about:none")
      let shelf = try PackageShelf(
        rules: try #require(plan.environment.pypi), lock: plan.lock, upstream: upstream,
        folder: scratch.state.packages, now: { 0 })
      let log = LedgerLog(ledger: ledger)
      let gatekeeper = Gatekeeper(
        environment: plan.environment, policies: try CompiledPolicies(plan.environment, lock: plan.lock),
        log: log)
      relocking = Relocking(
        plan: plan, mirror: PackageMirror(shelf: shelf, upstream: upstream, gatekeeper: gatekeeper), log: log,
        patience: patience)
      place = WorkspacePosition(
        environment: try Slug("unit"), project: try Slug("lab"), workspace: try Slug("lab-1"))
    }

    static func lock(_ name: String) -> String {
      let hash = String(repeating: "a", count: 64)
      return """
        \(name) 1.0 uploaded 2025-01-01T00:00:00Z
          sha256:\(hash) \(name)-1.0-py3-none-any.whl

        """
    }

    /// Proposes a lock as the command does, and ends with what the gateway says.
    func propose(_ text: String?) throws -> ControlAnswer {
      let pair = try UnixSocket.pair()
      if let text { try scratch.write(text, to: PackageLockFile.name + ".proposed") }
      try pair.right.send(Array(try JSONEncoder().encode(ControlRequest.useProposedLock)))
      return try relocking.run(in: place, person: nil, over: pair.left)
    }

    var lockFile: String {
      get throws {
        try String(contentsOfFile: PackageLockFile.path(beside: plan.record.spec), encoding: .utf8)
      }
    }

    func events() throws -> [String] {
      try LedgerReader(folder: scratch.state.ledger).entries(LedgerFilter())
        .map { try $0.members().eventName }
    }
  }

  @Test func `is in force although nobody could note that it is, and the ledger says so`() async throws {
    let bench = try await Bench()
    // A folder where the note should lie: root is refused nothing else.
    try FileManager.default.createDirectory(
      atPath: bench.scratch.state.record + "/in/the/way", withIntermediateDirectories: true)
    #expect(try bench.propose(Bench.lock("two")) == .lockInForce)
    #expect(try bench.lockFile == Bench.lock("two"))
    #expect(try bench.events() == ["LiftPackageLock", "UsePackageLock"])
    // The next may resolve.
    #expect(try bench.propose(Bench.lock("one")) == .lockInForce)
    try await bench.ledger.close()
  }

  @Test
  func `that is not there, is none or cannot be put in place leaves the old one, and the ledger says so`()
    async throws
  {
    let bench = try await Bench()
    #expect(throws: (any Error).self) { try bench.propose(nil) }
    #expect(throws: (any Error).self) { try bench.propose("not a lock") }
    #expect(try bench.lockFile == Bench.lock("one"))
    #expect(
      try bench.events()
        == Array(repeating: ["LiftPackageLock", "RestorePackageLock"], count: 2).flatMap { $0 })
    let path = PackageLockFile.path(beside: bench.plan.record.spec)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path + "/in/the/way", withIntermediateDirectories: true)
    #expect(throws: SystemError.self) { try bench.propose(Bench.lock("two")) }
    #expect(try bench.events().suffix(3) == ["LiftPackageLock", "UsePackageLock", "RestorePackageLock"])
    try await bench.ledger.close()
  }

  @Test func `whose command says nothing any more leaves the old one`() async throws {
    let bench = try await Bench(patience: 0)
    let pair = try UnixSocket.pair()
    #expect(throws: ControlServer.Silent.self) {
      try bench.relocking.run(in: bench.place, person: nil, over: pair.left)
    }
    #expect(try bench.events() == ["LiftPackageLock", "RestorePackageLock"])
    try await bench.ledger.close()
    withExtendedLifetime(pair.right) {}
  }
}
