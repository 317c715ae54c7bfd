public import CordonModel

/// The map for people, in a terminal.
public struct MapText: Sendable {
  /// How many columns there are.
  public var width: Int
  /// Whether verdicts are coloured; only on a terminal.
  public var colour: Bool

  /// A text of `width` columns.
  public init(width: Int = 100, colour: Bool = false) {
    self.width = min(max(width, 40), 160)
    self.colour = colour
  }

  /// The whole map: paths, routes, witnesses, assumptions, and a last line that says what it comes to.
  public func text(of map: EgressMap) -> String {
    let columns = Columns(routes: map.paths.flatMap(\.routes), width: width)
    var lines = ["Egress map of \(SafeText.line(map.subject))", ""]
    for path in map.paths {
      lines.append(bold(path.path.rawValue) + "  " + painted(path.verdict))
      for route in path.routes { lines += self.lines(of: route, columns) }
      if path.routes.isEmpty { lines += wrapped("no route of this path was looked at", indent: 2) }
      lines.append("")
    }
    lines += notes(of: map)
    return (lines + [summary(of: map)]).map { $0 + "\n" }.joined()
  }

  /// How many routes have which verdict.
  public func summary(of map: EgressMap) -> String {
    let routes = map.paths.flatMap(\.routes)
    let counts = [Verdict.open, .unknown, .closed].map { verdict in
      "\(routes.count { $0.verdict == verdict }) \(verdict.rawValue)"
    }
    return "\(routes.count) routes: " + counts.joined(separator: ", ")
  }

  /// A route's proof, step by step, as `--explain` shows it.
  public func explanation(of route: RouteReport, on path: EgressPath) -> String {
    var lines = [
      bold(SafeText.line(route.route)) + " (\(path.rawValue))  " + painted(route.verdict),
      SafeText.line(route.title), "",
    ]
    for (index, step) in route.steps.enumerated() {
      lines += wrapped(step, indent: 4, first: "\(index + 1). ")
    }
    if !route.steps.isEmpty { lines.append("") }
    lines += details(of: route, indent: 2)
    return lines.map { $0 + "\n" }.joined()
  }

  // MARK: Routes

  /// Where the columns of a route's line begin; nil where the terminal is too narrow for columns.
  private struct Columns {
    var name: Int
    var text: Int?

    init(routes: [RouteReport], width: Int) {
      name = min(routes.map { SafeText.line($0.route).count }.max() ?? 0, 36)
      let start = 2 + 9 + name + 2
      text = width - start >= 36 ? start : nil
    }
  }

  private func lines(of route: RouteReport, _ columns: Columns) -> [String] {
    let name = SafeText.line(route.route)
    let blanks = String(repeating: " ", count: 9 - route.verdict.rawValue.count)
    let head = "  " + painted(route.verdict) + blanks + name
    guard case .closed(let controls) = route.finding else {
      let text = SafeText.line(route.title)
      guard let start = columns.text, name.count <= columns.name else {
        return [head] + details(of: route, indent: 6)
      }
      let gap = String(repeating: " ", count: columns.name - name.count + 2)
      let rows = SafeText.wrapped(text, width: width - start)
      return Self.hung(rows, behind: head + gap, indent: start) + details(of: route, indent: 6)
    }
    let said = Self.said(controls)
    guard let start = columns.text, name.count <= columns.name else {
      return [head] + wrapped(said, indent: 6)
    }
    let gap = String(repeating: " ", count: columns.name - name.count + 2)
    return Self.hung(
      SafeText.wrapped(said, width: width - start), behind: head + gap, indent: start)
  }

  private func details(of route: RouteReport, indent: Int) -> [String] {
    switch route.finding {
    case .closed(let controls):
      return controls.flatMap { control in
        wrapped("\(control.layer): \(Self.place(control))", indent: indent, first: "by   ")
      }
    case .open(let witness):
      let place = witness.location.map { "\($0): " } ?? ""
      return wrapped(witness.story, indent: indent, first: "who  ")
        + (witness.walker.map { wrapped($0.line, indent: indent, first: "by   ") } ?? [])
        // A command is for copying: it is never broken.
        + [String(repeating: " ", count: indent) + "try  " + SafeText.line(witness.command)]
        + wrapped("\(place)\(witness.resource): \(witness.fix)", indent: indent, first: "fix  ")
    case .unknown(let parts):
      return parts.flatMap { wrapped($0.line, indent: indent, first: "not known  ") }
    }
  }

  /// The first control of up to three layers; `--explain` and the other formats have all of them.
  private static func said(_ controls: [ClosingControl]) -> String {
    var layers: [String] = []
    for control in controls where !layers.contains(control.layer) { layers.append(control.layer) }
    let shown = layers.prefix(3).compactMap { layer in
      controls.first { $0.layer == layer }.map { "\(layer): \(place($0))" }
    }
    let more = controls.count - shown.count
    return shown.joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
  }

  private static func place(_ control: ClosingControl) -> String {
    guard let location = control.location else { return control.resource }
    let file = location.file.split(separator: "/").last.map(String.init) ?? location.file
    return "\(control.resource) (\(file):\(location.line))"
  }

  // MARK: The rest

  private func notes(of map: EgressMap) -> [String] {
    var lines: [String] = []
    if !map.depthLost.isEmpty {
      lines.append(bold("Where one layer stands alone or is missing"))
      lines += losses(map.depthLost)
      lines.append("")
    }
    if !map.assumptions.isEmpty {
      lines.append(bold("Assumed"))
      for assumption in map.assumptions {
        lines += wrapped(
          "\(assumption.name)=\(assumption.value): \(assumption.reason)", indent: 4, first: "- ")
      }
      lines.append("")
    }
    return lines
  }

  /// One paragraph for all routes that lose the same.
  private func losses(_ all: [DepthLoss]) -> [String] {
    var kinds: [DepthLoss] = []
    var routes: [DepthLoss: [String]] = [:]
    for loss in all {
      var kind = loss
      kind.route = ""
      if routes[kind] == nil { kinds.append(kind) }
      routes[kind, default: []].append(loss.route)
    }
    return kinds.flatMap { kind in
      let place = kind.location.map { " (\($0))" } ?? ""
      let names = (routes[kind] ?? []).joined(separator: ", ")
      return wrapped("\(kind.resource)\(place): \(kind.text): \(names)", indent: 4, first: "- ")
    }
  }

  /// Rows below each other, the first behind `first`, which hangs out to the left of the others.
  private func wrapped(_ text: String, indent: Int, first: String = "") -> [String] {
    let start = indent + first.count
    let rows = SafeText.wrapped(text, width: width - start)
    return Self.hung(rows, behind: String(repeating: " ", count: indent) + first, indent: start)
  }

  private static func hung(_ rows: [String], behind head: String, indent: Int) -> [String] {
    rows.enumerated().map { index, row in
      index == 0 ? head + row : String(repeating: " ", count: indent) + row
    }
  }

  private func painted(_ verdict: Verdict) -> String {
    guard colour else { return verdict.rawValue }
    let code =
      switch verdict {
      case .closed: "32"
      case .open: "31;1"
      case .unknown: "33"
      }
    return "\u{1B}[\(code)m\(verdict.rawValue)\u{1B}[0m"
  }

  private func bold(_ text: String) -> String { colour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
}
