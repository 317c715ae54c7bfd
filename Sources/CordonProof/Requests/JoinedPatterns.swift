import CordonPolicy

/// Values of one free key that stand for all of them, where it stands within longer patterns: `home/${aws:username}/*`.
///
/// What a value `v` does to a text `A v b` behind a fixed beginning `A` is where it leads every other pattern on that text: from
/// the places where they may stand behind `A`, to others. Values that lead all of them alike and that the same patterns on
/// their own key match are one class, and `A v b` can become `A w b` for another value `w` of it.
///
/// A text that does *not* match `A v b` must be able to stay so. One that matches `A w b` by chance can have a letter that no
/// pattern names in the place of another such letter: if `w` holds one, it then no longer does. So a class is represented by
/// a value with such a letter, or is a single value. Otherwise the values are not all (`isWhole`).
///
/// docs/decisions/proof-0002-joined-keys.md has the argument in full.
struct JoinedPatterns {
  /// A value of each class.
  private(set) var texts: [String] = []
  /// Whether they are all but for values with a `*` or `?`.
  private(set) var isWhole = false
  /// Whether such values may mean more than their characters.
  private(set) var mayHoldStars = false

  /// The most patterns that values are cut by.
  private static let mostPatterns = 400

  /// Nil where the key stands in patterns of another form.
  init?(_ key: ConditionKey, _ builder: ProblemBuilder, _ problem: Problem, most: Int, budget: inout Int) {
    guard JoinedCells.isFreeText(key), let joins = JoinedLiterals(key, builder, problem),
      let own = JoinedCells.plainClauses(on: key, isVariable: true, builder)
    else { return nil }
    // By place: the resource is nil.
    var joined: [ConditionKey?: [Pattern]] = [:]
    for form in joins.forms {
      guard let (place, patterns) = Self.joined(form) else { return nil }
      joined[place, default: []] += patterns
    }
    var patterns = own.flatMap(\.patterns).flatMap(Self.readings)
    var named = patterns
    for (place, joining) in joined {
      guard let others = Self.others(on: place, builder, problem),
        let beginnings = Self.beginnings(of: joining.filter(\.hasVariables))
      else { return nil }
      let all = others + joining.filter { !$0.hasVariables }.flatMap(Self.readings)
      patterns += beginnings.flatMap { beginning in all.flatMap { Self.middles(of: $0, behind: beginning) } }
      named += all + joining.filter(\.hasVariables).map { Self.named(in: $0) }
    }
    patterns = unique(patterns)
    guard patterns.count <= Self.mostPatterns, let letter = Self.letter(unnamedIn: named) else { return nil }
    mayHoldStars = joined.values.joined().contains { $0.hasVariables && $0.domain != .literal }
    find(patterns, letter: letter, most: most, budget: &budget)
  }

  // MARK: values

  private mutating func find(
    _ patterns: [[ShapeToken]], letter: Unicode.Scalar, most: Int, budget: inout Int
  ) {
    let holdsLetter = Self.holding(letter)
    let isSomething: [ShapeToken] = [.one(.all), .run(.all)]
    let stars = mayHoldStars ? [Self.holding("*"), Self.holding("?")] : []
    var single: [[ShapeToken]] = []
    for _ in 0..<4 {
      let cut = [isSomething] + patterns + single
      let found = Exploration.texts(cut + stars + [holdsLetter], most: most, budget: &budget)
      guard found.isWhole else { return }
      let plain = found.texts.filter { text in
        !stars.contains { PatternProduct([$0]).matches(text) }
      }
      let classes = Dictionary(grouping: plain) { text in cut.map { PatternProduct([$0]).matches(text) } }
      let open = classes.filter { signature, texts in
        !texts.contains { $0.unicodeScalars.contains(letter) } && !Self.isSingle(signature, cut)
      }
      texts = plain
      isWhole = open.isEmpty
      if isWhole { return }
      single += open.values.flatMap(\.self).map(Self.exactly)
    }
  }

  /// Whether all that have these answers are one text: it is empty, or a pattern without a wildcard matches it.
  private static func isSingle(_ signature: [Bool], _ patterns: [[ShapeToken]]) -> Bool {
    if signature.first == false { return true }
    return zip(signature, patterns).contains { matches, pattern in
      matches
        && pattern.allSatisfy { if case .pattern(.scalar) = $0 { true } else { false } }
    }
  }

  private static func exactly(_ text: String) -> [ShapeToken] {
    text.unicodeScalars.map { .pattern(.scalar($0)) }
  }

  private static func holding(_ scalar: Unicode.Scalar) -> [ShapeToken] {
    [.run(.all), .pattern(.scalar(scalar)), .run(.all)]
  }

  /// A letter that no pattern names, beside another one of its kind: names of every type may hold it.
  private static func letter(unnamedIn patterns: [[ShapeToken]]) -> Unicode.Scalar? {
    var named: Set<String> = []
    for case .pattern(let token) in patterns.joined() {
      switch token {
      case .scalar(let scalar), .folded(let scalar): named.insert(String(scalar).lowercased())
      case .one, .run: continue
      }
    }
    let free = (UInt8(ascii: "a")...UInt8(ascii: "z")).reversed().filter {
      !named.contains(String(Unicode.Scalar($0)))
    }
    guard let letter = free.first, free.count > 1 else { return nil }
    return Unicode.Scalar(letter)
  }

  // MARK: patterns

