import CordonModel

extension EgressMap {
  /// The map as JUnit XML: a suite a path, a case a route. Open is a failure; unknown is an error, so that no pipeline
  /// passes on what nobody knows.
  public var junit: String {
    let routes = paths.flatMap(\.routes)
    let isOfBoth = targets.count > 1
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      "<testsuites name=\"\(SafeText.markup("cordon prove \(subject)"))\" \(Self.counts(routes))>",
    ]
    for path in paths {
      lines.append("  <testsuite name=\"\(path.path.rawValue)\" \(Self.counts(path.routes))>")
      lines += properties
      lines += path.routes.flatMap { $0.testCase(on: path.path, namesTarget: isOfBoth) }
      lines.append("  </testsuite>")
    }
    return (lines + ["</testsuites>"]).map { $0 + "\n" }.joined()
  }

  /// What was assumed, the target among it: a run that judged one half only says so.
  private var properties: [String] {
    guard !assumptions.isEmpty else { return [] }
    let lines = assumptions.map { assumption in
      "      <property name=\"\(SafeText.markup("assumed " + assumption.name))\" "
        + "value=\"\(SafeText.markup("\(assumption.value): \(assumption.reason)"))\"/>"
    }
    return ["    <properties>"] + lines + ["    </properties>"]
  }

  private static func counts(_ routes: [RouteReport]) -> String {
    let failures = routes.count { $0.verdict == .open }
    let errors = routes.count { $0.verdict == .unknown }
    return "tests=\"\(routes.count)\" failures=\"\(failures)\" errors=\"\(errors)\" time=\"0\""
  }
}

extension RouteReport {
  fileprivate func testCase(on path: EgressPath, namesTarget: Bool) -> [String] {
    let suite = (namesTarget ? "\(target.rawValue)." : "") + path.rawValue
    let head =
      "    <testcase classname=\"\(suite)\" name=\"\(SafeText.markup(route))\" time=\"0\">"
    return [head] + outcome + ["    </testcase>"]
  }

  private var outcome: [String] {
    switch finding {
    case .closed(let controls):
      let said = controls.map { control in
        "closed by \(control.layer): \(control.resource)" + (control.location.map { " (\($0))" } ?? "")
      }
      return ["      <system-out>\(said.map(SafeText.markup).joined(separator: "\n"))</system-out>"]
    case .open(let witness):
      let place = witness.location.map { "\($0): " } ?? ""
      let body =
        [
          witness.story, "try: \(witness.command)", "fix: \(place)\(witness.resource): \(witness.fix)",
        ] + (witness.walker.map { ["by: \($0.line)"] } ?? [])
      return [Self.element("failure", type: "open", message: title, body: body)]
    case .unknown(let parts):
      return [Self.element("error", type: "unknown", message: title, body: parts.map(\.line))]
    }
  }

  private static func element(_ name: String, type: String, message: String, body: [String]) -> String {
    "      <\(name) message=\"\(SafeText.markup(message))\" type=\"\(type)\">"
      + body.map(SafeText.markup).joined(separator: "\n") + "</\(name)>"
  }
}
