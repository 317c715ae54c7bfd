import CordonModel
import Crypto
import FoundationEssentials
import GRDB
import Synchronization

@testable import CordonStore

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("cordon-store-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A store with three buckets: `plain` and `kept` (versioned) of project churn, `foreign` of project fraud.
struct StoreFixture {
  let temporary: TemporaryFolder
  let folder: String
  let store: ObjectStore

  static let start = Date(timeIntervalSince1970: 1_767_225_600)

  init() async throws {
    temporary = try TemporaryFolder()
    folder = temporary.path + "/store"
    store = try Self.open(folder)
    try await store.declareBucket("plain", project: "churn", versioned: false, readOnly: false)
    try await store.declareBucket("kept", project: "churn", versioned: true, readOnly: false)
    try await store.declareBucket("foreign", project: "fraud", versioned: false, readOnly: false)
  }

  static func open(_ folder: String) throws -> ObjectStore {
    var limits = ObjectStore.Limits()
    limits.smallestPart = 1_000
    return try ObjectStore.open(folder: folder, limits: limits, now: { start })
  }

  /// The data files' paths.
  func dataFiles() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder + "/data").filter { $0.utf8.count > 2 }
      .map { "\(folder)/data/\($0)" }.sorted()
  }

  func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

  func overwrite(_ path: String, with bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: path))
  }

  /// Does to the database what somebody does who can write the file.
  func tamper(_ sql: String, _ arguments: StatementArguments = []) throws {
    try store.database.pool.writeWithoutTransaction { try $0.execute(sql: sql, arguments: arguments) }
  }
}

extension ObjectStore {
  @discardableResult
  func put(
    _ bucket: BucketName, _ key: ObjectKey, _ bytes: [UInt8], _ metadata: ObjectMetadata = ObjectMetadata(),
    if condition: WriteCondition = .none
  ) async throws(StoreError) -> ObjectInfo {
    let writer = try await beginPut(bucket, key)
    try await writer.write(bytes)
    return try await writer.finish(metadata, if: condition)
  }

  func read(
    _ bucket: BucketName, _ key: ObjectKey, version: String? = nil, range: ByteRange? = nil
  ) async throws(StoreError) -> [UInt8] {
    try await get(bucket, key, version: version, range: range).collect()
  }

  func uploadPart(_ upload: UploadID, _ number: Int, _ bytes: [UInt8]) async throws(StoreError) -> PartInfo {
    let writer = try await beginPart(upload, number: number)
    try await writer.write(bytes)
    return try await writer.finish()
  }
}

/// Bytes that repeat nowhere near a segment's length.
func pattern(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 33)
  }
}

func md5(_ bytes: some Sequence<UInt8>) -> String { Hexadecimal.text(Insecure.MD5.hash(data: Array(bytes))) }

/// A generator that repeats itself, so that a failure can be replayed.
struct RepeatingGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &+ 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
