/// Finds the parts of a text that look like secrets: values beside the name of one, and tokens that are known by
/// their form alone.
///
/// It errs towards finding: a value that is withheld by mistake is still told apart by its hash.
struct SecretFinder {
  /// The ranges of the text's bytes that are secrets, in order and apart from each other.
  static func secrets(in bytes: [UInt8]) -> [Range<Int>] {
    // The shortest form is a name, a mark and a byte.
    guard bytes.count > 8 else { return [] }
    var finder = SecretFinder(view: PercentDecodedView(bytes))
    finder.find()
    return finder.found.map { finder.view.origin[$0.lowerBound]..<finder.view.origin[$0.upperBound] }
  }

  let view: PercentDecodedView
  private var found: [Range<Int>] = []

  private let bareKeys: BareKeys
  /// No web token starts before this: what follows was looked at.
  private var noWebTokenBefore = 0

  private init(view: PercentDecodedView) {
    self.view = view
    bareKeys = BareKeys(in: view)
  }

  private mutating func find() {
    var at = 0
    while at < view.bytes.count {
      guard let range = secret(at: at), !range.isEmpty else {
        at += 1
        continue
      }
      found.append(range)
      at = range.upperBound
    }
  }

  private mutating func secret(at start: Int) -> Range<Int>? {
    if let bare = bareKeys.key(at: start) { return bare }
    switch ASCIIText.lower(view.bytes[start]) {
    case UInt8(ascii: "-"): return armour(from: start)
    case UInt8(ascii: ":"): return password(at: start)
    case UInt8(ascii: "b"): return bearer(at: start)
    case UInt8(ascii: "e"): return webToken(at: start)
    case let letter where SecretName.firstLetters.contains(letter):
      return named(at: start) ?? parameters(at: start) ?? knownToken(at: start)
    default: return nil
    }
  }

  private func named(at start: Int) -> Range<Int>? {
    for name in SecretName.all where view.has(name.text, at: start) {
      if let range = value(of: name, behind: start + name.text.count) { return range }
    }
    return nil
  }

  // MARK: Values beside a name

  private func value(of name: SecretName, behind end: Int) -> Range<Int>? {
    guard let start = afterAssignment(end), !view.has(Pattern.withheld, at: start) else { return nil }
    if name.isCredentials { return credentials(at: start) }
    return start..<view.skip(while: name.holds, from: start)
  }

  /// Where the value starts behind `=`, `:`, `":`, `>` and their like; nil where none is assigned.
  private func afterAssignment(_ start: Int) -> Int? {
    let mark = view.skip(while: { ASCIIText.isQuote($0) || ASCIIText.isBlank($0) }, from: start)
    guard mark < view.bytes.count, "=:>".utf8.contains(view.bytes[mark]) else { return nil }
    return view.skip(while: { ASCIIText.isQuote($0) || ASCIIText.isBlank($0) }, from: mark + 1)
  }

  /// RFC 9110 §11.4: a scheme, and behind it a token or parameters. A scheme that is known stays readable.
  private func credentials(at start: Int) -> Range<Int>? {
    // In a query a `+` stands for a blank.
    let start = view.skip(while: { $0 == UInt8(ascii: "+") }, from: start)
    for scheme in SecretName.schemes where view.has(scheme + [0x20], at: start) {
      let next = view.skip(while: ASCIIText.isBlank, from: start + scheme.count + 1)
      return next..<endOfParameters(from: next)
    }
    let word = start..<view.skip(while: ASCIIText.isToken, from: start)
    guard !word.isEmpty else { return nil }
    let next = view.skip(while: ASCIIText.isBlank, from: word.upperBound)
    let hasScheme = next > word.upperBound && next < view.bytes.count && ASCIIText.isToken(view.bytes[next])
    return start..<endOfParameters(from: hasScheme ? next : start)
  }

