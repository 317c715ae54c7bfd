import GRDB

@testable import CordonStore

extension ObjectStore {
  /// Does to the database what a disk does that fails in one place.
  func tamper(_ sql: String) throws {
    try database.pool.writeWithoutTransaction { try $0.execute(sql: sql) }
  }
}
