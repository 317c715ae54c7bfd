public import CordonModel
import Dispatch
public import FoundationEssentials
import GRDB
import Synchronization

/// The tamper-evident record of every decision.
///
/// `append` returns once the record is on the disk; until then nobody may act on the decision. Appends that arrive
/// while a commit is under way share the next one, so that a busy gateway waits for few disk flushes. A ledger that
/// cannot write refuses: every append throws until a commit succeeds again.
public final class Ledger: Sendable {
  /// How much waits, how much is written at once, how often the chain is signed for good.
  public struct Limits: Sendable {
    /// Appends that may wait for the disk; one more is refused.
    public var mostWaiting = 16_384
    /// Records in one commit.
    public var largestBatch = 1_024
    /// Records between two signed checkpoints.
    public var checkpointEvery: Int64 = 1_000
    /// Bytes of the disk that are kept for the ledger alone.
    public var reserve: Int64 = 0

    /// The limits that a gateway uses.
    public init() {}
  }

  private struct Waiting: Sendable {
    var record: RecordText
    var done: CheckedContinuation<Result<LedgerPosition, LedgerError>, Never>

    /// Whether no workspace caused it.
    var isOperator: Bool { record.isOperator }
  }

  private struct State {
    var waiting: [Waiting] = []
    var isWriting = false
    var isClosed = false
    /// Why the last commit failed; nil while the ledger writes.
    var failure: String?
  }

  private let folder: String
  private let scope: LedgerScope
  private let limits: Limits
  private let now: @Sendable () -> Date
  private let state = Mutex(State())
  let chain: LedgerChain

  private init(
    folder: String, scope: LedgerScope, limits: Limits, now: @escaping @Sendable () -> Date,
    chain: LedgerChain
  ) {
    self.folder = folder
    self.scope = scope
    self.limits = limits
    self.now = now
    self.chain = chain
  }

  /// Opens the ledger in `folder`, or makes one where there is none. Blocks while it checks the ledger's end.
  ///
  /// - Parameters:
  ///   - folder: A folder of its own; made with mode 0700 where it is missing.
  ///   - scope: Whose ledger it is.
  ///   - limits: How much waits and how much is written at once.
  ///   - now: The clock.
  /// - Throws: `.locked` where another process has it, `.damaged` where its end is not what was signed.
  public static func open(
    folder: String, scope: LedgerScope, limits: Limits = Limits(), now: @escaping @Sendable () -> Date
  ) throws(LedgerError) -> Ledger {
    let opened = try LedgerOpening(folder: folder).open(at: EventTime(now()))
    let reserve = LedgerReserve(path: folder + "/reserve", folder: folder, size: limits.reserve)
    let chain = LedgerChain(opened, checkpointEvery: limits.checkpointEvery, reserve: reserve)
    return Ledger(folder: folder, scope: scope, limits: limits, now: now, chain: chain)
  }

  /// The id that names the signing key's public half; note it down outside the machine.
  public var keyID: String { chain.keyID }

  /// The last committed record.
  public var position: LedgerPosition { chain.position }

  /// Why the ledger refuses at present; nil while it writes.
  public var failure: String? { state.withLock { $0.failure } }

  /// Bytes of the reserve that are gone: the disk is full, and the ledger lives on them.
  public var reserveUsed: Int64 { chain.reserve.size - chain.reserve.kept }

  /// Records a decision made now.
  @discardableResult
  public func append(_ record: DecisionRecord) async throws(LedgerError) -> LedgerPosition {
    try await append(record, at: now())
  }

  /// Records a decision; returns once it is durable. Throwing refuses the request that the decision is about.
  @discardableResult
  public func append(_ record: DecisionRecord, at date: Date) async throws(LedgerError) -> LedgerPosition {
    try await write(record, at: date).position
  }

  /// Records a decision made now, and says how many bytes its text takes in the ledger.
  public func appendCounted(_ record: DecisionRecord) async throws(LedgerError) -> Int {
    try await write(record, at: now()).bytes
  }

