public import CordonModel

// What is promised beside closed ways out, for people: what is lost and what is not known part by part, what is held by name.
extension MapText {
  func lines(of safeguards: [SafeguardReport], in map: EgressMap) -> [String] {
    var lines = [bold("Safeguards")]
    for safeguard in safeguards where safeguard.verdict == .lost {
      lines += head(of: safeguard)
      lines += safeguard.lost.flatMap { part in
        wrapped(part.line, indent: 6, first: "- ")
          + (map.origin(of: part.location).map {
            wrapped("\($0) made that file: change it there", indent: 8, first: "from ")
          } ?? [])
      }
    }
    for safeguard in safeguards where safeguard.verdict == .unknown {
      lines += head(of: safeguard)
      lines += unique(safeguard.unknown.map(\.line)).flatMap { wrapped($0, indent: 6, first: "not known  ") }
    }
    for kind in SafeguardKind.allCases {
      let held = safeguards.filter { $0.kind == kind && $0.verdict == .held }.map(\.safeguard)
      if !held.isEmpty {
        lines += wrapped("\(kind.rawValue): \(held.joined(separator: ", "))", indent: 2, first: "held     ")
      }
    }
    return lines + [""]
  }

  private func head(of safeguard: SafeguardReport) -> [String] {
    let word = safeguard.verdict.rawValue
    let blanks = String(repeating: " ", count: 9 - word.count)
    return wrapped(
      "\(safeguard.safeguard): \(safeguard.promise)", indent: 2, first: word + blanks)
  }

  /// How many safeguards have which verdict; nothing where none was judged.
  func summary(of safeguards: [SafeguardReport]) -> [String] {
    guard !safeguards.isEmpty else { return [] }
    let counts = [SafeguardVerdict.lost, .unknown, .held].map { verdict in
      "\(safeguards.count { $0.verdict == verdict }) \(verdict.rawValue)"
    }
    return ["\(safeguards.count) safeguards: " + counts.joined(separator: ", ")]
  }
}

extension SafeguardPart {
  /// Place, resource, property and what it lacks in one line.
  public var line: String {
    let name = property.isEmpty ? resource : "\(resource) \(property)"
    return [location.map { "\($0)" }, name, text].compactMap(\.self).filter { !$0.isEmpty }
      .joined(separator: ": ")
  }
}

extension EgressMap {
  /// Demands safeguards: by name, by kind, or `all`. Returns the words that name none.
  ///
  /// A safeguard that is demanded and was not judged is unknown.
  public mutating func require(_ names: [String]) -> [String] {
    let kinds = Set(SafeguardKind.allCases.map(\.rawValue))
    let known = SafeguardList.all.map { (name: $0.name, kind: $0.kind.rawValue, safeguard: $0) }
    for name in names {
      for entry in known where name == "all" || name == entry.name || name == entry.kind {
        if let index = safeguards.firstIndex(where: { $0.safeguard == entry.name }) {
          safeguards[index].isRequired = true
        } else if name == entry.name || safeguards.isEmpty {
          var report = SafeguardReport(
            safeguard: entry.name, kind: entry.safeguard.kind, promise: entry.safeguard.promise,
            unknown: [UnknownPart("nothing in what was given has to do with it")])
          report.isRequired = true
          safeguards.append(report)
        }
      }
    }
    return names.filter { name in
      name != "all" && !kinds.contains(name) && !known.contains { $0.name == name }
    }
  }

  /// The names of all safeguards, in order.
  public static var safeguardNames: [String] { SafeguardList.all.map(\.name) }

  /// What the run comes to: the verdict of the routes, and behind it that of the safeguards that are demanded.
  public var outcome: Verdict {
    let demanded = safeguards.filter(\.isRequired).map(\.verdict)
    switch SafeguardVerdict.worst(of: demanded) {
    case .held: return verdict
    case .lost: return .open
    case .unknown: return Verdict.worst(of: [verdict, .unknown])
    }
  }
}
