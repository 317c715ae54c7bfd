public import CordonModel
import CordonPolicy

/// A deployment as the routes read it: resources by type, references resolved to names, what is ours and what is not.
public struct CloudEstate: Sendable {
  /// What was read.
  public let deployment: CloudDeployment
  /// What the user takes for true, by name.
  let stated: [String: String]
  /// The organisation that is ours.
  let organization: String
  /// Assumptions that every verdict rests on.
  let assumptions: [Assumption]
  let standIn: StandIn
  /// Resources that exist under an unanswered condition only, by name.
  let conditional: [String: (place: Location, condition: String)]
  /// Addresses that conditions of the files name outright.
  let namedAddresses: [String]
  /// Demands that were made of the estate's requests.
  let demandBook = DemandBook()
  private let places: [String]
  /// Keys of principal tags that policies of the files ask for.
  let tagKeys: [String]
  /// Whether a statement of the files may let someone tag roles or sessions.
  let taggingIsPossible: Bool
  private let byID: [ResourceID: CloudResource]
  private let byType: [String: [CloudResource]]
  /// Resources by what `Ref` and the ARN give for them.
  private var byText: [String: [ResourceID]] = [:]

  /// The estate of `deployment`; `stated` as `--assume NAME=VALUE` gives it.
  public init(_ deployment: CloudDeployment, stated: [String: String] = [:]) {
    self.deployment = deployment
    self.stated = stated
    let names = Literals(deployment)
    let ownership = Ownership(deployment, stated: stated, literals: names)
    organization = ownership.organization
    assumptions = ownership.assumptions
    standIn = StandIn(
      account: ownership.account, region: ownership.region, partition: ownership.partition)
    let some = deployment.resources.compactMap { resource in
      resource.condition.map { ("\(resource.id)", (resource.location, $0)) }
    }
    tagKeys = names.tagKeys.sorted()
    taggingIsPossible = names.allowsTagging
    places = names.places.sorted()
    namedAddresses = names.addresses.sorted()
    conditional = Dictionary(some) { first, _ in first }
    byID = Dictionary(deployment.resources.map { ($0.id, $0) }) { first, _ in first }
    byType = Dictionary(grouping: deployment.resources, by: \.type)
    for resource in deployment.resources {
      let (ref, arn) = (ref(resource), arn(resource))
      byText[ref, default: []].append(resource.id)
      if arn != ref { byText[arn, default: []].append(resource.id) }
    }
  }

  /// The account that is ours.
  var account: String { standIn.account }

  /// Networks and endpoints that conditions of the files name outright, and that no resource of theirs is.
  var namedPlaces: [String] { places.filter { byText[$0] == nil } }

  /// The region that the deployment is in.
  var region: String { standIn.region }

  /// The resources of these types, in the order of the files.
  func all(_ types: String...) -> [CloudResource] { types.flatMap { byType[$0] ?? [] } }

  /// The resource called `id`.
  func resource(_ id: ResourceID) -> CloudResource? { byID[id] }

  /// The types that the deployment uses.
  var types: [String] { byType.keys.sorted() }

  /// The resource of one of `types` whose `Ref` or ARN is `text`.
  func find(_ text: String, _ types: String...) -> CloudResource? {
    for id in byText[text] ?? [] {
      if let resource = byID[id], types.contains(resource.type) { return resource }
    }
    return nil
  }
}

/// Strings of the files that look like account numbers or organisations.
struct Literals: Sendable {
  private(set) var accounts: Set<String> = []
  private(set) var organizations: [String: Int] = [:]
  private(set) var tagKeys: Set<String> = []
  private(set) var allowsTagging = false
  /// Networks and endpoints that conditions name outright, and addresses: whoever wrote the files may own them.
  private(set) var places: Set<String> = []
  private(set) var addresses: Set<String> = []

