import CordonPolicy

/// The actions of each cell of the action axis.
struct ActionTable: Sendable {
  /// An action, or several listed ones of a service that work on the same resources.
  struct Member: Sendable {
    var name: String
    /// The shapes of its resources; nil where they are not known, so that any will do.
    var shapes: [ResourceShape]?
    /// Whether it may be asked for `*`.
    var takesStar: Bool
    /// Where the actions stand in their service's list; none where it is not listed.
    var places: [Int] = []
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
      for group in service.groups where take(Member(group, of: service)) { return true }
    }
    return false
  }

  /// Services that a reader knows come first.
  private static let wellKnown = ["s3", "sqs", "sts", "ec2"]
}

extension ActionTable.Member {
  /// Actions of one group.
  init(_ places: [Int], of service: ServiceActions) {
    let action = service.actions[places[0]]
    self.init(
      name: action.name, shapes: action.hasUnknownTypes ? nil : action.types.map { service.types[$0].shape },
      takesStar: action.takesStar, places: places)
  }

  /// The name of one of the actions that AWS sends `keys` with, nil where the list has them for others only.
  func name(carrying keys: [String]) -> String? {
    let prefix = name.prefix { $0 != ":" }.lowercased()
    let own = keys.map { $0.lowercased() }.filter { $0.hasPrefix(prefix + ":") }
    guard !own.isEmpty, !places.isEmpty, let service = ActionCatalog.service(prefix) else { return name }
    return places.first { place in
      !own.contains { service.keeps($0, from: service.actions[place]) }
    }.map { service.actions[$0].name }
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
