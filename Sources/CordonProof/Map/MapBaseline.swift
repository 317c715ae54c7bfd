public import CordonModel
public import CordonPolicy

/// An earlier map in its JSON form, to tell what got worse since.
public struct MapBaseline: Sendable {
  /// Why a text is no baseline.
  public enum Problem: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not JSON.
    case notJSON(JSONError)
    /// JSON of another shape; says what is missing.
    case notAMap(String)
    /// A map of a version that is not known here.
    case otherVersion(Int)

    /// What is wrong and what to do.
    public var description: String {
      switch self {
      case .notJSON(let error): "\(error)"
      case .notAMap(let what): "\(what); a baseline is what 'cordon prove --format json' printed"
      case .otherVersion(let version):
        "version \(version) of the map is not read here; make the baseline again with this cordon"
      }
    }
  }

  /// A route that is worse than it was.
  public struct Worsening: Sendable, Equatable {
    /// The path.
    public var path: EgressPath
    /// The route.
    public var route: String
    /// Where it would be walked.
    public var target: ProofTarget
    /// What it was; nil where it was not there.
    public var before: Verdict?
    /// What it is.
    public var now: Verdict
  }

  private struct Key: Hashable {
    var path: String
    var route: String
    /// Nil in maps that were printed before they said so.
    var target: String?
  }

  private let verdicts: [Key: Verdict]
  /// What safeguards were; nil in maps that were printed before there were any.
  private let safeguards: [String: SafeguardVerdict]?

  /// Reads what `--format json` wrote.
  public init(json text: String) throws(Problem) {
    let value: JSONValue
    do { value = try JSONValue(parsing: text, limits: JSONLimits(bytes: 64 << 20)) } catch {
      throw .notJSON(error)
    }
    guard let version = value["version"]?.int else { throw .notAMap("there is no number 'version'") }
    guard version == EgressMap.version else { throw .otherVersion(version) }
    guard let paths = value["paths"]?.elements else { throw .notAMap("there is no list 'paths'") }
    var verdicts: [Key: Verdict] = [:]
    for path in paths {
      guard let name = path["path"]?.text, let routes = path["routes"]?.elements else {
        throw .notAMap("a path has no name or no routes")
      }
      for route in routes {
        guard let id = route["route"]?.text,
          let verdict = route["verdict"]?.text.flatMap(Verdict.init(rawValue:))
        else { throw .notAMap("a route of \(SafeText.line(name)) has no name or no verdict") }
        let key = Key(path: name, route: id, target: route["target"]?.text)
        verdicts[key] = Verdict.worst(of: [verdict, verdicts[key] ?? .closed])
      }
    }
    self.verdicts = verdicts
    guard let list = value["safeguards"]?.elements else {
      safeguards = nil
      return
    }
    var safeguards: [String: SafeguardVerdict] = [:]
    for safeguard in list {
      guard let name = safeguard["safeguard"]?.text,
        let verdict = safeguard["verdict"]?.text.flatMap(SafeguardVerdict.init(rawValue:))
      else { throw .notAMap("a safeguard has no name or no verdict") }
      safeguards[name] = verdict
    }
    self.safeguards = safeguards
  }

  /// Safeguards that were held and no longer are, or unknown and now lost, with what they were. One that the earlier map does
  /// not name counts as held before; where it names none at all, nothing is said.
  public func safeguardsWorse(in map: EgressMap) -> [(safeguard: SafeguardReport, before: SafeguardVerdict?)]
  {
    guard let safeguards, !safeguards.isEmpty else { return [] }
    return map.safeguards.compactMap { now in
      let before = safeguards[now.safeguard]
      let worst = SafeguardVerdict.worst(of: [before ?? .held, now.verdict])
      return worst == (before ?? .held) ? nil : (now, before)
    }
  }

  /// Routes that were closed and no longer are, or unknown and now open. One that was not there counts as closed before.
  public func worsenings(in map: EgressMap) -> [Worsening] {
    map.paths.flatMap { path in
      path.routes.compactMap { route in
        let (name, target) = (path.path.rawValue, route.target)
        let before =
          verdicts[Key(path: name, route: route.route, target: target.rawValue)]
          ?? verdicts[Key(path: name, route: route.route, target: nil)]
        guard route.verdict.badness > (before ?? .closed).badness else { return nil }
        return Worsening(
          path: path.path, route: route.route, target: target, before: before, now: route.verdict)
      }
    }
  }
}

extension Verdict {
  fileprivate var badness: Int {
    switch self {
    case .closed: 0
    case .unknown: 1
    case .open: 2
    }
  }
}
