/// The cookies of a request, and how ours are set.
///
/// A name that comes twice gives nothing: whichever one we took, somebody else could have put it there.
struct Cookies: Sendable, Equatable {
  /// Our cookies. `__Host-` binds them to this host, TLS and the whole path (RFC 6265bis §4.1.3.2).
  enum Name: String, CaseIterable, Sendable {
    /// Who is signed in.
    case session = "__Host-cordon"
    /// Binds forms to one browser before anybody is signed in.
    case visitor = "__Host-cordon-visitor"
    /// Says that somebody has signed in with this browser before.
    case device = "__Host-cordon-device"
    /// Binds an organisation's answer to the browser that asked. The answer is a navigation from another site, which
    /// carries no strict cookie: so this one, of ten minutes and with no other meaning, is lax.
    case organization = "__Host-cordon-organization"

    fileprivate var attributes: String {
      switch self {
      case .session: "; Path=/; Secure; HttpOnly; SameSite=Strict"
      case .visitor: "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=86400"
      case .device: "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=31536000"
      case .organization: "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"
      }
    }
  }

  private var values: [Name: String] = [:]

  /// No cookies.
  init() {}

  /// Reads the `Cookie` fields of a request.
  init(_ fields: [String]) {
    var twice: Set<Name> = []
    for field in fields {
      for pair in field.split(separator: ";") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let name = Name(rawValue: Self.trimmed(parts[0])) else { continue }
        if values[name] != nil { twice.insert(name) }
        values[name] = Self.trimmed(parts[1])
      }
    }
    for name in twice { values[name] = nil }
    values = values.filter { Self.isOurs($0.value) }
  }

  /// A cookie's value: 16 to 512 of base64url's characters and `.`, as we make them.
  subscript(name: Name) -> String? { values[name] }

  /// The field that sets a cookie; nil where the value is none of ours.
  static func setting(_ name: Name, to value: String) -> String? {
    isOurs(value) ? name.rawValue + "=" + value + name.attributes : nil
  }

  /// The field that removes a cookie.
  static func removing(_ name: Name) -> String {
    let strictness = name == .organization ? "Lax" : "Strict"
    return name.rawValue + "=; Path=/; Secure; HttpOnly; SameSite=\(strictness); Max-Age=0"
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.utf8.first == UInt8(ascii: " ") { text = text.dropFirst() }
    while text.utf8.last == UInt8(ascii: " ") { text = text.dropLast() }
    return String(text)
  }

  private static func isOurs(_ value: String) -> Bool {
    (16...512).contains(value.utf8.count)
      && value.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