  private func write(
    _ record: DecisionRecord, at date: Date
  ) async throws(LedgerError) -> (position: LedgerPosition, bytes: Int) {
    let text = RecordText(
      record, at: try EventTime(date), scope: scope, eventID: UUID().uuidString.lowercased())
    let written: Result<LedgerPosition, LedgerError> = await withCheckedContinuation { done in
      enqueue(Waiting(record: text, done: done))
    }
    return (try written.get(), text.body.count)
  }

  /// How many requests were refused, by path and route.
  public func denials(since: Date? = nil) async throws -> [LedgerDenials] {
    let reader = LedgerReader(folder: folder)
    return try await withCheckedThrowingContinuation { done in
      DispatchQueue.global().async { done.resume(with: Result { try reader.denials(since: since) }) }
    }
  }

  /// Signs a checkpoint, moves everything into the database file and lets go of the folder.
  ///
  /// What waits is written first; appends from now on are refused.
  public func close() async throws(LedgerError) {
    guard
      state.withLock({ state in
        !state.isClosed
          && {
            state.isClosed = true; return true
          }()
      })
    else { return }
    // The queue is serial: this runs behind every commit that was under way.
    try await chain.close(at: EventTime(now())).get()
  }

  // MARK: Group commit

  private func enqueue(_ entry: Waiting) {
    let refusal: LedgerError? = state.withLock { state in
      if state.isClosed { return .closed }
      // After a failure, one append at a time goes to the disk to see whether it writes again. The operator's own
      // are let in beside it: the reserve has a share for them.
      if let failure = state.failure, state.isWriting, !entry.isOperator { return .refusing(why: failure) }
      guard state.waiting.count < limits.mostWaiting else { return .overloaded(waiting: state.waiting.count) }
      state.waiting.append(entry)
      if !state.isWriting {
        state.isWriting = true
        chain.schedule { [self] in writeAll($0) }
      }
      return nil
    }
    if let refusal { entry.done.resume(returning: .failure(refusal)) }
  }

  private func writeAll(_ database: Database) {
    while let batch = nextBatch() {
      switch chain.commit(batch.map(\.record), in: database) {
      case .success(let positions):
        // What the operator's share of the reserve takes says nothing of the others.
        let isSure = reserveUsed == 0 || !batch.allSatisfy(\.isOperator)
        state.withLock { if isSure { $0.failure = nil } }
        for (entry, position) in zip(batch, positions) { entry.done.resume(returning: .success(position)) }
      case .failure(let error):
        fail(batch, because: error)
      }
    }
  }

  private func nextBatch() -> [Waiting]? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isWriting = false
        return nil
      }
      // While nothing else can be written, the operator's records go by themselves.
      if state.failure != nil, let first = state.waiting.firstIndex(where: \.isOperator) {
        return [state.waiting.remove(at: first)]
      }
      let batch = Array(state.waiting.prefix(limits.largestBatch))
      state.waiting.removeFirst(batch.count)
      return batch
    }
  }

  /// Nothing that waited behind a failed commit may pass on the strength of a later one.
  private func fail(_ batch: [Waiting], because error: LedgerError) {
    // A batch with the operator's records in it failed for the workspaces' share of the reserve: theirs try alone.
    let isMixed = batch.contains(where: \.isOperator) && batch.count > 1
    let others = state.withLock { state in
      state.failure = "\(error)"
      let others = state.waiting.filter { !$0.isOperator }
      state.waiting.removeAll { !$0.isOperator }
      if isMixed { state.waiting.append(contentsOf: batch.filter(\.isOperator)) }
      return others
    }
    for entry in batch where !(isMixed && entry.isOperator) { entry.done.resume(returning: .failure(error)) }
    for entry in others { entry.done.resume(returning: .failure(.refusing(why: "\(error)"))) }
  }
}

/// Where a record stands in its ledger; enough to find it again and to see that it is still the same.
public struct LedgerPosition: Sendable, Hashable {
  /// The record's number, from 1; 0 before the first.
  public var sequence: Int64
  /// The hash of everything up to the record.
  public var hash: LedgerHash

  /// A position noted down elsewhere.
  public init(sequence: Int64, hash: LedgerHash) {
    self.sequence = sequence
    self.hash = hash
  }
}
