/// A JSON value with exactly one spelling, so that a hash over its bytes means something.
///
/// RFC 8785 (JSON Canonicalization Scheme) for what a record holds: no space, members in order, the shortest
/// escapes, everything else as UTF-8. Records hold no numbers, so none are spelled here. Two differences: members
/// are ordered by UTF-8 bytes, and what a terminal obeys or hides (DEL, C1 controls, marks of direction, line and
/// paragraph separators) is escaped like the other controls, because what a workspace asked for is in the text.
enum CanonicalJSON {
  case string(String)
  case array([CanonicalJSON])
  case object([(String, CanonicalJSON)])

  var bytes: [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(1_024)
    write(to: &output)
    return output
  }

  private func write(to output: inout [UInt8]) {
    switch self {
    case .string(let text):
      Self.write(text, to: &output)
    case .array(let values):
      output.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        value.write(to: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      let ordered = members.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
      for (index, member) in ordered.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        Self.write(member.0, to: &output)
        output.append(UInt8(ascii: ":"))
        member.1.write(to: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5C:
        output.append(UInt8(ascii: "\\"))
        output.append(UInt8(truncatingIfNeeded: scalar.value))
      case 0x20..<0x7F:
        output.append(UInt8(truncatingIfNeeded: scalar.value))
      case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069:
        writeControl(scalar.value, to: &output)
      default:
        output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  private static func writeControl(_ value: UInt32, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\\"))
    switch value {
    case 0x08: output.append(UInt8(ascii: "b"))
    case 0x09: output.append(UInt8(ascii: "t"))
    case 0x0A: output.append(UInt8(ascii: "n"))
    case 0x0C: output.append(UInt8(ascii: "f"))
    case 0x0D: output.append(UInt8(ascii: "r"))
    default:
      let bytes = [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
      output.append(contentsOf: "u\(Hexadecimal.text(bytes))".utf8)
    }
  }
}

extension CanonicalJSON: ExpressibleByStringLiteral {
  init(stringLiteral value: String) { self = .string(value) }
}
