import FoundationEssentials

/// What a ledger is from its first moment on.
struct LedgerIdentity: Sendable {
  static let idByteCount = 16
  static let format: Int64 = 1

  var id: [UInt8]
  var publicKey: VerifyingKey

  /// What the first record holds on to.
  var start: LedgerHash { HashChain.start(ledger: id, publicKey: publicKey.bytes) }
}

/// Where a ledger's files lie in its folder.
struct LedgerPaths: Sendable {
  let folder: String

  var database: String { folder + "/ledger.db" }
  var key: String { folder + "/signing.key" }
  var head: String { folder + "/HEAD" }
  var lock: String { folder + "/lock" }
}