  init(_ deployment: CloudDeployment) {
    for resource in deployment.resources {
      var found: [String] = []
      resource.properties.visit { _, value in
        if case .string(let text) = value.content { found.append(text) }
      }
      for text in found { add(text) }
      resource.properties.visit { _, value in
        for member in value.members {
          if member.name.lowercased().hasPrefix("aws:principaltag/") {
            tagKeys.insert(String(member.name.dropFirst("aws:PrincipalTag/".count)))
          }
          addPlaces(of: member)
        }
        if Self.mayTag(value) { allowsTagging = true }
      }
    }
    for text in deployment.parameters.values { add(text) }
  }

  /// Whether `value` is a statement that may let somebody tag a role, a user or a session.
  private static func mayTag(_ value: CloudValue) -> Bool {
    if value["NotAction"] != nil, case .string("Allow")? = value["Effect"]?.content { return true }
    guard case .string("Allow")? = value["Effect"]?.content, let actions = value["Action"] else {
      return false
    }
    let wanted = ["iam:tagrole", "iam:taguser", "iam:untagrole", "iam:untaguser", "sts:tagsession"]
    return actions.elements.contains { action in
      guard case .string(let text) = action.content else { return true }
      let folded = text.lowercased()
      guard let star = folded.firstIndex(where: { $0 == "*" || $0 == "?" }) else {
        return wanted.contains(folded)
      }
      return wanted.contains { $0.hasPrefix(folded[..<star]) }
    }
  }

  /// What a condition compares with where a caller is; elsewhere such a text says nothing of whose it is.
  private mutating func addPlaces(of member: CloudValue.Member) {
    let key = member.name.lowercased()
    guard ["aws:sourcevpc", "aws:sourcevpce", "aws:sourceip"].contains(key) else { return }
    for case .string(let text) in member.value.elements.map(\.content) {
      if key != "aws:sourceip" {
        if !text.contains(where: { $0 == "*" || $0 == "?" }) { places.insert(text) }
        continue
      }
      // A wider range is a provider's, in which anyone may have an address.
      let width = text.split(separator: "/").dropFirst().first.flatMap { Int($0) } ?? 32
      if width >= 24, width <= 32, text.contains("."), AddressRange(text) != nil { addresses.insert(text) }
    }
  }

  private mutating func add(_ text: String) {
    for part in text.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "-") }) {
      if part.count == 12, part.allSatisfy({ $0.isASCII && $0.isNumber }) { accounts.insert(String(part)) }
      if part.hasPrefix("o-"), (12...34).contains(part.count), part.allSatisfy(\.isASCII) {
        organizations[String(part), default: 0] += 1
      }
    }
  }
}

/// Which account and organisation are ours, and what that rests on.
struct Ownership: Sendable {
  let account: String
  let region: String
  let partition: String
  let organization: String
  private(set) var assumptions: [Assumption] = []

  init(_ deployment: CloudDeployment, stated: [String: String], literals: Literals) {
    region = stated["region"] ?? deployment.region ?? "eu-west-1"
    partition = region.hasPrefix("cn-") ? "aws-cn" : region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
    let candidates = ["111122223333", "222233334444", "333344445555", "444455556666"]
    let free = candidates.first { !literals.accounts.contains($0) } ?? "000000000001"
    account = stated["account"] ?? deployment.account ?? free
    let mostUsed = literals.organizations.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    organization = stated["organization"] ?? mostUsed ?? "o-ownorganization"
    if let given = stated["account"] {
      assumptions.append(
        Assumption(name: "account", value: given, reason: "stated: the account deployed into"))
    }
    for (name, value) in stated.sorted(by: { $0.key < $1.key })
    where !["account", "organization"].contains(name) {
      assumptions.append(Assumption(name: name, value: value, reason: "stated"))
    }
    if let given = stated["organization"] {
      assumptions.append(Assumption(name: "organization", value: given, reason: "stated: it is yours"))
    } else if let mostUsed {
      assumptions.append(
        Assumption(
          name: "organization", value: mostUsed,
          reason: "the files name it most often, so it is taken for yours"))
    }
  }
}
