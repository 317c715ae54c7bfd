import CordonModel

extension EgressMap {
  /// One map of several accounts and regions: each route is as bad as it is in the worst of them, and says where.
  public static func worst(of maps: [(place: String, map: EgressMap)], subject: String) -> EgressMap {
    guard maps.count > 1 else {
      var map = maps.first?.map ?? EgressMap(subject: subject, paths: [])
      map.subject = subject
      return map
    }
    let paths = EgressPath.allCases.map { path in
      var names: [String] = []
      var found: [String: [(place: String, report: RouteReport)]] = [:]
      for (place, map) in maps {
        for report in map.paths.filter({ $0.path == path }).flatMap(\.routes) {
          if found[report.route] == nil { names.append(report.route) }
          found[report.route, default: []].append((place, report))
        }
      }
      return PathReport(path: path, routes: names.compactMap { worst(of: found[$0] ?? []) })
    }
    var whole = EgressMap(subject: subject, paths: paths)
    whole.safeguards = safeguards(of: maps)
    for (place, map) in maps {
      whole.origins.merge(map.origins) { first, _ in first }
      for assumption in map.assumptions {
        whole.assumptions.append(
          Assumption(
            name: assumption.name, value: assumption.value, reason: "\(place): \(assumption.reason)"))
      }
      for loss in map.depthLost {
        var placed = loss
        placed.text = "\(place): \(loss.text)"
        whole.depthLost.append(placed)
      }
    }
    return whole
  }

  /// Each safeguard once, with what has it and what does not in any of the places.
  private static func safeguards(of maps: [(place: String, map: EgressMap)]) -> [SafeguardReport] {
    var whole: [SafeguardReport] = []
    var places: [String: Int] = [:]
    for (place, map) in maps {
      for report in map.safeguards {
        guard let index = places[report.safeguard] else {
          places[report.safeguard] = whole.count
          whole.append(report.told(of: place))
          continue
        }
        let told = report.told(of: place)
        whole[index].held += told.held
        whole[index].lost += told.lost
        whole[index].unknown += told.unknown
        whole[index].isRequired = whole[index].isRequired || told.isRequired
      }
    }
    return whole
  }

  private static func worst(of reports: [(place: String, report: RouteReport)]) -> RouteReport? {
    let verdict = Verdict.worst(of: reports.map(\.report.verdict))
    guard var worst = reports.first(where: { $0.report.verdict == verdict }) else { return nil }
    worst.report.steps = reports.flatMap { place, report in report.steps.map { "\(place): \($0)" } }
    switch verdict {
    case .closed:
      let controls = reports.flatMap { _, report -> [ClosingControl] in
        if case .closed(let controls) = report.finding { controls } else { [] }
      }
      worst.report.finding = .closed(unique(controls))
    case .unknown:
      let parts = reports.flatMap { _, report -> [UnknownPart] in
        if case .unknown(let parts) = report.finding { parts } else { [] }
      }
      worst.report.finding = .unknown(unique(parts))
    case .open:
      if case .open(var witness) = worst.report.finding {
        witness.story = "In \(worst.place): \(witness.story)"
        witness.fix += ", in \(worst.place)"
        worst.report.finding = .open(witness)
      }
    }
    return worst.report
  }
}

extension SafeguardReport {
  /// The same, with the place in what is lost or not known.
  fileprivate func told(of place: String) -> SafeguardReport {
    var copy = self
    for index in lost.indices { copy.lost[index].text = "in \(place): \(lost[index].text)" }
    for index in unknown.indices { copy.unknown[index].text = "in \(place): \(unknown[index].text)" }
    return copy
  }
}
