import CordonModel
import FoundationEssentials
import GRDB
import Synchronization

@testable import CordonLedger

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("cordon-ledger-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A ledger's folder with what the tests do to it.
struct LedgerFixture {
  let temporary: TemporaryFolder
  let folder: String

  init() throws {
    temporary = try TemporaryFolder()
    folder = temporary.path + "/ledger"
  }

  static let start = Date(timeIntervalSince1970: 1_767_225_600)

  static func scope() throws -> LedgerScope {
    LedgerScope(
      environment: try Slug("fraud-models"), region: try Region("eu-west-1"),
      account: try AccountID("111122223333"))
  }

  func open(_ limits: Ledger.Limits = Ledger.Limits()) throws -> Ledger {
    try Ledger.open(folder: folder, scope: try Self.scope(), limits: limits, now: { Self.start })
  }

  /// A closed ledger of `count` records with a checkpoint every ten.
  static func written(_ count: Int) async throws -> LedgerFixture {
    let fixture = try LedgerFixture()
    var limits = Ledger.Limits()
    limits.checkpointEvery = 10
    let ledger = try fixture.open(limits)
    for number in 0..<count {
      try await ledger.append(.sample(number), at: start.addingTimeInterval(Double(number)))
    }
    try await ledger.close()
    return fixture
  }

  /// Does to the database what somebody does who can write the file.
  func tamper(_ sql: String...) throws {
    let queue = try DatabaseQueue(path: folder + "/ledger.db")
    try queue.writeWithoutTransaction { database in
      for name in try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
      {
        try database.execute(sql: "DROP TRIGGER \(name)")
      }
      for statement in sql { try database.execute(sql: statement) }
    }
    try queue.close()
  }

  /// Rewrites the chain over what is in the database, as somebody would who has everything but the key.
  func rechain() throws {
    let queue = try DatabaseQueue(path: folder + "/ledger.db")
    try queue.writeWithoutTransaction { database in
      guard let identity = try LedgerTables.identity(database) else { return }
      var previous = identity.start
      for row in try Row.fetchAll(database, sql: "SELECT n, body FROM records ORDER BY n") {
        let sequence = row.integer(0) ?? 0
        let hash = HashChain.next(sequence, after: previous, body: Array((row.text(1) ?? "").utf8))
        try database.execute(
          sql: "UPDATE records SET prev = ?, hash = ? WHERE n = ?",
          arguments: [Data(previous.bytes), Data(hash.bytes), sequence])
        previous = hash
      }
    }
    try queue.close()
  }

  func verify(
    _ expectation: LedgerVerifier.Expectation = LedgerVerifier.Expectation()
  ) throws -> LedgerVerification {
    try LedgerVerifier(folder: folder, expecting: expectation).verify()
  }

  func bytes(of name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: folder + "/" + name)))
  }

  func overwrite(_ name: String, with bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: folder + "/" + name))
  }
}

extension DecisionRecord {
  static func sample(_ number: Int) -> DecisionRecord {
    let source = (try? Slug("churn-1")).flatMap { workspace in
      (try? Slug("churn")).flatMap { project in
        (try? Slug("fraud-models")).map {
          SourcePosition(environment: $0, project: project, workspace: workspace, endpoint: .s3)
        }
      }
    }
    return DecisionRecord(
      eventSource: "s3.amazonaws.com", eventName: number.isMultiple(of: 2) ? "PutObject" : "GetObject",
      source: source, person: "scientist-1",
      principal: "arn:aws:sts::111122223333:assumed-role/churn-workspace/scientist-1",
      accessKeyID: "ASIAEXAMPLE", resources: ["arn:aws:s3:::churn-store/run-\(number)"],
      path: .crossAccountCopy, route: "s3-own-bucket", outcome: number.isMultiple(of: 3) ? .denied : .allowed,
      control: "endpoint policy", reason: "statement 1 'OrganizationOnly'", requestID: "REQ\(number)",
      details: ["bytes": "\(number)"])
  }
}
