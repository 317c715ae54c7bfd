/// An `https` address that a provider's server is asked at, in the little of RFC 3986 that is needed.
struct ProviderAddress: Sendable, Hashable {
  /// The host, in lower case, with its port if one is written.
  var authority: String
  /// The address as written.
  var text: String

  /// Reads `https://HOST[:PORT][/...]`; no user, no fragment, nothing but visible ASCII.
  init?(_ text: String) {
    guard text.hasPrefix("https://"), text.utf8.count <= 2_048,
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
      !text.contains("#"), !text.contains("@")
    else { return nil }
    let rest = text.dropFirst("https://".count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard !authority.isEmpty else { return nil }
    self.authority = authority.lowercased()
    self.text = text
  }

  /// The host of an address, with its port if one is written.
  static func host(of text: String) -> String? { ProviderAddress(text)?.authority }
}
