import CordonLinux
import CordonModel
import CordonSandbox
import CordonStore
import Foundation
import Testing

@testable import CordonRuntime

@Suite struct `What the disk must have` {
  private func budget(
    _ scratch: Scratch, isRoot: Bool = true, _ change: (inout CordonModel.Environment) -> Void = { _ in }
  ) throws -> DiskBudget {
    var environment = try scratch.environment(["lab-1", "lab-2"])
    try scratch.state.create()
    change(&environment)
    return DiskBudget(environment: environment, folder: scratch.state, isRoot: isRoot)
  }

  @Test func `is what the doctor says of it`() throws {
    let scratch = try Scratch()
    let budget = try budget(scratch)
    let disk = try DiskSpace(at: scratch.state.path)
    let needed = DiskBudget.sum(try budget.promises(on: disk))
    let finding = try DiskCheck.finding(budget, isOfSpec: true)
    #expect(finding.detail.contains("the environment may take \(DiskBudget.size(needed)) more"))
    #expect(finding.isAvailable == (needed <= disk.free))
    var refused = false
    do { try budget.check() } catch is DiskBudget.Refusal { refused = true }
    #expect(refused != finding.isAvailable)
    let vast = try self.budget(scratch) { $0.projects[0].storage.limit = 1 << 50 }
    #expect(try !DiskCheck.finding(vast, isOfSpec: true).isAvailable)
    let accepted = try self.budget(scratch) {
      $0.projects[0].storage.limit = 1 << 50
      $0.acceptedMissingMechanisms = [SandboxMechanism.diskReservation.rawValue]
    }
    #expect(try DiskCheck.finding(accepted, isOfSpec: true).isAvailable)
    // The folder need not be there.
    let alone = try DiskCheck.finding(state: scratch.path + "/not/there")
    #expect(
      alone.detail.contains("one small workspace") && alone.remedy.contains("cordon doctor cordon.yaml"))
  }

  private static let disk = DiskSpace(free: 50 << 30, total: 100 << 30)

  @Test func `is every home, every bucket's limit and the ledger's floor`() throws {
    let promises = try budget(Scratch()).promises(on: Self.disk)
    #expect(promises.map(\.what) == ["home of lab-1", "home of lab-2", "buckets of project lab", "ledger"])
    let expected: [UInt64] = [8_192, 8_192, 10_240, 1_088]
    #expect(promises.map { $0.bytes >> 20 } == expected)
    #expect(DiskBudget.floor(of: DiskSpace(free: 0, total: 200 << 20)) == 10 << 20)
  }

  @Test func `is the package cache as well, which gets what the others leave`() throws {
    let scratch = try Scratch()
    let budget = try budget(scratch) {
      $0.pypi = PyPIRules(allow: ["one"], withDependencies: true, minimumAge: 0)
    }
    let promises = try budget.promises(on: Self.disk)
    #expect(promises.map(\.what).suffix(3) == ["buckets of project lab", "package cache", "ledger"])
    #expect(promises[3].bytes == 2 << 30)
    // 50 GiB less homes, buckets and ledger are more than any cache needs.
    #expect(try budget.cacheLimit(on: Self.disk) == 20 << 30)
    let others = DiskBudget.sum(promises) - promises[3].bytes
    #expect(try budget.cacheLimit(on: DiskSpace(free: others + (5 << 30), total: 100 << 30)) == 5 << 30)
    #expect(try budget.cacheLimit(on: DiskSpace(free: 0, total: 100 << 30)) == 2 << 30)
    // What it holds already is its own.
    try scratch.write(String(repeating: "x", count: 1 << 20), to: "state/packages/files/one/hash")
    #expect(try budget.promises(on: Self.disk)[3].bytes == (2 << 30) - (1 << 20))
    #expect(
      try budget.cacheLimit(on: DiskSpace(free: others + (5 << 30), total: 100 << 30)) == (5 << 30)
        + (1 << 20))
  }

  @Test func `is promised to recordings where sessions are recorded`() throws {
    let scratch = try Scratch()
    let budget = try budget(scratch) { $0.browser.recording = RecordingRules(limit: 3 << 30) }
    let promises = try budget.promises(on: Self.disk)
    #expect(promises.contains { $0.what == "recordings of sessions" && $0.bytes == 3 << 30 })
    #expect(promises.last?.what == "ledger")
  }

  @Test func `is not what lies there already`() async throws {
    let scratch = try Scratch()
    let budget = try budget(scratch)
    let image = scratch.state.home(of: try Slug("lab-1"), in: try Slug("lab")) + ".ext4"
    try scratch.write(String(repeating: "x", count: 1 << 20), to: "state/homes/lab/lab-1.ext4")
    #expect(FileManager.default.fileExists(atPath: image))
    let store = try ObjectStore.open(folder: scratch.state.store) { Date() }
    let bucket = try BucketName("lab-store")
    try await store.declareBucket(bucket, project: try Slug("lab"), versioned: true, readOnly: false)
    let writer = try await store.beginPut(bucket, ObjectKey("k"))
    try await writer.write([UInt8](repeating: 1, count: 1 << 20))
    _ = try await writer.finish(ObjectMetadata())
    let held = store.account(of: try Slug("lab")).held.bytes
    let promises = try budget.promises(on: Self.disk)
    #expect(held > 1 << 20)
    let homes = promises.prefix(2).map { $0.bytes >> 20 }
    #expect(homes == [0, 8_192])
    let (limit, rest): (UInt64, UInt64) = (10 << 30, promises[2].bytes)
    #expect(rest + UInt64(held) == limit)
    try store.close()
    #expect(try budget.promises(on: Self.disk) == promises)
  }

  @Test func `more than there is refuses, with the sum and what to change`() throws {
    let scratch = try Scratch()
    let budget = try budget(scratch) { $0.projects[0].storage.limit = 1 << 50 }
    let refusal = try #require(throws: DiskBudget.Refusal.self) { try budget.check() }
    for word in [
      "1048576.0 GiB  buckets of project lab", "home of lab-2", "storage: { limit", "disk-reservation",
    ] {
      #expect("\(refusal)".contains(word), "\(refusal)")
    }
    let failure = try #require(throws: EnvironmentLauncher.Failure.self) {
      let options = try scratch.options(workspaces: ["lab-1"])
      try scratch.write(
        try String(contentsOfFile: options.spec, encoding: .utf8)
          .replacing("store: lab-store", with: "store: lab-store, storage: { limit: 1024 TiB }"),
        to: "cordon.yaml")
      _ = try EnvironmentLauncher(options).up()
    }
    #expect(failure.isInput && failure.description.contains("1024 TiB") == false)
    #expect(failure.description.contains("buckets of project lab"))
  }

  @Test func `is not asked of a spec that does without, nor homes of one without quotas`() throws {
    let without = try budget(Scratch()) {
      $0.projects[0].storage.limit = 1 << 50
      $0.acceptedMissingMechanisms = ["disk-reservation"]
    }
    #expect(throws: Never.self) { try without.check() }
    let noQuota = try budget(Scratch()) { $0.acceptedMissingMechanisms = ["disk-quota"] }
    #expect(try noQuota.promises(on: Self.disk).map(\.what) == ["buckets of project lab", "ledger"])
    let ordinary = try budget(Scratch(), isRoot: false)
    #expect(try ordinary.promises(on: Self.disk).count == 2)
  }

  @Test func `is not asked of a drill's twin`() throws {
    let scratch = try Scratch()
    #expect(try DiskBudget(EnvironmentPlan(scratch.options(drill: true))).isKept == false)
  }
}
