import CordonModel
import FoundationEssentials

/// One decision as the ledger keeps it: the canonical text, and the few members that queries select by.
struct RecordText: Sendable {
  let time: EventTime
  let body: [UInt8]
  let event: String
  let outcome: String
  let path: String?
  let route: String?
  let workspace: String?
  /// Whether no workspace's request caused it: the operator's acts have a share of the reserve of their own.
  let isOperator: Bool

  /// Resources beyond this many are counted, not listed; S3 deletes at most 1,000 keys a call.
  static let mostResources = 1_000
  static let mostDetails = 64

  init(_ record: DecisionRecord, at time: EventTime, scope: LedgerScope, eventID: String) {
    self.time = time
    event = SecretScrubber.clean(record.eventName)
    outcome = record.outcome.rawValue
    path = record.path?.rawValue
    route = record.route.map { SecretScrubber.clean($0) }
    workspace = record.source.place?.workspace.text
    isOperator = record.source.door == nil
    let members: [(String, CanonicalJSON?)] = [
      ("eventVersion", "1.11"),
      ("eventTime", .string(time.text)),
      ("eventSource", Self.text(record.eventSource)),
      ("eventName", .string(event)),
      ("eventID", .string(eventID)),
      ("awsRegion", .string(scope.region.text)),
      ("vpcEndpointId", record.source.door.map { .string($0.vpce) }),
      ("userIdentity", Self.identity(of: record, scope: scope)),
      ("requestID", Self.text(record.requestID)),
      ("resources", Self.resources(record.resources)),
      ("errorCode", record.errorCode.map(Self.text)),
      ("recipientAccountId", .string(scope.account.text)),
      ("additionalEventData", Self.own(record, route: route, scope: scope)),
    ]
    body = Self.object(members).bytes
  }

  private static func text(_ value: String) -> CanonicalJSON { .string(SecretScrubber.clean(value)) }

  private static func object(_ members: [(String, CanonicalJSON?)]) -> CanonicalJSON {
    .object(members.compactMap { name, value in value.map { (name, $0) } })
  }

  /// CloudTrail's `userIdentity`; `Operator` and `Anonymous` are Cordon's own types.
  private static func identity(of record: DecisionRecord, scope: LedgerScope) -> CanonicalJSON {
    object([
      ("type", .string(identityType(of: record))),
      ("arn", record.principal.map(text)),
      ("accountId", account(in: record.principal).map(text)),
      ("accessKeyId", record.accessKeyID.map(text)),
    ])
  }

  private static func identityType(of record: DecisionRecord) -> String {
    guard let principal = record.principal else {
      return record.source.door == nil ? "Operator" : "Anonymous"
    }
    if principal.hasSuffix(".amazonaws.com") { return "AWSService" }
    if principal.contains(":assumed-role/") { return "AssumedRole" }
    if principal.contains(":federated-user/") { return "FederatedUser" }
    if principal.hasSuffix(":root") { return "Root" }
    if principal.contains(":user/") { return "IAMUser" }
    return principal.contains(":role/") ? "Role" : "Unknown"
  }

  /// The fifth part of an ARN.
  private static func account(in principal: String?) -> String? {
    guard let principal, principal.hasPrefix("arn:") else { return nil }
    let parts = principal.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, !parts[4].isEmpty else { return nil }
    return String(parts[4])
  }

  private static func resources(_ resources: [String]) -> CanonicalJSON? {
    guard !resources.isEmpty else { return nil }
    var entries = resources.prefix(mostResources).map { resource in
      CanonicalJSON.object([
        ("ARN", .string(SecretScrubber.clean(resource, upTo: 2 * SecretScrubber.longest)))
      ])
    }
    if resources.count > mostResources {
      entries.append(.object([("ARN", .string("[and \(resources.count - mostResources) more]"))]))
    }
    return .array(entries)
  }

  private static func own(_ record: DecisionRecord, route: String?, scope: LedgerScope) -> CanonicalJSON {
    let place = record.source.place
    return object([
      ("environment", .string(place?.environment.text ?? scope.environment.text)),
      ("project", place.map { .string($0.project.text) }),
      ("workspace", place.map { .string($0.workspace.text) }),
      ("endpoint", record.source.door.map { .string($0.endpoint.rawValue) }),
      ("person", record.person.map(text)),
      ("egressPath", record.path.map { .string($0.rawValue) }),
      ("route", route.map { .string($0) }),
      ("outcome", .string(record.outcome.rawValue)),
      ("control", text(record.control)),
      ("reason", text(record.reason)),
      ("details", details(record.details)),
    ])
  }

  private static func details(_ details: [String: String]) -> CanonicalJSON? {
    guard !details.isEmpty else { return nil }
    // Two names may become one when they are cleaned; the object must still have one spelling.
    let ordered = details.sorted { $0.key < $1.key }.prefix(mostDetails)
    let cleaned = Dictionary(
      ordered.map { (SecretScrubber.clean($0.key), SecretScrubber.clean($0.value)) },
      uniquingKeysWith: { first, second in "\(first), \(second)" })
    return .object(cleaned.map { ($0.key, .string($0.value)) })
  }
}
