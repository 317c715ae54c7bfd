import CordonModel
import CordonWire
import Crypto
import FoundationEssentials

/// Places in a person's denials as links have them: sealed, for that person only, until the portal ends.
///
/// In clear, the number among everybody's records would tell each person how much the others do.
struct DenialLinks: Sendable {
  private let key = SymmetricKey(size: .bits256)

  /// A place as a link has it.
  func text(_ place: DenialPlace, of person: Slug) throws -> String {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: place.number >> ($0 * 8)) }
    let box = try AES.GCM.seal(bytes, using: key, authenticating: Array(person.text.utf8))
    return Hex.text(box.combined ?? Data())
  }

  /// The place in a link; nil where it is no link of this person's and this portal's.
  func place(_ text: String, of person: Slug) -> DenialPlace? {
    guard let sealed = Hex.bytes(text), let box = try? AES.GCM.SealedBox(combined: sealed),
      let bytes = try? AES.GCM.open(box, using: key, authenticating: Array(person.text.utf8)),
      bytes.count == 8
    else { return nil }
    return DenialPlace(bytes.reversed().reduce(0) { $0 << 8 | Int64($1) })
  }
}
