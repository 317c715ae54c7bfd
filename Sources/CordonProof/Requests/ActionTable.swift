import CordonPolicy
import Synchronization

/// The actions of each cell of the action axis.
struct ActionTable: Sendable {
  /// Some actions of one service, which work on the same resources.
  struct Member: Sendable {
    var name: String
    /// The shapes of its resources; nil where they are not known, so that any will do.
    var shapes: [ResourceShape]?
    /// Whether it may be asked for `*`.
    var takesStar: Bool
    var keys: Set<String> = []
  }

  /// By cell: members that are at hand.
  var members: [[Member]] = []
  /// The cell of all services that no pattern names, and those that patterns do name.
  var rest: (cell: Int, named: Set<String>)?

  /// Shows members of a cell, the services that no pattern names last, until one is taken; whether one was.
  func first(of cell: Int, where take: (Member) -> Bool) -> Bool {
    if members[cell].contains(where: take) { return true }
    guard let rest, rest.cell == cell else { return false }
    for prefix in Self.wellKnown + ActionCatalog.services where !rest.named.contains(prefix) {
      guard let service = ActionCatalog.service(prefix) else { continue }
      for place in service.representatives where take(Member(service.actions[place], of: service)) {
        return true
      }
    }
    return false
  }

  /// Services that a reader knows come first.
  private static let wellKnown = ["s3", "sqs", "sts", "ec2"]
}

extension ActionTable.Member {
  init(_ action: ServiceActions.Action, of service: ServiceActions) {
    self.init(
      name: action.name, shapes: action.hasUnknownTypes ? nil : action.types.map { service.types[$0].shape },
      takesStar: action.takesStar,
      keys: action.keys)
  }
}

