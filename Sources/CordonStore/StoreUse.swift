import CordonLinux
public import CordonModel
import FoundationEssentials
import GRDB

/// Looks at a store from outside, also while a gateway has it open.
public enum StoreUse {
  /// What each project holds in the store of `folder`; empty where there is no store, or one that was not counted yet.
  public static func read(folder: String) throws(StoreError) -> [Slug: StoreCapacity] {
    let path = StorePaths(folder: folder).database
    do {
      guard try DurablePath.exists(path) else { return [:] }
      var configuration = Configuration()
      configuration.label = "cordon.store.use"
      configuration.readonly = true
      configuration.busyMode = .timeout(2)
      return try DatabaseQueue(path: path, configuration: configuration).read { database in
        guard try database.tableExists("usage") else { return [:] }
        let rows = try Row.fetchAll(database, sql: "SELECT project, bytes, entries FROM usage")
        let uses = rows.compactMap { row -> (Slug, StoreCapacity)? in
          guard let project = row.text(0).flatMap({ try? Slug($0) }), let bytes = row.integer(1),
            let entries = row.integer(2)
          else { return nil }
          return (project, StoreCapacity(bytes: bytes, entries: entries))
        }
        return Dictionary(uses, uniquingKeysWith: { $1 })
      }
    } catch {
      throw StoreError(of: error)
    }
  }
}
