import CordonPolicy

/// Finds which sets of action patterns some action matches.
struct ActionCutter: Sendable {
  private let patterns: [Pattern]
  /// Patterns by the service that they name; those whose service has a wildcard count for all.
  private var byService: [String: [Int]] = [:]
  private var general: [Int] = []
  private(set) var classes: [(Mask, [ActionTable.Member])] = []
  private var placeByMask: [Mask: Int] = [:]
  /// The class of services that no pattern names.
  private(set) var restClass: Mask?

  init(patterns: [Pattern]) {
    self.patterns = patterns
    for (place, pattern) in patterns.enumerated() {
      let text = pattern.text.lowercased()
      let service = text.prefix { $0 != ":" }
      if service.contains("*") || service.contains("?") {
        general.append(place)
      } else {
        byService[String(service), default: []].append(place)
      }
    }
  }

  /// Cuts of earlier questions by their patterns, with what each cost: most questions of one proof name the same actions.
  private static let earlier = Remembered<ActionPatterns, (cutter: ActionCutter, cost: Int)>(most: 128)

  /// The cut by `patterns`, which costs the same budget whether it was made before or not; nil where that is not enough.
  static func remembered(_ patterns: [Pattern], budget: inout Int, most: Int) -> ActionCutter? {
    let key = ActionPatterns(patterns, most: most)
    if let known = earlier[key], known.cost <= budget {
      budget -= known.cost
      return known.cutter
    }
    let before = budget
    var cutter = ActionCutter(patterns: patterns)
    guard cutter.cut(budget: &budget, most: most) else { return nil }
    earlier.keep((cutter, before - budget), for: key)
    return cutter
  }

  var named: Set<String> { Set(byService.keys) }

  mutating func cut(budget: inout Int, most: Int) -> Bool {
    for service in byService.keys.sorted() {
      let these = ((byService[service] ?? []) + general).map { patterns[$0] }
      let known = ActionPatterns(these, most: most)
      guard cut(service, by: these, known, budget: &budget, most: most) else { return false }
    }
    if general.allSatisfy({ patterns[$0].isAnything }) {
      var mask = Mask()
      for place in general { mask.insert(place) }
      restClass = mask
      note(mask, [])
      return true
    }
    let these = general.map { patterns[$0] }
    let known = ActionPatterns(these, most: most)
    for service in ActionCatalog.services where byService[service] == nil {
      guard cut(service, by: these, known, budget: &budget, most: most) else { return false }
    }
    // A service that is not listed: its name is whatever the patterns can tell apart.
    return cut(nil, by: these, known, budget: &budget, most: most)
  }

  private mutating func cut(
    _ service: String?, by these: [Pattern], _ known: ActionPatterns, budget: inout Int, most: Int
  ) -> Bool {
    let places = service.map { byService[$0] ?? [] } ?? []
    guard let cut = ServiceCut.remembered(service, these, known: known, budget: &budget, most: most) else {
      return false
    }
    func mask(_ matched: [Int]) -> Mask {
      var mask = Mask()
      for place in matched {
        mask.insert(place < places.count ? places[place] : general[place - places.count])
      }
      return mask
    }
    for (matched, members) in cut.listed { note(mask(matched), members) }
    for (matched, member) in cut.unlisted {
      let mask = mask(matched)
      if placeByMask[mask] == nil { note(mask, [member]) }
    }
    return true
  }

  private mutating func note(_ mask: Mask, _ members: [ActionTable.Member]) {
    if let place = placeByMask[mask] {
      classes[place].1 += members
    } else {
      placeByMask[mask] = classes.count
      classes.append((mask, members))
    }
  }
}