  /// `name=value, name="value"`, as far as it goes.
  private func endOfParameters(from start: Int) -> Int {
    var end = view.skip(while: ASCIIText.isToken, from: start)
    while end < view.bytes.count {
      let quoted = view.skip(while: ASCIIText.isQuote, from: end)
      let comma = view.skip(while: { $0 == UInt8(ascii: ",") || ASCIIText.isBlank($0) }, from: quoted)
      let isSeparated = view.bytes[quoted..<comma].contains(UInt8(ascii: ","))
      // Behind a quote a value goes on (`username="x"`); behind a comma another parameter may.
      let from = isSeparated ? comma : quoted
      let next = view.skip(while: { ASCIIText.isToken($0) || $0 == UInt8(ascii: ";") }, from: from)
      guard next > from, isSeparated ? view.bytes[from..<next].contains(UInt8(ascii: "=")) : quoted > end
      else { return end }
      end = next
    }
    return end
  }

  // MARK: Known by their form

  private func parameters(at start: Int) -> Range<Int>? {
    guard view.has(Pattern.signature, at: start) else { return nil }
    let parameters = start + Pattern.signature.count - "credential".utf8.count
    return parameters..<endOfParameters(from: parameters)
  }

  /// RFC 7468: from the first line to the last, or to the end where there is no last.
  private func armour(from start: Int) -> Range<Int>? {
    guard view.has(Pattern.armour, at: start) else { return nil }
    var at = start + Pattern.armour.count
    while at < view.bytes.count {
      if view.bytes[at] == UInt8(ascii: "-"), view.has(Pattern.armourEnd, at: at) {
        let label = at + Pattern.armourEnd.count
        let dashes = view.skip(while: { $0 != UInt8(ascii: "-") }, from: label)
        return start..<view.skip(while: { $0 == UInt8(ascii: "-") }, from: dashes)
      }
      at += 1
    }
    return start..<view.bytes.count
  }

  /// RFC 6750 §2.1. Words such as `bearer token` are not one.
  private func bearer(at start: Int) -> Range<Int>? {
    guard view.has(Pattern.bearer, at: start) else { return nil }
    let token = start + Pattern.bearer.count
    let end = view.skip(while: ASCIIText.isToken, from: token)
    let hasDigit = view.bytes[token..<end].contains(where: ASCIIText.isDigit)
    return end - token >= 16 || (end - token >= 8 && hasDigit) ? token..<end : nil
  }

  /// RFC 7519 §3 and RFC 7516 §3.1: three or five parts in base64url, of which the first is a JSON object.
  private mutating func webToken(at start: Int) -> Range<Int>? {
    guard start >= noWebTokenBefore, view.starts(with: Pattern.webToken, at: start), view.isWordStart(start)
    else { return nil }
    var ends: [Int] = []
    var end = start
    while ends.count < 5 {
      end = view.skip(while: ASCIIText.isURLSafe, from: end)
      ends.append(end)
      guard end < view.bytes.count, view.bytes[end] == UInt8(ascii: ".") else { break }
      end += 1
    }
    guard let header = ends.first else { return nil }
    if ends.count > 1, header - start >= 12,
      ends.count > 2 || view.starts(with: Pattern.webToken, at: header + 1)
    {
      return start..<end
    }
    // Neither is one that begins further on in the same first part.
    noWebTokenBefore = header
    return nil
  }

  /// RFC 3986 §3.2.1: what stands before the `@` of an address, behind the user's name.
  private func password(at start: Int) -> Range<Int>? {
    guard view.has(Pattern.authority, at: start) else { return nil }
    let authority = start + Pattern.authority.count
    let end = view.skip(while: { $0 > 0x20 && !"/?#\"'<>\\@".utf8.contains($0) }, from: authority)
    guard end < view.bytes.count, view.bytes[end] == UInt8(ascii: "@"),
      let colon = view.bytes[authority..<end].firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    return colon + 1..<end
  }

  private func knownToken(at start: Int) -> Range<Int>? {
    guard view.isWordStart(start) else { return nil }
    for known in SecretName.tokens where view.starts(with: known.prefix, at: start) {
      let end = view.skip(while: known.holds, from: start + known.prefix.count)
      if end - start >= known.least { return start..<end }
    }
    return nil
  }
}

/// What the finder looks for; lower case where case does not matter.
private enum Pattern {
  static let armour = Array("-----begin ".utf8)
  static let armourEnd = Array("-----end ".utf8)
  static let authority = Array("://".utf8)
  static let bearer = Array("bearer ".utf8)
  static let signature = Array("aws4-hmac-sha256 credential".utf8)
  static let withheld = Array(SecretScrubber.withheld.utf8)
  /// `{"` in base64.
  static let webToken = Array("eyJ".utf8)
}
