import Crypto
import FoundationEssentials

/// A project's data key: everything of the project is encrypted under keys derived from it.
struct ProjectKey: Sendable {
  let id: Int64
  let project: String
  let secret: SymmetricKey
  /// Seals what the database says of the project's objects.
  let metadataKey: SymmetricKey

  init(id: Int64, project: String, secret: SymmetricKey) {
    self.id = id
    self.project = project
    self.secret = secret
    metadataKey = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: secret, info: Array("cordon.store.metadata.1".utf8), outputByteCount: 32)
  }

  static func random(id: Int64, project: String) -> ProjectKey {
    ProjectKey(id: id, project: project, secret: SymmetricKey(size: .bits256))
  }

  /// The key as the database holds it.
  func wrapped(by root: RootKeys.Key) throws -> Data {
    let sealed = try AES.GCM.seal(
      secret.copiedBytes, using: root.secret,
      authenticating: Self.context(id: id, project: project, root: root.id))
    guard let combined = sealed.combined else { throw StoreError.damaged("an AES-GCM nonce") }
    return combined
  }

  /// Opens what `wrapped(by:)` gave; throws where the key, the project or the root key is another.
  init(id: Int64, project: String, wrapped: Data, root: RootKeys.Key) throws {
    let context = Self.context(id: id, project: project, root: root.id)
    guard
      let secret = try? AES.GCM.open(
        AES.GCM.SealedBox(combined: wrapped), using: root.secret, authenticating: context)
    else { throw StoreError.damaged("the data key of project '\(project)'") }
    self.init(id: id, project: project, secret: SymmetricKey(data: secret))
  }

  private static func context(id: Int64, project: String, root: String) -> [UInt8] {
    var context = Packer()
    context.put("cordon.store.project-key.1")
    context.put(id)
    context.put(project)
    context.put(root)
    return context.bytes
  }
}
