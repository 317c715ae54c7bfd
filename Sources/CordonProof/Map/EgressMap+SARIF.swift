import CordonModel
public import CordonPolicy

extension EgressMap {
  /// The findings as SARIF 2.1.0, as code scanning reads it: open routes are errors, unknown ones notes, lost layers
  /// warnings. A closed route is no finding.
  ///
  /// - Parameters:
  ///   - toolVersion: The version of this executable.
  ///   - fallback: The file that a finding without a place of its own is shown at.
  public func sarif(toolVersion: String, fallback: String) -> JSONValue {
    let rules = SARIFRules(map: self)
    let places = SARIFPlaces(fallback: Location(file: fallback, line: 1, column: 1), origins: origins)
    let results =
      paths.flatMap { path in path.routes.flatMap { $0.results(on: path.path, rules: rules, places: places) }
      }
      + depthLost.map { $0.result(rules: rules, places: places) }
      + safeguards.flatMap { $0.results(rules: rules, places: places) }
    let driver: JSONValue = .object([
      ("name", "cordon"), ("semanticVersion", .string(toolVersion)),
      ("rules", .array(rules.ordered.map(\.json))),
    ])
    let run: JSONValue = .object([
      ("tool", ["driver": driver]), ("columnKind", "unicodeCodePoints"),
      ("invocations", [.object(invocation)]), ("results", .array(results)),
      ("properties", .object([("subject", .string(subject)), ("verdict", .string(verdict.rawValue))])),
    ])
    return .object([
      (
        "$schema",
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
      ),
      ("version", "2.1.0"), ("runs", [run]),
    ])
  }

  /// The run, with what it took for true: which target, for one, where the other was not judged.
  private var invocation: [(String, JSONValue)] {
    let notes = assumptions.map { assumption -> JSONValue in
      let text = SafeText.line("\(assumption.name)=\(assumption.value): \(assumption.reason)")
      return .object([("level", "note"), ("message", ["text": .string("assumed \(text)")])])
    }
    return [("executionSuccessful", true)]
      + (notes.isEmpty ? [] : [("toolConfigurationNotifications", .array(notes))])
  }
}

/// Where findings are shown: a line of a file that is there. What was written from a spec is shown at the spec's line.
private struct SARIFPlaces {
  var fallback: Location
  var origins: [String: Location]

  subscript(location: Location?) -> Location {
    guard let location else { return fallback }
    return origins[location.file] ?? location
  }

  /// The line of the file that was written from a spec, in brackets.
  func note(_ location: Location?) -> String {
    guard let location, origins[location.file] != nil else { return "" }
    return " (\(location), which this line made)"
  }
}

/// One rule a route that has a finding.
private struct SARIFRules {
  struct Rule {
    var id: String
    var title: String
    var path: EgressPath?
    /// Whether it is a promise beside closed ways out rather than a route.
    var isSafeguard = false

    var json: JSONValue {
      if isSafeguard { return safeguard }
      let question = "Is there any request that walks the route '\(id)'?"
      let help =
        "\(title). A finding of level error is open: the message holds a request that walks the route, and the one "
        + "change that closes it. A note is not known: the message says what would settle it. A warning says that a "
        + "layer is lost although another still closes the route."
      let markdown =
        "**\(SafeText.markup(title))**\n\n- *error*: open; the message holds a request that walks the route, and the "
        + "one change that closes it\n- *note*: not known; the message says what would settle it\n- *warning*: a layer "
        + "is lost although another still closes the route\n\n`cordon prove … --explain "
        + "\(SafeText.identifier(id))` shows the proof step by step."
      var tags: [JSONValue] = ["security", "egress"]
      if let path { tags.append(.string(path.rawValue)) }
      return .object([
        ("id", .string(id)), ("name", .string(Self.name(id))),
        ("shortDescription", ["text": .string(title)]),
        ("fullDescription", ["text": .string("\(question) \(title).")]),
        ("help", .object([("text", .string(help)), ("markdown", .string(markdown))])),
        ("defaultConfiguration", ["level": "error"]),
        (
          "properties",
          .object([("tags", .array(tags)), ("precision", "very-high"), ("security-severity", "8.0")])
        ),
      ])
    }

    private var safeguard: JSONValue {
      let help =
        "\(title). A warning says what lacks it, or an error where the run demands it; a note that the files do not say. "
        + "No way is open for that alone."
      return .object([
        ("id", .string(id)), ("name", .string(Self.name(id))),
        ("shortDescription", ["text": .string(title)]), ("fullDescription", ["text": .string("\(title).")]),
        ("help", ["text": .string(help)]), ("defaultConfiguration", ["level": "warning"]),
        (
          "properties",
          .object([
            ("tags", ["security", "safeguard"]), ("precision", "very-high"), ("security-severity", "5.0"),
          ])
        ),
      ])
    }

    /// `s3-foreign-bucket` as `S3ForeignBucket`.
    private static func name(_ id: String) -> String {
      let words = id.split { !($0.isLetter || $0.isNumber) }
      let name = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
      return name.isEmpty ? "Route" : name
    }
  }

  private(set) var ordered: [Rule] = []
  private var indices: [String: Int] = [:]

