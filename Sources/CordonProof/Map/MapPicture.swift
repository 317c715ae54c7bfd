import CordonModel

/// The egress map drawn: data in the middle, the layers around it as rings, each route a line that stops at the control
/// that closes it or leaves the picture.
struct MapPicture {
  private let map: EgressMap
  private let rings: [MapRing]
  /// Degrees a route takes.
  private let step: Double
  /// Beyond this many routes only those that are not closed have room for a name.
  private static let mostNames = 170

  private enum Size {
    static let width = 1560.0
    static let height = 1236.0
    static let data = 64.0
    static let innermost = 122.0
    static let outermost = 330.0
    static let edge = 374.0
    static let names = 396.0
    static let card = 24.0
  }

  /// Widths in units of one route's: the gap between paths, and the one at the top where rings have their numbers.
  private enum Gap {
    static let path = 0.8
    static let top = 3.0
  }

  private static let center = Point(x: 934, y: 618)

  init(_ map: EgressMap) {
    self.map = map
    rings = MapRing.used(in: map)
    let slots = map.paths.reduce(0.0) { $0 + Double(max(1, $1.routes.count)) + 1 + Gap.path }
    step = 360 / (slots + Gap.top)
  }

  /// The picture as SVG. It works alone, and inside a page that sets its colours.
  var svg: String {
    let size = "viewBox=\"0 0 \(Int(Size.width)) \(Int(Size.height))\""
    return """
      <svg class="map" xmlns="http://www.w3.org/2000/svg" \(size) role="group" \
      aria-label="\(SafeText.markup("Egress map of \(map.subject)"))">
      \(legend)\(wedges)\(ringLines)\(paths.joined())\(ringNumbers)\(middle)</svg>

      """
  }

  /// The rules that the picture needs, for a page or for a file of its own.
  static let style = """
    .map { --ground: #ffffff; --ink: #1f2430; --soft: #667085; --hair: #d8dde6; --wedge: #f4f6f9; --ring: #c3cad6;
      --closed: #14795a; --open: #c81e3a; --unknown: #96600a; --data: #1f2a44; --on-data: #ffffff;
      font-family: system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color-scheme: light dark; }
    @media screen and (prefers-color-scheme: dark) {
      .map { --ground: #10151d; --ink: #e6eaf2; --soft: #98a3b6; --hair: #2a3342; --wedge: #171e29; --ring: #3a4557;
        --closed: #45c398; --open: #ff6b7f; --unknown: #e3b04b; --data: #dfe6f5; --on-data: #10151d; } }
    .map text { fill: var(--ink); font-size: 13px; }
    .map .soft { fill: var(--soft); }
    .map .ring { fill: none; stroke: var(--ring); stroke-width: 1.2; }
    .map .edge { fill: none; stroke: var(--ring); stroke-width: 1.4; stroke-dasharray: 2 6; stroke-linecap: round; }
    .map .wedge { fill: var(--wedge); }
    .map .wedge.open { fill: color-mix(in srgb, var(--open) 8%, var(--ground)); }
    .map .wedge.unknown { fill: color-mix(in srgb, var(--unknown) 7%, var(--ground)); }
    .map .closed { --mark: var(--closed); } .map .open { --mark: var(--open); } .map .unknown { --mark: var(--unknown); }
    .map .line { stroke: var(--mark); stroke-width: 1.6; fill: none; }
    .map .open .line { stroke-width: 2.6; } .map .unknown .line { stroke-dasharray: 5 5; }
    .map .stop { stroke: var(--mark); stroke-width: 3.6; stroke-linecap: round; }
    .map .head { fill: var(--mark); }
    .map .again { fill: var(--ground); stroke: var(--mark); stroke-width: 1.4; }
    .map .lead { stroke: var(--hair); stroke-width: 1; fill: none; }
    .map .hit { stroke: transparent; stroke-width: 15; }
    .map .path-name { font-weight: 700; fill: var(--mark); }
    .map .elsewhere .name, .map text.elsewhere { font-style: italic; }
    .map .open .name { fill: var(--open); font-weight: 650; } .map .unknown .name { fill: var(--unknown); }
    .map .number circle { fill: var(--ground); stroke: var(--ring); stroke-width: 1.2; }
    .map .number text { font-size: 11px; font-weight: 600; fill: var(--soft); text-anchor: middle; }
    .map .core { fill: var(--data); } .map .core-text { fill: var(--on-data); text-anchor: middle; font-weight: 700; }
    .map .core-text.small { font-weight: 400; font-size: 12px; }
    .map .verdict { font-size: 34px; font-weight: 750; fill: var(--mark); }
    .map .section { font-size: 11.5px; font-weight: 700; letter-spacing: .08em; fill: var(--soft); }
    .map .card { display: none; } .map .card .who { font-weight: 700; font-size: 15px; fill: var(--mark); }
    .map .card .code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 11.5px; }
    .map a { text-decoration: none; } .map a:focus { outline: none; }
    .map a.route:hover .card, .map a.route:focus .card { display: block; }
    .map a.route:hover .line, .map a.route:focus .line { stroke-width: 4; }
    .map a.route:hover .name, .map a.route:focus .name { text-decoration: underline; font-weight: 700; }
    .map:has(a.route:hover) a.route:not(:hover), .map:has(a.route:focus) a.route:not(:focus):not(:hover) { opacity: .28; }
    .map:has(a.route:hover) .hint, .map:has(a.route:focus) .hint { display: none; }
    .map:has(a.route:hover) a.route:focus:not(:hover) .card { display: none; }
    @media print { .map .hint, .map .card { display: none !important; } .map a.route { opacity: 1 !important; } }
    """

