import CordonLinux
public import CordonModel
public import FoundationEssentials
import GRDB

/// Reads a ledger's folder, also while a gateway writes to it. Every call sees one consistent state and blocks
/// until it is done.
public struct LedgerReader: Sendable {
  private let paths: LedgerPaths

  /// A reader of the ledger in `folder`.
  public init(folder: String) { paths = LedgerPaths(folder: folder) }

  /// Hands the records that `filter` selects to `receive`, one by one, until it says false.
  public func query(_ filter: LedgerFilter, _ receive: (LedgerEntry) throws -> Bool) throws {
    let selection = try Selection(filter)
    try read { database in
      let rows = try Row.fetchCursor(database, sql: selection.sql, arguments: selection.arguments)
      while let row = try rows.next() {
        guard let entry = LedgerEntry(row: row) else { throw unreadable(row) }
        guard try receive(entry) else { return }
      }
    }
  }

  /// The records that `filter` selects.
  public func entries(_ filter: LedgerFilter) throws -> [LedgerEntry] {
    var entries: [LedgerEntry] = []
    try query(filter) { entry in
      entries.append(entry)
      return true
    }
    return entries
  }

  /// How many requests were refused, by path and route.
  public func denials(since: Date? = nil) throws -> [LedgerDenials] {
    let first = try since.map { try EventTime($0).milliseconds } ?? 0
    return try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT path, route, COUNT(*), MAX(time) FROM records WHERE outcome = 'denied' AND time >= ?
          GROUP BY path, route ORDER BY path, route
          """, arguments: [first]
      ).compactMap(LedgerDenials.init(row:))
    }
  }

  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do {
      guard try DurablePath.exists(paths.database) else {
        throw LedgerError.unreadable(folder: paths.folder, why: "there is no ledger.db")
      }
      return try LedgerConnection.reader(paths.database).read(body)
    } catch let error as FileError {
      throw LedgerError.unreadable(folder: paths.folder, why: "\(error)")
    } catch let error as DatabaseError {
      let why = error.message ?? "\(error.resultCode)"
      switch error.resultCode {
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw LedgerError.damaged(folder: paths.folder, what: why)
      case .SQLITE_BUSY, .SQLITE_LOCKED: throw LedgerError.locked(folder: paths.folder)
      default: throw LedgerError.unreadable(folder: paths.folder, why: why)
      }
    }
  }

  private func unreadable(_ row: Row) -> LedgerError {
    .damaged(
      folder: paths.folder, what: "record \(row.integer(0).map(String.init) ?? "?") does not read as one")
  }
}

/// Refused requests of one route.
public struct LedgerDenials: Sendable, Equatable {
  /// The path; nil for requests that walk none, such as a malformed one.
  public var path: EgressPath?
  /// The route of that path.
  public var route: String?
  /// How many.
  public var count: Int
  /// When the last one was.
  public var last: Date

  init?(row: Row) {
    guard let count = row.integer(2).flatMap({ Int(exactly: $0) }),
      let last = row.integer(3).flatMap(EventTime.init(milliseconds:))
    else { return nil }
    path = row.text(0).flatMap(EgressPath.init(rawValue:))
    route = row.text(1)
    self.count = count
    self.last = last.date
  }
}

/// A filter as SQL; every value is bound, none is part of the text.
private struct Selection {
  private(set) var sql = "SELECT n, prev, hash, body, time FROM records"
  private(set) var arguments = StatementArguments()
  private var conditions: [String] = []

  init(_ filter: LedgerFilter) throws(LedgerError) {
    if let limit = filter.limit, limit < 0 { throw .badQuery("a limit is not negative") }
    if let since = filter.since { add("time >= ?", try EventTime(since).milliseconds) }
    if let until = filter.until { add("time < ?", try EventTime(until).milliseconds) }
    add("n > ?", filter.after)
    add("n < ?", filter.before)
    addWorkspace(filter.workspace)
    add("outcome = ?", filter.outcome?.rawValue)
    add("path = ?", filter.path?.rawValue)
    add("event = ?", filter.eventName)
    add("route IS NOT ?", filter.exceptRoute)
    // There is no column for it: whose records they are is asked of a bounded stretch, and last.
    add(
      "CASE WHEN json_valid(body) THEN json_extract(body, '$.additionalEventData.person') = ? ELSE 0 END",
      filter.person)
    if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
    sql += filter.order == .oldestFirst ? " ORDER BY n" : " ORDER BY n DESC"
    if let limit = filter.limit {
      sql += " LIMIT ?"
      arguments += [limit]
    }
  }

  /// Commands that enter a workspace named it only among their resources before the column told of them as well.
  /// Their columns stay as they are: `verify` compares them with the text that was hashed.
  private mutating func addWorkspace(_ name: String?) {
    guard let name else { return }
    conditions.append(
      """
      (workspace = ? OR (workspace IS NULL AND event = 'Exec' AND CASE WHEN json_valid(body) THEN
        json_extract(body, '$.resources[0].ARN') = 'arn:aws:cordon:' || json_extract(body, '$.awsRegion') || ':'
          || json_extract(body, '$.recipientAccountId') || ':workspace/' || ? ELSE 0 END))
      """)
    arguments += [name, name]
  }

  private mutating func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
    guard let value else { return }
    conditions.append(condition)
    arguments += [value]
  }
}

extension LedgerEntry {
  /// Reads the columns `n, prev, hash, body, time`; nil where one is not what it should be.
  init?(row: Row) {
    guard let sequence = row.integer(0),
      let previous = row.data(1).flatMap({ LedgerHash(bytes: $0) }),
      let hash = row.data(2).flatMap({ LedgerHash(bytes: $0) }),
      let json = row.text(3),
      let time = row.integer(4).flatMap(EventTime.init(milliseconds:))
    else { return nil }
    self.init(
      position: LedgerPosition(sequence: sequence, hash: hash), previous: previous, time: time.date,
      json: json)
  }
}