  /// Where a literal's patterns are compared, and the patterns; nil where one is of another form than `A${key}B`.
  private static func joined(_ form: ProblemBuilder.Form) -> (ConditionKey?, [Pattern])? {
    let (place, patterns): (ConditionKey?, [Pattern])
    switch form {
    case .resource(let selection): (place, patterns) = (nil, selection.patterns)
    case .clause(let clause):
      switch clause.operation.comparison {
      case .stringEquals, .stringNotEquals, .stringLike, .stringNotLike: break
      default: return nil
      }
      guard JoinedCells.isFreeText(clause.key, mayBeList: true) else { return nil }
      (place, patterns) = (clause.key, clause.patterns)
    default: return nil
    }
    return patterns.allSatisfy { !$0.hasVariables || isBehindABeginning($0) } ? (place, patterns) : nil
  }

  /// Whether a pattern has one variable, behind nothing but characters, and reads what follows alike whatever it stands for.
  private static func isBehindABeginning(_ pattern: Pattern) -> Bool {
    guard !pattern.isDoubtful, pattern.variables.count == 1 else { return false }
    switch pattern.domain {
    case .literal, .text, .resource: break
    default: return false
    }
    var parts = pattern.parts[...]
    if case .literal = parts.first { parts.removeFirst() }
    guard case .variable = parts.first else { return false }
    let beginning = beginning(of: pattern)
    let readings = ["x", "x:y:z"].map { value in
      pattern.readings(values: [value]).map { $0.dropFirst(beginning.count + value.unicodeScalars.count) }
    }
    return readings[0] == readings[1]
  }

  private static func beginning(of pattern: Pattern) -> [Unicode.Scalar] {
    if case .literal(let text) = pattern.parts.first { Array(text.unicodeScalars) } else { [] }
  }

  /// The beginnings, each once; nil where one begins another, so that a text could be behind both.
  private static func beginnings(of patterns: [Pattern]) -> [[Unicode.Scalar]]? {
    let all = unique(patterns.map(beginning))
    let areApart = all.allSatisfy { one in all.allSatisfy { $0 == one || !$0.starts(with: one) } }
    return areApart ? all : nil
  }

  private static func readings(_ pattern: Pattern) -> [[ShapeToken]] {
    guard !pattern.hasVariables else { return [] }
    return pattern.readings().map { $0.map(ShapeToken.pattern) }
  }

  /// The characters that a pattern with a variable names.
  private static func named(in pattern: Pattern) -> [ShapeToken] {
    pattern.parts.flatMap { part -> [ShapeToken] in
      if case .literal(let text) = part { exactly(text) } else { [] }
    }
  }

  /// What else a place is compared with; nil where that is more than which patterns match.
  private static func others(
    on place: ConditionKey?, _ builder: ProblemBuilder, _ problem: Problem
  ) -> [[ShapeToken]]? {
    guard let key = place else {
      return problem.resourceShapes.map { problem.resources.patterns + $0.map(\.tokens) }
    }
    return JoinedCells.plainClauses(on: key, isVariable: false, builder)?.flatMap(\.patterns)
      .flatMap(readings)
  }

  /// What of a pattern a value can be matched by that stands behind `beginning`: all that lies between two of its places.
  private static func middles(
    of pattern: [ShapeToken], behind beginning: [Unicode.Scalar]
  ) -> [[ShapeToken]] {
    var places: Set<Int> = [0]
    func settle() {
      // A run may take nothing.
      for place in pattern.indices where places.contains(place) && pattern[place].isRun {
        places.insert(place + 1)
      }
    }
    settle()
    for scalar in beginning {
      places = places.reduce(into: []) { next, place in
        guard place < pattern.count, pattern[place].takes(scalar) else { return }
        next.insert(pattern[place].isRun ? place : place + 1)
      }
      settle()
    }
    return places.sorted().flatMap { from in (from...pattern.count).map { Array(pattern[from..<$0]) } }
  }
}

extension Problem {
  /// Shapes of all resources that a request may name; nil where they are not known.
  fileprivate var resourceShapes: [ResourceShape]? {
    var shapes: Set<ResourceShape> = []
    for cell in axes[0].values.indices where mayBeAsked(action: cell) {
      if actions.rest?.cell == cell { return nil }
      for member in actions.members[cell] {
        guard let own = member.shapes else { return nil }
        shapes.formUnion(own)
      }
    }
    return shapes.sorted { $0.text < $1.text }
  }

  /// Whether the inquiry asks for actions of a cell, and every layer may allow one.
  private func mayBeAsked(action cell: Int) -> Bool {
    func holds(_ literal: Int) -> Bool { literals[literal].axis != 0 || !literals[literal].no.contains(cell) }
    let isAsked = demands.allSatisfy { demand in
      guard literals[demand.literal].axis == 0 else { return true }
      return demand.holds
        ? !literals[demand.literal].no.contains(cell) : !literals[demand.literal].yes.contains(cell)
    }
    return isAsked
      && layers.allSatisfy { layer in
        !layer.needsAllow || layer.allows.contains { $0.literals.allSatisfy(holds) }
      }
  }
}

extension ShapeToken {
  fileprivate var isRun: Bool {
    switch self {
    case .pattern(.run), .run: true
    case .pattern, .one: false
    }
  }

  /// Whether it takes a character.
  fileprivate func takes(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .pattern(.scalar(let own)): own == scalar
    case .pattern(.folded(let own)):
      own == scalar || String(scalar).lowercased().unicodeScalars.elementsEqual([own])
    case .pattern(.one(let crossesColon)), .pattern(.run(let crossesColon)): crossesColon || scalar != ":"
    case .one(let kind), .run(let kind): kind.contains(scalar)
    }
  }
}