  // MARK: Geometry

  private struct Point {
    var x: Double
    var y: Double
  }

  /// A place at `degrees`, clockwise from the top.
  private static func place(_ degrees: Double, _ radius: Double) -> Point {
    let (sine, cosine) = Turn.sineAndCosine(degrees: degrees)
    return Point(x: center.x + radius * sine, y: center.y - radius * cosine)
  }

  private func radius(of ring: MapRing) -> Double {
    guard rings.count > 1, let index = rings.firstIndex(of: ring) else {
      return (Size.innermost + Size.outermost) / 2
    }
    return Size.innermost + (Size.outermost - Size.innermost) * Double(index) / Double(rings.count - 1)
  }

  private static func text(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    let whole = "\(sign)\(tenths.magnitude / 10)"
    return tenths % 10 == 0 ? (tenths == 0 ? "0" : whole) : "\(whole).\(tenths.magnitude % 10)"
  }

  private static func line(_ name: String, _ degrees: Double, from: Double, to: Double) -> String {
    let (a, b) = (place(degrees, from), place(degrees, to))
    return
      "<line class=\"\(name)\" x1=\"\(text(a.x))\" y1=\"\(text(a.y))\" x2=\"\(text(b.x))\" y2=\"\(text(b.y))\"/>"
  }

  /// Text along the ray at `degrees`, readable on both halves.
  private func ray(_ words: String, class name: String, _ degrees: Double) -> String {
    let place = Self.place(degrees, Size.names)
    let isLeft = degrees > 180
    let turn = isLeft ? degrees + 90 : degrees - 90
    let anchor = isLeft ? "end" : "start"
    let size = min(13, step * 6.0)
    let font = size < 12.9 ? " style=\"font-size:\(Self.text(size))px\"" : ""
    return
      "<text class=\"\(name)\" transform=\"translate(\(Self.text(place.x)) \(Self.text(place.y))) "
      + "rotate(\(Self.text(turn)))\" text-anchor=\"\(anchor)\" dy=\"0.35em\"\(font)>"
      + "\(SafeText.markup(Self.cut(words, 30)))</text>"
  }

  private static func cut(_ words: String, _ length: Int) -> String {
    words.count > length ? words.prefix(length - 1) + "…" : words
  }

  // MARK: Rings and middle

  private var ringLines: String {
    let circles = rings.map { circle("ring", Self.center, radius(of: $0)) }
    return circles.joined() + circle("edge", Self.center, Size.edge) + "\n"
  }

  private var ringNumbers: String {
    let numbers = rings.enumerated().map { index, ring in
      number(index + 1, at: Point(x: Self.center.x, y: Self.center.y - radius(of: ring)))
    }
    let outside = Self.place(0, Size.edge + 16)
    return numbers.joined()
      + "<text class=\"soft\" x=\"\(Self.text(outside.x))\" y=\"\(Self.text(outside.y))\" "
      + "text-anchor=\"middle\">outside</text>\n"
  }

  private func number(_ number: Int, at place: Point) -> String {
    "<g class=\"number\">" + circle(nil, place, 10)
      + "<text x=\"\(Self.text(place.x))\" y=\"\(Self.text(place.y + 4))\">\(number)</text></g>"
  }

