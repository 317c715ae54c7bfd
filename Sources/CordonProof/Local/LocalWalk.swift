import CordonModel
import CordonPolicy

/// Gathers what came of a route's ways into one report.
struct LocalWalk {
  let route: LocalRoute
  let places: SpecPlaces
  let environment: Environment
  var unknown: [UnknownPart] = []
  private(set) var lost: [DepthLoss] = []
  private var controls: [ClosingControl] = []
  private var witness: RouteWitness?
  private var steps: [String] = []

  init(route: LocalRoute, places: SpecPlaces, environment: Environment) {
    self.route = route
    self.places = places
    self.environment = environment
  }

  /// One way with what came of each of its barriers.
  mutating func add(_ way: LocalWay, _ outcomes: [LocalJudge.Outcome]) {
    var holding: [ClosingControl] = []
    var breaches: [LocalJudge.Breach] = []
    var doubts: [UnknownPart] = []
    for outcome in outcomes {
      switch outcome {
      case .holds(let controls, let step):
        holding += controls
        steps.append("\(way.name): \(step)")
      case .fails(let breach, let step):
        breaches.append(breach)
        steps.append("\(way.name): \(step)")
      case .undecided(let parts, let step):
        doubts += parts
        steps.append("\(way.name): \(step)")
      }
    }
    if !holding.isEmpty {
      for control in holding where !controls.contains(control) { controls.append(control) }
      lost += breaches.map { loss(of: $0, way) }
    } else if !doubts.isEmpty {
      unknown += doubts
    } else if witness == nil {
      witness = self.witness(way, breaches)
    }
  }

  /// The route's report: open before unknown before closed.
  var report: RouteReport {
    let finding: RouteReport.Finding
    if let witness {
      finding = .open(witness)
    } else if !unknown.isEmpty || controls.isEmpty {
      let nothing = UnknownPart("nothing is known that closes it", location: places.location("projects"))
      finding = .unknown(unknown.isEmpty ? [nothing] : unique(unknown))
    } else {
      finding = .closed(controls)
    }
    return RouteReport(route: route.id, title: route.title, finding: finding, steps: steps)
  }

  private func loss(of breach: LocalJudge.Breach, _ way: LocalWay) -> DepthLoss {
    DepthLoss(
      route: route.id, text: "\(way.name): this layer does not hold; \(breach.fix)",
      resource: breach.resource,
      location: breach.location)
  }

  // MARK: Witness

  private func witness(_ way: LocalWay, _ breaches: [LocalJudge.Breach]) -> RouteWitness? {
    guard let first = breaches.first else { return nil }
    let request = breaches.lazy.compactMap(\.request).first
    let workspace = environment.workspaces.first?.workspace.name.text ?? "WORKSPACE"
    let shell = request.flatMap(LocalCommand.shell) ?? way.command
    let teller = way.isInBrowser ? "in a session of the remote browser" : "in a workspace"
    let told = request.map { " as \(LocalCommand.caller($0.principal))" } ?? ""
    return RouteWitness(
      request: request.map { LocalCommand.json($0) }
        ?? .object([("workspace", .string(workspace)), ("command", .string(shell))]),
      command: way.isInBrowser ? shell : Self.inside(workspace, shell),
      story: "Anybody \(teller)\(told): \(way.name). The attack that walks it: cordon attack "
        + "\(places.file) --only \(route.id)\(drill).",
      fix: first.fix, resource: first.resource, location: first.location)
  }

  private var drill: String {
    environment.weakenedForDrill.map(\.rawValue).sorted().map { " --weaken \($0)" }.joined()
  }

  /// A shell line that runs in a workspace.
  static func inside(_ workspace: String, _ shell: String) -> String {
    "cordon exec \(workspace) -- sh -c \(quoted(shell))"
  }

  /// As one word for a POSIX shell: in single quotes, where it needs them.
  static func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "-_./:@=,+".utf8.contains(byte)
      }
    }
    if isPlain, !text.isEmpty { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
      + "'"
  }
}

/// A request that the engine found, as a person or a program can send it.
enum LocalCommand {
  /// The shell line; nil for a request that has none of its own.
  static func shell(_ request: AccessRequest) -> String? {
    let resource =
      request.resource.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
      .last.map(String.init) ?? request.resource
    switch request.action.split(separator: ":").first.map(String.init) {
    case "cordon": return cordon(request.action, resource)
    case "s3": return s3(request, resource)
    case "sts":
      return "aws sts assume-role --role-session-name x --role-arn \(LocalWalk.quoted(request.resource))"
    default: return nil
    }
  }

  private static func cordon(_ action: String, _ resource: String) -> String? {
    let parts = resource.split(separator: "/").map(String.init)
    switch action.lowercased() {
    case "cordon:resolvename" where parts.count == 2: return "dig \(LocalWalk.quoted(parts[1]))"
    case "cordon:connect" where parts.count == 3:
      let url = LocalWalk.quoted("https://\(parts[1]):\(parts[2])/")
      return "curl -x http://127.0.0.1:3128 -d @data.csv \(url)"
    default: return nil
    }
  }

  private static func s3(_ request: AccessRequest, _ resource: String) -> String {
    let name = request.action.dropFirst("s3:".count)
    let verb = name.reduce(into: "") { text, letter in
      if letter.isUppercase, !text.isEmpty { text += "-" }
      text += letter.lowercased()
    }
    let parts = resource.split(separator: "/", maxSplits: 1).map(String.init)
    let bucket = parts.first.map { " --bucket \(LocalWalk.quoted($0))" } ?? ""
    let key = parts.count == 2 ? " --key \(LocalWalk.quoted(parts[1]))" : ""
    let body = verb == "put-object" ? " --body data.csv" : ""
    let sign = request.principal == .anonymous ? " --no-sign-request" : ""
    return "aws s3api \(verb)\(bucket)\(key)\(body)\(sign)"
  }

  /// Who calls, in words.
  static func caller(_ principal: Principal) -> String {
    switch principal {
    case .anonymous: "nobody in particular"
    case .service(let name), .federated(let name), .canonicalUser(let name): name
    case .aws(let arn): arn.text
    }
  }

  /// The request for machines, as `cordon decide` reads it.
  static func json(_ request: AccessRequest) -> JSONValue {
    .object([
      ("principal", .string(principal(request.principal))), ("action", .string(request.action)),
      ("resource", .string(request.resource)), ("context", context(request.context)),
    ])
  }

  private static func context(_ context: RequestContext) -> JSONValue {
    .object(
      context.stated.map { name, values in
        (name, values.count == 1 ? .string(values[0]) : .array(values.map { .string($0) }))
      })
  }

  private static func principal(_ principal: Principal) -> String {
    if case .anonymous = principal { "anonymous" } else { caller(principal) }
  }
}
