import CordonModel

extension EgressMap {
  /// The map as JUnit XML: a suite a path, a case a route. Open is a failure; unknown is an error, so that no pipeline
  /// passes on what nobody knows.
  public var junit: String {
    let routes = paths.flatMap(\.routes)
    let isOfBoth = targets.count > 1
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      "<testsuites name=\"\(SafeText.markup("cordon prove \(subject)"))\" \(Self.counts(routes, safeguards))>",
    ]
    for path in paths {
      lines.append("  <testsuite name=\"\(path.path.rawValue)\" \(Self.counts(path.routes))>")
      lines += properties
      lines += path.routes.flatMap { $0.testCase(on: path.path, namesTarget: isOfBoth) }
      lines.append("  </testsuite>")
    }
    if !safeguards.isEmpty { lines += self.suite }
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

  /// The safeguards, as a suite of their own: a failure only where they are demanded.
  private var suite: [String] {
    let failures = safeguards.count { $0.isRequired && $0.verdict == .lost }
    let errors = safeguards.count { $0.isRequired && $0.verdict == .unknown }
    let skipped = safeguards.count { !$0.isRequired && $0.verdict != .held }
    let cases = safeguards.flatMap { safeguard -> [String] in
      let name = "name=\"\(SafeText.markup(safeguard.safeguard))\" time=\"0\""
      return ["    <testcase classname=\"safeguards.\(safeguard.kind.rawValue)\" \(name)>"]
        + safeguard.outcome + ["    </testcase>"]
    }
    return [
      "  <testsuite name=\"safeguards\" tests=\"\(safeguards.count)\" failures=\"\(failures)\" errors=\"\(errors)\" "
        + "skipped=\"\(skipped)\" time=\"0\">"
    ] + cases + ["  </testsuite>"]
  }

  private static func counts(_ routes: [RouteReport], _ safeguards: [SafeguardReport] = []) -> String {
    let demanded = safeguards.filter(\.isRequired).map(\.verdict)
    let failures = routes.count { $0.verdict == .open } + demanded.count { $0 == .lost }
    let errors = routes.count { $0.verdict == .unknown } + demanded.count { $0 == .unknown }
    return
      "tests=\"\(routes.count + safeguards.count)\" failures=\"\(failures)\" errors=\"\(errors)\" time=\"0\""
  }
}

extension SafeguardReport {
  fileprivate var outcome: [String] {
    let lines = lost.map(\.line) + unknown.map(\.line)
    let body = lines.map(SafeText.markup).joined(separator: "\n")
    let message = SafeText.markup(promise)
    switch (verdict, isRequired) {
    case (.held, _):
      return [
        "      <system-out>\(held.map(\.line).map(SafeText.markup).joined(separator: "\n"))</system-out>"
      ]
    case (.lost, true): return ["      <failure message=\"\(message)\" type=\"lost\">\(body)</failure>"]
    case (.unknown, true): return ["      <error message=\"\(message)\" type=\"unknown\">\(body)</error>"]
    case (let verdict, false):
      return [
        "      <skipped message=\"\(verdict.rawValue): \(message)\"/>",
        "      <system-out>\(body)</system-out>",
      ]
    }
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