  private func circle(_ name: String?, _ center: Point, _ radius: Double) -> String {
    let name = name.map { " class=\"\($0)\"" } ?? ""
    return
      "<circle\(name) cx=\"\(Self.text(center.x))\" cy=\"\(Self.text(center.y))\" r=\"\(Self.text(radius))\"/>"
  }

  private var middle: String {
    let x = Self.text(Self.center.x)
    let routes = map.paths.reduce(0) { $0 + $1.routes.count }
    return circle("core", Self.center, Size.data)
      + "<text class=\"core-text\" x=\"\(x)\" y=\"\(Self.text(Self.center.y))\" style=\"font-size:20px\">data</text>"
      + "<text class=\"core-text small\" x=\"\(x)\" y=\"\(Self.text(Self.center.y + 20))\">\(routes) routes</text>\n"
  }

  // MARK: Paths and routes

  /// A path with the degrees where it begins and ends.
  private var sectors: [(path: PathReport, from: Double, to: Double)] {
    var slot = Gap.top / 2
    return map.paths.map { path in
      let (first, last) = (slot, slot + Double(max(1, path.routes.count)) + 1)
      slot = last + Gap.path
      return (path, first * step, last * step)
    }
  }

  private var wedges: String {
    sectors.map { wedge(from: $0.from, to: $0.to, class: "wedge \($0.path.verdict.rawValue)") }.joined()
  }

  private var paths: [String] {
    sectors.map { path, from, _ in
      let routes = path.routes.enumerated().map { index, route in
        self.route(route, at: from + (Double(index) + 1.5) * step, on: path.path)
      }
      let name = ray(path.path.rawValue, class: "path-name \(path.verdict.rawValue)", from + step / 2)
      return name + routes.joined() + "\n"
    }
  }

  private func wedge(from: Double, to: Double, class name: String) -> String {
    func at(_ degrees: Double, _ radius: Double) -> String {
      let place = Self.place(degrees, radius)
      return "\(Self.text(place.x)) \(Self.text(place.y))"
    }
    let large = to - from > 180 ? 1 : 0
    let (near, far) = (Self.text(Size.data), Self.text(Size.edge))
    return
      "<path class=\"\(name)\" d=\"M\(at(from, Size.data))L\(at(from, Size.edge))A\(far) \(far) 0 \(large) 1 "
      + "\(at(to, Size.edge))L\(at(to, Size.data))A\(near) \(near) 0 \(large) 0 \(at(from, Size.data))Z\"/>"
  }

  private func route(_ route: RouteReport, at degrees: Double, on path: EgressPath) -> String {
    let verdict = route.verdict.rawValue
    let target = MapPage.anchor(of: route, on: path)
    // Told apart from this machine's where the map is of both.
    let isElsewhere = route.target == .aws && map.targets.count > 1
    let said = SafeText.markup(
      "\(route.route)\(isElsewhere ? " on AWS" : ""), \(verdict): \(route.title)")
    let isNamed = step >= 360 / Double(Self.mostNames) || route.verdict != .closed
    return """
      <a class="route \(verdict)\(isElsewhere ? " elsewhere" : "")" href="#\(target)" aria-label="\(said)">\(marks(of: route, at: degrees))\
      \(isNamed ? ray(route.route, class: "name", degrees) : "")\
      \(Self.line("hit", degrees, from: Size.data, to: Size.names + 90))\(MapCard(route, path: path, isOfBoth: map.targets.count > 1).svg)</a>

      """
  }

  private func marks(of route: RouteReport, at degrees: Double) -> String {
    switch route.finding {
    case .closed(let controls):
      let stops = Set(controls.map { radius(of: MapRing(layer: $0.layer)) }).sorted()
      let first = stops.first ?? Size.innermost
      return Self.line("lead", degrees, from: first, to: Size.names - 6)
        + Self.line("line", degrees, from: Size.data, to: first)
        + stops.dropFirst().map { circle("again", Self.place(degrees, $0), 3.2) }.joined()
        + stop(at: degrees, first)
    case .open:
      return Self.line("line", degrees, from: Size.data, to: Size.edge + 4) + arrow(at: degrees)
    case .unknown:
      return Self.line("line", degrees, from: Size.data, to: Size.edge)
        + circle("again", Self.place(degrees, Size.edge + 5), 4.6)
    }
  }

