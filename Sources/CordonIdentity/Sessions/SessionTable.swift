import CordonModel
import Crypto
import FoundationEssentials
import GRDB

/// A session as it is kept.
struct SessionRow: Sendable, Equatable {
  var id: String
  var person: String
  var roles: Set<Person.Role>
  var standing: Data
  var generation: Int64
  var created: Int64
  var used: Int64
  var address: String

  /// A clock may be put back; a session's own time never is.
  func time(at now: Int64) -> Int64 { max(now, used) }

  /// Why the session ends, if it does.
  ///
  /// - Parameters:
  ///   - standing: What the spec gives the person now; nil where it names nobody of that name.
  ///   - generation: The account's, now; nil where the account may not be used.
  func end(
    rules: PortalRules, standing: Data?, generation: Int64?, from address: IPAddress, at now: Int64
  ) -> SessionEnd? {
    if now < used - Lifetime.slack { return .clock }
    let time = time(at: now)
    if time - created >= Int64(rules.longest) { return .longest }
    if time - used >= Int64(rules.idle) { return .idle }
    if !rules.admits(address) { return .address }
    return standing == self.standing && generation == self.generation ? nil : .standing
  }
}

/// Sessions in the database, by the hashes of their tokens.
struct SessionTable {
  /// A person's oldest session ends where there would be more.
  static let most = 20

  let database: Database

  init(_ database: Database) { self.database = database }

  /// What is kept of a token: it has 256 random bits, so that a slow hash would add nothing.
  static func hash(_ token: String) -> Data { Data(SHA256.hash(data: Array(token.utf8))) }

  private static let columns = "id, person, roles, standing, generation, created, used, address"

  func session(_ hash: Data) throws -> SessionRow? {
    try Row.fetchOne(
      database, sql: "SELECT \(Self.columns) FROM sessions WHERE hash = ?", arguments: [hash]
    ).map(Self.session)
  }

  func sessions(of person: String) throws -> [SessionRow] {
    try Row.fetchAll(
      database, sql: "SELECT \(Self.columns) FROM sessions WHERE person = ? ORDER BY created DESC, id",
      arguments: [person]
    ).map(Self.session)
  }

  private static func session(_ row: Row) throws -> SessionRow {
    guard let id = row.text(0), let person = row.text(1), let roles = row.text(2),
      let standing = row.data(3), let generation = row.integer(4), let created = row.integer(5),
      let used = row.integer(6), let address = row.text(7)
    else { throw IdentityError.damaged("a session") }
    return SessionRow(
      id: id, person: person,
      roles: Set(roles.split(separator: " ").compactMap { Person.Role(rawValue: String($0)) }),
      standing: standing, generation: generation, created: created, used: used, address: address)
  }

  func add(_ session: SessionRow, hash: Data) throws {
    try database.execute(
      sql: "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        hash, session.id, session.person, session.roles.map(\.rawValue).sorted().joined(separator: " "),
        session.standing, session.generation, session.created, session.used, session.address,
      ])
    try database.execute(
      sql: """
        DELETE FROM sessions WHERE person = ?1 AND id NOT IN
        (SELECT id FROM sessions WHERE person = ?1 ORDER BY id = ?2 DESC, created DESC, id LIMIT \(Self.most))
        """, arguments: [session.person, session.id])
  }

  /// Notes a use. A session's time only goes on.
  func touch(_ hash: Data, at now: Int64, from address: String) throws {
    try database.execute(
      sql: "UPDATE sessions SET used = max(used, ?), address = ? WHERE hash = ?",
      arguments: [now, address, hash])
  }

  func remove(_ hash: Data) throws -> Bool {
    try database.execute(sql: "DELETE FROM sessions WHERE hash = ?", arguments: [hash])
    return database.changesCount == 1
  }

  func removeAll(of person: String) throws {
    try database.execute(sql: "DELETE FROM sessions WHERE person = ?", arguments: [person])
  }

  /// Removes what no use can bring back.
  func removeEnded(_ rules: PortalRules, at now: Int64) throws {
    try database.execute(
      sql: "DELETE FROM sessions WHERE created <= ? OR used <= ?",
      arguments: [now - Int64(rules.longest), now - Int64(rules.idle)])
  }
}
