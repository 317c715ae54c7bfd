import CordonLedger
import CordonModel
import FoundationEssentials

/// Durable appends to the ledger: alone, and from many requests at once, which share commits.
struct LedgerBenchmark {
  struct Result: Encodable {
    /// One append after the other.
    var alone: Rate
    /// Sixty-four appends under way at any time.
    var together: Rate
    /// Records that the verifier then found good.
    var verified: Int64
  }

  private static let atOnce = 64
  private let folder: String

  init(folder: String) { self.folder = folder + "/ledger" }

  func measure(for duration: Duration) async throws -> Result {
    let scope = LedgerScope(
      environment: try Slug("bench"), region: try Region("eu-west-1"), account: try AccountID("111122223333"))
    let ledger = try Ledger.open(folder: folder, scope: scope) { Date() }
    let record = try Self.record()
    let alone = try await rate(duration, tasks: 1, ledger, record)
    let together = try await rate(duration, tasks: Self.atOnce, ledger, record)
    try await ledger.close()
    let verification = try LedgerVerifier(folder: folder).verify()
    guard verification.verdict == .intact else {
      throw Misuse("the ledger that was written is \(verification.verdict)")
    }
    return Result(alone: alone, together: together, verified: verification.count)
  }

  private func rate(_ duration: Duration, tasks: Int, _ ledger: Ledger, _ record: DecisionRecord) async throws
    -> Rate
  {
    let watch = Stopwatch()
    let limit = Stopwatch.seconds(duration)
    let count = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<tasks {
        group.addTask {
          var count = 0
          while watch.seconds < limit {
            try await ledger.append(record)
            count += 1
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    return Rate(count: count, seconds: watch.seconds, processorSeconds: watch.processorSeconds)
  }

  private static func record() throws -> DecisionRecord {
    DecisionRecord(
      eventSource: "s3.amazonaws.com", eventName: "GetObject",
      source: SourcePosition(
        environment: try Slug("bench"), project: try Slug("churn"), workspace: try Slug("churn-1"),
        endpoint: .s3),
      person: "scientist-1", principal: "arn:aws:sts::111122223333:assumed-role/churn-workspace/churn-1",
      accessKeyID: "ASIAEXAMPLE", resources: ["arn:aws:s3:::churn-data/data/part-00000.parquet"],
      path: .crossAccountCopy, route: "s3", outcome: .allowed, control: "endpoint policy",
      reason: "statement 'Read' of identity policy 1 allows it", requestID: "0123456789ABCDEF",
      details: ["bytes": "4096"])
  }
}
