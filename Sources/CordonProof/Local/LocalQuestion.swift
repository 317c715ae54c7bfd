import CordonModel
import CordonPolicy

/// A question about the compiled documents: is there any request of this kind that all layers let through?
enum LocalQuestion: String, Sendable, CaseIterable {
  /// A name answered that the spec does not list and the gateway does not serve.
  case unlistedName
  /// A connection to a host and port that the spec does not list.
  case unlistedHost
  /// A connection to a listed host on another port.
  case unlistedPort
  /// Anything at the S3 endpoint as a principal of another account.
  case foreignCredentials
  /// Anything on an own bucket as nobody.
  case anonymous
  /// Anything on another project's bucket as a role of this project.
  case otherBucket
  /// Anything on a bucket that is not the environment's, as a role of this project.
  case foreignBucket
  /// Anything on a project's bucket as that project's role, through another project's endpoint.
  case keysElsewhere
  /// A setting that opens an own bucket, or that copies its objects elsewhere.
  case publish
  /// Becoming a role of another account.
  case foreignRole
  /// Becoming another project's role.
  case neighbourRole

  /// What no request may do, as steps say it.
  var sentence: String {
    switch self {
    case .unlistedName: "a name that nobody listed is resolved"
    case .unlistedHost: "a host that nobody listed is connected to"
    case .unlistedPort: "a listed host is connected to on another port"
    case .foreignCredentials: "a principal of another account does anything at the S3 endpoint"
    case .anonymous: "nobody in particular does anything on an own bucket"
    case .otherBucket: "a project's role does anything on another project's bucket"
    case .foreignBucket: "a project's role does anything on a bucket of another account"
    case .keysElsewhere: "a project's keys do anything on its buckets from another project's workspace"
    case .publish: "a project's role makes a bucket public or its objects leave by themselves"
    case .foreignRole: "a project's role becomes a role of another account"
    case .neighbourRole: "a project's role becomes another project's role"
    }
  }
}

/// One form of a question, for one project's door: what the engine is asked, and what each layer is called.
struct LocalInquiry: Sendable {
  var inquiry: Inquiry
  /// Each layer of the inquiry with the document that `cordon explain` knows, in the order of the layers.
  var titles: [Titled]

  /// A layer that can close the question.
  struct Titled: Sendable {
    var layer: Inquiry.Layer
    var title: String
    var location: Location
    /// A way to be granted, rather than a layer that every request meets.
    var isGrant: Bool
  }

  /// The same question with one layer alone: if nothing passes even that, the layer closes it by itself.
  ///
  /// What grants closes by its denials only: another document might grant what it does not.
  func alone(_ title: Titled) -> Inquiry {
    var only = inquiry
    only.grants = []
    only.layers = [title.layer]
    if title.isGrant { only.layers[0].needsAllow = false }
    return only
  }

  /// The same question with nothing in the way but that something must grant it.
  var grantsOnly: Inquiry {
    var only = inquiry
    only.layers = []
    return only
  }
}

/// The keys whose value the place of a call, the caller or the resource fixes, whatever the caller sends. The gateway sets
/// the same ones (`Gatekeeper.context`).
struct LocalFacts {
  var constraints: [Inquiry.Constraint] = []
  var absent: Set<ConditionKey> = []

  mutating func set(_ key: String, _ value: String) {
    guard let equals = ConditionOperator("StringEquals") else { return }
    constraints.append(.init(key: ConditionKey(key), operation: equals, values: [value]))
  }

  /// The key is not one of `patterns`; a request without it will do as well.
  mutating func exclude(_ key: String, _ patterns: [String]) {
    guard !patterns.isEmpty, let like = ConditionOperator("StringLike") else { return }
    constraints.append(
      .init(
        key: ConditionKey(key), operation: like, values: patterns, positive: false,
        mustBePresent: key == "resource"))
  }

  mutating func setAbsent(_ keys: String...) { absent.formUnion(keys.map { ConditionKey($0) }) }

  /// A call through `door`: there is no address, and no service calls on somebody's behalf.
  mutating func setPlace(_ door: SourcePosition, in environment: Environment) {
    let (account, organization) = (environment.organization.account.text, environment.organization.id.text)
    set("aws:SourceVpc", door.vpc)
    set("aws:SourceVpce", door.vpce)
    set("aws:RequestedRegion", environment.region.text)
    set("aws:VpceAccount", account)
    set("aws:VpceOrgID", organization)
    setAbsent(
      "aws:SourceIp", "aws:VpcSourceIp", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast",
      "aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths",
      "aws:PrincipalServiceName")
  }

  mutating func setOwnCaller(_ environment: Environment) {
    set("aws:PrincipalOrgID", environment.organization.id.text)
    set("aws:PrincipalAccount", environment.organization.account.text)
  }

  mutating func setOwnResource(_ environment: Environment) {
    set("aws:ResourceAccount", environment.organization.account.text)
    set("aws:ResourceOrgID", environment.organization.id.text)
  }

  /// A resource that nobody here owns: its account is any other one, or not known.
  mutating func setForeignResource(_ environment: Environment) {
    exclude("aws:ResourceAccount", [environment.organization.account.text])
    exclude("s3:ResourceAccount", [environment.organization.account.text])
    setAbsent("aws:ResourceOrgID", "aws:ResourceOrgPaths")
  }
}
