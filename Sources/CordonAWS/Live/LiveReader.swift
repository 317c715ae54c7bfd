public import CordonModel
import CordonPolicy

/// Reads what runs in one account and region by calls that change nothing and read no secret and no data.
public struct LiveReader: Sendable {
  /// The most resources of one place.
  static let mostResources = 200_000
  /// How many lists are read at once.
  static let width = 6

  /// Under this name every element has the account that it was read in.
  static let accountMark = "Cordon::Account"

  let client: LiveClient
  let steps: [LiveStep]

  /// A reader of everything that the table lists.
  public init(_ client: LiveClient) { self.init(client, steps: LiveTable.steps) }

  init(_ client: LiveClient, steps: [LiveStep]) {
    self.client = client
    self.steps = steps
  }

  /// Finds out whose the credentials are, and reads. Fails only where nobody would answer any call.
  public static func read(
    _ place: LivePlace, transport: any LiveTransport
  ) async throws(LiveProblem) -> LiveEstate {
    let caller = try await LiveClient(place, transport: transport).call(LiveCall(.sts, "GetCallerIdentity"))
    guard let account = caller["Account"]?.plain, account.count == 12, account.allSatisfy(\.isNumber) else {
      throw .unreadable("sts:GetCallerIdentity names no account")
    }
    var known = place
    known.account = account
    return await LiveReader(LiveClient(known, transport: transport)).read()
  }

  /// Everything that the steps show, in their order.
  func read() async -> LiveEstate {
    let steps = steps
    var parts: [Int: LiveFindings] = [:]
    await withTaskGroup(of: (Int, LiveFindings).self) { group in
      var next = 0
      func start() {
        guard next < steps.count else { return }
        let (index, step) = (next, steps[next])
        next += 1
        group.addTask { (index, await self.findings(of: step)) }
      }
      for _ in 0..<Self.width { start() }
      while let (index, found) = await group.next() {
        parts[index] = found
        start()
      }
    }
    var estate = LiveEstate(account: client.place.account, region: client.place.region)
    for index in steps.indices { estate.add(parts[index] ?? LiveFindings()) }
    return estate
  }

  private func findings(of step: LiveStep) async -> LiveFindings {
    var found = LiveFindings()
    await read(step, for: .object([]), into: &found)
    return found
  }

  /// Reads one list with everything that is asked about its elements.
  private func read(_ step: LiveStep, for parent: JSONValue, into found: inout LiveFindings) async {
    switch await elements(of: step, for: parent) {
    case .failure(let problem):
      found.gaps.append(LiveGap(step, problem))
    case .success(let elements):
      for element in elements where !step.isLeftOut(element) {
        let whole = await detailed(element, step, parent, &found)
        for shape in step.shapes { found.add(shape, of: whole) }
        for child in step.children { await read(child, for: whole, into: &found) }
        guard found.resources.count <= Self.mostResources else {
          return found.gaps.append(LiveGap(step, .tooMuch("more than \(Self.mostResources) resources")))
        }
      }
    }
  }

  private func elements(of step: LiveStep, for parent: JSONValue) async -> Result<[JSONValue], LiveProblem> {
    var elements: [JSONValue] = []
    do throws(LiveProblem) {
      let call = step.call(for: parent, account: client.place.account, region: client.place.region)
      try await client.pages(of: call, step.paging) { answer in
        let page = step.list.isEmpty ? [answer] : answer.list(step.list)
        elements += page
        return page.count
      }
      return .success(elements)
    } catch {
      if case .refused(let code, _) = error, step.absent.contains(code) { return .success([]) }
      return .failure(error)
    }
  }

