/// A pattern compiled to codes: a byte below 256, or a wildcard above.
///
/// Each wildcard comes in two kinds, because in an ARN some may match a colon and some may not.
enum GlobCode {
  /// `*` that matches anything.
  static let star: UInt16 = 256
  /// `*` that stops at a colon where segments count.
  static let segmentStar: UInt16 = 257
  /// `?`: one Unicode scalar.
  static let one: UInt16 = 258
  /// `?` that is no colon where segments count.
  static let segmentOne: UInt16 = 259
}

/// Steps after which a match is given up as undecided, so that no pattern can hold a thread.
let globStepLimit = 1 << 18

extension Span<UInt16> {
  /// Whether the codes match the whole of `text`.
  ///
  /// With `segments`, `segmentStar` and `segmentOne` do not match a colon. With `lowered`, the text's ASCII
  /// letters are read in lower case.
  ///
  /// The latest star of each kind is enough to come back to: after a free star the earliest end of what
  /// stands before it is the best one, and a segment star cannot help once its segment's colon is behind.
  func matches(
    _ text: Span<UInt8>, segments: Bool = false, lowered: Bool = false
  ) -> Truth {
    let colon = UInt8(ascii: ":")
    var code = 0
    var at = 0
    var free: (code: Int, at: Int)?
    var local: (code: Int, at: Int)?
    for _ in 0..<globStepLimit {
      var matched = false
      if code < count {
        let wanted = self[code]
        if wanted == GlobCode.star || (wanted == GlobCode.segmentStar && !segments) {
          if code == count - 1 { return .yes }
          code += 1
          (free, local) = ((code, at), nil)
          matched = true
        } else if wanted == GlobCode.segmentStar {
          code += 1
          local = (code, at)
          matched = true
        } else if at < text.count {
          let byte = text[at]
          if wanted == GlobCode.one || wanted == GlobCode.segmentOne {
            matched = !(segments && byte == colon && wanted == GlobCode.segmentOne)
            if matched { at = Swift.min(at + scalarLength(lead: byte), text.count) }
          } else if wanted == UInt16(lowered ? asciiLower(byte) : byte) {
            matched = true
            at += 1
            if segments && byte == colon { local = nil }
          }
          if matched { code += 1 }
        }
      } else if at == text.count {
        return .yes
      }
      if matched { continue }
      if let star = local, star.at < text.count, text[star.at] != colon {
        at = Swift.min(star.at + scalarLength(lead: text[star.at]), text.count)
        code = star.code
        local = (code, at)
      } else if let star = free, star.at < text.count {
        at = Swift.min(star.at + scalarLength(lead: text[star.at]), text.count)
        code = star.code
        (free, local) = ((code, at), nil)
      } else {
        return .no
      }
    }
    return .undecided
  }
}
