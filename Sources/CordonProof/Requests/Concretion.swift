import CordonPolicy

/// Makes a request of what a search leaves open.
struct Concretion {
  let problem: Problem
  let inquiry: Inquiry
  let limits: Budget
  private(set) var budget: Int
  private(set) var isExhausted = false
  /// A shortest resource of each cell, by the shape it fits.
  private var resourcesByShape: [ResourceShape: [(text: String, cell: Int)]] = [:]
  private var matchers: [ResourceShape: PatternProduct] = [:]
  private var anyResources: [(text: String, cell: Int)]?
  /// A request for want of a better one: AWS does not list one of its keys for its action.
  private var makeshift: AccessRequest?

  init(_ problem: Problem, _ inquiry: Inquiry, limits: Budget, budget: Int) {
    self.problem = problem
    self.inquiry = inquiry
    self.limits = limits
    self.budget = budget
  }

  /// A request, and whether AWS lists its keys for its action.
  typealias Made = (request: AccessRequest, isListed: Bool)

  /// A well-typed request of these cells: its action works on a resource of its resource's type, and comes with its keys, if
  /// there is one.
  ///
  /// Resources that are at hand are tried first; then every cell that a shape reaches.
  mutating func request(_ state: Search.State, _ builder: ProblemBuilder) -> Made? {
    makeshift = nil
    if let request = listed(state, builder) { return (request, true) }
    return makeshift.map { ($0, false) }
  }

  private mutating func listed(_ state: Search.State, _ builder: ProblemBuilder) -> AccessRequest? {
    let accounts = ownerAccounts(state)
    let atHand = state[1].allowed.numbers.map { problem.axes[1].values[$0] }
    return request(state, builder) { concretion, shape in
      let texts = atHand.filter { concretion.fits($0, shape) } + shape.examples(accounts: accounts)
      return texts.compactMap { text in
        concretion.problem.resources.cell(of: text, builder).map { (text, $0) }
      }
    }
      ?? request(state, builder) { concretion, shape in concretion.resources(of: shape, builder) }
  }

  private mutating func request(
    _ state: Search.State, _ builder: ProblemBuilder,
    among resources: (inout Concretion, ResourceShape) -> [(text: String, cell: Int)]
  ) -> AccessRequest? {
    let wanted = state[1].allowed
    let star = problem.resources.cell(of: "*", builder)
    var made: AccessRequest?
    var tried = Set<ResourceShape>()
    for cell in state[0].allowed.numbers {
      let isTaken = problem.actions.first(of: cell) { member in
        // A shape that has nothing for one action has nothing for the next.
        for shape in member.shapes ?? [] where made == nil && tried.insert(shape).inserted {
          for (text, cell) in resources(&self, shape) where made == nil && wanted.contains(cell) {
            made = make(member, text, state, builder)
          }
          // Only the keys may be wrong: then the next action may have them.
          if makeshift != nil { tried.remove(shape) }
        }
        if made == nil, member.takesStar, let star, wanted.contains(star) {
          made = make(member, "*", state, builder)
        }
        if made == nil, member.shapes == nil {
          for (text, cell) in otherResources(builder) where made == nil && wanted.contains(cell) {
            made = make(member, text, state, builder)
          }
        }
        return made != nil || isExhausted
      }
      if isTaken { return made }
    }
    return nil
  }

  /// Accounts that may own the resource.
  private func ownerAccounts(_ state: Search.State) -> [String] {
    if let owner = inquiry.resourceAccount { return [owner] }
    guard
      let axis = problem.axes.indices.first(where: {
        problem.axes[$0].subject == .key(ProblemBuilder.resourceAccountKey)
      })
    else { return ["999999999999"] }
    return state[axis].allowed.numbers.map { problem.axes[axis].values[$0] } + ["999999999999"]
  }

  private mutating func fits(_ text: String, _ shape: ResourceShape) -> Bool {
    let matcher = matchers[shape] ?? PatternProduct([shape.tokens])
    matchers[shape] = matcher
    return matcher.matches(text)
  }

  // MARK: resources

  private mutating func resources(
    of shape: ResourceShape, _ builder: ProblemBuilder
  ) -> [(text: String, cell: Int)] {
    if let known = resourcesByShape[shape] { return known }
    let found = explore(shape.tokens, examples: [], builder)
    resourcesByShape[shape] = found
    return found
  }

  /// Resources of services that are not listed.
  private mutating func otherResources(_ builder: ProblemBuilder) -> [(text: String, cell: Int)] {
    if let anyResources { return anyResources }
    let colon = ShapeToken.pattern(.scalar(":"))
    let shape: [ShapeToken] =
      "arn:aws".unicodeScalars.map { .pattern(.scalar($0)) }
      + [.run(.name), colon, .one(.name), .run(.name), colon, .run(.name), colon]
      + [.run(.segment), colon, .one(.all), .run(.all)]
    let found = explore(shape, examples: ["arn:aws:other:us-east-1:999999999999:example"], builder)
    anyResources = found
    return found
  }

  private mutating func explore(
    _ shape: [ShapeToken], examples: [String], _ builder: ProblemBuilder
  ) -> [(text: String, cell: Int)] {
    let patterns = problem.resources.patterns
    let found = Exploration.texts(
      patterns + [shape], required: patterns.count, most: limits.cells - examples.count, budget: &budget)
    if !found.isWhole { isExhausted = true }
    return (examples + found.texts).compactMap { text in
      problem.resources.cell(of: text, builder).map { (text, $0) }
    }
  }

