public import CordonModel
import CordonPolicy

/// An environment on AWS, as stacks.
public enum Synthesis {
  /// Builds the stacks of an environment.
  public static func stacks(of environment: Environment) throws(SynthesisError) -> StackSet {
    guard let rules = environment.aws else { throw .noRules }
    do {
      let policies = try CompiledPolicies(environment)
      return try CloudPlan(environment: environment, rules: rules, policies: policies).stacks()
    } catch let error as SynthesisError {
      throw error
    } catch {
      throw .cannotExpress("\(error)")
    }
  }
}

/// What the builders share: the environment, its documents, and names derived in one place.
struct CloudPlan {
  let environment: Environment
  let rules: AWSRules
  /// The compiled documents by title, each with those of the user's own that join it.
  private let documents: [String: [CompiledPolicies.Titled]]

  init(environment: Environment, rules: AWSRules, policies: CompiledPolicies) {
    self.environment = environment
    self.rules = rules
    documents = Dictionary(grouping: policies.titled) { titled in
      titled.title.firstRange(of: "/own-").map { String(titled.title[..<$0.lowerBound]) } ?? titled.title
    }
  }

  var account: String { environment.organization.account.text }
  var organization: String { environment.organization.id.text }
  var region: String { environment.region.text }

  /// A stack of the whole environment.
  func stack(_ concern: String, _ summary: String) -> CloudStack {
    CloudStack(name: "\(environment.name)-\(concern)", summary: summary)
  }

  /// A stack of one project.
  func stack(_ concern: String, of project: Project, _ summary: String) -> CloudStack {
    CloudStack(name: "\(environment.name)-\(project.name)-\(concern)", summary: summary)
  }

  /// Tags that cost reports and TagOptions go by.
  func tags(_ project: Project?, name: String? = nil) -> CloudValue {
    var tags: [CloudValue] = name.map { [["Key": "Name", "Value": .text($0)]] } ?? []
    tags.append(["Key": "environment", "Value": .text(environment.name)])
    if let project { tags.append(["Key": "project", "Value": .text(project.name)]) }
    return .list(tags)
  }

  /// A name as a part of logical names: `fraud-models` is `FraudModels`.
  static func logical(_ name: String) -> String {
    name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  func arn(_ service: String, _ resource: String) -> String {
    "arn:aws:\(service):\(region):\(account):\(resource)"
  }

  var root: String { "arn:aws:iam::\(account):root" }

  // MARK: Documents

  static func document(_ statements: [CloudValue]) -> CloudValue {
    ["Version": "2012-10-17", "Statement": .list(statements)]
  }

  /// The statements of a compiled document as values, with those of the user's own that join it.
  func compiled(_ title: String, _ places: [String: CloudValue] = [:]) throws -> [CompiledStatement] {
    guard let joined = documents[title], joined.contains(where: { $0.title == title }) else {
      throw SynthesisError.cannotExpress("no document is compiled for \(title)")
    }
    var statements: [CompiledStatement] = []
    var names: Set<String> = []
    for document in joined {
      let json = try JSONValue(parsing: document.document.json)
      // The language allows a single statement without a list around it.
      let written = json["Statement"].map { $0.elements ?? [$0] } ?? []
      for var statement in written.map({ CompiledStatement($0, places) }) {
        // A name stands once in a policy of AWS.
        if !statement.sid.isEmpty, !names.insert(statement.sid).inserted { statement.removeName() }
        statements.append(statement)
      }
    }
    return statements
  }

  /// Who calls and what is called belong to the organisation: the compiled condition of the project's S3 door, which every
  /// other endpoint of AWS shares.
  func perimeter(of project: Project) throws -> CloudValue {
    let statements = try compiled("endpoint/\(project.name)/s3")
    guard let condition = statements.first(where: { $0.sid == "OrganizationOnly" })?.value["Condition"] else {
      throw SynthesisError.cannotExpress("the endpoints of \(project.name) have no perimeter")
    }
    return condition
  }

  /// Callers that are neither of the organisation nor a service of AWS.
  var strangers: CloudValue {
    [
      "StringNotEqualsIfExists": ["aws:PrincipalOrgID": .text(organization)],
      "BoolIfExists": ["aws:PrincipalIsAWSService": "false"],
    ]
  }

  /// Calls of this account's own services.
  var ownAccount: CloudValue { ["StringEquals": ["aws:SourceAccount": .text(account)]] }
}

/// A statement of a compiled document as a value, in which the ids of local networks are those of the real ones.
struct CompiledStatement {
  var value: CloudValue
  var sid: String { value["Sid"]?.plainText ?? "" }
  var isDenial: Bool { value["Effect"]?.plainText == "Deny" }

  init(_ json: JSONValue, _ places: [String: CloudValue]) { value = Self.value(json, places) }

  /// A statement that was written here.
  init(value: CloudValue) { self.value = value }

  private static func value(_ json: JSONValue, _ places: [String: CloudValue]) -> CloudValue {
    switch json.content {
    case .null: CloudValue(.null)
    case .bool(let bool): CloudValue(.bool(bool))
    case .number(let text): CloudValue(.number(text))
    case .string(let text): places[text] ?? CloudValue(.string(text))
    case .array(let elements): .list(elements.map { value($0, places) })
    case .object(let members):
      CloudValue(.object(members.map { .init(name: $0.name, value: value($0.value, places)) }))
    }
  }

  /// Sets a member, in the place of the one it had.
  mutating func set(_ name: String, _ new: CloudValue) { value.set(name, new) }

  /// Takes the statement's name away.
  mutating func removeName() {
    value = CloudValue(.object((value.members ?? []).filter { $0.name != "Sid" }), at: value.location)
  }

  /// Narrows when the statement applies: operators are joined, a key of the same operator too.
  mutating func narrow(_ condition: CloudValue) {
    var joined = value["Condition"] ?? [:]
    for clause in condition.members ?? [] {
      var keys = joined[clause.name] ?? [:]
      for key in clause.value.members ?? [] { keys.set(key.name, key.value) }
      joined.set(clause.name, keys)
    }
    value.set("Condition", joined)
  }
}

extension CloudValue {
  /// Sets a member of an object, in the place of the one it had.
  mutating func set(_ name: String, _ value: CloudValue) {
    guard case .object(var members) = content else { return }
    if let index = members.firstIndex(where: { $0.name == name }) {
      members[index].value = value
    } else {
      members.append(Member(name: name, value: value))
    }
    content = .object(members)
  }
}
