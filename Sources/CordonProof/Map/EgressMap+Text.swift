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
      lines += map.targets.flatMap { self.lines(of: path, on: $0, map, columns) }
      if path.routes.isEmpty { lines += wrapped("no route of this path was looked at", indent: 2) }
      lines.append("")
    }
    lines += notes(of: map)
    return (lines + summary(of: map.safeguards) + summaries(of: map)).map { $0 + "\n" }.joined()
  }

  /// The routes of a path on one target, under its name where the map is of both.
  private func lines(
    of path: PathReport, on target: ProofTarget, _ map: EgressMap, _ columns: Columns
  ) -> [String] {
    let routes = path.routes(of: target)
    let lines = routes.flatMap { self.lines(of: $0, columns, in: map) }
    guard map.targets.count > 1 else { return lines }
    let verdict = PathReport(path: path.path, routes: routes).verdict
    return ["  " + bold("\(target.phrase):") + " " + (routes.isEmpty ? "no route" : painted(verdict))] + lines
  }

  /// How many routes have which verdict, of each target where the map is of both.
  private func summaries(of map: EgressMap) -> [String] {
    guard map.targets.count > 1 else { return [summary(of: map)] }
    let parts = map.targets.map { target in
      let part = EgressMap(subject: map.subject, paths: map.part(of: target))
      return "\(target.phrase): \(summary(of: part))"
    }
    return parts + [summary(of: map)]
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
  public func explanation(of route: RouteReport, on path: EgressPath, in map: EgressMap) -> String {
    var lines = [
      bold(SafeText.line(route.route)) + " (\(path.rawValue), \(route.target.phrase))  "
        + painted(route.verdict),
      SafeText.line(route.title), "",
    ]
    for (index, step) in route.steps.enumerated() {
      lines += wrapped(step, indent: 4, first: "\(index + 1). ")
    }
    if !route.steps.isEmpty { lines.append("") }
    lines += details(of: route, indent: 2, in: map)
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

  private func lines(of route: RouteReport, _ columns: Columns, in map: EgressMap) -> [String] {
    let name = SafeText.line(route.route)
    let blanks = String(repeating: " ", count: 9 - route.verdict.rawValue.count)
    let head = "  " + painted(route.verdict) + blanks + name
    guard case .closed(let controls) = route.finding else {
      let text = SafeText.line(route.title)
      guard let start = columns.text, name.count <= columns.name else {
        return [head] + details(of: route, indent: 6, in: map)
      }
      let gap = String(repeating: " ", count: columns.name - name.count + 2)
      let rows = SafeText.wrapped(text, width: width - start)
      return Self.hung(rows, behind: head + gap, indent: start)
        + details(of: route, indent: 6, in: map)
    }
    let said = Self.said(controls)
    guard let start = columns.text, name.count <= columns.name else {
      return [head] + wrapped(said, indent: 6)
    }
    let gap = String(repeating: " ", count: columns.name - name.count + 2)
    return Self.hung(
      SafeText.wrapped(said, width: width - start), behind: head + gap, indent: start)
  }

  private func details(of route: RouteReport, indent: Int, in map: EgressMap) -> [String] {
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
        + (map.origin(of: witness.location).map {
          wrapped("\($0) made that file: change it there", indent: indent, first: "from ")
        } ?? [])
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
    return location.line > 0 ? "\(control.resource) (\(file):\(location.line))" : control.resource
  }

  // MARK: The rest

  private func notes(of map: EgressMap) -> [String] {
    var lines: [String] = []
    if !map.depthLost.isEmpty {
      lines.append(bold("Where one layer stands alone or is missing"))
      lines += losses(map.depthLost)
      lines.append("")
    }
    if !map.safeguards.isEmpty { lines += self.lines(of: map.safeguards, in: map) }
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

  /// One paragraph for all controls whose loss means the same for the same routes.
  private func losses(_ all: [DepthLoss]) -> [String] {
    let controls = Self.grouped(all) { loss in
      var control = loss
      control.route = ""
      return control
    }
    let kinds = Self.grouped(controls.map { (control: $0.key, routes: $0.elements.map(\.route)) }) { entry in
      [entry.control.text] + entry.routes
    }
    return kinds.flatMap { kind, entries in
      let names = entries.map { entry in
        entry.control.resource + (entry.control.location.map { " (\($0))" } ?? "")
      }
      let routes = kind.dropFirst().joined(separator: ", ")
      return wrapped(
        "\(names.joined(separator: ", ")): \(kind.first ?? ""): \(routes)", indent: 4, first: "- ")
    }
  }

  /// What has the same key together, in the order in which the keys come.
  private static func grouped<Key: Hashable, Element>(
    _ elements: [Element], by key: (Element) -> Key
  ) -> [(key: Key, elements: [Element])] {
    var order: [Key] = []
    var groups: [Key: [Element]] = [:]
    for element in elements {
      let key = key(element)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(element)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }

  /// Rows below each other, the first behind `first`, which hangs out to the left of the others.
  func wrapped(_ text: String, indent: Int, first: String = "") -> [String] {
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

  func bold(_ text: String) -> String { colour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
}
