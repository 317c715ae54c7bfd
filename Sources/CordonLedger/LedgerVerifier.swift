import CordonLinux
import FoundationEssentials
import GRDB

/// Reads a whole ledger and says whether it is what was written, without the writer and while it runs.
///
/// What a signature cannot tell is that the whole folder was put back to an earlier state of itself; give
/// `anchor`, a position noted down elsewhere, to find that.
public struct LedgerVerifier: Sendable {
  /// What the caller knows from outside the folder.
  public struct Expectation: Sendable {
    /// The signing key's id.
    public var keyID: String?
    /// A position that must be in the ledger.
    public var anchor: LedgerPosition?

    /// Nothing is known.
    public init() {}
  }

  private let paths: LedgerPaths
  private let expectation: Expectation

  /// A verifier of the ledger in `folder`.
  public init(folder: String, expecting expectation: Expectation = Expectation()) {
    paths = LedgerPaths(folder: folder)
    self.expectation = expectation
  }

  /// Checks every record, checkpoint and head. Blocks until it is done.
  ///
  /// - Throws: `LedgerError` where the folder cannot be read at all.
  public func verify() throws -> LedgerVerification {
    // Read before the database: the head file is written after each commit, so it is never ahead of what follows.
    let headFile = try readHeadFile()
    if let head = headFile?.newest, head.count > 0, try isGone() {
      var result = LedgerVerification()
      result.report(.truncated(last: 0, head: head.count))
      return result
    }
    do {
      return try LedgerReader(folder: paths.folder).read { database in
        var result = LedgerVerification()
        do {
          try verify(database, headFile: headFile, into: &result)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
          // A table or a column is gone.
          result.report(.structure(error.message ?? "it is not the database of a ledger"))
        }
        return result
      }
    } catch LedgerError.damaged(_, let what) {
      var result = LedgerVerification()
      result.report(.structure(what))
      return result
    }
  }

  private func readHeadFile() throws -> HeadFile.Content? {
    do {
      return try HeadFile.read(paths.head)
    } catch {
      throw LedgerError.unreadable(folder: paths.folder, why: "\(error)")
    }
  }

  private func isGone() throws -> Bool {
    do {
      return try !DurablePath.exists(paths.database)
    } catch {
      throw LedgerError.unreadable(folder: paths.folder, why: "\(error)")
    }
  }

  private func verify(
    _ database: Database, headFile: HeadFile.Content?, into result: inout LedgerVerification
  ) throws {
    let structure = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)") ?? "no answer"
    if structure != "ok" { result.report(.structure(structure)) }
    guard let identity = try LedgerTables.identity(database) else {
      result.report(.structure("it does not say which ledger it is"))
      return
    }
    result.ledgerID = Hexadecimal.text(identity.id)
    result.keyID = identity.publicKey.id
    checkKey(identity, into: &result)
    var run = VerifierRun(identity: identity, result: result)
    if let anchor = expectation.anchor {
      run.mark(anchor, problem: .anchorMissing(sequence: anchor.sequence))
    }
    for seal in headFile?.seals ?? [] { run.mark(seal, problem: .headInvalid(sequence: seal.count)) }
    try run.walk(database)
    try run.checkHeads(database, headFile: headFile)
    result = run.result
  }

  private func checkKey(_ identity: LedgerIdentity, into result: inout LedgerVerification) {
    let beside = SigningKey.peek(at: paths.key)?.verifying.id
    let found = identity.publicKey.id
    if let beside, beside != found { result.report(.keyDiffers(found: found)) }
    if let wanted = expectation.keyID, wanted != found { result.report(.keyDiffers(found: found)) }
  }
}
