/// The little of RFC 3986 that links of an index page need.
enum URLReference {
  /// `reference` as an absolute URL.
  static func resolve(_ reference: String, against base: String) -> String {
    if reference.hasPrefix("https://") || reference.hasPrefix("http://") { return reference }
    guard let scheme = base.firstRange(of: "://") else { return reference }
    let afterScheme = base[scheme.upperBound...]
    let authorityEnd = afterScheme.firstIndex(of: "/") ?? base.endIndex
    if reference.hasPrefix("//") { return base[..<scheme.lowerBound] + ":" + reference }
    if reference.hasPrefix("/") { return base[..<authorityEnd] + reference }
    let path = base[authorityEnd...].prefix { $0 != "?" && $0 != "#" }
    var segments = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    if segments.isEmpty { segments = [""] }
    for part in reference.split(separator: "/", omittingEmptySubsequences: false) {
      if part == ".." {
        if segments.count > 1 { segments.removeLast() }
      } else if part != "." {
        segments.append(part)
      }
    }
    return base[..<authorityEnd] + segments.joined(separator: "/")
  }

  /// The last part of a URL's path.
  static func lastSegment(of url: String) -> String {
    let path = url.prefix { $0 != "?" && $0 != "#" }
    return path.split(separator: "/").last.map(String.init) ?? ""
  }
}
