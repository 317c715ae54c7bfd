extension CloudValue {
  /// Text that a reader found in `Fn::Base64`: kept readable, an object of the function's name around its argument.
  public static func base64(of value: CloudValue, at location: Location? = nil) -> CloudValue {
    CloudValue(.object([Member(name: "Fn::Base64", value: value)]), at: location)
  }

  /// A script or document as a person wrote it, whether it stands in `Fn::Base64`, was encoded before it was put in the file,
  /// or is plain text: `UserData`, a lifecycle configuration's `Content`, a function's `ZipFile`.
  ///
  /// Text that is not base64 of UTF-8 is given back as it is; so is everything that is not text.
  public var decoded: CloudValue {
    switch content {
    case .object(let members):
      guard members.count == 1, members[0].name == "Fn::Base64" else { return self }
      return members[0].value
    case .string(let text):
      guard let plain = Self.base64Decoded(text) else { return self }
      return CloudValue(.string(plain), at: location)
    case .oneOf(let choices, let condition):
      return CloudValue(.oneOf(choices.map(\.decoded), condition: condition), at: location)
    default: return self
    }
  }

  /// The UTF-8 text that base64 (RFC 4648 §4, white space between the digits allowed) stands for; nil for any other text.
  private static func base64Decoded(_ text: String) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count * 3 / 4)
    var buffer: UInt32 = 0
    var digits = 0
    var padding = 0
    for byte in text.utf8 {
      if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { continue }
      if byte == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      guard padding == 0, let digit = base64Digit(byte) else { return nil }
      buffer = buffer << 6 | digit
      digits += 1
      if digits % 4 == 0 {
        bytes += [UInt8(buffer >> 16 & 255), UInt8(buffer >> 8 & 255), UInt8(buffer & 255)]
        buffer = 0
      }
    }
    guard digits > 0, (digits + padding) % 4 == 0, padding <= 2 else { return nil }
    switch digits % 4 {
    case 2: bytes.append(UInt8(buffer >> 4 & 255))
    case 3: bytes += [UInt8(buffer >> 10 & 255), UInt8(buffer >> 2 & 255)]
    default: break
    }
    guard let text = String(validating: bytes, as: UTF8.self), text.unicodeScalars.allSatisfy(isWritten)
    else {
      return nil
    }
    return text
  }

  /// Control characters show that a word was read as digits by accident.
  private static func isWritten(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && scalar.value != 0x7F || [0x09, 0x0A, 0x0D].contains(scalar.value)
  }

  private static func base64Digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