  init(map: EgressMap) {
    for path in map.paths {
      for route in path.routes where route.verdict != .closed {
        add(Rule(id: route.route, title: SafeText.line(route.title), path: path.path))
      }
    }
    for loss in map.depthLost {
      let known = map.paths.lazy.flatMap { path in path.routes.map { (path.path, $0) } }
        .first { $0.1.route == loss.route }
      add(Rule(id: loss.route, title: SafeText.line(known?.1.title ?? loss.route), path: known?.0))
    }
    for safeguard in map.safeguards where safeguard.verdict != .held {
      add(Rule(id: safeguard.safeguard, title: safeguard.promise, isSafeguard: true))
    }
  }

  private mutating func add(_ rule: Rule) {
    guard indices[rule.id] == nil else { return }
    indices[rule.id] = ordered.count
    ordered.append(rule)
  }

  func index(of id: String) -> Int { indices[id] ?? -1 }
}

extension RouteReport {
  fileprivate func results(on path: EgressPath, rules: SARIFRules, places: SARIFPlaces) -> [JSONValue] {
    switch finding {
    case .closed: return []
    case .open(let witness):
      let text =
        "\(title), \(target.phrase): open. \(witness.story) Try it: \(witness.command) "
        + "To close it: \(witness.resource)\(places.note(witness.location)): \(witness.fix)"
      return [
        SARIFResult(
          rule: route, index: rules.index(of: route), level: "error", text: text, resource: witness.resource,
          location: places[witness.location], identity: [path.rawValue, route, witness.resource],
          properties: [
            ("path", .string(path.rawValue)), ("target", .string(target.rawValue)),
            ("request", witness.whole),
          ]
        ).json
      ]
    case .unknown(let parts):
      return parts.map { part in
        SARIFResult(
          rule: route, index: rules.index(of: route), level: "note",
          text: "\(title), \(target.phrase): not known. \(part.text)\(places.note(part.location))",
          resource: part.resource, location: places[part.location],
          identity: [path.rawValue, route, part.resource ?? "", part.text],
          properties: [("path", .string(path.rawValue)), ("target", .string(target.rawValue))]
        ).json
      }
    }
  }
}

extension SafeguardReport {
  fileprivate func results(rules: SARIFRules, places: SARIFPlaces) -> [JSONValue] {
    let properties: [(String, JSONValue)] = [
      ("kind", .string(kind.rawValue)), ("target", .string(ProofTarget.aws.rawValue)),
    ]
    let index = rules.index(of: safeguard)
    let found = lost.map { part in
      SARIFResult(
        rule: safeguard, index: index, level: isRequired ? "error" : "warning",
        text:
          "lost: \(promise). \(part.resource) \(part.property)\(places.note(part.location)): \(part.text)",
        resource: part.resource, location: places[part.location],
        identity: ["safeguard", safeguard, part.resource, part.property, part.text], properties: properties)
    }
    let open = unique(unknown).map { part in
      SARIFResult(
        rule: safeguard, index: index, level: isRequired ? "error" : "note",
        text: "not known: \(promise). \(part.text)\(places.note(part.location))", resource: part.resource,
        location: places[part.location], identity: ["safeguard", safeguard, part.resource ?? "", part.text],
        properties: properties)
    }
    return (found + open).map(\.json)
  }
}

extension DepthLoss {
  fileprivate func result(rules: SARIFRules, places: SARIFPlaces) -> JSONValue {
    SARIFResult(
      rule: route, index: rules.index(of: route), level: "warning",
      text: text + places.note(location), resource: resource, location: places[location],
      identity: ["depth", route, resource, text], properties: [("target", .string(target.rawValue))]
    ).json
  }
}

private struct SARIFResult {
  var rule: String
  var index: Int
  var level: String
  var text: String
  var resource: String?
  var location: Location
  /// What makes it the same finding in the next run: never a line number, which moves with every edit.
  var identity: [String]
  var properties: [(String, JSONValue)]

  var json: JSONValue {
    var place: [(String, JSONValue)] = [
      (
        "physicalLocation",
        .object([
          ("artifactLocation", ["uri": .string(Self.uri(location.file))]),
          (
            "region",
            .object([
              ("startLine", .number(max(1, location.line))),
              ("startColumn", .number(max(1, location.column))),
            ])
          ),
        ])
      )
    ]
    if let resource {
      place.append(
        (
          "logicalLocations",
          [.object([("fullyQualifiedName", .string(SafeText.line(resource))), ("kind", "resource")])]
        ))
    }
    var members: [(String, JSONValue)] = [
      ("ruleId", .string(rule)), ("ruleIndex", .number(index)), ("level", .string(level)),
      ("message", ["text": .string(SafeText.line(text))]), ("locations", [.object(place)]),
      ("partialFingerprints", ["cordonRoute/v1": .string(Self.fingerprint(identity))]),
    ]
    if !properties.isEmpty { members.append(("properties", .object(properties))) }
    return .object(members)
  }

  /// RFC 3986: a relative reference where the file was named so, else a `file:` URI.
  private static func uri(_ file: String) -> String {
    let path = file.utf8.reduce(into: "") { text, byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F, 0x7E:
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    if file.hasPrefix("/") { return "file://" + path }
    return path.hasPrefix("./") ? String(path.dropFirst(2)) : path
  }

  /// FNV-1a, 64 bit: stable names, not a security property.
  private static func fingerprint(_ parts: [String]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for part in parts {
      for byte in Array(part.utf8) + [0] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
