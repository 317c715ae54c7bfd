import CordonLinux
import Crypto
import FoundationEssentials
import Glibc

/// The keys that wrap the projects' keys, in a file that only the gateway's user may read.
///
/// New project keys are wrapped by the current one; retired ones stay, so that an older copy of the database can
/// still be read, until they are forgotten on purpose.
struct RootKeys: Sendable {
  struct Key: Sendable {
    let id: String
    let secret: SymmetricKey
    let created: Int64
  }

  private(set) var current: Key
  private(set) var retired: [Key]

  func key(_ id: String) -> Key? { ([current] + retired).first { $0.id == id } }

  static func random(at time: Int64) -> RootKeys { RootKeys(current: newKey(at: time), retired: []) }

  /// A new current key; the one before is retired.
  func rotated(at time: Int64) -> RootKeys {
    RootKeys(current: Self.newKey(at: time), retired: [current] + retired)
  }

  func withoutRetired() -> RootKeys { RootKeys(current: current, retired: []) }

  private static func newKey(at time: Int64) -> Key {
    Key(id: Hexadecimal.text(Random.bytes(8)), secret: SymmetricKey(size: .bits256), created: time)
  }
}

// MARK: The file

extension RootKeys {
  private struct Text: Codable {
    struct Key: Codable {
      var id: String
      var key: Data
      var created: Int64
    }
    var format = 1
    var current: Key
    var retired: [Key]
  }

  static func read(_ path: String) throws(StoreError) -> RootKeys {
    do {
      let file = try DurableFile.open(path, O_RDONLY)
      let status = try file.status()
      guard status.permissions & 0o077 == 0 else {
        let mode = String(status.permissions & 0o777, radix: 8)
        throw StoreError.keysUnusable(
          path: path, why: "its mode is \(mode); others could read it, so it must be 600")
      }
      let text = try JSONDecoder().decode(Text.self, from: file.read(1 << 20, at: 0))
      let keys = try ([text.current] + text.retired).map { key in
        guard key.key.count == 32 else {
          throw StoreError.keysUnusable(path: path, why: "a key is not of 32 bytes")
        }
        return Key(id: key.id, secret: SymmetricKey(data: key.key), created: key.created)
      }
      return RootKeys(current: keys[0], retired: Array(keys.dropFirst()))
    } catch let error as StoreError {
      throw error
    } catch let error as FileError {
      throw .keysUnusable(path: path, why: "\(error)")
    } catch {
      throw .keysUnusable(path: path, why: "it does not read as a key file")
    }
  }

  /// Replaces the file; after a crash it holds the old keys or the new ones.
  func write(_ path: String) throws(StoreError) {
    func text(_ key: Key) -> Text.Key {
      Text.Key(id: key.id, key: Data(key.secret.copiedBytes), created: key.created)
    }
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      let data = try encoder.encode(Text(current: text(current), retired: retired.map(text)))
      let file = try DurableFile.open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC)
      try file.write(data, at: 0)
      try file.synchronize()
      try DurablePath.rename(path + ".new", to: path)
      let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
      try DurablePath.synchronizeFolder(folder.isEmpty ? "/" : folder)
    } catch let error as FileError where error.isNoSpace {
      throw .noSpace
    } catch {
      throw .keysUnusable(path: path, why: "\(error)")
    }
  }
}
