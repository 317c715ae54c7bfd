import ArgumentParser
import CordonLedger
import CordonModel
import CordonRuntime
import Foundation

/// Reads and verifies the record of every decision.
struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "Show, verify and export the record of every decision.",
    discussion: """
        cordon ledger show --denied --limit 20
        cordon ledger verify
        cordon ledger export > evidence.jsonl
      """,
    subcommands: [Show.self, Verify.self, Export.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show decisions, newest first.",
      discussion: """
          cordon ledger show --denied
          cordon ledger show --workspace diagnosis-1 --path tunnel --limit 50
          cordon ledger show --since 2026-01-31T08:00:00Z --format json
        """)

    @OptionGroup var environment: EnvironmentOptions
    @Option(help: "At most so many.")
    var limit = 20
    @Option(help: "Decisions of one workspace.")
    var workspace: String?
    @Option(
      help: "Decisions on one egress path: \(EgressPath.allCases.map(\.rawValue).joined(separator: ", ")).")
    var path: String?
    @Option(help: "Decisions on one operation, e.g. PutObject.")
    var event: String?
    @Option(help: "Decisions from this time on, ISO 8601.")
    var since: String?
    @Flag(help: "Denied ones only.")
    var denied = false
    @Flag(help: "Allowed ones only.")
    var allowed = false
    @Option(help: "text or json (one record a line)")
    var format = OutputFormat.text

    func validate() throws {
      guard limit >= 0 else { throw ValidationError("--limit is a number from 0 on") }
    }

    func run() throws {
      let entries = try Ledgers.reading(environment) { try LedgerReader(folder: $0).entries(filter()) }
      if format == .json { return entries.forEach { print($0.line) } }
      guard !entries.isEmpty else { return print("no such decisions") }
      let rows = try entries.map { entry in
        let members = try entry.members()
        let own = members.additionalEventData
        return [
          members.eventTime, own.outcome, own.workspace ?? "-", members.eventName, own.route ?? "-",
          Self.short(members.resources?.first?.arn ?? "-"), own.control + ": " + own.reason,
        ]
      }
      print(
        Console.table(
          [["time", "outcome", "workspace", "event", "route", "resource", "control: reason"]] + rows))
    }

    /// What an ARN names, without the account that is the same in all of Cordon's own.
    private static func short(_ arn: String) -> String {
      guard arn.hasPrefix("arn:aws:cordon:") else { return arn }
      return String(arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).last ?? "-")
    }

    private func filter() throws -> LedgerFilter {
      var filter = LedgerFilter()
      filter.order = .newestFirst
      filter.limit = limit
      filter.workspace = workspace
      filter.eventName = event
      if denied != allowed { filter.outcome = denied ? .denied : .allowed }
      if let path {
        guard let known = EgressPath(rawValue: path) else {
          throw Failure("no egress path is called '\(path)'; see: cordon ledger show --help")
        }
        filter.path = known
      }
      if let since {
        guard let date = try? Date(since, strategy: .iso8601) else {
          throw Failure("'\(since)' is not a time; write one like 2026-01-31T08:00:00Z")
        }
        filter.since = date
      }
      return filter
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Find changed, removed, reordered or cut-off records.",
      discussion: """
        Works while the environment runs. Give --key and --anchor what you noted down outside this machine: they find a
        folder that was put back to an earlier state of itself.

          cordon ledger verify
          cordon ledger verify evidence.jsonl --key KEY --anchor 1200:9f86d081...

        The exit code is 0 for an intact ledger and 1 for a broken one.
        """)

    @OptionGroup var environment: EnvironmentOptions
    @Argument(help: "An exported file, instead of the environment's ledger.")
    var file: String?
    @Option(help: "The signing key's id.")
    var key: String?
    @Option(
      help: "A record that must be in the ledger, as NUMBER:HASH; each verification prints the last one.")
    var anchor: String?
    @Option(help: "text or json")
    var format = OutputFormat.text

    func run() throws {
      var expectation = LedgerVerifier.Expectation()
      expectation.keyID = key
      expectation.anchor = try anchor.map(Self.position)
      let result = try verification(expectation)
      if format == .json { try Console.json(Summary(result)) } else { show(result) }
      guard result.verdict == .intact else { throw Exit.bad }
    }

    private static func position(_ text: String) throws -> LedgerPosition {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let number = Int64(parts[0]), number >= 0,
        let hash = LedgerHash(hex: String(parts[1]))
      else { throw Failure("--anchor wants NUMBER:HASH as cordon ledger verify printed it, not '\(text)'") }
      return LedgerPosition(sequence: number, hash: hash)
    }

    private func verification(_ expectation: LedgerVerifier.Expectation) throws -> LedgerVerification {
      guard let file else {
        return try Ledgers.reading(environment) {
          try LedgerVerifier(folder: $0, expecting: expectation).verify()
        }
      }
      var lines = try LineInput(file, longest: 16 << 20)
      var verifier = LedgerExportVerifier(expecting: expectation)
      // A byte that is no UTF-8 becomes a character that no record has, and the record is found to be changed.
      while let line = try lines.next(beforeWaiting: {}) {
        verifier.take(String(decoding: line, as: UTF8.self))
      }
      return verifier.finish()
    }

    private func show(_ result: LedgerVerification) {
      let key = result.keyID.map { ", key \($0)" } ?? ""
      guard result.verdict == .broken else {
        print("ledger intact: \(result.count) records, \(result.checkpoints) checkpoints\(key)")
        if let end = result.end {
          print("note down outside this machine: --anchor \(end.sequence):\(end.hash)")
        }
        return
      }
      print(
        "LEDGER BROKEN: \(result.problemCount) problems; everything up to record \(result.lastGood) is as written\(key)"
      )
      for problem in result.problems { print("  \(problem)") }
    }

    private struct Summary: Encodable {
      var verdict: String
      var records: Int64
      var checkpoints: Int
      var lastGood: Int64
      var key: String?
      var anchor: String?
      var problems: [String]

      init(_ result: LedgerVerification) {
        verdict = result.verdict.rawValue
        records = result.count
        checkpoints = result.checkpoints
        lastGood = result.lastGood
        key = result.keyID
        anchor = result.end.map { "\($0.sequence):\($0.hash)" }
        problems = result.problems.map { "\($0)" }
      }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the ledger as JSON lines that can be verified elsewhere.",
      discussion: """
          cordon ledger export > evidence.jsonl
          cordon ledger export --after 1200
        """)

    @OptionGroup var environment: EnvironmentOptions
    @Option(help: "Leave out records up to this number.")
    var after: Int64 = 0

    func run() throws {
      try Ledgers.reading(environment) { try LedgerExport(folder: $0).write(after: after) { print($0) } }
    }
  }
}

/// Opens an environment's ledger for reading, with its failures in the user's words.
private enum Ledgers {
  static func reading<R>(_ environment: EnvironmentOptions, _ body: (String) throws -> R) throws -> R {
    let folder = try environment.folder()
    do { return try body(folder.ledger) } catch let failure as LedgerError {
      throw Failure(failure.description, code: 1)
    }
  }
}
