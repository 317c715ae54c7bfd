/// What may stand in a header field, whoever wrote it: a request's sender, or a stored object's.
enum FieldRules {
  /// RFC 9110 §5.6.2.
  static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }

  /// No control byte but tab, and nothing that was repaired while decoding.
  static func isClean(_ value: String) -> Bool {
    value.unicodeScalars.allSatisfy {
      $0 == "\t" || ($0.value >= 0x20 && $0.value != 0x7F && $0 != "\u{FFFD}")
    }
  }
}
