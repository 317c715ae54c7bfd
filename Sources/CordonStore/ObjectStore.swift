import CordonLinux
public import CordonModel
public import FoundationEssentials
import GRDB
import Synchronization

/// Buckets and objects on the disk, encrypted with their project's key.
///
/// An object that was acknowledged survives a power cut or a kill at any moment; one that was not is never seen,
/// not even in part. What was changed on the disk is refused with `.damaged`, never handed out.
public final class ObjectStore: Sendable {
  /// Sizes that a client may meet.
  public struct Limits: Sendable {
    /// Every part but the last has at least so many bytes (S3: 5 MiB).
    public var smallestPart: Int64 = 5 << 20
    /// An object has at most so many bytes (S3: 5 TiB).
    public var largestObject: Int64 = 5 << 40
    /// Threads for work on files.
    public var fileThreads = 8
    /// What a project may hold that nobody has set a limit for.
    public var capacity = StoreCapacity(bytes: 10 << 30, entries: 1_000_000)
    /// Bytes of the disk that no write may take; 0 lets writes fill it.
    public var diskFloor: Int64 = 0

    /// What S3 has.
    public init() {}
  }

  let paths: StorePaths
  let limits: Limits
  let database: StoreDatabase
  let keyring: Keyring
  let files: FileQueues
  let graveyard: Graveyard
  let meter: StoreMeter
  private let now: @Sendable () -> Date
  private let lock: DurableFile
  /// Files that the opening removed because a crash had cut their upload off.
  public let removedOrphans: Int

  private init(
    paths: StorePaths, limits: Limits, opened: StoreOpening.Opened, now: @escaping @Sendable () -> Date
  ) {
    self.paths = paths
    self.limits = limits
    self.now = now
    lock = opened.lock
    database = opened.database
    keyring = opened.keyring
    removedOrphans = opened.orphans
    let files = FileQueues(count: limits.fileThreads)
    self.files = files
    meter = StoreMeter(held: opened.usage, standard: limits.capacity, floor: limits.diskFloor) {
      DurablePath.freeBytes(paths.folder)
    }
    graveyard = Graveyard { grave in
      files.later {
        for blob in grave.blobs { try? DurablePath.remove("\(paths.data)/\(blob.path)") }
        withExtendedLifetime(grave) {}
      }
    }
  }

  /// Opens the store in `folder`, or makes one where there is none. Blocks while it removes what a crash left.
  ///
  /// - Parameters:
  ///   - folder: A folder of its own; made with mode 0700 where it is missing.
  ///   - limits: Sizes that a client may meet.
  ///   - now: The clock.
  public static func open(
    folder: String, limits: Limits = Limits(), now: @escaping @Sendable () -> Date
  ) throws(StoreError) -> ObjectStore {
    let paths = StorePaths(folder: folder)
    let opened = try StoreOpening(paths: paths).open(at: StoreTime.milliseconds(now()))
    return ObjectStore(paths: paths, limits: limits, opened: opened, now: now)
  }

  /// Moves everything into the database file and lets go of the folder. Calls under way fail.
  public func close() throws(StoreError) {
    do {
      // A reader in another process may hold this up; the write-ahead log then stays, and nothing is lost.
      _ = try? database.pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
      try database.pool.close()
      lock.unlock()
    } catch {
      throw StoreError(of: error)
    }
  }

  /// The time, as rows keep it.
  var time: Int64 { StoreTime.milliseconds(now()) }

  /// Reads one consistent state of the rows.
  func read<Result: Sendable>(
    _ body: @escaping @Sendable (Catalog) throws -> Result
  ) async throws(StoreError) -> Result {
    let keyring = keyring
    return try await database.read { try body(Catalog($0, keyring: keyring)) }
  }

  /// Changes the rows, then lets go of the files that the change made superfluous. A change that makes a project
  /// hold more than it may is undone.
  ///
  /// - Parameter reservation: What the change may grow by without being asked again.
  func commit<Result: Sendable>(
    within reservation: StoreMeter.Reservation? = nil,
    _ change: @escaping @Sendable (Catalog) throws -> (Result, [BlobID])
  ) async throws(StoreError) -> Result {
    let (keyring, meter, graveyard) = (keyring, meter, graveyard)
    return try await database.commit { database in
      let catalog = Catalog(database, keyring: keyring)
      let before = try catalog.usage()
      let (result, superfluous) = try change(catalog)
      let growth = try catalog.usage().compactMap { project, after in
        let growth = after - (before[project] ?? .none)
        return growth == .none ? nil : (project, growth)
      }
      let charge = try meter.admit(
        Dictionary(growth, uniquingKeysWith: { $1 }), buried: catalog.swept, within: reservation)
      let owner = catalog.swept.count == 1 ? catalog.swept.first?.key : nil
      return Committed(result: result, superfluous: superfluous, owner: owner, charge: charge)
    } committed: { done in
      let reservations = meter.settle(done.charge)
      graveyard.bury(
        Graveyard.Grave(project: done.owner, blobs: done.superfluous, reservations: reservations))
    }.result
  }

