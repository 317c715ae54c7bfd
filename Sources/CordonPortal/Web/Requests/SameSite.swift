import NIOHTTP1

/// Whether a request comes from a page of ours, as the browser itself says it in fields that no script can write.
///
/// Beside strict cookies and form tokens, not instead of them. Fetch Metadata, W3C; Fetch §3.2.
enum SameSite {
  /// Refuses what another site's page sends.
  static func check(
    _ headers: HTTPHeaders, route: Route, method: Route.Method, origin: String
  ) throws(WebFault) {
    let site = WebRules.single(headers, "sec-fetch-site")
    guard headers["sec-fetch-site"].count <= 1, headers["origin"].count <= 1 else { throw .malformed }
    let named = WebRules.single(headers, "origin")
    if route.isStream {
      // A WebSocket's opening is not bound by the same-origin policy: its Origin is all there is (RFC 6455 §10.2).
      guard named == origin, site == nil || site == "same-origin" else { throw .crossSite }
      return
    }
    switch method {
    case .post:
      guard named == origin || (named == nil && site == "same-origin"),
        site == nil || site == "same-origin"
      else { throw .crossSite }
    case .get:
      guard named == nil || named == origin else { throw .crossSite }
      switch site {
      case nil, "same-origin", "none": return
      default:
        // Somebody follows a link from elsewhere: a page may open in its own tab, and is not signed in then.
        let isNavigation =
          WebRules.single(headers, "sec-fetch-mode") == "navigate"
          && WebRules.single(headers, "sec-fetch-dest") == "document"
        guard isNavigation else { throw .crossSite }
      }
    }
  }
}
