import CordonPolicy

/// Callers of one kind: they have the same keys.
struct CallerGroup: Sendable {
  /// The callers, if they are known by name.
  var listed: [Principal]?
  /// Accounts that none of them belongs to.
  var outside: [String] = []
  /// Whether they belong to accounts.
  var isOfAccounts: Bool

  /// The groups of an inquiry.
  static func groups(of callers: Inquiry.Callers) -> [CallerGroup] {
    switch callers {
    case .oneOf(let principals):
      let own = principals.filter { $0.account != nil }
      let others = principals.filter { $0.account == nil }
      return (own.isEmpty ? [] : [CallerGroup(listed: own, isOfAccounts: true)])
        + (others.isEmpty ? [] : [CallerGroup(listed: others, isOfAccounts: false)])
    case .outside(let accounts): return [CallerGroup(outside: accounts, isOfAccounts: true)]
    case .anyone:
      return [CallerGroup(isOfAccounts: true), CallerGroup(listed: nil, isOfAccounts: false)]
    }
  }
}

extension ProblemBuilder {
  /// Cuts the callers of a group into cells.
  mutating func cutCallers(_ group: CallerGroup) throws(ProblemFault) {
    let callers: [Caller]
    if let chosen = problem.assignment.caller {
      callers = [chosen]
    } else if let listed = group.listed {
      callers = listed.flatMap { withPaths($0) }
    } else if group.isOfAccounts {
      callers = try accountCallers(group.outside)
    } else {
      callers = strangers
    }
    var known = Set<[Truth]>()
    for caller in callers {
      let request = AccessRequest(
        principal: caller.principal, action: "", resource: "", context: callerContext(caller))
      guard !inquiry.absent.contains(where: { isFact($0, of: request) }) else { continue }
      let signature = truths(2, request)
      guard known.insert(signature).inserted else { continue }
      add(caller.principal.description, signature, to: 2)
      problem.principals.append(caller)
    }
    problem.axes[2].start.allowed = Mask(all: problem.principals.count)
  }

  /// Whether the caller brings a value for `key` with it.
  private func isFact(_ key: ConditionKey, of request: AccessRequest) -> Bool {
    ImpliedKeys.ofPrincipal.contains(key) && !request.values(of: key).isEmpty
  }

  private func callerContext(_ caller: Caller) -> RequestContext {
    var context = problem.assignment.context
    if let stated = caller.stated { context["aws:PrincipalArn"] = [stated] }
    context[DemandDocuments.principalKey.name] = [caller.principal.description]
    return context
  }

  /// A role session as it is, and with each path its role may have that a literal names.
  private func withPaths(_ principal: Principal) -> [Caller] {
    var callers = [Caller(principal: principal)]
    guard case .aws(let arn) = principal, case .assumedRole(let role, _) = arn.kind else { return callers }
    let named = literalsByAxis[2].flatMap { sources[$0].patterns.map(\.text) } + listedARNs.map(\.text)
    for text in named where text.hasSuffix("/" + role) {
      guard let own = try? PrincipalARN(text), own.account == arn.account, own.kind == .role, own.name == role
      else { continue }
      callers.append(Caller(principal: principal, stated: text))
    }
    return callers
  }

  private var principalEntries: [PrincipalEntry] {
    literalsByAxis[2].flatMap { number -> [PrincipalEntry] in
      if case .principal(let clause?, _, _) = forms[number] { clause.entries } else { [] }
    }
  }

  private var listedARNs: [PrincipalARN] {
    principalEntries.compactMap { if case .arn(let arn) = $0 { arn } else { nil } }
  }

  /// Users, roles and roots of any account, as far as the literals tell them apart.
  private mutating func accountCallers(_ outside: [String]) throws(ProblemFault) -> [Caller] {
    if literalsByAxis[2].isEmpty {
      return [Self.example(outside: outside)].compactMap { $0 }
    }
    let patterns = callerPatterns(outside)
    var callers: [Caller] = []
    for shape in Self.callerShapes {
      let found = Exploration.texts(
        patterns + [shape], required: patterns.count, most: limits.cells, budget: &budget)
      guard found.isWhole else { throw .budget }
      callers += found.texts.compactMap { (try? PrincipalARN($0)).map { Caller(principal: .aws($0)) } }
    }
    callers =
      [Self.example(outside: outside)].compactMap { $0 } + callers
      + listedARNs.map { Caller(principal: .aws($0)) }
    callers += callers.flatMap { sessions(of: $0) }
    return callers.filter { caller in !outside.contains { $0 == caller.principal.account } }
  }

