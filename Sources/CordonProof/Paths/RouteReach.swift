import CordonModel

/// Which routes a resource that nobody saw could be a part of.
///
/// What is not listed here feeds every route. A route or a type is listed only where the code of the routes shows it, and a
/// test takes everything else away from a deployment to see that the verdict stays.
enum RouteReach {
  /// Services of an account that no list names: they feed the routes of what is not modelled, and no other.
  static let otherServices = "Cordon::OtherServices"

  private static let settings: Set<String> = [
    "AWS::WorkSpacesWeb::Portal", "AWS::WorkSpacesWeb::UserSettings",
  ]

  /// Routes that look at a few types only, or at a few services, by the second word of their types.
  private static let services: [String: Set<String>] = [
    "portal-download": settings, "portal-copy": settings, "portal-print": settings,
    "portal-paste": settings, "portal-upload": settings,
    "portal-addresses": ["WorkSpacesWeb"], "direct-internet": ["SageMaker"],
    "vpc-lattice": ["VpcLattice", "EC2"],
    "dns-firewall": ["EC2", "Route53", "Route53Resolver", "SageMaker"],
    "dns-other-resolver": ["EC2", "Route53Resolver", "SageMaker", "WorkSpacesWeb"],
    "bucket-copies-out": [
      "S3", "S3ObjectLambda", "SNS", "SQS", "Lambda", "KMS", "Kinesis", "KinesisFirehose", "Logs", "Events",
    ],
  ]

  /// Services whose resources a few routes look at.
  private static let routes: [String: Set<String>] = [
    "Route53Resolver": ["dns-firewall", "dns-other-resolver", "service-destination"],
    "Route53": ["dns-firewall"],
    "NetworkFirewall": ["network-firewall", "internet-route"],
    "VpcLattice": ["vpc-lattice"],
    "Scheduler": ["service-destination"], "Pipes": ["service-destination"],
    "KinesisFirehose": ["service-destination", "bucket-copies-out"],
    "RAM": ["service-destination"], "CloudTrail": ["service-destination"],
    // A runbook that a rule starts can change policies.
    "Config": ["service-destination", "policy-change"],
    "ServiceCatalog": ["catalog-product"], "AccessAnalyzer": [], "CloudWatch": [],
    // So can what is done when a budget is spent.
    "Budgets": ["policy-change"],
  ]

  /// Types that no route asks for, of services whose others feed routes: other names of keys, and what names lead to.
  private static let apart: Set<String> = ["AWS::KMS::Alias", "AWS::Route53::RecordSet"]

  /// Whether a resource of one of `types` could matter to `route`; nil stands for any type.
  static func feeds(_ route: String, _ types: [String]?) -> Bool {
    guard let types else { return true }
    return types.contains { type in
      if type == otherServices { return route.hasSuffix("-unmodelled") }
      if apart.contains(type) { return false }
      let service = type.split(separator: ":").dropFirst().first.map(String.init) ?? ""
      // What is hidden is of a type that is known.
      if route.hasSuffix("-unmodelled") { return false }
      if let known = services[route] { return known.contains(service) || known.contains(type) }
      return routes[service]?.contains(route) ?? true
    }
  }
}
