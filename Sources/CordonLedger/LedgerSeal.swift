import Crypto
import FoundationEssentials

/// A signed statement: this ledger had so many records, and their chain ended in this hash.
///
/// Checkpoints, the head in the database and the head file are all this one statement.
struct LedgerSeal: Sendable, Equatable {
  var ledger: [UInt8]
  var count: Int64
  var hash: LedgerHash
  var time: EventTime
  var signature: [UInt8]

  init(
    ledger: [UInt8], count: Int64, hash: LedgerHash, time: EventTime, key: SigningKey
  ) throws(LedgerError) {
    self.ledger = ledger
    self.count = count
    self.hash = hash
    self.time = time
    signature = try key.sign(Self.statement(ledger: ledger, count: count, hash: hash, time: time))
  }

  init(ledger: [UInt8], count: Int64, hash: LedgerHash, time: EventTime, signature: [UInt8]) {
    self.ledger = ledger
    self.count = count
    self.hash = hash
    self.time = time
    self.signature = signature
  }

  func isSigned(by key: VerifyingKey) -> Bool {
    key.verifies(signature, over: Self.statement(ledger: ledger, count: count, hash: hash, time: time))
  }

  private static func statement(
    ledger: [UInt8], count: Int64, hash: LedgerHash, time: EventTime
  ) -> [UInt8] {
    Array("cordon.ledger.seal.1\0".utf8) + ledger + HashChain.bigEndian(count)
      + HashChain.bigEndian(time.milliseconds) + hash.bytes
  }
}

// MARK: As one line of text

extension LedgerSeal {
  /// Canonical JSON, as the head file and an export's last line hold it.
  func text(keyID: String) -> [UInt8] {
    CanonicalJSON.object([
      ("count", .string(String(count))),
      ("hash", .string("\(hash)")),
      ("key", .string(keyID)),
      ("ledger", .string(Hexadecimal.text(ledger))),
      ("signature", .string(Hexadecimal.text(signature))),
      ("time", .string(String(time.milliseconds))),
    ]).bytes
  }

  private struct Text: Decodable {
    var count, hash, key, ledger, signature, time: String
  }

  /// Reads what `text(keyID:)` wrote; nil for anything else.
  init?(text: some Sequence<UInt8>) {
    guard let parsed = try? JSONDecoder().decode(Text.self, from: Data(text)),
      let count = Int64(parsed.count), count >= 0,
      let hash = LedgerHash(hex: parsed.hash),
      let ledger = Hexadecimal.bytes(parsed.ledger), ledger.count == LedgerIdentity.idByteCount,
      let signature = Hexadecimal.bytes(parsed.signature),
      let time = Int64(parsed.time).flatMap(EventTime.init(milliseconds:))
    else { return nil }
    self.init(ledger: ledger, count: count, hash: hash, time: time, signature: signature)
  }
}
