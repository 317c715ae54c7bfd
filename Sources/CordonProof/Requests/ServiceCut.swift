import CordonPolicy

/// Action patterns that a cut was made by, and the service whose actions they cut.
struct ActionPatterns: Hashable, Sendable {
  private var service: String?
  private let most: Int
  private let texts: [[UInt8]]
  /// Of the texts, taken once: the same are asked about with every service.
  private let digest: Int

  init(_ patterns: [Pattern], most: Int) {
    self.most = most
    texts = patterns.map { Array($0.text.utf8) }
    var hasher = Hasher()
    for pattern in patterns { hasher.combine(pattern.text) }
    digest = hasher.finalize()
  }

  func cutting(_ service: String?) -> Self {
    var copy = self
    copy.service = service
    return copy
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(service)
    hasher.combine(most)
    hasher.combine(digest)
  }
}

/// The actions of one service by which of some patterns match them; patterns are named by their places.
struct ServiceCut: Sendable {
  /// Listed actions: of each class one for each set of resource types.
  private(set) var listed: [(matched: [Int], members: [ActionTable.Member])] = []
  /// For every class an action that no list has.
  private(set) var unlisted: [(matched: [Int], member: ActionTable.Member)] = []
  private var cost = 0

  /// The most names that are kept of one: hostile patterns have thousands.
  private static let largest = 512

  private static let earlier = Remembered<ActionPatterns, ServiceCut>(most: 4_096)

  /// The cut of a service, nil for one that is not listed, by `patterns`; it costs the same budget whether it was made before
  /// or not, and is nil where that is not enough.
  ///
  /// - Parameter known: What `patterns` are known by.
  static func remembered(
    _ service: String?, _ patterns: [Pattern], known: ActionPatterns, budget: inout Int, most: Int
  ) -> ServiceCut? {
    let key = known.cutting(service)
    if let cut = earlier[key], cut.cost <= budget {
      budget -= cut.cost
      return cut
    }
    let before = budget
    let matcher = ActionMatcher(patterns, service: service ?? "")
    let catalog = service.flatMap { ActionCatalog.service($0) }
    var cut = ServiceCut()
    if let catalog {
      cut.note(catalog, matcher)
      budget -= catalog.actions.count
    }
    guard cut.addUnlisted(service, catalog, patterns, matcher, budget: &budget, most: most) else {
      return nil
    }
    cut.cost = before - budget
    if cut.unlisted.count <= largest { earlier.keep(cut, for: key) }
    return cut
  }

  /// Notes a service's actions, one for each set of patterns and of resource types.
  private mutating func note(_ catalog: ServiceActions, _ matcher: ActionMatcher) {
    if matcher.isConstant {
      listed.append((matcher.mask("").numbers, catalog.groups.map { ActionTable.Member($0, of: catalog) }))
      return
    }
    var classes: [Mask: Int] = [:]
    var members: [Mask: [[Int]: Int]] = [:]
    for (place, action) in catalog.actions.enumerated() {
      let mask = matcher.mask(action.folded)
      let number = classes[mask] ?? listed.count
      if number == listed.count {
        classes[mask] = number
        listed.append((mask.numbers, []))
      }
      if let member = members[mask]?[action.kinds] {
        listed[number].members[member].places.append(place)
      } else {
        members[mask, default: [:]][action.kinds] = listed[number].members.count
        listed[number].members.append(.init([place], of: catalog))
      }
    }
  }

  /// Names that no list has: for every set of patterns, a shortest one.
  private mutating func addUnlisted(
    _ service: String?, _ catalog: ServiceActions?, _ patterns: [Pattern], _ matcher: ActionMatcher,
    budget: inout Int, most: Int
  ) -> Bool {
    let shapes = catalog.map { $0.types.map(\.shape) }
    var tokens = patterns.map { $0.readings().first?.map(Self.lowered) ?? [] }
    let prefix: [ShapeToken] =
      service.map { $0.unicodeScalars.map { .pattern(.scalar($0)) } } ?? [.one(.bucket), .run(.bucket)]
    tokens.append(prefix + [.pattern(.scalar(":")), .one(.bucket), .run(.bucket)])
    let found = Exploration.texts(tokens, required: tokens.count - 1, most: most, budget: &budget)
    for text in found.texts {
      let spelled = patterns.first { $0.text.lowercased() == text }?.text ?? text
      unlisted.append(
        (matcher.mask(text).numbers, .init(name: spelled, shapes: shapes, takesStar: true)))
    }
    return found.isWhole
  }

  private static func lowered(_ token: Pattern.Token) -> ShapeToken {
    if case .folded(let scalar) = token { .pattern(.scalar(scalar)) } else { .pattern(token) }
  }
}

/// Matches actions of one service, in lower case, with the patterns that may match them.
private struct ActionMatcher {
  private var exact: [String: [Int]] = [:]
  private var always = Mask()
  private var prefixes: [(Int, [UInt8])] = []
  private var others: [(Int, Pattern)] = []

  init(_ patterns: [Pattern], service: String) {
    for (place, pattern) in patterns.enumerated() {
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
