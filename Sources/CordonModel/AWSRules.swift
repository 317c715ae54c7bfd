/// What the AWS target needs to know beside what every target does.
public struct AWSRules: Sendable, Equatable {
  /// The organisation's root, or the unit, that the guardrails are attached to.
  public var root: OrganizationTarget
  /// The only addresses that may open the browser portal.
  public var offices: [AddressRange]
  /// The addresses that the networks are cut from.
  public var network: AddressRange
  /// The region's managed prefix list of S3, without which a security group shuts S3 out.
  public var s3PrefixList: PrefixListID
  /// Who hears of spending; absent means nobody.
  public var notify: String?
  /// The role that deploys, which guardrails leave out; absent means that they bind everybody.
  public var deployer: String?
  /// What people order for themselves; empty means that nothing can be ordered.
  public var catalog: [CatalogProduct] = []
  /// Roles for emergencies.
  public var breakGlass: [BreakGlass] = []
  /// What endpoints are watched for.
  public var monitors: [Monitor] = []
  /// Projects that have a tracking server.
  public var mlflow: [Slug] = []
  /// Notebook instances.
  public var notebooks: [NotebookInstance] = []
  /// Images of the projects' own.
  public var images: [StudioImage] = []
  /// Where code is kept.
  public var git = GitService.none
  /// Whether settings that drift are put right by runbooks of AWS's.
  public var remediation = false
  /// What becomes of a project that has spent its budget.
  public var overspent = BudgetResponse.ask
  /// Whether DNS firewalls block what looks like a tunnel under names that they list, too.
  public var tunnelRules = false

  /// How large one project's network is, and the browser's: 4,096 addresses, of which an endpoint takes one a zone.
  public static let networkLength = 20

  /// States the rules.
  public init(
    root: OrganizationTarget, offices: [AddressRange], network: AddressRange, s3PrefixList: PrefixListID,
    notify: String? = nil, deployer: String? = nil
  ) {
    self.root = root
    self.offices = offices
    self.network = network
    self.s3PrefixList = s3PrefixList
    self.notify = notify
    self.deployer = deployer
  }
}

/// The id of an organisation's root (`r-ab12`), of one of its units (`ou-ab12-11111111`), or of one account.
public struct OrganizationTarget: Hashable, Sendable, CustomStringConvertible {
  /// The id's text.
  public let text: String

  /// Reads an id, or says why it cannot be one.
  ///
  /// Source: AWS Organizations API Reference, `TargetId` of `AttachPolicy`.
  public init(_ text: String) throws(NameRefusal) {
    guard (try? AccountID(text)) == nil else {
      self.text = text
      return
    }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let lengths: [ClosedRange<Int>] = parts.first == "ou" ? [4...32, 8...32] : [4...32]
    let tails = parts.dropFirst()
    guard parts.first == "r" || parts.first == "ou", tails.count == lengths.count,
      zip(tails, lengths).allSatisfy({ $1.contains($0.utf8.count) && $0.utf8.allSatisfy(Slug.isAllowed) })
    else {
      throw NameRefusal(
        kind: "root, unit or account of an organization", text: text,
        rule: "write one like r-ab12, ou-ab12-11111111 or \"111122223333\""
      )
    }
    self.text = text
  }

  /// The text.
  public var description: String { text }
}

/// The id of a managed prefix list, `pl-` and hexadecimal digits.
public struct PrefixListID: Hashable, Sendable, CustomStringConvertible {
  /// The id's text.
  public let text: String

  /// Reads an id, or says why it cannot be one.
  public init(_ text: String) throws(NameRefusal) {
    let digits = text.utf8.dropFirst(3)
    guard text.hasPrefix("pl-"), (8...17).contains(digits.count),
      digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else {
      throw NameRefusal(
        kind: "prefix list id", text: text,
        rule: "write the one that 'aws ec2 describe-managed-prefix-lists' gives for S3, like pl-6da54004")
    }
    self.text = text
  }

  /// The text.
  public var description: String { text }
}
