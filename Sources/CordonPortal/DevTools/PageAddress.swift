import CordonWire

/// An address that the portal may tell the browser to open: `http` or `https`, a canonical host name, no user name.
///
/// Everything else is refused before it reaches the browser: a `chrome:` address right after another navigation ends the
/// whole browser under a locked policy, and every other scheme reads something that is not the web.
public struct PageAddress: Sendable, Hashable {
  /// The address as the browser gets it.
  public let text: String
  /// The host.
  public let host: String

  /// Reads an address; nil unless it is one of those.
  public init?(_ text: String) {
    guard text.utf8.count <= 4_096, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else {
      return nil
    }
    let lowered = text.prefix(8).lowercased()
    let scheme = lowered.hasPrefix("https://") ? "https://" : lowered.hasPrefix("http://") ? "http://" : nil
    guard let scheme else { return nil }
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { !"/?#".contains($0) }
    let pieces = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = pieces.first, let host = try? DomainName(String(name).lowercased()) else { return nil }
    if pieces.count == 2 { guard let port = UInt16(pieces[1]), port > 0 else { return nil } }
    self.host = host.description
    self.text = scheme + host.description + authority.dropFirst(name.count) + rest.dropFirst(authority.count)
  }
}
