/// Turns the parts of a pattern into codes, with the values of its variables where it has some.
enum GlobCompiler {
  /// The codes of `parts`; `values` holds one value for each variable, in order.
  ///
  /// `openValues` reads `*` and `?` inside a value as wildcards. AWS does not say whether they are.
  static func codes(
    of parts: [Pattern.Part], in domain: Pattern.Domain, values: [String] = [], openValues: Bool = false
  ) -> [UInt16] {
    var codes: [UInt16] = []
    var colons = 0
    var variable = 0
    for (index, part) in parts.enumerated() {
      switch part {
      case .literal(let text):
        for byte in text.utf8 {
          if byte == UInt8(ascii: ":") { colons += 1 }
          codes.append(UInt16(domain == .action ? asciiLower(byte) : byte))
        }
      case .anyRun:
        codes.append(star(domain, colons: colons, next: index + 1 < parts.count ? parts[index + 1] : nil))
      case .anyCharacter:
        codes.append(isSegmented(domain, colons: colons) ? GlobCode.segmentOne : GlobCode.one)
      case .variable:
        guard variable < values.count else { continue }
        append(values[variable], to: &codes, open: openValues)
        variable += 1
      }
    }
    return codes
  }

  private static func append(_ value: String, to codes: inout [UInt16], open: Bool) {
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "*") where open: codes.append(GlobCode.star)
      case UInt8(ascii: "?") where open: codes.append(GlobCode.one)
      default: codes.append(UInt16(byte))
      }
    }
  }

  /// IAM User Guide, elements_resource: a `*` that is the last character of a segment can expand beyond the
  /// colon.
  private static func star(_ domain: Pattern.Domain, colons: Int, next: Pattern.Part?) -> UInt16 {
    guard isSegmented(domain, colons: colons) else { return GlobCode.star }
    guard domain == .resource else { return GlobCode.segmentStar }
    switch next {
    case nil: return GlobCode.star
    case .literal(let text)? where text.utf8.first == UInt8(ascii: ":"): return GlobCode.star
    default: return GlobCode.segmentStar
    }
  }

  /// Resource patterns have segments everywhere, ARN conditions six parts, the last of which may hold colons.
  private static func isSegmented(_ domain: Pattern.Domain, colons: Int) -> Bool {
    domain == .resource || (domain == .arn && colons < 5)
  }
}