  /// A bar across the line.
  private func stop(at degrees: Double, _ radius: Double) -> String {
    let half = min(5.5, step * radius * 0.0065)
    let (sine, cosine) = Turn.sineAndCosine(degrees: degrees)
    let place = Self.place(degrees, radius)
    return
      "<line class=\"stop\" x1=\"\(Self.text(place.x - half * cosine))\" y1=\"\(Self.text(place.y - half * sine))\" "
      + "x2=\"\(Self.text(place.x + half * cosine))\" y2=\"\(Self.text(place.y + half * sine))\"/>"
  }

  private func arrow(at degrees: Double) -> String {
    let tip = Self.place(degrees, Size.names - 4)
    let (sine, cosine) = Turn.sineAndCosine(degrees: degrees)
    let foot = Self.place(degrees, Size.edge + 2)
    let half = 6.5
    return
      "<path class=\"head\" d=\"M\(Self.text(tip.x)) \(Self.text(tip.y))"
      + "L\(Self.text(foot.x + half * cosine)) \(Self.text(foot.y + half * sine))"
      + "L\(Self.text(foot.x - half * cosine)) \(Self.text(foot.y - half * sine))Z\"/>"
  }

  // MARK: Legend

  private var legend: String {
    var text = ""
    var y = 62.0
    func row(_ mark: String, _ words: String) {
      text += mark + "<text x=\"68\" y=\"\(Self.text(y))\">\(words)</text>"
      y += 25
    }
    let verdict = map.verdict.rawValue
    text += "<text class=\"verdict \(verdict)\" x=\"24\" y=\"\(Self.text(y))\">\(verdict)</text>"
    y += 27
    for row in SafeText.wrapped(map.subject, width: 42).prefix(3) {
      text += "<text class=\"soft\" x=\"24\" y=\"\(Self.text(y))\">\(SafeText.markup(row))</text>"
      y += 18
    }
    y += 24
    text += heading("ROUTES", at: y)
    y += 27
    let routes = map.paths.flatMap(\.routes)
    for verdict in [Verdict.closed, .open, .unknown] {
      row(sample(verdict, y - 4.5), "\(routes.count { $0.verdict == verdict }) \(Self.meaning(verdict))")
    }
    row(
      Self.again(y - 4.5), "another control that has a part in it")
    if map.targets.count > 1 {
      text +=
        "<text class=\"elsewhere\" x=\"24\" y=\"\(Self.text(y))\">italic: on AWS; upright: on this machine</text>"
      y += 25
    }
    y += 18
    text += heading("LAYERS, FROM THE INSIDE", at: y)
    y += 27
    for (index, ring) in rings.enumerated() {
      row(number(index + 1, at: Point(x: 40, y: y - 4.5)), ring.title)
    }
    let hint = Self.cardTop
    return "<g>\(text)</g><g class=\"hint\">"
      + "<text class=\"soft\" x=\"24\" y=\"\(Self.text(hint))\">Point at a route, or walk them with Tab:</text>"
      + "<text class=\"soft\" x=\"24\" y=\"\(Self.text(hint + 19))\">what is known of it stands here.</text></g>\n"
  }

  /// Where the words about one route begin.
  static let cardTop = 690.0

  private func heading(_ words: String, at y: Double) -> String {
    "<text class=\"section\" x=\"24\" y=\"\(Self.text(y))\">\(words)</text>"
  }

  private static func meaning(_ verdict: Verdict) -> String {
    switch verdict {
    case .closed: "closed, by the control it stops at"
    case .open: "open: data leaves"
    case .unknown: "unknown: not shown to stop"
    }
  }

  private func sample(_ verdict: Verdict, _ y: Double) -> String {
    let middle = Self.text(y)
    let line = "<line class=\"line\" x1=\"24\" y1=\"\(middle)\" x2=\"50\" y2=\"\(middle)\"/>"
    let end =
      switch verdict {
      case .closed:
        "<line class=\"stop\" x1=\"51\" y1=\"\(Self.text(y - 5.5))\" x2=\"51\" y2=\"\(Self.text(y + 5.5))\"/>"
      case .open:
        "<path class=\"head\" d=\"M59 \(middle)L48 \(Self.text(y - 5.5))L48 \(Self.text(y + 5.5))Z\"/>"
      case .unknown: "<circle class=\"again\" cx=\"54\" cy=\"\(middle)\" r=\"4.6\"/>"
      }
    return "<g class=\"\(verdict.rawValue)\">\(line)\(end)</g>"
  }

  private static func again(_ y: Double) -> String {
    "<g class=\"closed\"><circle class=\"again\" cx=\"40\" cy=\"\(text(y))\" r=\"3.2\"/></g>"
  }
}
