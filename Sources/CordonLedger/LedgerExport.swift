import FoundationEssentials
import GRDB

/// A ledger as lines of JSON that can leave the machine and still be verified.
///
/// The first line says which ledger and key; each record's line carries its hash and the one before; the last line
/// is a signed head. Every record's text is byte for byte what was hashed.
public struct LedgerExport: Sendable {
  private let reader: LedgerReader

  /// An export of the ledger in `folder`.
  public init(folder: String) { reader = LedgerReader(folder: folder) }

  /// Hands out the lines, without line ends, oldest record first.
  ///
  /// - Parameter after: Records up to here are left out. Verifying such an export needs the position it starts
  ///   after.
  public func write(after: Int64 = 0, _ receive: (String) throws -> Void) throws {
    try reader.read { database in
      guard let identity = try LedgerTables.identity(database),
        let head = try LedgerTables.head(database, ledger: identity.id)
      else { throw LedgerError.badQuery("there is no ledger to export") }
      try receive(first(identity))
      let rows = try Row.fetchCursor(
        database, sql: "SELECT n, prev, hash, body, time FROM records WHERE n > ? ORDER BY n",
        arguments: [after])
      while let row = try rows.next() {
        guard let entry = LedgerEntry(row: row) else {
          throw LedgerError.badQuery("record \(row.integer(0) ?? 0) does not read as one; verify the ledger")
        }
        try receive(entry.line)
      }
      let seal = String(decoding: head.text(keyID: identity.publicKey.id), as: UTF8.self)
      try receive("{\"head\":\(seal)}")
    }
  }

  private func first(_ identity: LedgerIdentity) -> String {
    let members = CanonicalJSON.object([
      ("format", .string(String(LedgerIdentity.format))),
      ("id", .string(Hexadecimal.text(identity.id))),
      ("key", .string(identity.publicKey.id)),
      ("publicKey", .string(Hexadecimal.text(identity.publicKey.bytes))),
    ])
    return "{\"ledger\":\(String(decoding: members.bytes, as: UTF8.self))}"
  }
}

/// Verifies an export line by line, on any machine.
public struct LedgerExportVerifier: Sendable {
  private let expectation: LedgerVerifier.Expectation
  private let start: LedgerPosition?
  private var identity: LedgerIdentity?
  private var chain: ChainWalk?
  private var line = 0
  private var hasHead = false
  private var anchorIsFound = false
  private var result = LedgerVerification()

  /// A verifier before its first line.
  ///
  /// - Parameters:
  ///   - expectation: What is known from outside the export.
  ///   - start: The position that the export starts after; nil for one that starts with the first record.
  public init(
    expecting expectation: LedgerVerifier.Expectation = LedgerVerifier.Expectation(),
    after start: LedgerPosition? = nil
  ) {
    self.expectation = expectation
    self.start = start
  }

  /// Verifies all lines.
  public static func verify(
    _ lines: some Sequence<String>,
    expecting expectation: LedgerVerifier.Expectation = LedgerVerifier.Expectation(),
    after start: LedgerPosition? = nil
  ) -> LedgerVerification {
    var verifier = LedgerExportVerifier(expecting: expectation, after: start)
    for line in lines { verifier.take(line) }
    return verifier.finish()
  }

  /// Takes the next line, without its line end.
  public mutating func take(_ text: String) {
    line += 1
    switch ExportLine(text) {
    case .ledger(let found) where line == 1: begin(found)
    case .record(let entry) where identity != nil && !hasHead: take(entry)
    case .head(let seal) where identity != nil && !hasHead: take(seal)
    default: result.report(.unreadableLine(line))
    }
  }

  /// What the lines amount to; an export without its last line is reported as broken.
  public mutating func finish() -> LedgerVerification {
    if !hasHead { result.report(.headMissing) }
    if let anchor = expectation.anchor, !anchorIsFound {
      result.report(.anchorMissing(sequence: anchor.sequence))
    }
    return result
  }