  /// The element with what the further calls say of it. One that failed leaves a mark in its place.
  private func detailed(
    _ element: JSONValue, _ step: LiveStep, _ parent: JSONValue, _ found: inout LiveFindings
  ) async -> JSONValue {
    // A list of plain names has no members to put anything into.
    var whole = element.members == nil ? JSONValue.object([("Name", element)]) : element
    whole = whole.with([(Self.accountMark, .string(client.place.account))])
    if parent.members?.isEmpty == false { whole = whole.with([("parent", parent)]) }
    for detail in step.details {
      switch await elements(of: detail.step, for: whole) {
      case .success(let elements):
        if detail.step.list.isEmpty {
          if let first = elements.first { whole = whole.with([(detail.name, first)]) }
        } else {
          var all = elements
          if !detail.step.details.isEmpty {
            for index in all.indices { all[index] = await detailed(all[index], detail.step, whole, &found) }
          }
          whole = whole.with([(detail.name, .array(all))])
        }
      case .failure(let problem):
        let gap = LiveGap(detail.step, problem)
        found.gaps.append(gap)
        whole = whole.with([(detail.name, .object([(LiveValue.mark, .string(gap.words))]))])
      }
    }
    return whole
  }
}

/// A call that was not answered, and what may exist unseen for that.
public struct LiveGap: Sendable, Hashable {
  /// What a policy calls it, `ec2:DescribeVpcs`.
  public var permission: String
  /// What happened.
  public var words: String
  /// The types that it hides.
  public var hides: [String]
  /// Whether what it hides can only take access away.
  public var onlyTakesAway: Bool

  /// A gap as a snapshot keeps it.
  public init(permission: String, words: String, hides: [String], onlyTakesAway: Bool) {
    self.permission = permission
    self.words = words
    self.hides = hides
    self.onlyTakesAway = onlyTakesAway
  }

  init(_ step: LiveStep, _ problem: LiveProblem) {
    permission = step.permitted
    words = "\(step.permitted) \(problem.words)"
    hides = step.hidesInAll
    onlyTakesAway = step.onlyTakesAway
  }
}

/// What one step found.
struct LiveFindings: Sendable {
  var resources: [LiveResource] = []
  var gaps: [LiveGap] = []

  mutating func add(_ shape: LiveShape, of element: JSONValue) {
    guard let list = shape.each else { return add(one: shape, of: element) }
    let entries: [JSONValue]
    if list.hasPrefix("json:") {
      guard let statements = element.statements(String(list.dropFirst(5))) else {
        let words = "a policy from which \(shape.type) follows is not JSON"
        return gaps.append(
          LiveGap(permission: shape.type, words: words, hides: [shape.type], onlyTakesAway: false))
      }
      entries = statements
    } else {
      entries = element.list(list)
    }
    for entry in entries {
      let whole = entry.members == nil ? JSONValue.object([("Name", entry)]) : entry
      add(one: shape, of: whole.with([("parent", element)]))
    }
  }

  private mutating func add(one shape: LiveShape, of element: JSONValue) {
    guard shape.condition(element) else { return }
    let named = shape.id.split(separator: " ").compactMap { element.at(String($0))?.plain }
    let id = named.isEmpty ? shape.id : named.joined(separator: " ")
    if shape.isUnread {
      gaps.append(
        LiveGap(
          permission: shape.type, words: "\(shape.type) \(id) exists, and its settings are not read live",
          hides: [shape.type], onlyTakesAway: false))
      return
    }
    var members: [CloudValue.Member] = []
    for (name, value) in shape.rules.flatMap({ $0.make(element) }) {
      if case .null = value.content { continue }
      members.removeAll { $0.name == name }
      members.append(.init(name: name, value: value))
    }
    resources.append(
      LiveResource(
        type: shape.type, ref: id, arn: shape.arn.flatMap { element.at($0)?.plain },
        properties: CloudValue(.object(members))))
  }
}

/// A resource as it runs.
public struct LiveResource: Sendable, Equatable {
  /// CloudFormation's type of it.
  public var type: String
  /// What `Ref` gives for it.
  public var ref: String
  /// Its ARN, where it is known.
  public var arn: String?
  /// Its properties, in CloudFormation's words.
  public var properties: CloudValue
}
