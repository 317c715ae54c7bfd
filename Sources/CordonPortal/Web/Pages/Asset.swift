import Crypto

/// A file that pages load: style, script, icon. Its address holds its digest, so that browsers keep it for ever and never
/// keep an old one.
struct Asset: Sendable {
  /// The files there are.
  enum Name: String, CaseIterable, Sendable {
    case style = "portal.css"
    case sessionStyle = "session.css"
    case script = "portal.js"
    /// What draws pictures, of sessions and of recordings.
    case screenScript = "screen.js"
    case sessionScript = "session.js"
    case replayScript = "replay.js"
    case icon = "icon.svg"

    fileprivate var type: String {
      switch self {
      case .style, .sessionStyle: "text/css; charset=utf-8"
      case .script, .screenScript, .sessionScript, .replayScript: "text/javascript; charset=utf-8"
      case .icon: "image/svg+xml"
      }
    }
  }

  /// Its bytes.
  let bytes: [UInt8]
  /// Where it is.
  let route: Route
  private let type: String

  private init(_ name: Name) {
    bytes = PageFiles.bytes(of: name.rawValue)
    let digest = SHA256.hash(data: bytes).prefix(10).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    route = .asset(digest: digest.joined(), name: name.rawValue)
    type = name.type
  }

  private static let all = Dictionary(uniqueKeysWithValues: Name.allCases.map { ($0, Asset($0)) })

  /// Where a file is.
  static func path(_ name: Name) -> String { all[name]?.route.path ?? Route.home.path }

  /// The answer to a request for a file; nil where it is not one, or not in this version.
  static func answer(to route: Route) -> WebAnswer? {
    guard case .asset(_, let text) = route, let name = Name(rawValue: text), let asset = all[name],
      asset.route == route
    else { return nil }
    return WebAnswer(kind: .asset(type: asset.type), body: asset.bytes)
  }
}
