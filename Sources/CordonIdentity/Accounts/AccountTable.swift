import CordonModel
import FoundationEssentials
import GRDB

/// What is kept of a person who signs in here.
struct Account: Sendable, Equatable {
  var person: String
  var password: PasswordHash?
  /// The authenticator's secret, sealed.
  var totp: Data?
  /// The last half minute whose code was used.
  var step: Int64
  /// Grows whenever sessions and known browsers of before must end.
  var generation: Int64
  var isDisabled: Bool
}

/// A one-time link as it is kept.
struct Link: Sendable, Equatable {
  var person: String
  var totp: Data
  var lifetime: (began: Int64, ends: Int64)

  static func == (left: Link, right: Link) -> Bool {
    left.person == right.person && left.totp == right.totp && left.lifetime == right.lifetime
  }

  func isGood(at now: Int64) -> Bool {
    Lifetime(began: lifetime.began, ends: lifetime.ends).contains(now)
  }
}

/// Accounts, one-time links and recovery codes in the database.
struct AccountTable {
  let database: Database

  init(_ database: Database) { self.database = database }

  // MARK: Accounts

  func account(_ person: String) throws -> Account? {
    let sql = "SELECT password, totp, step, generation, disabled FROM accounts WHERE person = ?"
    guard let row = try Row.fetchOne(database, sql: sql, arguments: [person]) else { return nil }
    let text = row.text(0)
    let password = text.flatMap { PasswordHash($0) }
    guard let step = row.integer(2), let generation = row.integer(3), let disabled = row.integer(4),
      text == nil || password != nil
    else { throw IdentityError.damaged("the account of '\(person)'") }
    return Account(
      person: person, password: password, totp: row.data(1), step: step, generation: generation,
      isDisabled: disabled != 0)
  }

  /// Writes an account whole.
  func put(_ account: Account, at now: Int64) throws {
    try database.execute(
      sql: """
        INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person) DO UPDATE SET
        password = excluded.password, totp = excluded.totp, step = excluded.step,
        generation = excluded.generation, disabled = excluded.disabled
        """,
      arguments: [
        account.person, account.password?.text, account.totp, account.step, account.generation,
        account.isDisabled ? 1 : 0, now,
      ])
  }

  /// Puts a new hash of the same password in the place of one that costs less to guess.
  func strengthen(_ person: String, from old: PasswordHash, to new: PasswordHash) throws {
    try database.execute(
      sql: "UPDATE accounts SET password = ? WHERE person = ? AND password = ?",
      arguments: [new.text, person, old.text])
  }

  /// Uses a code up. A second use of the same one, even at the same moment, finds it used.
  func consume(code: String, of account: Account, at now: Int64, keys: IdentityKeys) throws -> Bool {
    if code.utf8.count == 6, let sealed = account.totp {
      let generator = OneTimeCode(secret: try keys.unseal(sealed, of: account.person))
      guard let step = generator.step(of: code, at: now, after: account.step) else { return false }
      try database.execute(
        sql: "UPDATE accounts SET step = ? WHERE person = ?", arguments: [step, account.person])
      return true
    }
    guard let code = RecoveryCode.canonical(code) else { return false }
    try database.execute(
      sql: "DELETE FROM recovery_codes WHERE person = ? AND hash = ?",
      arguments: [account.person, keys.recoveryHash(code, of: account.person)])
    return database.changesCount == 1
  }

  /// New recovery codes in the place of all older ones.
  func renewRecoveryCodes(of person: String, keys: IdentityKeys) throws -> [String] {
    try database.execute(sql: "DELETE FROM recovery_codes WHERE person = ?", arguments: [person])
    let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode.random() }
    for code in codes {
      try database.execute(
        sql: "INSERT INTO recovery_codes VALUES (?, ?)",
        arguments: [person, keys.recoveryHash(RecoveryCode.canonical(code) ?? code, of: person)])
    }
    return codes
  }

  /// Removes everything that is known of a person.
  func remove(_ person: String) throws {
    for table in ["recovery_codes", "links", "sessions", "accounts"] {
      try database.execute(sql: "DELETE FROM \(table) WHERE person = ?", arguments: [person])
    }
  }

  /// Everybody of whom anything is known.
  func people() throws -> [String] {
    try String.fetchAll(
      database,
      sql: "SELECT person FROM accounts UNION SELECT person FROM links UNION SELECT person FROM sessions")
  }

  // MARK: One-time links

  func link(_ hash: Data) throws -> Link? {
    let sql = "SELECT person, totp, created, ends FROM links WHERE hash = ?"
    guard let row = try Row.fetchOne(database, sql: sql, arguments: [hash]) else { return nil }
    guard let person = row.text(0), let totp = row.data(1), let created = row.integer(2),
      let ends = row.integer(3)
    else { throw IdentityError.damaged("a one-time link") }
    return Link(person: person, totp: totp, lifetime: (created, ends))
  }

  /// Keeps a link; an older one of the same person is worth nothing from here on.
  func put(_ link: Link, hash: Data) throws {
    try removeLinks(of: link.person)
    try database.execute(
      sql: "INSERT INTO links VALUES (?, ?, ?, ?, ?)",
      arguments: [hash, link.person, link.totp, link.lifetime.began, link.lifetime.ends])
  }

  func removeLinks(of person: String) throws {
    try database.execute(sql: "DELETE FROM links WHERE person = ?", arguments: [person])
  }

  /// When the person's link ends, if there is one.
  func linkEnd(of person: String) throws -> Int64? {
    try Int64.fetchOne(database, sql: "SELECT ends FROM links WHERE person = ?", arguments: [person])
  }

  // MARK: What the operator did

  /// Notes an act, to be recorded by whoever has the ledger.
  func note(_ event: SignInRecord.Event, of person: String, at now: Int64) throws {
    try database.execute(
      sql: "INSERT INTO acts (event, person, at) VALUES (?, ?, ?)",
      arguments: [event.rawValue, person, now])
  }

  /// The oldest acts that are not recorded yet.
  func acts() throws -> [(seq: Int64, event: String, person: String, at: Int64)] {
    try Row.fetchAll(database, sql: "SELECT seq, event, person, at FROM acts ORDER BY seq LIMIT 64").map {
      row in
      guard let seq = row.integer(0), let event = row.text(1), let person = row.text(2),
        let at = row.integer(3)
      else { throw IdentityError.damaged("a note of the operator's acts") }
      return (seq, event, person, at)
    }
  }

  func removeActs(through seq: Int64) throws {
    try database.execute(sql: "DELETE FROM acts WHERE seq <= ?", arguments: [seq])
  }
}
