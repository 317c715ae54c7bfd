import CordonModel

extension EgressMap {
  /// The map as JUnit XML: a suite a path, a case a route. Open is a failure; unknown is an error, so that no pipeline
  /// passes on what nobody knows.
  public var junit: String {
    let routes = paths.flatMap(\.routes)
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      "<testsuites name=\"\(SafeText.markup("cordon prove \(subject)"))\" \(Self.counts(routes))>",
    ]
    for path in paths {
      lines.append("  <testsuite name=\"\(path.path.rawValue)\" \(Self.counts(path.routes))>")
      lines += path.routes.flatMap { $0.testCase(on: path.path) }
      lines.append("  </testsuite>")
    }
    return (lines + ["</testsuites>"]).map { $0 + "\n" }.joined()
  }

  private static func counts(_ routes: [RouteReport]) -> String {
    let failures = routes.count { $0.verdict == .open }
    let errors = routes.count { $0.verdict == .unknown }
    return "tests=\"\(routes.count)\" failures=\"\(failures)\" errors=\"\(errors)\" time=\"0\""
  }
}

extension RouteReport {
  fileprivate func testCase(on path: EgressPath) -> [String] {
    let head =
      "    <testcase classname=\"\(path.rawValue)\" name=\"\(SafeText.markup(route))\" time=\"0\">"
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
