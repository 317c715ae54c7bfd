import CordonModel

/// The egress map as one self-contained page: the picture, and below it every route with its controls, its witness or
/// what is not known of it. It loads nothing and runs no script.
public struct MapPage: Sendable {
  private let map: EgressMap

  /// A page about `map`.
  public init(_ map: EgressMap) { self.map = map }

  /// The page. The same map gives the same bytes.
  public var html: String {
    let title = SafeText.markup("Egress map of \(map.subject)")
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <title>\(title): \(map.verdict.rawValue)</title>
      <style>
      \(MapPicture.style)
      \(Self.style)
      </style>
      </head>
      <body class="map">
      \(header)
      <main>
      <figure>
      \(MapPicture(map).svg)</figure>
      \(overview)
      \(map.paths.map(section).joined())\(notes)</main>
      <footer>Written by <code>cordon prove --format html</code>. A path is closed only if all of its routes are; what \
      is not known is never shown as closed.</footer>
      </body>
      </html>

      """
  }

  /// The picture alone, as an SVG file.
  public var picture: String {
    let marker = "role=\"group\""
    guard let range = MapPicture(map).svg.firstRange(of: marker) else { return "" }
    let svg = MapPicture(map).svg
    // A file of its own has no page behind it that would bring the ground and the rules.
    let tail = svg[range.lowerBound...]
    guard let end = tail.firstIndex(of: ">") else { return "" }
    return svg[..<range.lowerBound] + tail[...end] + "<style>\(MapPicture.style)</style>"
      + "<rect width=\"100%\" height=\"100%\" style=\"fill:var(--ground)\"/>"
      + tail[tail.index(after: end)...]
  }

  /// The fragment that a route's part of the page is found by.
  static func anchor(of route: RouteReport, on path: EgressPath) -> String {
    let target = route.target == .aws ? "aws-" : ""
    return "\(path.rawValue)-\(target)\(SafeText.identifier(route.route))"
  }

  // MARK: Parts

  private var header: String {
    let summary = SafeText.markup(MapText().summary(of: map))
    return """
      <header>
      <h1>Egress map</h1>
      <p class="subject">\(SafeText.markup(map.subject))</p>
      <p>\(pill(map.verdict)) <span class="soft-text">\(summary)</span></p>
      </header>
      """
  }

  /// The targets, where there is one to tell from another.
  private var targets: [ProofTarget] { map.targets.count > 1 ? map.targets : [] }

  private var overview: String {
    let rows = map.paths.map { path in
      let counts = [Verdict.open, .unknown, .closed].map { verdict in
        let count = path.routes.count { $0.verdict == verdict }
        return "<td class=\"count\(count == 0 ? " none" : " \(verdict.rawValue)")\">\(count)</td>"
      }
      let name = path.path.rawValue
      return "<tr><th scope=\"row\"><a href=\"#\(name)\">\(name)</a></th><td>\(pill(path.verdict))</td>"
        + counts.joined() + targets.map { "<td>\(pill(of: path, on: $0))</td>" }.joined() + "</tr>\n"
    }
    let heads = targets.map { "<th scope=\"col\">\($0.phrase)</th>" }.joined()
    return """
      <section class="overview">
      <h2>The eight paths</h2>
      <table>
      <thead><tr><th scope="col">path</th><th scope="col">verdict</th><th scope="col">open</th>\
      <th scope="col">unknown</th><th scope="col">closed</th>\(heads)</tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      </section>
      """
  }

  private func section(_ path: PathReport) -> String {
    let name = path.path.rawValue
    let routes =
      path.routes.isEmpty
      ? "<p class=\"soft-text\">No route of this path was looked at.</p>\n"
      : path.routes.map { article($0, on: path.path) }.joined()
    return "<section id=\"\(name)\">\n<h2>\(name) \(pill(path.verdict))</h2>\n\(routes)</section>\n"
  }

  private func article(_ route: RouteReport, on path: EgressPath) -> String {
    """
    <article class="\(route.verdict.rawValue)" id="\(Self.anchor(of: route, on: path))">
    <h3>\(SafeText.markup(route.route)) \(pill(route.verdict))\(name(of: route.target))</h3>
    <p>\(SafeText.markup(route.title))</p>
    \(finding(route))\(steps(route))</article>

    """
  }

  private func finding(_ route: RouteReport) -> String {
    switch route.finding {
    case .closed(let controls):
      let items = controls.map { control in
        "<li><b>\(SafeText.markup(control.layer))</b> <code>\(SafeText.markup(control.resource))</code>"
          + place(control.location) + "</li>"
      }
      return "<ul class=\"controls\">\(items.joined())</ul>\n"
    case .open(let witness):
      return "<dl><dt>Who</dt><dd>\(SafeText.markup(witness.story))</dd>"
        + (witness.walker.map(walker) ?? "")
        + "<dt>Try</dt><dd><pre>\(SafeText.markup(witness.command))</pre></dd>"
        + "<dt>Close it</dt><dd><code>\(SafeText.markup(witness.resource))</code>"
        + "\(place(witness.location)): \(SafeText.markup(witness.fix))\(origin(witness.location))</dd></dl>\n"
    case .unknown(let parts):
      let items = parts.map { part in
        "<li>" + (part.resource.map { "<code>\(SafeText.markup($0))</code> " } ?? "")
          + SafeText.markup(part.text) + place(part.location) + "</li>"
      }
      return "<p class=\"label\">Not known</p><ul>\(items.joined())</ul>\n"
    }
  }

  private func walker(_ walker: Walker) -> String {
    "<dt>Caller</dt><dd>\(SafeText.markup(walker.caller))</dd>"
      + "<dt>With</dt><dd>\(SafeText.markup(walker.credentials))</dd>"
      + "<dt>Door</dt><dd>\(SafeText.markup(walker.door))</dd>"
  }

  private func steps(_ route: RouteReport) -> String {
    guard !route.steps.isEmpty else { return "" }
    let items = route.steps.map { "<li>\(SafeText.markup($0))</li>" }.joined()
    return "<details><summary>How this was found</summary><ol>\(items)</ol></details>\n"
  }

  private var notes: String {
    var text = ""
    if !map.depthLost.isEmpty {
      let items = map.depthLost.map { loss in
        "<li><b>\(SafeText.markup(loss.route))</b> <code>\(SafeText.markup(loss.resource))</code>"
          + "\(place(loss.location)): \(SafeText.markup(loss.text))</li>"
      }
      text +=
        "<section>\n<h2>Where one layer stands alone or is missing</h2>\n<ul>\(items.joined())</ul>\n</section>\n"
    }
    if !map.safeguards.isEmpty {
      let items = map.safeguards.map { safeguard in
        let parts = safeguard.lost.map(\.line) + safeguard.unknown.map(\.line)
        let list = parts.map { "<li>\(SafeText.markup($0))</li>" }.joined()
        return "<li><b>\(SafeText.markup(safeguard.safeguard))</b> \(pill(safeguard.verdict)) "
          + SafeText.markup(safeguard.promise) + (parts.isEmpty ? "" : "<ul>\(list)</ul>") + "</li>"
      }
      text += "<section>\n<h2>Safeguards</h2>\n<ul>\(items.joined())</ul>\n</section>\n"
    }
    if !map.assumptions.isEmpty {
      let items = map.assumptions.map { assumption in
        "<li><code>\(SafeText.markup("\(assumption.name)=\(assumption.value)"))</code> "
          + "\(SafeText.markup(assumption.reason))</li>"
      }
      text += "<section>\n<h2>Assumed</h2>\n<ul>\(items.joined())</ul>\n</section>\n"
    }
    return text
  }

  private func place(_ location: Location?) -> String {
    location.map { " <span class=\"place\">\(SafeText.markup($0.description))</span>" } ?? ""
  }

  private func origin(_ location: Location?) -> String {
    map.origin(of: location).map { "; \(SafeText.markup("\($0)")) made that file: change it there" } ?? ""
  }

  private func name(of target: ProofTarget) -> String {
    targets.isEmpty ? "" : " <span class=\"target\">\(target.phrase)</span>"
  }

  private func pill(of path: PathReport, on target: ProofTarget) -> String {
    let routes = path.routes(of: target)
    return routes.isEmpty ? "no route" : pill(PathReport(path: path.path, routes: routes).verdict)
  }

  private func pill(_ verdict: SafeguardVerdict) -> String {
    let look: Verdict = verdict == .held ? .closed : verdict == .lost ? .open : .unknown
    return "<span class=\"pill \(look.rawValue)\">\(verdict.rawValue)</span>"
  }

  private func pill(_ verdict: Verdict) -> String {
    "<span class=\"pill \(verdict.rawValue)\">\(verdict.rawValue)</span>"
  }

  private static let style = """
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.5; }
    header, main, footer { max-width: 1480px; margin: 0 auto; padding: 0 28px; }
    header { padding-top: 28px; } h1 { font-size: 30px; margin: 0; letter-spacing: -.01em; }
    .subject { font-size: 17px; margin: 2px 0 10px; overflow-wrap: anywhere; } .soft-text { color: var(--soft); }
    figure { margin: 18px 0 8px; } figure svg { display: block; width: 100%; height: auto; }
    h2 { font-size: 20px; margin: 34px 0 10px; padding-top: 14px; border-top: 1px solid var(--hair); }
    h3 { font-size: 15.5px; margin: 0; overflow-wrap: anywhere; } a { color: inherit; }
    code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 12.5px; }
    code { overflow-wrap: anywhere; }
    pre { background: var(--wedge); border: 1px solid var(--hair); border-radius: 6px; padding: 9px 11px; margin: 0;
      white-space: pre-wrap; overflow-wrap: anywhere; }
    .pill { display: inline-block; font-size: 12px; font-weight: 700; padding: 1px 9px; border-radius: 99px;
      color: var(--mark); border: 1.5px solid var(--mark); vertical-align: 2px; }
    .pill.open { background: var(--open); color: var(--ground); border-color: var(--open); }
    table { border-collapse: collapse; min-width: 480px; } th, td { text-align: left; padding: 6px 18px 6px 0; }
    thead th { font-size: 12px; color: var(--soft); font-weight: 600; } tbody tr { border-top: 1px solid var(--hair); }
    tbody th { font-weight: 600; } .count { font-variant-numeric: tabular-nums; font-weight: 650; color: var(--mark); }
    .count.none { color: var(--soft); font-weight: 400; }
    article { padding: 11px 0 11px 15px; border-left: 4px solid var(--mark); margin: 0 0 9px; scroll-margin: 18px; }
    article:target { background: var(--wedge); outline: 2px solid var(--mark); outline-offset: 4px; border-radius: 2px; }
    article p { margin: 2px 0; } article ul { margin: 5px 0 0; padding-left: 19px; }
    .controls { list-style: "✓  "; } .controls li::marker { color: var(--closed); }
    .place { color: var(--soft); font-size: 12.5px; margin-left: 5px; overflow-wrap: anywhere; }
    .target { color: var(--soft); font-size: 12.5px; font-weight: 400; margin-left: 5px; }
    .label { font-weight: 650; color: var(--unknown); }
    dl { display: grid; grid-template-columns: 76px 1fr; gap: 7px 12px; margin: 8px 0 0; }
    dt { font-weight: 650; color: var(--soft); } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
    details { margin-top: 6px; color: var(--soft); } summary { cursor: pointer; } details ol { margin: 6px 0; }
    footer { color: var(--soft); font-size: 13px; padding-top: 22px; padding-bottom: 44px; }
    @media (max-width: 900px) { figure { overflow-x: auto; } figure svg { min-width: 900px; } }
    @media (max-width: 640px) { header, main, footer { padding-left: 14px; padding-right: 14px; }
      dl { grid-template-columns: 1fr; gap: 2px; } table { min-width: 0; width: 100%; } th, td { padding-right: 8px; } }
    @media print { article { break-inside: avoid; } h2 { break-after: avoid; } figure { break-inside: avoid; }
      details { display: none; } a { text-decoration: none; } header, main, footer { padding: 0; } }
    @page { margin: 14mm; }
    """
}
