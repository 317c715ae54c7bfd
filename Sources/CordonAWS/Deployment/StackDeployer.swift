import CordonModel
import CordonPolicy

/// Deploys one stack after the other by change sets, each of which is shown before it is carried out.
public struct StackDeployer: Sendable {
  /// One change of a change set.
  public struct Change: Sendable, Equatable {
    /// The resource's name in the template.
    public var name: String
    /// Its type.
    public var type: String
    /// What happens to it, in words.
    public var words: String
  }

  /// A change set that waits to be carried out.
  public struct Plan: Sendable, Equatable {
    /// The stack.
    public var stack: String
    /// Whether the stack is made by it.
    public var isNew: Bool
    /// What it would do.
    public var changes: [Change]
    let name: String
    /// The stack's ARN, which stays its own where several had its name one after the other.
    let id: String
  }

  /// Something that happened to a resource while a stack was deployed.
  public struct Event: Sendable, Equatable {
    /// The resource's name in the template, or the stack's.
    public var name: String
    /// Its type.
    public var type: String
    /// Its status, as CloudFormation says it.
    public var status: String
    /// Why, where it failed.
    public var reason: String
    let id: String

    /// Whether something went wrong here.
    public var isFailure: Bool { status.hasSuffix("_FAILED") }
  }

  /// Why a stack is not deployed.
  public enum Problem: Error, Sendable, Equatable {
    /// A call was not answered.
    case call(String, LiveProblem)
    /// CloudFormation made no change set, for a reason of its own.
    case noPlan(String)
    /// What was begun was taken back, or stands half: the status, and the first thing that failed.
    case failed(status: String, first: Event?)
    /// Nobody said yes to it.
    case notWanted
    /// It was still at work after the longest time that is waited.
    case stillAtWork(String)

    /// In the user's words.
    public var words: String {
      switch self {
      case .call(let action, let problem): "\(action) \(problem.words)"
      case .noPlan(let reason): "CloudFormation made no change set: \(reason)"
      case .failed(let status, let first):
        first.map { "\(status): \($0.name) (\($0.type)): \($0.reason)" } ?? status
      case .notWanted: "not deployed: nobody said yes; to deploy without being asked: --yes"
      case .stillAtWork(let status): "still \(status) after three hours; it goes on without cordon"
      }
    }
  }

  private static let interval = 2_000
  /// Three hours: portals and domains take their time.
  private static let mostPolls = 5_400
  /// Pages of events that are looked through for what is new.
  private static let mostEventPages = 50

  private let client: LiveClient

  /// A deployer to one account and region.
  public init(_ client: LiveClient) { self.client = client }

  // MARK: Planning

  /// Asks CloudFormation what a template would change; nil where nothing.
  public func plan(_ stack: StackOrder.Stack, called name: String) async throws(Problem) -> Plan? {
    let status = try await status(of: stack.name)
    // A stack in review has no resources yet: an earlier change set was never carried out.
    let isNew = status == nil || status == "REVIEW_IN_PROGRESS"
    var id = stack.name
    do throws(Problem) {
      let made = try await call(
        "CreateChangeSet",
        [
          ("StackName", stack.name), ("ChangeSetName", name), ("ChangeSetType", isNew ? "CREATE" : "UPDATE"),
          ("TemplateBody", stack.text), ("Capabilities.member.1", "CAPABILITY_NAMED_IAM"),
          ("ClientToken", Self.token(name, stack.name)),
        ])
      id = made["StackId"]?.plain ?? id
    } catch {
      // An attempt whose answer was lost has made it already.
      guard case .call(_, .refused("AlreadyExistsException", _)) = error else { throw error }
    }
    guard let changes = try await changes(of: name, id) else { return nil }
    return Plan(stack: stack.name, isNew: isNew, changes: changes, name: name, id: id)
  }

  private func changes(of name: String, _ stack: String) async throws(Problem) -> [Change]? {
    for _ in 0..<Self.mostPolls {
      let answer = try await call("DescribeChangeSet", [("StackName", stack), ("ChangeSetName", name)])
      switch answer["Status"]?.plain ?? "" {
      case "CREATE_COMPLETE": return try await all(answer, name, stack)
      case "FAILED":
        let reason = answer["StatusReason"]?.plain ?? "no reason was given"
        _ = try await call("DeleteChangeSet", [("StackName", stack), ("ChangeSetName", name)])
        let isEmpty = ["didn't contain changes", "No updates are to be performed"].contains {
          reason.contains($0)
        }
        guard isEmpty else { throw .noPlan(reason) }
        return nil
      default: await client.transport.pause(milliseconds: Self.interval)
      }
    }
    throw .stillAtWork("at the change set")
  }

  private func all(_ first: JSONValue, _ name: String, _ stack: String) async throws(Problem) -> [Change] {
    var found = first.list("Changes").compactMap(Self.change)
    var token = first["NextToken"]?.plain
    var seen: Set<String> = []
    while let next = token, !next.isEmpty, seen.insert(next).inserted, found.count < 10_000 {
      let answer = try await call(
        "DescribeChangeSet", [("StackName", stack), ("ChangeSetName", name), ("NextToken", next)])
      found += answer.list("Changes").compactMap(Self.change)
      token = answer["NextToken"]?.plain
    }
    return found
  }

