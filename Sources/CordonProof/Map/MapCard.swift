import CordonModel

/// What is known of one route, as rows of text in the corner of the picture.
struct MapCard {
  private let route: RouteReport
  private let path: EgressPath
  private let isOfBoth: Bool
  private static let columns = 44
  private static let codeColumns = 43
  private static let mostRows = 24

  init(_ route: RouteReport, path: EgressPath, isOfBoth: Bool) {
    self.isOfBoth = isOfBoth
    self.route = route
    self.path = path
  }

  private struct Row {
    var text: String
    var style: String
  }

  /// The rows, hidden until the route is pointed at.
  var svg: String {
    var rows = self.rows
    if rows.count > Self.mostRows {
      rows = rows.prefix(Self.mostRows - 1) + [Row(text: "… more below the picture", style: "soft")]
    }
    let texts = rows.enumerated().map { index, row in
      let y = Int(MapPicture.cardTop) + index * 19
      return "<text class=\"\(row.style)\" x=\"24\" y=\"\(y)\">\(SafeText.markup(row.text))</text>"
    }
    return "<g class=\"card\" aria-hidden=\"true\">\(texts.joined())</g>"
  }

  private var rows: [Row] {
    let place = isOfBoth ? " · \(route.target.phrase)" : ""
    return rows(route.route, "who", width: 34)
      + rows("\(path.rawValue) · \(route.verdict.rawValue)\(place)", "soft")
      + rows(route.title, "") + [Row(text: "", style: "")] + details
  }

  private var details: [Row] {
    switch route.finding {
    case .closed(let controls):
      return controls.flatMap { control in
        rows("✓ \(control.layer)", "")
          + rows(control.resource + (control.location.map { " · \($0.file):\($0.line)" } ?? ""), "soft")
      }
    case .open(let witness):
      return rows(witness.story, "") + (witness.walker.map { rows("door: \($0.door)", "soft") } ?? [])
        + heading("try")
        + rows(witness.command, "code", width: Self.codeColumns)
        + heading("the one change that closes it")
        + rows("\(witness.resource): \(witness.fix)", "")
    case .unknown(let parts):
      return rows("not known", "section") + parts.flatMap { rows($0.line, "") }
    }
  }

  /// A heading with room above it.
  private func heading(_ text: String) -> [Row] { [Row(text: "", style: "")] + rows(text, "section") }

  private func rows(_ text: String, _ style: String, width: Int = columns) -> [Row] {
    SafeText.wrapped(text, width: width).map { Row(text: $0, style: style) }
  }
}
