import CordonModel
import CordonPolicy

/// Whether a service that may do something in our account does it for our account alone. One that acts for anybody is a deputy
/// whom a stranger sends (IAM User Guide, "The confused deputy problem").
enum ServiceTrust {
  /// Where policies let services in.
  static let holders: [(type: String, path: [String])] = [
    ("AWS::IAM::Role", ["AssumeRolePolicyDocument"]), ("AWS::KMS::Key", ["KeyPolicy"]),
    ("AWS::S3::BucketPolicy", ["PolicyDocument"]), ("AWS::SNS::TopicPolicy", ["PolicyDocument"]),
    ("AWS::SQS::QueuePolicy", ["PolicyDocument"]),
    ("AWS::SecretsManager::ResourcePolicy", ["ResourcePolicy"]),
    ("AWS::Logs::ResourcePolicy", ["PolicyDocument"]), ("AWS::ECR::Repository", ["RepositoryPolicyText"]),
  ]

  static let needs = Dictionary(holders.map { ($0.type, Array($0.path.prefix(1))) }, uniquingKeysWith: +)

  /// A computer has its role by a profile of the account's own, and says nothing of a source.
  private static let withoutSource: Set<String> = ["ec2.amazonaws.com"]

  @Sendable static func judge(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    var finding = SafeguardFinding()
    for holder in holders {
      for resource in estate.all(holder.type) {
        guard let document = resource.properties[path: holder.path] else { continue }
        // Nobody but AWS writes the trust of a role that is linked to a service.
        if estate.arn(resource).contains(":role/aws-service-role/") { continue }
        judge(estate.statements(of: document), of: resource, holder.path, estate, &finding)
      }
    }
    return finding
  }

  private static func judge(
    _ statements: [CloudValue], of resource: CloudResource, _ path: [String], _ estate: CloudEstate,
    _ finding: inout SafeguardFinding
  ) {
    for statement in statements where estate.isAllow(statement) {
      let services = estate.texts(statement["Principal"]?["Service"]).known.filter {
        !withoutSource.contains($0)
      }
      guard let service = services.first else { continue }
      let readings = statement.clauses.compactMap { reading($0, estate) }
      let name = estate.text(statement["Sid"]).value.map { "statement \($0)" } ?? "a statement"
      finding.add(
        .any(readings), resource, path, "\(name) lets \(service) act for whatever account sends it")
    }
  }

  /// Whether a clause asks that the source is ours; nil where it is about something else.
  private static func reading(_ clause: CloudValue.Clause, _ estate: CloudEstate) -> Reading<Bool>? {
    let key = clause.key.lowercased()
    guard clause.operation.isDemand, let isOurs = Self.keys[key] else { return nil }
    let values = estate.texts(clause.values)
    guard values.unknown.isEmpty else { return .unknown(values.unknown) }
    guard !values.known.isEmpty else { return .known(false) }
    return .all(values.known.map { isOurs($0, clause.values.location, estate) })
  }

  private static let keys: [String: @Sendable (String, Location?, CloudEstate) -> Reading<Bool>] = [
    "aws:sourceaccount": { text, place, estate in estate.isOwnAccount(text, at: place) },
    "aws:sourceorgid": { text, _, estate in .known(text == estate.organization) },
    "aws:sourcearn": { text, place, estate in
      let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 6, !parts[4].isEmpty else { return .known(estate.owner(of: text) == .own) }
      return estate.isOwnAccount(parts[4], at: place)
    },
  ]
}

extension CloudValue {
  /// One key under one operator of a statement's condition.
  struct Clause {
    var operation: ConditionOperator
    var key: String
    var values: CloudValue
  }

  /// The clauses of a statement's condition; an operator that does not exist asks for nothing.
  var clauses: [Clause] {
    (self["Condition"]?.members ?? []).flatMap { entry -> [Clause] in
      guard let operation = ConditionOperator(entry.name) else { return [] }
      return entry.value.members.map { Clause(operation: operation, key: $0.name, values: $0.value) }
    }
  }
}

extension CloudEstate {
  /// The statements of a policy, be it an object or JSON text.
  func statements(of document: CloudValue?) -> [CloudValue] {
    guard let document else { return [] }
    if case .string(let text) = document.content {
      guard let json = try? JSONValue(parsing: text) else { return [] }
      return CloudValue(json: json, at: document.location)["Statement"]?.elements ?? []
    }
    return document["Statement"]?.elements ?? []
  }

  /// Whether a statement may allow something.
  func isAllow(_ statement: CloudValue) -> Bool { text(statement["Effect"]).value != "Deny" }
}