extension ProblemBuilder {
  /// Classes all actions by the patterns that match them: those listed, and for each class that only an action which is not
  /// listed can be of, one such.
  mutating func cutActions() throws(ProblemFault) {
    var patterns: [Pattern] = []
    var placeByText: [String: Int] = [:]
    var patternsByLiteral: [[Int]] = []
    for number in literalsByAxis[0] {
      guard case .action(let selection) = forms[number] else { continue }
      patternsByLiteral.append(
        selection.patterns.map { pattern in
          let text = pattern.text.lowercased()
          if let known = placeByText[text] { return known }
          placeByText[text] = patterns.count
          patterns.append(pattern)
          return patterns.count - 1
        })
    }
    guard let cutter = ActionCutter.remembered(patterns, budget: &budget, most: limits.cells) else {
      throw .budget
    }
    var cells: [[Truth]: Int] = [:]
    for (matched, members) in cutter.classes {
      let signature = zip(literalsByAxis[0], patternsByLiteral).map { number, places in
        let matches = places.contains { matched.contains($0) }
        guard case .action(let selection) = forms[number] else { return Truth.no }
        return Truth(matches != selection.isNegated)
      }
      let cell: Int
      if let known = cells[signature] {
        cell = known
      } else {
        cell = problem.axes[0].values.count
        cells[signature] = cell
        add(members.first?.name ?? "any other action", signature, to: 0)
        problem.actions.members.append([])
      }
      problem.actions.members[cell] += members
      if cutter.restClass == matched { problem.actions.rest = (cell, cutter.named) }
    }
    problem.axes[0].start.allowed = Mask(all: problem.axes[0].values.count)
  }
}

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
  private static let earlier = Mutex<[String: (cutter: ActionCutter, cost: Int)]>([:])

  /// The cut by `patterns`, which costs the same budget whether it was made before or not; nil where that is not enough.
  static func remembered(_ patterns: [Pattern], budget: inout Int, most: Int) -> ActionCutter? {
    let key = "\(most) " + patterns.map { "\($0.text.utf8.count):\($0.text.lowercased())" }.joined()
    if let known = earlier.withLock({ $0[key] }) {
      guard known.cost <= budget else { return nil }
      budget -= known.cost
      return known.cutter
    }
    let before = budget
    var cutter = ActionCutter(patterns: patterns)
    guard cutter.cut(budget: &budget, most: most) else { return nil }
    let made = (cutter, before - budget)
    earlier.withLock { kept in
      if kept.count >= 128 { kept.removeAll() }
      kept[key] = made
    }
    return cutter
  }

  var named: Set<String> { Set(byService.keys) }

  mutating func cut(budget: inout Int, most: Int) -> Bool {
    let everywhere = general.allSatisfy { patterns[$0].isAnything }
    for service in byService.keys.sorted() {
      guard cut(service, budget: &budget, most: most) else { return false }
    }
    if everywhere {
      var mask = Mask()
      for place in general { mask.insert(place) }
      restClass = mask
      note(mask, [])
      return true
    }
    for service in ActionCatalog.services where byService[service] == nil {
      guard cut(service, budget: &budget, most: most) else { return false }
    }
    // A service that is not listed: its name is whatever the patterns can tell apart.
    return cutUnlisted(service: nil, general, budget: &budget, most: most)
  }

  private mutating func cut(_ service: String, budget: inout Int, most: Int) -> Bool {
    let places = (byService[service] ?? []) + general
    if let listed = ActionCatalog.service(service) {
      note(listed, ActionMatcher(patterns, places, service: service))
      budget -= listed.actions.count
    }
    return cutUnlisted(service: service, places, budget: &budget, most: most)
  }

  /// Notes a service's actions, one for each set of patterns and of resource types.
  private mutating func note(_ listed: ServiceActions, _ matcher: ActionMatcher) {
    if matcher.isConstant {
      let members = listed.representatives.map { ActionTable.Member(listed.actions[$0], of: listed) }
      return note(matcher.mask(""), members)
    }
    var known: [Mask: Set<[Int]>] = [:]
    for action in listed.actions {
      let mask = matcher.mask(action.folded)
      guard known[mask, default: []].insert(action.kinds).inserted else { continue }
      note(mask, [.init(action, of: listed)])
    }
  }

  /// Names that no list has: for every set of patterns, a shortest one.
  private mutating func cutUnlisted(
    service: String?, _ places: [Int], budget: inout Int, most: Int
  ) -> Bool {
    let shapes = service.flatMap { ActionCatalog.service($0) }.map { $0.types.map(\.shape) }
    var tokens = places.map { place in patterns[place].readings().first?.map(Self.lowered) ?? [] }
    let prefix: [ShapeToken] =
      service.map { $0.unicodeScalars.map { .pattern(.scalar($0)) } } ?? [.one(.bucket), .run(.bucket)]
    tokens.append(prefix + [.pattern(.scalar(":")), .one(.bucket), .run(.bucket)])
    let matcher = ActionMatcher(patterns, places, service: service ?? "")
    var found: [(Mask, String)] = []
    let isWhole = PatternProduct(tokens, required: tokens.count - 1).explore(budget: &budget) { text in
      found.append((matcher.mask(text), text))
      return found.count < most
    }
    for (mask, text) in found where placeByMask[mask] == nil {
      let spelled = places.map { patterns[$0].text }.first { $0.lowercased() == text } ?? text
      note(mask, [.init(name: spelled, shapes: shapes, takesStar: true)])
    }
    return isWhole
  }

  private static func lowered(_ token: Pattern.Token) -> ShapeToken {
    if case .folded(let scalar) = token { .pattern(.scalar(scalar)) } else { .pattern(token) }
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

/// Matches actions of one service, in lower case, with the patterns that may match them.
private struct ActionMatcher {
  private var exact: [String: [Int]] = [:]
  private var always = Mask()
  private var prefixes: [(Int, [UInt8])] = []
  private var others: [(Int, Pattern)] = []

  init(_ patterns: [Pattern], _ places: [Int], service: String) {
    for place in places {
      let pattern = patterns[place]
      let text = pattern.text.lowercased()
      if pattern.isAnything || text == service + ":*" {
        always.insert(place)
      } else if pattern.isExact {
        exact[text, default: []].append(place)
      } else if pattern.parts.count == 2, case .literal = pattern.parts[0], pattern.parts[1] == .anyRun {
        prefixes.append((place, Array(text.utf8.dropLast())))
      } else {
        others.append((place, pattern))
      }
    }
  }

  /// Whether all actions of the service match the same patterns.
  var isConstant: Bool { exact.isEmpty && prefixes.isEmpty && others.isEmpty }

  func mask(_ action: String) -> Mask {
    var mask = always
    if !exact.isEmpty { for place in exact[action] ?? [] { mask.insert(place) } }
    for (place, prefix) in prefixes where action.utf8.starts(with: prefix) { mask.insert(place) }
    for (place, pattern) in others where pattern.match(action) == .yes { mask.insert(place) }
    return mask
  }
}
