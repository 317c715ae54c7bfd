/// Finds secret access keys and session tokens that stand by themselves: base64 as mixed as only random bytes are.
///
/// A slash belongs to base64 and also stands between the parts of a key, so each part may be the beginning. What a text
/// is made of is counted once for all of them: a workspace chooses the text, and one of nothing but slashes must not
/// take the square of its length.
struct BareKeys {
  /// The length of a secret access key.
  private static let keyLength = 40
  /// From this length on, what is as mixed as random bytes in base64 is taken for a token.
  private static let tokenLength = 100

  /// What stands before a byte: so many of each kind, and so many changes from one kind to the next.
  private struct Tally {
    var upper = 0, lower = 0, digits = 0, changes = 0
  }

  private let view: PercentDecodedView
  /// Before each byte, and before the end.
  private var tallies: [Tally] = []
  /// Where the run of base64 ends that each byte is in.
  private var runEnds: [Int] = []

  init(in view: PercentDecodedView) {
    self.view = view
    guard view.bytes.count >= Self.keyLength else { return }
    var tally = Tally()
    var last = -1
    tallies.reserveCapacity(view.bytes.count + 1)
    for byte in view.bytes {
      tallies.append(tally)
      let kind = ASCIIText.isUpper(byte) ? 0 : ASCIIText.isLower(byte) ? 1 : ASCIIText.isDigit(byte) ? 2 : 3
      tally.upper += kind == 0 ? 1 : 0
      tally.lower += kind == 1 ? 1 : 0
      tally.digits += kind == 2 ? 1 : 0
      tally.changes += kind != last ? 1 : 0
      last = kind
    }
    tallies.append(tally)
    runEnds = Array(repeating: view.bytes.count, count: view.bytes.count)
    var end = view.bytes.count
    for at in view.bytes.indices.reversed() {
      if !ASCIIText.isBase64(view.bytes[at]) { end = at }
      runEnds[at] = end
    }
  }

  /// The key or token that starts at `start`.
  func key(at start: Int) -> Range<Int>? {
    guard view.bytes.count - start >= Self.keyLength, runEnds[start] - start >= Self.keyLength,
      isPartStart(start), !isFolder(start)
    else { return nil }
    let key = start + Self.keyLength
    if isPartEnd(key), isMixed(start..<key, least: 6) { return start..<key }
    let end = runEnds[start]
    guard end - start >= Self.tokenLength, isMixed(start..<end, least: (end - start) / 8) else { return nil }
    return start..<view.skip(while: { $0 == UInt8(ascii: "=") }, from: end)
  }

  private func isPartStart(_ start: Int) -> Bool {
    start == 0 || !ASCIIText.isBase64(view.bytes[start - 1]) || view.bytes[start - 1] == UInt8(ascii: "/")
  }

  private func isPartEnd(_ end: Int) -> Bool {
    end == view.bytes.count || !ASCIIText.isBase64(view.bytes[end]) || view.bytes[end] == UInt8(ascii: "/")
  }

  /// Whether the part up to the next slash looks like a folder's name, which a token would take along: three
  /// characters or more, none of them a capital.
  private func isFolder(_ start: Int) -> Bool {
    let end = view.skip(while: { ASCIIText.isBase64($0) && $0 != UInt8(ascii: "/") }, from: start)
    return end - start >= 3 && !view.bytes[start..<end].contains(where: ASCIIText.isUpper)
  }

  /// Whether capitals, small letters and digits alternate as they do in random base64, and in no words or numbers.
  private func isMixed(_ range: Range<Int>, least: Int) -> Bool {
    let (start, end) = (tallies[range.lowerBound], tallies[range.upperBound])
    // The first byte begins a kind, whatever stands before it.
    let changes = 1 + end.changes - tallies[range.lowerBound + 1].changes
    return end.upper - start.upper >= least && end.lower - start.lower >= least && end.digits > start.digits
      && changes * 5 >= range.count * 2
  }
}
