import FoundationEssentials
import GRDB
import Synchronization

/// The root keys, and the project keys that were unwrapped with them.
final class Keyring: Sendable {
  let path: String
  private let roots: Mutex<RootKeys>
  /// By wrapped form, which no two keys share: a change that was undone leaves nothing wrong behind.
  private let unwrapped = Mutex<[Data: ProjectKey]>([:])

  init(path: String, roots: RootKeys) {
    self.path = path
    self.roots = Mutex(roots)
  }

  var root: RootKeys.Key { roots.withLock { $0.current } }

  /// Puts new root keys in place: on the disk first, so that nothing is ever wrapped with a key that could be lost.
  func replace(_ change: (RootKeys) -> RootKeys) throws(StoreError) {
    try roots.withLock { roots throws(StoreError) in
      let changed = change(roots)
      try changed.write(path)
      roots = changed
    }
  }

  func unwrap(id: Int64, project: String, root: String, wrapped: Data) throws -> ProjectKey {
    if let key = unwrapped.withLock({ $0[wrapped] }), key.id == id, key.project == project { return key }
    guard let root = roots.withLock({ $0.key(root) }) else {
      throw StoreError.keysUnusable(path: path, why: "it has no root key '\(root)'")
    }
    let key = try ProjectKey(id: id, project: project, wrapped: wrapped, root: root)
    unwrapped.withLock { $0[wrapped] = key }
    return key
  }

  func forgetUnwrapped() { unwrapped.withLock { $0.removeAll() } }
}
