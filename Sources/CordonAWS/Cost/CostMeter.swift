/// Something that AWS counts and bills. Its name is what price tables and assumptions of use call it.
public enum CostMeter: String, Sendable, CaseIterable, Comparable {
  // What is billed because it is there.
  case endpointHour = "endpoint-hour"
  case natHour = "nat-hour"
  case addressHour = "address-hour"
  case keyMonth = "key-month"
  case zoneMonth = "zone-month"
  case firewallNameMonth = "firewall-name-month"
  case firewallAdvancedHour = "firewall-advanced-hour"
  case shardHour = "shard-hour"
  case streamHour = "stream-hour"
  case secretMonth = "secret-month"
  case notebookHour = "notebook-hour"
  case trackingServerHour = "tracking-server-hour"
  // What is billed as it is used.
  case endpointData = "endpoint-gb"
  case natData = "nat-gb"
  case keyRequests = "key-requests"
  case keyVersions = "key-versions"
  case zoneQueries = "zone-queries"
  case firewallQueries = "firewall-queries"
  case streamData = "stream-gb"
  case streamUnits = "stream-put-units"
  case logData = "log-gb"
  case logMonth = "log-gb-month"
  case bucketMonth = "bucket-gb-month"
  case bucketWrites = "bucket-writes"
  case bucketReads = "bucket-reads"
  case trailEvents = "trail-data-events"
  case configItems = "config-items"
  case configEvaluations = "config-evaluations"
  case functionRequests = "function-requests"
  case functionTime = "function-gb-seconds"
  case imageMonth = "image-gb-month"
  case packageMonth = "package-gb-month"
  case packageRequests = "package-requests"
  case gitUsers = "git-users"
  case portalUsers = "portal-users"
  case studioHours = "studio-hours"
  case jobHours = "job-hours"
  case budgetActionDays = "budget-action-days"

  /// What one unit is.
  public var unit: String {
    switch self {
    case .endpointHour: "hour and zone"
    case .natHour, .addressHour, .shardHour, .streamHour, .notebookHour, .trackingServerHour: "hour"
    case .firewallAdvancedHour: "hour and network"
    case .keyMonth, .zoneMonth, .secretMonth: "month"
    case .firewallNameMonth: "name and month"
    case .endpointData, .natData: "GB through it"
    case .keyRequests, .packageRequests: "10,000 requests"
    case .keyVersions: "earlier version and month"
    case .zoneQueries, .firewallQueries: "million queries"
    case .streamData: "GB written"
    case .streamUnits: "million units of 25 KB"
    case .logData: "GB written"
    case .logMonth, .bucketMonth, .imageMonth, .packageMonth: "GB and month"
    case .bucketWrites, .bucketReads: "1,000 requests"
    case .trailEvents: "100,000 data events"
    case .configItems: "item"
    case .configEvaluations: "evaluation"
    case .functionRequests: "million calls"
    case .functionTime: "GB-second"
    case .gitUsers: "person beyond five, and month"
    case .portalUsers: "person and month"
    case .studioHours, .jobHours: "hour of an instance"
    case .budgetActionDays: "day of a budget with an action, beyond 62 a month"
    }
  }

  /// Whether it counts what is there, so that nobody has to assume how much is used.
  public var isFixed: Bool {
    switch self {
    case .endpointHour, .natHour, .addressHour, .keyMonth, .zoneMonth, .firewallNameMonth,
      .firewallAdvancedHour, .shardHour, .streamHour, .secretMonth, .notebookHour, .trackingServerHour:
      true
    default: false
    }
  }

  /// In the order above.
  public static func < (left: Self, right: Self) -> Bool {
    let order = allCases
    return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
  }
}
