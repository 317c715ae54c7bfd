/// One thing that arrived somewhere: a stream, a datagram, a DNS name, a stored object, a printed text.
public struct Arrival: Sendable, Equatable {
  /// Where, in words.
  public var place: String
  /// What arrived.
  public var bytes: [UInt8]
  /// For a DNS question, the name that was asked for.
  public var name: String?

  /// Describes an arrival.
  public init(place: String, bytes: [UInt8], name: String? = nil) {
    self.place = place
    self.bytes = bytes
    self.name = name
  }
}

/// A secret that was found, and how it was spelled.
public struct Finding: Sendable, Equatable, Codable {
  /// `raw`, `hex`, `base32`, `base64`, `reversed`, `split`, ...
  public var form: String
  /// Where it arrived.
  public var place: String
}

/// Looks for a secret in everything that arrived, in every spelling that a client is likely to use.
///
/// Letters are compared without case throughout: DNS does not keep it, and a folded base64 text of 120 bits is still
/// no accident.
public struct CanarySearch: Sendable {
  struct Needle: Sendable {
    var form: String
    var bytes: [UInt8]
    /// The spelling uses the two characters of base64 that are no letters.
    var isBase64 = false
  }

  private let needles: [Needle]
  private let pieces: PieceSearch

  /// - Parameters:
  ///   - canary: What to look for.
  ///   - zones: DNS zones whose names are taken off before pieces are joined.
  public init(_ canary: Canary, zones: [String] = []) {
    let secret = canary.bytes
    var needles = [
      Needle(form: "raw", bytes: secret),
      Needle(form: "reversed", bytes: secret.reversed()),
      Needle(form: "hex", bytes: TextForms.hex(secret)),
    ]
    needles += TextForms.aligned(secret, group: 5, bits: 5, encode: TextForms.base32)
      .map { Needle(form: "base32", bytes: $0) }
    needles += TextForms.aligned(secret, group: 5, bits: 5, encode: TextForms.base32Hex)
      .map { Needle(form: "base32hex", bytes: $0) }
    needles += TextForms.aligned(secret, group: 3, bits: 6, encode: TextForms.base64)
      .map { Needle(form: "base64", bytes: TextForms.folded($0), isBase64: true) }
    self.needles = needles
    let whole = [
      Needle(form: "raw", bytes: secret),
      Needle(form: "reversed", bytes: secret.reversed()),
      Needle(form: "hex", bytes: TextForms.hex(secret)),
      Needle(form: "base32", bytes: TextForms.base32(secret)),
      Needle(form: "base32hex", bytes: TextForms.base32Hex(secret)),
      Needle(form: "base64", bytes: TextForms.folded(TextForms.base64(secret)), isBase64: true),
    ]
    pieces = PieceSearch(needles: whole, zones: zones)
  }

  /// The first place where the secret, in one piece or in several, arrived.
  public func find(in arrivals: [Arrival]) -> Finding? {
    for arrival in arrivals {
      if let form = form(in: arrival.bytes) ?? arrival.name.flatMap({ form(in: Array($0.utf8)) }) {
        return Finding(form: form, place: arrival.place)
      }
    }
    return pieces.find(in: arrivals)
  }

  private func form(in bytes: [UInt8]) -> String? {
    let folded = TextForms.folded(bytes)
    if let found = first(in: folded, squeezed: false) { return found }
    if let found = first(in: folded, squeezed: true) { return found }
    guard bytes.contains(UInt8(ascii: "%")) else { return nil }
    let decoded = TextForms.folded(TextForms.percentDecoded(bytes))
    guard decoded != folded else { return nil }
    return (first(in: decoded, squeezed: false) ?? first(in: decoded, squeezed: true)).map {
      "url-encoded \($0)"
    }
  }

  private func first(in folded: [UInt8], squeezed: Bool) -> String? {
    let plain = squeezed ? TextForms.squeezed(folded) : folded
    let base64 = squeezed ? TextForms.squeezedBase64(folded) : folded
    return needles.first { ($0.isBase64 ? base64 : plain).contains(subsequence: $0.bytes) }?.form
  }
}
