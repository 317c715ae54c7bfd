import CordonModel
import Crypto
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import CordonGateway

/// An upstream index in memory that remembers everything it was asked.
final class RecordingUpstream: UpstreamIndex {
  struct State {
    var asked: [String] = []
    var pages: [String: [IndexFile]] = [:]
    var files: [String: [UInt8]] = [:]
    var isDown = false
    var limits: [Int] = []
  }

  let state = Mutex(State())

  var asked: [String] { state.withLock { $0.asked } }
  /// How many bytes each download was allowed.
  var limits: [Int] { state.withLock { $0.limits } }

  func offer(
    _ path: String, of project: String, uploaded: String = "2020-01-01T00:00:00Z", hash: String? = nil
  ) throws {
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    let digest = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    let filename = URL(filePath: path).lastPathComponent
    state.withLock { state in
      state.files["up://" + filename] = bytes
      state.pages[project, default: []].append(
        IndexFile(filename: filename, url: "up://" + filename, sha256: hash ?? digest, uploadTime: uploaded))
    }
  }

  func page(of name: PackageName, within limit: Duration) async throws -> UpstreamAnswer {
    try state.withLock { state in
      state.asked.append(name.text)
      if state.isDown { throw UpstreamFailure.unreachable("test") }
      return state.pages[name.text].map { .page(IndexPage(name: name, files: $0)) } ?? .absent
    }
  }

  func download(_ url: String, to path: String, upTo limit: Int) async throws -> String {
    let bytes = try state.withLock { state in
      state.asked.append(url)
      if state.isDown { throw UpstreamFailure.unreachable("test") }
      state.limits.append(limit)
      let bytes = state.files[url] ?? []
      guard bytes.count <= limit else { throw UpstreamFailure.unreachable("longer than allowed") }
      return bytes
    }
    try Data(bytes).write(to: URL(filePath: path))
    return SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
  }

  func forwardUploadForDrill(_ body: ByteBuffer) async throws {
    state.withLock { $0.asked.append("upload " + String(buffer: body)) }
  }
}

@Suite struct `The package shelf` {
  let folder: TemporaryFolder
  let upstream = RecordingUpstream()

  init() throws {
    folder = try TemporaryFolder()
    try upstream.offer(
      try WheelMaker.make("app", version: "1.0", requires: ["base"], in: folder.path), of: "app")
    try upstream.offer(try WheelMaker.make("base", version: "2.0", requires: [], in: folder.path), of: "base")
  }

  func shelf(_ rules: PyPIRules? = nil, lock: PackageLock? = nil) throws -> PackageShelf {
    try PackageShelf(
      rules: rules ?? PyPIRules(allow: ["app"], withDependencies: true, minimumAge: 7 * 86_400), lock: lock,
      upstream: upstream, folder: folder.path + "/cache", now: { 1_700_000_000 })
  }