  // MARK: the rest

  private mutating func make(
    _ member: ActionTable.Member, _ resource: String, _ state: Search.State, _ builder: ProblemBuilder
  ) -> AccessRequest? {
    guard let caller = state[2].allowed.first.map({ problem.principals[$0] }) else { return nil }
    var context = problem.assignment.context
    if let stated = caller.stated { context["aws:PrincipalArn"] = [stated] }
    let account = Self.account(of: resource)
    let owner = inquiry.resourceAccount ?? problem.assignment.values[ProblemBuilder.resourceAccountKey] ?? nil
    if let account, let owner, owner != account { return nil }
    for axis in 3..<max(3, problem.axes.count) {
      guard case .key(let key) = problem.axes[axis].subject, problem.assignment.values[key] == nil else {
        continue
      }
      if key == ProblemBuilder.resourceAccountKey, let account {
        // The ARN says whose the resource is: what is asked of the owner must admit that account.
        guard builder.admits(account, on: axis, state[axis], problem) else { return nil }
        continue
      }
      guard let values = Self.values(state[axis], problem.axes[axis]) else { return nil }
      if !values.isEmpty { context[key.name] = values }
    }
    var request = AccessRequest(
      principal: caller.principal, action: member.name, resource: resource,
      resourceAccount: inquiry.resourceAccount,
      context: RequestContext(context.stated.filter { !$0.values.isEmpty }.map { ($0.name, $0.values) }))
    stateImplied(&request, builder)
    guard let name = member.name(carrying: request.context.stated.map(\.name)) else {
      makeshift = makeshift ?? request
      return nil
    }
    request.action = name
    return request
  }

  /// States what follows from the principal and the resource where the question asks for it, so that the request reads by
  /// itself.
  private func stateImplied(_ request: inout AccessRequest, _ builder: ProblemBuilder) {
    let keys = builder.axisByKey.keys.filter {
      ImpliedKeys.ofPrincipal.contains($0) || $0 == ProblemBuilder.resourceAccountKey
    }
    for key in keys.sorted(by: { $0.name < $1.name }) where request.context[key.name] == nil {
      let values = request.values(of: key)
      if !values.isEmpty { request.context[key.name] = values }
    }
  }

  /// Values for an axis, as few as will do: none where it may be absent.
  static func values(_ state: AxisState, _ axis: Axis) -> [String]? {
    if state.absent { return [] }
    guard state.admitsValues else { return state.empty ? [""] : nil }
    guard axis.isList else { return state.allowed.first.map { [axis.values[$0]] } }
    var chosen: [Int] = []
    for some in state.somes {
      let fitting = some.intersection(state.allowed)
      if chosen.contains(where: { fitting.contains($0) }) { continue }
      guard let value = fitting.numbers.first(where: { !axis.values[$0].isEmpty }) ?? fitting.first else {
        return nil
      }
      chosen.append(value)
    }
    if chosen.isEmpty {
      guard
        let value = state.allowed.numbers.first(where: { !axis.values[$0].isEmpty }) ?? state.allowed.first
      else { return nil }
      chosen = [value]
    }
    let values = chosen.map { axis.values[$0] }
    return values == [""] ? ["", ""] : values
  }

  /// The account in an ARN, where it is a number.
  static func account(of arn: String) -> String? {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[4].utf8.count == 12, parts[4].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 })
    else {
      return nil
    }
    return String(parts[4])
  }
}

extension ResourceTable {
  /// The cell of a resource.
  func cell(of text: String, _ builder: ProblemBuilder) -> Int? {
    cellBySignature[builder.truths(1, builder.resourceRequest(text))]
  }
}

extension ProblemBuilder {
  /// Whether a single value may stand on an axis of which `state` is left.
  func admits(_ text: String, on axis: Int, _ state: AxisState, _ problem: Problem) -> Bool {
    guard state.admitsValues, case .key(let key) = problem.axes[axis].subject else { return false }
    var context = problem.assignment.context
    context[key.name] = [text]
    let request = AccessRequest(principal: .anonymous, action: "", resource: "", context: context)
    let signature = truths(axis, request)
    return state.allowed.numbers.contains { value in
      literalsByAxis[axis].enumerated().allSatisfy { place, number in
        problem.literals[number].truth(of: value) == signature[place]
      }
        && state.somes.allSatisfy { $0.contains(value) }
    }
  }
}

extension ResourceShape {
  /// The shape with names that a reader recognises.
  func examples(accounts: [String]) -> [String] {
    let hasAccount = text.contains("${Account")
    return (hasAccount ? accounts : accounts.prefix(1).map { $0 }).map { example(account: $0) }
  }

  private func example(account: String) -> String {
    var example = ""
    var rest = text[...]
    while let hole = rest.firstRange(of: "${") {
      example += rest[..<hole.lowerBound]
      rest = rest[hole.upperBound...]
      let end = rest.firstIndex(of: "}") ?? rest.endIndex
      switch rest[..<end].lowercased() {
      case "partition": example += "aws"
      case "account", "accountid": example += account
      case "region": example += "us-east-1"
      case let name where name.contains("bucket"): example += "example-bucket"
      default: example += "example"
      }
      rest = rest[end...].dropFirst()
    }
    return example + rest
  }
}