  private struct Committed<Result: Sendable>: Sendable {
    var result: Result
    var superfluous: [BlobID]
    /// Whose files they are.
    var owner: String?
    var charge: StoreMeter.Charge
  }
}

// MARK: Buckets

extension ObjectStore {
  /// Makes a bucket, or brings one of the same project to what is declared now.
  ///
  /// A bucket that kept versions and is declared without keeps those it has (`suspended`).
  @discardableResult
  public func declareBucket(
    _ name: BucketName, project: Slug, versioned: Bool, readOnly: Bool
  ) async throws(StoreError) -> BucketInfo {
    let time = time
    return try await commit { catalog in
      (
        try catalog.declare(name, project: project, versioned: versioned, readOnly: readOnly, at: time).info,
        []
      )
    }
  }

  /// All buckets, by name.
  public func buckets() async throws(StoreError) -> [BucketInfo] {
    try await read { try $0.buckets().map(\.info) }
  }

  /// One bucket.
  public func bucket(_ name: BucketName) async throws(StoreError) -> BucketInfo {
    try await read { try $0.bucket(name).info }
  }

  /// Removes an empty bucket.
  public func removeBucket(_ name: BucketName) async throws(StoreError) {
    try await commit { catalog in
      try catalog.remove(catalog.bucket(name))
      return ((), [])
    }
  }

  /// How much each bucket holds, all versions counted.
  public func usage() async throws(StoreError) -> [BucketUsage] {
    try await read { catalog in
      try catalog.rows(
        """
        SELECT u.name, COUNT(DISTINCT v.seq), COALESCE(SUM(b.size), 0) FROM buckets u
        LEFT JOIN versions v ON v.bucket = u.id AND v.marker = 0
        LEFT JOIN parts p ON p.version = v.seq LEFT JOIN blobs b ON b.id = p.blob
        GROUP BY u.id ORDER BY u.name
        """
      ).compactMap(BucketUsage.init(row:))
    }
  }
}

/// How much a bucket holds.
public struct BucketUsage: Sendable, Equatable {
  /// The bucket.
  public var bucket: BucketName
  /// Objects, each version counted.
  public var versions: Int
  /// Bytes; a copy inside a project counts although it shares its original's files.
  public var bytes: Int64

  init?(row: Row) {
    guard let bucket = row.text(0).flatMap({ try? BucketName($0) }),
      let versions = row.integer(1).flatMap({ Int(exactly: $0) }), let bytes = row.integer(2)
    else { return nil }
    self.bucket = bucket
    self.versions = versions
    self.bytes = bytes
  }
}

// MARK: Keys

extension ObjectStore {
  /// Makes a new root key and wraps every project's key with it; the root key before is retired, not forgotten.
  ///
  /// - Returns: How many project keys were wrapped anew. After a crash half-way, call it again.
  @discardableResult
  public func rotateRoot() async throws(StoreError) -> Int {
    let time = time
    let (keyring, files) = (keyring, files)
    try await files.run { try keyring.replace { $0.rotated(at: time) } }
    let count = try await commit { (try $0.rewrapKeys(), []) }
    keyring.forgetUnwrapped()
    return count
  }

  /// Forgets root keys that wrap nothing any more. Copies of the database from before can then not be read.
  public func forgetRetiredRoots() async throws(StoreError) {
    // What a rotation that was cut off left behind comes first.
    _ = try await commit { (try $0.rewrapKeys(), []) }
    let keyring = keyring
    try await files.run { try keyring.replace { $0.withoutRetired() } }
  }

  /// Makes a new data key for a project's future objects; present ones stay readable.
  public func rotateKey(of project: Slug) async throws(StoreError) {
    try await commit { catalog in
      _ = try catalog.currentKey(of: project.text)
      try catalog.addKey(for: project.text)
      return ((), [])
    }
  }
}
