import FoundationEssentials

/// An address that the mirror may ask: http or https, and https wherever the index is.
struct UpstreamURL: Hashable, Sendable {
  /// The address without user information, query or fragment of anybody else's.
  let text: String
  let isSecure: Bool
  let host: String
  let port: Int
  /// The user information as HTTP's Basic scheme has it; only the index's own address has one.
  let authorization: String?

  /// Reads the index's own address, with whatever name and password it holds.
  init?(index text: String) {
    guard let url = URLComponents(string: text) else { return nil }
    var authorization: String?
    if let user = url.user, !user.isEmpty {
      authorization = "Basic " + Data("\(user):\(url.password ?? "")".utf8).base64EncodedString()
    }
    self.init(url, authorization: authorization)
  }

  /// Reads an address that the index gave; nil where it leads from TLS to plain HTTP.
  init?(_ text: String, givenBy index: UpstreamURL) {
    guard let url = URLComponents(string: text), let read = UpstreamURL(url, authorization: nil),
      read.isSecure || !index.isSecure
    else { return nil }
    let isIndex = read.host == index.host && read.port == index.port && read.isSecure == index.isSecure
    self = isIndex ? UpstreamURL(url, authorization: index.authorization) ?? read : read
  }

  private init?(_ url: URLComponents, authorization: String?) {
    var plain = url
    plain.user = nil
    plain.password = nil
    plain.fragment = nil
    guard let scheme = url.scheme?.lowercased(), scheme == "https" || scheme == "http",
      let host = url.host?.lowercased(), !host.isEmpty, let text = plain.string
    else { return nil }
    isSecure = scheme == "https"
    self.host = host
    port = url.port ?? (isSecure ? 443 : 80)
    self.text = text
    self.authorization = authorization
  }
}