  /// A user of an account that is none of these.
  private static func example(outside: [String]) -> Caller? {
    var account = 999_999_999_999
    while outside.contains(String(account)) { account -= 111_111 }
    return (try? PrincipalARN("arn:aws:iam::\(account):user/someone")).map { Caller(principal: .aws($0)) }
  }

  /// A session of a role; its own ARN does not show the role's path, so that is stated.
  private func sessions(of caller: Caller) -> [Caller] {
    guard case .aws(let arn) = caller.principal, arn.kind == .role,
      let session = try? PrincipalARN("arn:aws:sts::\(arn.account):assumed-role/\(arn.name)/session")
    else { return [] }
    return [Caller(principal: .aws(session), stated: arn.text)]
  }

  /// Everything that is compared with a caller's ARN or with parts of it, as patterns on the ARN.
  private func callerPatterns(_ outside: [String]) -> [[ShapeToken]] {
    var patterns: [[ShapeToken]] = []
    for number in literalsByAxis[2] {
      guard case .clause(let clause) = forms[number] else { continue }
      for pattern in clause.patterns {
        let readings = problem.assignment.readings(of: pattern).map { $0.map(ShapeToken.pattern) }
        patterns += clause.key == Self.accountKey ? readings.map { Self.caller(account: $0) } : readings
      }
    }
    for entry in principalEntries {
      switch entry {
      case .account(let account): patterns.append(Self.caller(account: Self.exact(account)))
      case .arn(let arn): patterns.append(Self.exact(arn.text))
      case .wildcard(let pattern, .aws):
        let readings = pattern.readings().map { $0.map(ShapeToken.pattern) }
        patterns += readings + readings.map { Self.caller(account: $0) }
      default: continue
      }
    }
    return patterns + outside.map { Self.caller(account: Self.exact($0)) }
  }

  private static let accountKey = ConditionKey("aws:PrincipalAccount")

  private static func exact(_ text: String) -> [ShapeToken] {
    text.unicodeScalars.map { .pattern(.scalar($0)) }
  }

  private static func caller(account: [ShapeToken]) -> [ShapeToken] {
    exact("arn:aws") + [.run(.partition)] + exact(":") + [.run(.name)] + exact("::") + account + exact(":")
      + [
        .run(.all)
      ]
  }

  /// Users, roles, the root user, sessions of roles without a path, and federated users.
  private static let callerShapes: [[ShapeToken]] = [
    shape("iam", "user/", [.run(.path), .one(.name)]), shape("iam", "role/", [.run(.path), .one(.name)]),
    shape("iam", "root", []),
    shape("sts", "assumed-role/", [.one(.name), .run(.name)] + exact("/") + [.one(.name), .run(.name)]),
    shape("sts", "federated-user/", [.one(.name), .run(.name)]),
  ]

  private static func shape(_ service: String, _ kind: String, _ name: [ShapeToken]) -> [ShapeToken] {
    exact("arn:aws") + [.run(.partition)] + exact(":\(service)::")
      + Array(repeating: .one(.digits), count: 12)
      + exact(":" + kind) + name
  }

  /// Callers without an account: unsigned requests, services, identity providers.
  private var strangers: [Caller] {
    var principals: [Principal] = [.anonymous, .service("cloudtrail.amazonaws.com")]
    for entry in principalEntries {
      switch entry {
      case .service(let name): principals.append(.service(name))
      case .federated(let name): principals.append(.federated(name))
      case .canonicalUser(let id): principals.append(.canonicalUser(id))
      default: continue
      }
    }
    for number in literalsByAxis[2] {
      for pattern in sources[number].patterns
      where pattern.isExact && pattern.text.hasSuffix(".amazonaws.com") {
        principals.append(.service(pattern.text))
      }
    }
    principals += ["config.amazonaws.com", "events.amazonaws.com"].map(Principal.service)
    principals.append(.federated("accounts.google.com"))
    return principals.map { Caller(principal: $0) }
  }
}
