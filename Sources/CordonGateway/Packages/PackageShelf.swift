public import CordonModel

/// Fetches pages and files once, verifies them, and keeps them.
///
/// An actor because several workspaces ask for the same wheel at once and it is fetched once. Nothing in it
/// waits for a disk: that is done elsewhere, and between asking and answering others are served.
public actor PackageShelf {
  /// How long a page is good before upstream is asked again, in seconds.
  static let pageLifetime = 600
  /// How long older pages serve before an upstream that is down is tried again, in seconds.
  static let retryDelay = 30
  /// How long upstream may take: a client waits some 15 seconds, and an older page is better than none.
  static let patience = (withOlderPage: Duration.seconds(8), without: Duration.seconds(60))

  /// How many files are fetched at once, so that what is half fetched on disk is bounded.
  static let mostDownloads = 6
  /// How many pages are fetched at once, so that what is half read in memory is bounded.
  static let mostPages = 8

  private let rules: PyPIRules
  private let upstream: any UpstreamIndex
  private let cache: PackageCache
  private let now: @Sendable () -> Int
  private let listed: Set<PackageName>
  private let everyNameForDrill: Bool
  private let downloadSlots = Slots(count: PackageShelf.mostDownloads)
  /// Bytes of the cache that downloads under way may come to.
  private let downloads: AnswerAllowance
  private let pageSlots = Slots(count: PackageShelf.mostPages)
  private var locked: [String: PackageLock.Package]?
  private var closure: PackageClosure
  private var memory = PageMemory()
  private var pages: [PackageName: Task<ServedPage?, any Error>] = [:]
  /// The workspace that resolves a new lock meanwhile, and its pages.
  private var resolving: WorkspacePosition?
  private var resolvingMemory = PageMemory()
  private var resolvingPages: [PackageName: Task<ServedPage?, any Error>] = [:]
  private var fetches: [String: Task<Void, any Error>] = [:]
  /// Files that this process has verified and learned from.
  private var verified: Set<String> = []
  private var keeping: Task<Void, Never>?
  /// Until then older pages serve without a try, in seconds since 1970.
  private var upstreamIsDownUntil = 0

  /// A shelf in `folder`.
  ///
  /// - Parameters:
  ///   - lock: The reviewed closure; with one, nothing outside it is served, nor what it still holds of names
  ///     that are listed no longer.
  ///   - everyNameForDrill: Serves names that nobody listed. For drills only.
  ///   - diskFloor: Bytes of the disk that no download may take; nil leaves it at 1 GiB.
  ///   - mostBytes: What the cache may come to, downloads under way included; nil leaves it at 20 GiB.
  ///   - now: Seconds since 1970.
  public init(
    rules: PyPIRules, lock: PackageLock? = nil, upstream: any UpstreamIndex, folder: String,
    everyNameForDrill: Bool = false, diskFloor: Int? = nil, mostBytes: Int? = nil,
    now: @escaping @Sendable () -> Int
  ) throws {
    self.rules = rules
    self.upstream = upstream
    cache = try PackageCache(
      folder: folder, mostBytes: mostBytes ?? PackageCache.mostBytes,
      diskFloor: diskFloor ?? PackageCache.diskFloor)
    // Half of it, so that what is fetched never drives out all that is kept.
    var limits = ServerLimits()
    limits.unwrittenBytes = cache.mostBytes / 2
    limits.answerPatience = .seconds(600)
    downloads = AnswerAllowance(limits)
    self.everyNameForDrill = everyNameForDrill
    self.now = now
    listed = Set(rules.allow.compactMap { Requirement($0)?.name })
    locked = lock.map { [rules, listed] in Self.served(by: $0, rules, listed) }
    closure = PackageClosure(listed: rules.allow, knowing: cache.learned())
  }

  /// What of a lock the spec still asks for: the listed packages, and what they need by the lock's account.
  private static func served(
    by lock: PackageLock, _ rules: PyPIRules, _ listed: Set<PackageName>
  ) -> [String: PackageLock.Package] {
    let served = lock.served(listing: Set(listed.map(\.text)), withDependencies: rules.withDependencies)
    return Dictionary(served.map { ($0.name, $0) }) { first, _ in first }
  }

  /// Serves by another lock from now on; nil serves the listed names and what they need, as a new lock is
  /// made from.
  public func use(_ lock: PackageLock?) {
    locked = lock.map { Self.served(by: $0, rules, listed) }
    memory.forgetAll()
    for task in pages.values { task.cancel() }
    pages = [:]
  }

  /// Lifts the lock for one workspace, so that a new one can be resolved in it; the others are served by the lock.
  ///
  /// - Returns: Whether it is lifted now; false where another workspace resolves already.
  public func liftLock(for place: WorkspacePosition) -> Bool {
    guard resolving == nil else { return false }
    resolving = place
    return true
  }

  /// Serves every workspace by the lock again.
  public func endLift() {
    resolving = nil
    resolvingMemory.forgetAll()
    for task in resolvingPages.values { task.cancel() }
    resolvingPages = [:]
  }

  /// Whether the lock does not bind a workspace at present.
  func isLifted(for place: WorkspacePosition?) -> Bool { place != nil && place == resolving }

  private func lock(for place: WorkspacePosition?) -> [String: PackageLock.Package]? {
    isLifted(for: place) ? nil : locked
  }

  // MARK: Names

  /// Whether a name is served at all. Decided without asking anybody.
  func allows(_ name: PackageName, in place: WorkspacePosition? = nil) -> Bool {
    if everyNameForDrill { return true }
    if let locked = lock(for: place) { return locked[name.text] != nil }
    return listed.contains(name) || (rules.withDependencies && closure.contains(name))
  }

  /// The names that are served, sorted.
  var names: [PackageName] { names(in: nil) }

  /// The names that a workspace is served, sorted.
  func names(in place: WorkspacePosition?) -> [PackageName] {
    if let locked = lock(for: place) { return locked.keys.compactMap { PackageName($0) }.sorted() }
    let needed = rules.withDependencies ? closure.requiredBy.keys.compactMap { PackageName($0) } : []
    return listed.union(needed).sorted()
  }

  /// Who needs a name.
  func requirers(of name: PackageName) -> [String] { (closure.requiredBy[name.text] ?? []).sorted() }

  // MARK: Pages

  /// What is served of a project; nil where upstream does not know it.
  ///
  /// The caller has checked that the name is allowed, and recorded it.
  func page(of name: PackageName, in place: WorkspacePosition? = nil) async throws -> ServedPage? {
    let isLifted = isLifted(for: place)
    if let known = isLifted ? resolvingMemory.page(of: name, now: now()) : memory.page(of: name, now: now()) {
      return known.page
    }
    if let underway = isLifted ? resolvingPages[name] : pages[name] { return try await underway.value }
    let lock = lock(for: place)
    let task = Task {
      let known = try await load(name, lock, asksAnew: isLifted)
      // `use(_:)` and `endLift()` cancel what was begun under another lock: the next to ask begins anew.
      try Task.checkCancellation()
      keep(known, of: name, isLifted)
      return known.page
    }
    if isLifted { resolvingPages[name] = task } else { pages[name] = task }
    do {
      return try await task.value
    } catch {
      if pages[name] == task { pages[name] = nil }
      if resolvingPages[name] == task { resolvingPages[name] = nil }
      throw error
    }
  }

  private func keep(_ known: PageMemory.Known, of name: PackageName, _ isLifted: Bool) {
    if isLifted {
      resolvingMemory.keep(known, of: name)
      resolvingPages[name] = nil
    } else {
      memory.keep(known, of: name)
      pages[name] = nil
    }
  }

  private func load(
    _ name: PackageName, _ lock: [String: PackageLock.Package]?, asksAnew: Bool
  ) async throws -> PageMemory.Known {
    let cache = cache
    let stored = try await FileWork.run { cache.page(of: name) }
    let moment = now()
    // A page from the future was kept under a wrong clock; a new lock is resolved from what upstream has now.
    if !asksAnew, let stored, stored.fetchedAt <= moment, stored.fetchedAt > moment - Self.pageLifetime {
      return known(
        try await served(stored.files, of: name, lock), until: stored.fetchedAt + Self.pageLifetime)
    }
    do {
      guard stored == nil || moment >= upstreamIsDownUntil else {
        throw UpstreamFailure.unreachable("not tried")
      }
      return try await fresh(
        name, lock, within: stored == nil ? Self.patience.without : Self.patience.withOlderPage)
    } catch {
      // Upstream is down: what was seen before still installs.
      guard let stored, !(error is CancellationError) else { throw error }
      if moment >= upstreamIsDownUntil { upstreamIsDownUntil = now() + Self.retryDelay }
      return known(try await served(stored.files, of: name, lock), until: upstreamIsDownUntil)
    }
  }

  private func fresh(
    _ name: PackageName, _ lock: [String: PackageLock.Package]?, within limit: Duration
  ) async throws -> PageMemory.Known {
    let cache = cache
    switch try await pageSlots.run({ try await upstream.page(of: name, within: limit) }) {
    case .absent:
      try await FileWork.run { cache.forgetPage(of: name) }
      return known(nil, until: now() + Self.pageLifetime)
    case .page(let page):
      let fetchedAt = now()
      upstreamIsDownUntil = 0
      // A page that cannot be kept is served all the same: the disk may be full, and pages are small.
      try? await FileWork.run {
        try cache.keep(PackageCache.StoredPage(fetchedAt: fetchedAt, files: page.files), of: name)
      }
      return known(try await served(page.files, of: name, lock), until: fetchedAt + Self.pageLifetime)
    }
  }

  private func known(_ page: ServedPage?, until: Int) -> PageMemory.Known {
    PageMemory.Known(page: page, until: until)
  }

  /// The files that may be served: old enough, with a hash, of this project, and in the lock where there is
  /// one.
  private func served(
    _ files: [IndexFile], of name: PackageName, _ lock: [String: PackageLock.Package]?
  ) async throws -> ServedPage {
    let (age, moment) = (rules.minimumAge, now())
    return try await FileWork.run {
      var page = IndexPage(name: name, files: files).served(minimumAge: age, now: moment)
      if let lock {
        let allowed = Dictionary(lock[name.text]?.files.map { ($0.filename, $0.sha256) } ?? []) { first, _ in
          first
        }
        page.files.removeAll { allowed[$0.filename] != $0.sha256 }
      }
      return ServedPage(page, withheld: files.count - page.files.count)
    }
  }

  // MARK: Files

  /// Why a download was thrown away.
  struct HashMismatch: Error, CustomStringConvertible {
    var filename: String

    var description: String { "\(filename) is not what the index says it is; it was thrown away" }
  }

  /// A verified file, open for reading; nil where the project's page does not list it.
  func file(
    _ filename: String, of name: PackageName, in place: WorkspacePosition? = nil
  ) async throws -> PackageCache.OpenFile? {
    guard let wanted = try await page(of: name, in: place)?.wanted(filename) else { return nil }
    let cache = cache
    let key = "\(name)/\(wanted.sha256)"
    if !verified.contains(key) { try await obtain(wanted, as: key) }
    if let file = try await FileWork.run({ cache.open(name, sha256: wanted.sha256) }) { return file }
    // It was there and is gone: the cache made room, or somebody tidied up.
    verified.remove(key)
    try await obtain(wanted, as: key)
    return try await FileWork.run { cache.open(name, sha256: wanted.sha256) }
  }

  /// Brings a file into the cache, once for all who wait for it.
  private func obtain(_ wanted: ServedPage.Wanted, as key: String) async throws {
    if let underway = fetches[key] { return try await underway.value }
    let task = Task {
      defer { fetches[key] = nil }
      try await bring(wanted)
      verified.insert(key)
    }
    fetches[key] = task
    try await task.value
  }

  private func bring(_ wanted: ServedPage.Wanted) async throws {
    let cache = cache
    if try await !FileWork.run({ cache.verify(wanted.name, sha256: wanted.sha256) }) {
      try await fetch(wanted)
    }
    try await learn(from: wanted)
  }

  private func fetch(_ wanted: ServedPage.Wanted) async throws {
    let cache = cache
    // Asked before anything is fetched, and again below for how much.
    _ = try await FileWork.run { try cache.room() }
    let partial = cache.partial()
    do {
      try await downloadSlots.run {
        let half = cache.mostBytes / 2
        let room = min(half, try await FileWork.run { try cache.room() / Self.mostDownloads })
        // What the index names no length for gets an even share.
        let most = min(room, wanted.size ?? half / Self.mostDownloads)
        // INVARIANT: what is kept and what downloads under way may come to is never more than the cache may.
        let lease = try await downloads.reserve(most)
        defer { lease.end() }
        let coming = downloads.usage.held
        try await FileWork.run { try cache.makeRoom(for: coming) }
        let seen = try await upstream.download(wanted.url, to: partial, upTo: most)
        guard seen == wanted.sha256 else {
          throw HashMismatch(filename: URLReference.lastSegment(of: wanted.url))
        }
        try await FileWork.run { try cache.adopt(partial, name: wanted.name, sha256: wanted.sha256) }
      }
    } catch {
      try? await FileWork.run { cache.discard(partial) }
      throw error
    }
  }

  /// Reads what a wheel requires, so that its dependencies are known before the client asks for them. They
  /// are learned even while the spec does not serve them: a client that has the wheel does not ask for it again.
  private func learn(from wanted: ServedPage.Wanted) async throws {
    guard wanted.kind != .source else { return }
    let cache = cache
    let found = try await FileWork.run {
      wanted.kind == .metadata
        ? cache.requirements(metadata: wanted.name, sha256: wanted.sha256)
        : cache.requirements(wanted.name, sha256: wanted.sha256)
    }
    if closure.add(found, of: wanted.name) { await keepClosure() }
  }

  /// Writes what was learned, one after the other so that the last one written is the newest.
  private func keepClosure() async {
    let (cache, before) = (cache, keeping)
    let task = Task {
      await before?.value
      let learned = closure.requirements
      // What cannot be kept is learned again when the wheel is served again.
      try? await FileWork.run { try cache.keep(learned) }
    }
    keeping = task
    await task.value
  }
}