  func name(_ text: String) throws -> PackageName { try #require(PackageName(text)) }

  @Test func `a dependency is served once the wheel that needs it was`() async throws {
    let shelf = try shelf()
    #expect(await shelf.allows(try name("base")) == false)
    _ = try await shelf.file("app-1.0-py3-none-any.whl", of: try name("app"))
    #expect(await shelf.allows(try name("base")))
    #expect(await shelf.requirers(of: try name("base")) == ["app"])
    #expect(try await shelf.file("base-2.0-py3-none-any.whl", of: try name("base")) != nil)
  }

  @Test func `dependencies stay shut where the spec does not ask for them`() async throws {
    let shelf = try shelf(PyPIRules(allow: ["app"], withDependencies: false, minimumAge: 0))
    _ = try await shelf.file("app-1.0-py3-none-any.whl", of: try name("app"))
    #expect(await shelf.allows(try name("base")) == false)
    #expect(await shelf.names == [try name("app")])
    // Once it does, a client that has the wheel already can go on.
    #expect(await (try self.shelf()).allows(try name("base")))
  }

  @Test func `the closure outlives a restart`() async throws {
    _ = try await shelf().file("app-1.0-py3-none-any.whl", of: try name("app"))
    #expect(await (try shelf()).allows(try name("base")))
    // The list is what counts: a name that left it opens nothing any more.
    let other = try shelf(PyPIRules(allow: ["other"], withDependencies: true, minimumAge: 0))
    #expect(await other.allows(try name("base")) == false)
  }

  @Test func `a page is asked for once in its lifetime and a file once at all`() async throws {
    let shelf = try shelf()
    let app = try name("app")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { _ = try await shelf.file("app-1.0-py3-none-any.whl", of: app) } }
      try await group.waitForAll()
    }
    #expect(upstream.asked == ["app", "up://app-1.0-py3-none-any.whl"])
  }

  @Test func `what was fetched before installs while upstream is down`() async throws {
    _ = try await shelf().file("app-1.0-py3-none-any.whl", of: try name("app"))
    upstream.state.withLock { $0.isDown = true }
    let later = try PackageShelf(
      rules: PyPIRules(allow: ["app"], withDependencies: true, minimumAge: 0), upstream: upstream,
      folder: folder.path + "/cache", now: { 1_700_009_999 })
    #expect(try await later.file("app-1.0-py3-none-any.whl", of: try name("app")) != nil)
    await #expect(throws: UpstreamFailure.self) { try await later.page(of: try name("base")) }
  }

  @Test func `a file that is not what the index says is thrown away`() async throws {
    let wheel = try WheelMaker.make("app", version: "9.9", requires: [], in: folder.path)
    try upstream.offer(wheel, of: "app", hash: String(repeating: "0", count: 64))
    let shelf = try shelf()
    await #expect(throws: PackageShelf.HashMismatch.self) {
      try await shelf.file("app-9.9-py3-none-any.whl", of: try name("app"))
    }
    let left = try FileManager.default.subpathsOfDirectory(atPath: folder.path + "/cache/partial")
    #expect(left.isEmpty)
  }

  @Test func `with a lock nothing outside it is served`() async throws {
    let file = try #require(upstream.state.withLock { $0.pages["app"]?.first })
    let lock = PackageLock(packages: [
      PackageLock.Package(
        name: "app", version: "1.0", uploaded: "", requiredBy: [],
        files: [PackageLock.File(sha256: file.sha256 ?? "", filename: file.filename)])
    ])
    try upstream.offer(try WheelMaker.make("app", version: "2.0", requires: [], in: folder.path), of: "app")
    let shelf = try shelf(lock: try PackageLock(text: lock.text))
    #expect(try await shelf.page(of: try name("app"))?.files.map(\.filename) == ["app-1.0-py3-none-any.whl"])
    #expect(await shelf.allows(try name("base")) == false)
  }

  @Test(arguments: [
    (["app", "base", "deep"], ["app"], true), (["other"], ["other"], true), ([], [], true),
    (["app"], ["app"], false),
  ])
  func `a lock serves what the spec still lists, and what that needs`(
    served: [String], listed: [String], withDependencies: Bool
  ) async throws {
    func locked(_ name: String, _ requiredBy: [String]) -> PackageLock.Package {
      PackageLock.Package(name: name, version: "1", uploaded: "", requiredBy: requiredBy, files: [])
    }
    let lock = PackageLock(packages: [
      locked("app", []), locked("base", ["app"]), locked("deep", ["base"]), locked("other", []),
    ])
    let rules = PyPIRules(allow: listed, withDependencies: withDependencies, minimumAge: 0)
    #expect(await (try shelf(rules, lock: lock)).names.map(\.text) == served)
  }

  @Test func `a lock can be lifted, so that a new one can be made, and put back`() async throws {
    let shelf = try shelf(lock: PackageLock(packages: []))
    #expect(await shelf.allows(try name("app")) == false)
    await shelf.use(nil)
    #expect(try await shelf.page(of: try name("app"))?.files.count == 1)
    await shelf.use(PackageLock(packages: []))
    #expect(await shelf.allows(try name("app")) == false)
  }

  @Test func `a lock is lifted for one workspace, and binds the others meanwhile`() async throws {
    let shelf = try shelf(lock: PackageLock(packages: []))
    func place(_ workspace: String) throws -> WorkspacePosition {
      WorkspacePosition(
        environment: try Slug("lab"), project: try Slug("churn"), workspace: try Slug(workspace))
    }
    let (one, other) = (try place("churn-1"), try place("churn-2"))
    #expect(await shelf.liftLock(for: one))
    #expect(await shelf.liftLock(for: other) == false)
    #expect(await shelf.allows(try name("app"), in: one))
    #expect(try await shelf.page(of: try name("app"), in: one)?.files.count == 1)
    #expect(await shelf.allows(try name("app"), in: other) == false)
    #expect(try await shelf.page(of: try name("app"), in: other)?.files.count == 0)
    #expect(await shelf.names(in: other) == [])
    await shelf.endLift()
    #expect(await shelf.allows(try name("app"), in: one) == false)
    #expect(try await shelf.page(of: try name("app"), in: one)?.files.count == 0)
    #expect(await shelf.liftLock(for: other))
  }

  // MARK: The disk

  private func cachedFile() throws -> String {
    let folder = folder.path + "/cache/files/app"
    return folder + "/" + (try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first))
  }

  @Test func `a cached file that was changed is fetched again`() async throws {
    let app = try name("app")
    let whole = try await shelf().file("app-1.0-py3-none-any.whl", of: app)?.handle.readToEnd()
    try Data("changed".utf8).write(to: URL(filePath: try cachedFile()))
    let again = try await shelf().file("app-1.0-py3-none-any.whl", of: app)
    #expect(try again?.handle.readToEnd() == whole)
    #expect(upstream.asked.filter { $0.hasPrefix("up://") }.count == 2)
  }

  @Test func `a cached file that is gone is fetched again`() async throws {
    let shelf = try shelf()
    _ = try await shelf.file("app-1.0-py3-none-any.whl", of: try name("app"))
    try FileManager.default.removeItem(atPath: try cachedFile())
    #expect(try await shelf.file("app-1.0-py3-none-any.whl", of: try name("app")) != nil)
    #expect(upstream.asked.filter { $0.hasPrefix("up://") }.count == 2)
  }

  @Test func `below the disk's floor nothing is fetched, and what is there is served`() async throws {
    let app = try name("app")
    _ = try await shelf().file("app-1.0-py3-none-any.whl", of: app)
    let asked = upstream.asked.filter { $0.hasPrefix("up://") }
    let scarce = try PackageShelf(
      rules: PyPIRules(allow: ["app", "base"], withDependencies: true, minimumAge: 0), upstream: upstream,
      folder: folder.path + "/cache", diskFloor: .max, now: { 1_700_000_000 })
    #expect(try await scarce.file("app-1.0-py3-none-any.whl", of: app) != nil)
    await #expect(throws: PackageCache.Full.self) {
      try await scarce.file("base-2.0-py3-none-any.whl", of: try name("base"))
    }
    #expect(upstream.asked.filter { $0.hasPrefix("up://") } == asked)
  }

  @Test func `a disk that takes nothing is an error, and nothing is left over`() async throws {
    let shelf = try shelf()
    // A file where the project's folder would be: as unwritable as a full disk, for root as well.
    try Data().write(to: URL(filePath: folder.path + "/cache/files/app"))
    await #expect(throws: CocoaError.self) {
      try await shelf.file("app-1.0-py3-none-any.whl", of: try name("app"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache/partial").isEmpty)
  }

  @Test func `the cache lets go of what was not asked for longest`() throws {
    let cache = try PackageCache(folder: folder.path + "/small", mostBytes: 2_500)
    let app = try name("app")
    for index in 0..<4 {
      let partial = cache.partial()
      try Data(repeating: UInt8(index), count: 1_000).write(to: URL(filePath: partial))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: Double(index))], ofItemAtPath: partial)
      try cache.adopt(partial, name: app, sha256: "\(index)")
      // What is asked for stays.
      if index == 1 { #expect(cache.open(app, sha256: "0") != nil) }
    }
    #expect((0..<4).map { cache.open(app, sha256: "\($0)") != nil } == [true, false, false, true])
  }

  @Test func `the cache has room for what is on its way, and no more than it may at its start`() throws {
    let cache = try PackageCache(folder: folder.path + "/small", mostBytes: 10_000)
    let app = try name("app")
    for index in 0..<4 {
      let partial = cache.partial()
      try Data(repeating: UInt8(index), count: 1_000).write(to: URL(filePath: partial))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: Double(index))], ofItemAtPath: partial)
      try cache.adopt(partial, name: app, sha256: "\(index)")
    }
    #expect(PackageCache.bytesHeld(in: folder.path + "/small") == 4_000)
    try cache.makeRoom(for: 7_000)
    #expect(PackageCache.bytesHeld(in: folder.path + "/small") == 3_000)
    // A page is counted, and stays.
    try Data(repeating: 1, count: 900).write(to: URL(filePath: folder.path + "/small/pages/app.json"))
    _ = try PackageCache(folder: folder.path + "/small", mostBytes: 2_000)
    #expect(PackageCache.bytesHeld(in: folder.path + "/small") == 1_900)
  }

  @Test func `a download gets no more than its share of the cache`() async throws {
    let tiny = try PackageShelf(
      rules: PyPIRules(allow: ["app"], withDependencies: true, minimumAge: 0), upstream: upstream,
      folder: folder.path + "/tiny", mostBytes: 120, now: { 1_700_000_000 })
    await #expect(throws: (any Error).self) {
      try await tiny.file("app-1.0-py3-none-any.whl", of: try name("app"))
    }
    #expect(upstream.limits.last == 10)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/tiny/partial").isEmpty)
  }

  @Test func `what a crash left of a download is gone at the next start`() throws {
    let cache = try PackageCache(folder: folder.path + "/crashed")
    try Data("half".utf8).write(to: URL(filePath: cache.partial()))
    _ = try PackageCache(folder: folder.path + "/crashed")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/crashed/partial").isEmpty)
  }

  // MARK: Time

  private func shelf(at clock: TurnedClock) throws -> PackageShelf {
    try PackageShelf(
      rules: PyPIRules(allow: ["app", "base"], withDependencies: false, minimumAge: 0), upstream: upstream,
      folder: folder.path + "/cache", now: { clock.now })
  }

  @Test(arguments: [(1, 599), (2, 600), (2, -1)])
  func `a page is asked for again when its time is over, or the clock went back`(asked: Int, later: Int)
    async throws
  {
    let clock = TurnedClock()
    _ = try await shelf(at: clock).page(of: try name("app"))
    clock.now += later
    _ = try await shelf(at: clock).page(of: try name("app"))
    #expect(upstream.asked.count == asked)
  }

  @Test func `a file appears when it is old enough, without a restart`() async throws {
    let clock = TurnedClock()
    clock.now = 1_577_836_800  // 2020-01-01T00:00:00Z, when it was uploaded
    let shelf = try PackageShelf(
      rules: PyPIRules(allow: ["app"], withDependencies: false, minimumAge: 1_000), upstream: upstream,
      folder: folder.path + "/cache", now: { clock.now })
    let young = try await shelf.page(of: try name("app"))
    #expect(young?.files.isEmpty == true)
    #expect(young?.withheld == 1)
    clock.now += 1_000
    #expect(try await shelf.page(of: try name("app"))?.files.count == 1)
  }

  @Test func `an upstream that is down is tried once in a while, not for every page`() async throws {
    let clock = TurnedClock()
    let shelf = try shelf(at: clock)
    for text in ["app", "base"] { _ = try await shelf.page(of: try name(text)) }
    upstream.state.withLock { $0.isDown = true }
    clock.now += PackageShelf.pageLifetime
    for text in ["app", "base", "app"] { #expect(try await shelf.page(of: try name(text)) != nil) }
    #expect(upstream.asked == ["app", "base", "app"])
    clock.now += PackageShelf.retryDelay
    upstream.state.withLock { $0.isDown = false }
    _ = try await shelf.page(of: try name("base"))
    #expect(upstream.asked == ["app", "base", "app", "base"])
  }

  @Test func `a project that upstream forgot is not remembered here`() async throws {
    let clock = TurnedClock()
    let shelf = try shelf(at: clock)
    _ = try await shelf.page(of: try name("app"))
    _ = upstream.state.withLock { $0.pages.removeValue(forKey: "app") }
    clock.now += PackageShelf.pageLifetime
    #expect(try await shelf.page(of: try name("app")) == nil)
    upstream.state.withLock { $0.isDown = true }
    clock.now += PackageShelf.pageLifetime
    await #expect(throws: UpstreamFailure.self) { try await shelf.page(of: try name("app")) }
  }
}

