import CordonModel

/// What templates leave to people, looked at where it shows.
public struct LiveChecklist: Sendable, Equatable {
  /// What was found of one step.
  public enum Finding: String, Sendable, CaseIterable {
    /// It is as it should be.
    case done
    /// It is not.
    case missing = "not done"
    /// A call that would show it was not answered.
    case unknown = "not known"
  }

  /// One step.
  public struct Item: Sendable, Equatable {
    /// What it is.
    public var title: String
    /// What was found.
    public var finding: Finding
    /// Which resource or call says so.
    public var detail: String
  }

  /// The steps.
  public let items: [Item]

  /// Looks at an account and region.
  public init(_ estate: LiveEstate) {
    items = [
      Self.accountBlock(estate), Self.failOpen(estate), Self.defaultNetwork(estate), Self.guardrails(estate),
    ]
  }

  private static func gap(_ estate: LiveEstate, _ type: String) -> LiveGap? {
    estate.gaps.first { $0.hides.contains(type) }
  }

  private static func accountBlock(_ estate: LiveEstate) -> Item {
    let title = "public access to S3 is blocked for the whole account"
    if let gap = gap(estate, "AWS::S3::AccountPublicAccessBlock") {
      return Item(title: title, finding: .unknown, detail: gap.words)
    }
    let block = estate.resources.first { $0.type == "AWS::S3::AccountPublicAccessBlock" }
    let missing = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"].filter
    {
      block?.properties[$0]?.plainText != "true"
    }
    return Item(
      title: title, finding: missing.isEmpty ? .done : .missing,
      detail: missing.isEmpty ? estate.account : "off: \(missing.joined(separator: ", "))")
  }

  private static func failOpen(_ estate: LiveEstate) -> Item {
    let title = "no DNS firewall fails open"
    if let gap = gap(estate, "AWS::Route53Resolver::FirewallConfig") {
      return Item(title: title, finding: .unknown, detail: gap.words)
    }
    let open = estate.resources.filter {
      $0.type == "AWS::Route53Resolver::FirewallConfig"
        && !["DISABLED", nil].contains($0.properties["FirewallFailOpen"]?.plainText)
    }
    let networks = open.compactMap { $0.properties["ResourceId"]?.plainText }
    return Item(
      title: title, finding: open.isEmpty ? .done : .missing, detail: networks.joined(separator: ", "))
  }

  private static func defaultNetwork(_ estate: LiveEstate) -> Item {
    let title = "the region's default network is deleted"
    if let gap = gap(estate, "AWS::EC2::VPC") {
      return Item(title: title, finding: .unknown, detail: gap.words)
    }
    let found = estate.resources.first {
      $0.type == "AWS::EC2::VPC" && $0.properties["IsDefault"]?.plainText == "true"
    }
    return Item(title: title, finding: found == nil ? .done : .missing, detail: found?.ref ?? estate.region)
  }

  private static func guardrails(_ estate: LiveEstate) -> Item {
    let title = "guardrails of both kinds are attached"
    if let gap = gap(estate, "AWS::Organizations::Policy") {
      return Item(title: title, finding: .unknown, detail: gap.words)
    }
    let kinds: [String] = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]
    let missing: [String] = kinds.filter { kind in
      !estate.resources.contains {
        $0.type == "AWS::Organizations::Policy" && $0.properties["Type"]?.plainText == kind
          && $0.properties["TargetIds"]?.elements?.isEmpty == false
          && $0.arn?.contains("::aws:policy/") != true
      }
    }
    return Item(
      title: title, finding: missing.isEmpty ? .done : .missing,
      detail: missing.isEmpty ? estate.organization ?? "" : "none of \(missing.joined(separator: ", "))")
  }
}
