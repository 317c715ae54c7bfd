/// Finds a secret that was cut into pieces: over labels of a name, over questions, over requests.
///
/// Pieces are taken in the order of arrival, and what fits nowhere is passed over, so that repeated and foreign
/// questions in between do not hide the secret. A short piece counts only where it is a whole
/// label or a whole payload; otherwise any text long enough would hold every secret.
struct PieceSearch: Sendable {
  var needles: [CanarySearch.Needle]
  var zones: [String]

  /// One arrival, made comparable.
  private struct Text {
    var place: String
    var plain: [UInt8]
    var base64: [UInt8]
    /// Parts that a sender chose as a whole: labels, the words of a request line, a payload.
    var tokens: Set<[UInt8]>

    func body(_ needle: CanarySearch.Needle) -> [UInt8] { needle.isBase64 ? base64 : plain }
  }

  private static let textLimit = 4 << 20

  func find(in arrivals: [Arrival]) -> Finding? {
    var left = Self.textLimit
    var texts: [Text] = []
    for arrival in arrivals {
      guard left > 0 else { break }
      let made = text(arrival)
      left -= made.plain.count
      texts.append(made)
    }
    let total = Self.textLimit - left
    let shortest = total < 32 << 10 ? 4 : total < 1 << 20 ? 6 : 8
    for needle in needles {
      if let place = inOrder(needle, texts, shortest: shortest) ?? inAnyOrder(needle, texts) {
        return Finding(form: "split \(needle.form)", place: place)
      }
    }
    return nil
  }

  // MARK: In order

  private func inOrder(_ needle: CanarySearch.Needle, _ texts: [Text], shortest: Int) -> String? {
    // INVARIANT: `reached` holds every length of the secret's beginning that the texts so far can make up. All of
    // them are kept: a text that goes on with the right letter by accident must not lose the true cut.
    var reached: Set<Int> = [0]
    for text in texts {
      var fresh = reached
      while let position = fresh.popFirst() {
        for length in lengths(needle, from: position, in: text, shortest: shortest)
        where reached.insert(position + length).inserted && length >= shortest {
          // A long text may hold several pieces; a whole token is one piece.
          fresh.insert(position + length)
        }
      }
      if reached.contains(needle.bytes.count) { return text.place }
    }
    return nil
  }

  private func lengths(
    _ needle: CanarySearch.Needle, from position: Int, in text: Text, shortest: Int
  ) -> [Int] {
    let rest = needle.bytes.count - position
    guard rest > 0 else { return [] }
    let body = text.body(needle)
    var found: [Int] = []
    if rest >= shortest {
      for length in shortest...rest {
        guard body.contains(subsequence: needle.bytes[position..<(position + length)]) else { break }
        found.append(length)
      }
    }
    for length in 1..<max(2, min(rest + 1, shortest))
    where text.tokens.contains(Array(needle.bytes[position..<(position + length)])) {
      found.append(length)
    }
    return found
  }

  // MARK: In any order

  /// Numbered questions may overtake each other. Only names count here, and only pieces of equal length.
  private func inAnyOrder(_ needle: CanarySearch.Needle, _ texts: [Text]) -> String? {
    let tokens = texts.reduce(into: Set<[UInt8]>()) { $0.formUnion($1.tokens) }
    guard let place = texts.last?.place, !tokens.isEmpty else { return nil }
    for size in 4..<needle.bytes.count {
      let cut = stride(from: 0, to: needle.bytes.count, by: size).map {
        Array(needle.bytes[$0..<min($0 + size, needle.bytes.count)])
      }
      if cut.allSatisfy(tokens.contains) { return place }
    }
    return nil
  }

  // MARK: Making arrivals comparable

  private func text(_ arrival: Arrival) -> Text {
    let bytes = arrival.name.map { Array(withoutZone($0).utf8) } ?? arrival.bytes
    let plain = TextForms.squeezed(bytes)
    var tokens = Set<[UInt8]>()
    if arrival.name != nil {
      tokens = words(bytes, atLeast: 1)
    } else {
      let line = bytes.prefix(2_048).prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
      tokens = words(Array(line), atLeast: 2)
      if plain.count <= 16 { tokens.insert(plain) }
    }
    return Text(
      place: arrival.place, plain: plain, base64: TextForms.squeezedBase64(bytes), tokens: tokens)
  }

  private func words(_ bytes: [UInt8], atLeast shortest: Int) -> Set<[UInt8]> {
    let folded = TextForms.folded(bytes)
    let apart = folded.split { !((97...122).contains($0) || (48...57).contains($0)) }.map(Array.init)
    return Set(apart.filter { $0.count >= shortest })
  }

  private func withoutZone(_ name: String) -> String {
    let lower = name.lowercased()
    for zone in zones where lower == zone || lower.hasSuffix(".\(zone)") {
      return String(lower.dropLast(zone.count))
    }
    return lower
  }
}