  private static func change(_ value: JSONValue) -> Change? {
    guard let name = value.at("ResourceChange.LogicalResourceId")?.plain else { return nil }
    let type = value.at("ResourceChange.ResourceType")?.plain ?? ""
    let properties = value.list("ResourceChange.Details").compactMap { $0.at("Target.Name")?.plain }
    var seen: Set<String> = []
    let named = properties.filter { seen.insert($0).inserted }.joined(separator: ", ")
    let what = ControlWords.words(ofType: type) ?? type
    let words =
      switch (value.at("ResourceChange.Action")?.plain, value.at("ResourceChange.Replacement")?.plain) {
      case ("Add", _): "makes \(what)"
      case ("Remove", _): "removes \(what)"
      case ("Modify", "True"): "replaces \(what)" + (named.isEmpty ? "" : " (\(named))")
      case ("Modify", "Conditional"):
        "changes \(what), and may replace it" + (named.isEmpty ? "" : " (\(named))")
      case ("Modify", _): "changes \(what)" + (named.isEmpty ? "" : " (\(named))")
      case ("Import", _): "takes in \(what)"
      case (let action, _): "does \(action ?? "something") to \(what)"
      }
    return Change(name: name, type: type, words: words)
  }

  /// Throws a change set away.
  public func discard(_ plan: Plan) async throws(Problem) {
    _ = try await call("DeleteChangeSet", [("StackName", plan.id), ("ChangeSetName", plan.name)])
  }

  // MARK: Carrying out

  /// Puts a template where the catalog looks for it.
  public func put(_ offer: StackOrder.Offer) async throws(Problem) {
    let input: [(String, JSONValue)] = [
      ("Bucket", .string(offer.bucket)), ("Key", .string(offer.key)), ("Body", .string(offer.text)),
    ]
    do throws(LiveProblem) {
      _ = try await client.call(LiveCall(.s3, "PutObject", target: "PUT /{Bucket}/{Key+}", input))
    } catch {
      throw .call("s3:PutObject \(offer.bucket)/\(offer.key)", error)
    }
  }

  /// Carries a change set out, and tells of every event until the stack rests.
  public func carryOut(_ plan: Plan, told: (Event) -> Void) async throws(Problem) {
    var known = Set(try await events(of: plan.id, besides: []).map(\.id))
    _ = try await call(
      "ExecuteChangeSet",
      [
        ("StackName", plan.id), ("ChangeSetName", plan.name),
        ("ClientRequestToken", Self.token(plan.name, plan.stack)),
      ])
    var failure: Event?
    for _ in 0..<Self.mostPolls {
      // The status is read first: every event that led to it is there by then.
      let status = try await status(of: plan.id) ?? "DELETE_COMPLETE"
      for event in try await events(of: plan.id, besides: known).reversed() {
        known.insert(event.id)
        if event.isFailure, failure == nil { failure = event }
        told(event)
      }
      if status == "CREATE_COMPLETE" || status == "UPDATE_COMPLETE" || status == "IMPORT_COMPLETE" { return }
      let isAtWork = status.hasSuffix("_IN_PROGRESS")
      guard isAtWork else { throw .failed(status: status, first: failure) }
      await client.transport.pause(milliseconds: Self.interval)
    }
    throw .stillAtWork("at work")
  }

  /// By this CloudFormation tells a call that is made again, because its answer was lost, from another one.
  private static func token(_ name: String, _ stack: String) -> String {
    String("\(name)-\(stack)".prefix(128))
  }

  /// Events that are not known yet, the newest first.
  private func events(of stack: String, besides known: Set<String>) async throws(Problem) -> [Event] {
    var found: [Event] = []
    var token: String?
    for _ in 0..<Self.mostEventPages {
      let more = token.map { [("NextToken", $0)] } ?? []
      let answer = try await call("DescribeStackEvents", [("StackName", stack)] + more)
      for value in answer.list("StackEvents") {
        guard let id = value["EventId"]?.plain, !known.contains(id) else { return found }
        found.append(
          Event(
            name: value["LogicalResourceId"]?.plain ?? stack, type: value["ResourceType"]?.plain ?? "",
            status: value["ResourceStatus"]?.plain ?? "", reason: value["ResourceStatusReason"]?.plain ?? "",
            id: id))
      }
      token = answer["NextToken"]?.plain
      if token == nil { break }
    }
    return found
  }

  /// The status of a stack; nil where there is none.
  private func status(of stack: String) async throws(Problem) -> String? {
    do throws(Problem) {
      let answer = try await call("DescribeStacks", [("StackName", stack)])
      return answer.list("Stacks").first?["StackStatus"]?.plain
    } catch {
      guard case .call(_, .refused("ValidationError", let message)) = error,
        message.contains("does not exist")
      else { throw error }
      return nil
    }
  }

  func ask(_ call: LiveCall, _ name: String) async throws(Problem) -> JSONValue {
    do throws(LiveProblem) { return try await client.call(call) } catch { throw .call(name, error) }
  }

  private func call(_ action: String, _ input: [(String, String)]) async throws(Problem) -> JSONValue {
    do throws(LiveProblem) {
      return try await client.call(
        LiveCall(.cloudFormation, action, input.map { ($0.0, .string($0.1)) }))
    } catch {
      throw .call("cloudformation:\(action)", error)
    }
  }
}

extension ControlWords {
  /// What a resource of a type is; nil where it has no words.
  static func words(ofType type: String) -> String? {
    let resource = CloudResource(
      id: ResourceID(name: ""), type: type, properties: CloudValue(.object([])),
      location: Location(file: "", line: 0, column: 0))
    switch part(of: resource) {
    case .control(let words), .door(let words): return words
    case .none: return nil
    }
  }
}