@Suite struct `Downloads at once` {
  private final class Gauge: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    var most: Int { counts.withLock { $0.most } }

    func pass() async {
      counts.withLock { counts in
        counts.now += 1
        counts.most = max(counts.most, counts.now)
      }
      await Task.yield()
      counts.withLock { $0.now -= 1 }
    }
  }

  @Test func `they are bounded, and all of them get their turn`() async {
    let slots = Slots(count: 3)
    let gauge = Gauge()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask { await slots.run { await gauge.pass() } }
      }
    }
    #expect((1...3).contains(gauge.most))
  }
}

@Suite struct `Pages at hand` {
  @Test func `they are bounded by what they occupy, the least used go first`() throws {
    let names = try ["a", "b", "c"].map { try #require(PackageName($0)) }
    let file = IndexFile(filename: "a-1.zip", url: "u", sha256: String(repeating: "a", count: 64))
    func page(_ name: PackageName) -> PageMemory.Known {
      let whole = IndexPage(name: name, files: Array(repeating: file, count: 10))
      return PageMemory.Known(page: ServedPage(whole, withheld: 0), until: 100)
    }
    var memory = PageMemory(limit: 2 * (page(names[0]).page?.cost ?? 0))
    memory.keep(page(names[0]), of: names[0])
    memory.keep(page(names[1]), of: names[1])
    #expect(memory.page(of: names[0], now: 0) != nil)
    memory.keep(page(names[2]), of: names[2])
    #expect(names.map { memory.page(of: $0, now: 0) != nil } == [true, false, true])
    #expect(memory.page(of: names[0], now: 100) == nil)
  }
}

/// A clock that a test turns.
final class TurnedClock: Sendable {
  private let seconds = Mutex(1_700_000_000)

  var now: Int {
    get { seconds.withLock { $0 } }
    set { seconds.withLock { $0 = newValue } }
  }
}