  private mutating func begin(_ found: LedgerIdentity) {
    identity = found
    chain = ChainWalk(expected: (start?.sequence ?? 0) &+ 1, previous: start?.hash ?? found.start)
    result.ledgerID = Hexadecimal.text(found.id)
    result.keyID = found.publicKey.id
    if let wanted = expectation.keyID, wanted != found.publicKey.id {
      result.report(.keyDiffers(found: found.publicKey.id))
    }
  }

  private mutating func take(_ entry: ExportLine.Record) {
    let problems = chain?.step(entry.sequence, link: entry.previous, stored: entry.hash, body: entry.body)
    for problem in problems ?? [] { result.report(problem) }
    result.count += 1
    let position = LedgerPosition(sequence: entry.sequence, hash: entry.hash)
    result.end = position
    if position == expectation.anchor { anchorIsFound = true }
    if result.problemCount == 0 { result.lastGood = entry.sequence }
  }

  private mutating func take(_ seal: LedgerSeal) {
    guard let identity else { return }
    hasHead = true
    let end = result.end ?? start ?? LedgerPosition(sequence: 0, hash: identity.start)
    guard seal.ledger == identity.id, seal.isSigned(by: identity.publicKey), seal.count >= end.sequence else {
      return result.report(.headInvalid(sequence: seal.count))
    }
    guard seal.count == end.sequence else {
      return result.report(.truncated(last: end.sequence, head: seal.count))
    }
    guard seal.hash == end.hash else { return result.report(.headInvalid(sequence: seal.count)) }
    result.signedThrough = seal.count
    result.signedAt = seal.time.date
  }
}

/// One line of an export, read strictly: another spelling of the same JSON is not the same line.
enum ExportLine {
  struct Record {
    var sequence: Int64
    var hash: LedgerHash
    var previous: LedgerHash
    var body: [UInt8]
  }

  case ledger(LedgerIdentity)
  case record(Record)
  case head(LedgerSeal)
  case unreadable

  init(_ text: String) {
    var rest = text[...]
    if rest.take("{\"ledger\":") {
      self = Self.identity(rest.dropLast().utf8).map(ExportLine.ledger) ?? .unreadable
    } else if rest.take("{\"head\":") {
      self = LedgerSeal(text: rest.dropLast().utf8).map(ExportLine.head) ?? .unreadable
    } else {
      self = Self.record(rest).map(ExportLine.record) ?? .unreadable
    }
  }

  private struct IdentityText: Decodable {
    var format, id, key, publicKey: String
  }

  private static func identity(_ text: some Sequence<UInt8>) -> LedgerIdentity? {
    guard let parsed = try? JSONDecoder().decode(IdentityText.self, from: Data(text)),
      parsed.format == String(LedgerIdentity.format),
      let id = Hexadecimal.bytes(parsed.id), id.count == LedgerIdentity.idByteCount,
      let key = Hexadecimal.bytes(parsed.publicKey).flatMap({ VerifyingKey(bytes: Data($0)) })
    else { return nil }
    return LedgerIdentity(id: id, publicKey: key)
  }

  private static func record(_ text: Substring) -> Record? {
    var rest = text
    guard rest.take("{\"hash\":\""), let hash = LedgerHash(hex: rest.takeUntil("\"")),
      rest.take("\",\"n\":"), let sequence = Int64(rest.takeUntil(",")), sequence > 0,
      rest.take(",\"prev\":\""), let previous = LedgerHash(hex: rest.takeUntil("\"")),
      rest.take("\",\"record\":"), rest.utf8.last == UInt8(ascii: "}")
    else { return nil }
    return Record(sequence: sequence, hash: hash, previous: previous, body: Array(rest.utf8.dropLast()))
  }
}

extension Substring {
  fileprivate mutating func take(_ prefix: String) -> Bool {
    guard utf8.starts(with: prefix.utf8) else { return false }
    self = self[utf8.index(startIndex, offsetBy: prefix.utf8.count)...]
    return true
  }

  fileprivate mutating func takeUntil(_ mark: Character) -> String {
    let end = firstIndex(of: mark) ?? endIndex
    defer { self = self[end...] }
    return String(self[..<end])
  }
}
