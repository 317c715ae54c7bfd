import CordonModel

/// What happens is written down, whole, where nobody of the environment changes it.
enum RecordedSafeguards {
  static let all: [Safeguard] = [
    Safeguard(
      "calls-recorded", .recorded, "a trail records every call, in every region",
      reads: [
        "AWS::CloudTrail::Trail": [
          "IsLogging", "IsMultiRegionTrail", "IncludeGlobalServiceEvents", "EventSelectors",
          "AdvancedEventSelectors",
        ]
      ], judge: calls),
    Safeguard(
      "data-recorded", .recorded, "a trail records who reads and writes the objects of every bucket",
      reads: [
        "AWS::CloudTrail::Trail": ["IsLogging", "S3BucketName", "EventSelectors", "AdvancedEventSelectors"],
        "AWS::S3::Bucket": [],
      ], judge: data),
    Safeguard(
      "records-proved", .recorded, "what a trail wrote cannot be changed unseen",
      [
        .on(
          "AWS::CloudTrail::Trail", ["EnableLogFileValidation"],
          lack: "its files carry no proof that they are whole")
      ]),
    Safeguard(
      "flows-recorded", .recorded, "what flows in every network is recorded",
      reads: ["AWS::EC2::VPC": [], "AWS::EC2::FlowLog": ["ResourceId", "TrafficType"]], judge: flows),
    Safeguard(
      "questions-recorded", .recorded, "what every network asks of its resolver is recorded",
      reads: [
        "AWS::EC2::VPC": [],
        "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": [
          "ResourceId", "ResolverQueryLogConfigId",
        ],
      ],
      judge: questions),
    Safeguard(
      "sessions-recorded", .recorded, "what people open in the browser portal is recorded",
      reads: [
        "AWS::WorkSpacesWeb::Portal": ["SessionLoggerArn", "UserAccessLoggingSettingsArn"],
        "AWS::WorkSpacesWeb::UserAccessLoggingSettings": ["KinesisStreamArn"],
        "AWS::WorkSpacesWeb::SessionLogger": ["EventFilter"],
      ], judge: sessions),
    Safeguard(
      "settings-recorded", .recorded, "every setting of every resource is recorded as it changes",
      reads: [
        "AWS::Config::ConfigurationRecorder": ["RecordingGroup", "RecordingMode", "IsRecording"],
        "AWS::Config::DeliveryChannel": [],
      ], judge: settings),
  ]

  // MARK: Calls

  /// What a trail has to have, with AWS's default.
  private static let demands: [(property: String, standard: Bool, lack: String)] = [
    ("IsLogging", false, "it is off"),
    ("IsMultiRegionTrail", false, "it records one region, and calls elsewhere are seen by nobody"),
    (
      "IncludeGlobalServiceEvents", true,
      "it leaves out calls of services without a region, IAM and STS among them"
    ),
  ]

  @Sendable private static func calls(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    var best: SafeguardFinding?
    for trail in estate.all("AWS::CloudTrail::Trail") {
      var finding = SafeguardFinding()
      for demand in demands {
        finding.add(
          estate.bool(trail[demand.property]).or(demand.standard), trail, [demand.property], demand.lack)
      }
      if let error = failure(trail, estate) {
        finding.lose("what it records is not delivered: \(error)", trail, ["LatestDeliveryError"])
      }
      let selectors = TrailSelectors(trail, estate)
      if selectors.managesAll {
        finding.hold(trail)
      } else if selectors.isUnread {
        finding.doubt(selectors.unknown, trail)
      } else {
        finding.lose("it does not record every call that manages something", trail, ["EventSelectors"])
      }
      finding.ifExists(trail)
      // One whole trail is enough.
      if finding.lost.isEmpty, finding.unknown.isEmpty { return finding }
      if best.map({ $0.lost.count > finding.lost.count }) ?? true { best = finding }
    }
    return best
      ?? absent(
        "no trail is in the files, and what records calls elsewhere is not known",
        "no trail records what is called", "AWS::CloudTrail::Trail", estate)
  }

  /// Why an account's trail does not get where it should; a template has no such property (GetTrailStatus, "LatestDeliveryError").
  private static func failure(_ trail: CloudResource, _ estate: CloudEstate) -> String? {
    estate.text(trail, "LatestDeliveryError").value.flatMap { $0.isEmpty ? nil : $0 }
  }

  @Sendable private static func data(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let trails = estate.all("AWS::CloudTrail::Trail")
    let buckets = estate.all("AWS::S3::Bucket")
    guard !buckets.isEmpty else { return SafeguardFinding() }
    guard let first = trails.first else {
      return absent(
        "no trail is in the files, and what records reads and writes elsewhere is not known",
        "no trail records who reads and writes objects", "AWS::CloudTrail::Trail", estate)
    }
    let running = trails.filter { estate.bool($0["IsLogging"]).value != false && failure($0, estate) == nil }
    let selectors = running.map { ($0, TrailSelectors($0, estate)) }
    // A trail that followed the bucket it writes to would feed itself.
    let own = Set(trails.compactMap { estate.text($0, "S3BucketName").value })
    var finding = SafeguardFinding()
    for bucket in buckets where !own.contains(estate.ref(bucket)) {
      if let (trail, _) = selectors.first(where: { $0.1.covers(estate.arn(bucket)) }) {
        finding.hold(trail, ["EventSelectors"])
        finding.doubt(estate.bool(trail["IsLogging"]).unknowns, trail)
      } else if let (trail, selector) = selectors.first(where: { !$0.1.unknown.isEmpty }) {
        finding.doubt(selector.unknown, trail)
      } else {
        finding.lose("who reads and writes \(bucket.id) is not recorded", first, ["EventSelectors"])
      }
    }
    return finding
  }

  /// What the account has once, and nothing in the files is. Of an account of which every resource of the type was read, `lack`
  /// says what that means.
  static func absent(_ text: String, _ lack: String, _ type: String, _ estate: CloudEstate)
    -> SafeguardFinding
  {
    guard estate.deployment.hasAll(type) else { return absent(text) }
    var finding = SafeguardFinding()
    finding.lose(lack, estate.deployment)
    return finding
  }

  /// The same of what may stand in another account as well.
  static func absent(_ text: String) -> SafeguardFinding {
    var finding = SafeguardFinding()
    finding.doubt(text + ": give the template that declares it")
    return finding
  }

  // MARK: Networks

  @Sendable private static func flows(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let logs = estate.all("AWS::EC2::FlowLog")
    return watched(estate, by: logs, what: "what flows in it is recorded nowhere") { log in
      guard estate.text(log, "TrafficType").value == "ALL" else { return .known("") }
      return estate.text(log, "ResourceId")
    }
  }

  @Sendable private static func questions(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let logs = estate.all("AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation")
    return watched(estate, by: logs, what: "what it asks of its resolver is recorded nowhere") { log in
      let target = estate.text(log, "ResolverQueryLogConfigId")
      guard target.value != nil else { return target }
      return estate.text(log, "ResourceId")
    }
  }

  /// Every network is one that a log names.
  private static func watched(
    _ estate: CloudEstate, by logs: [CloudResource], what lack: String,
    network: (CloudResource) -> Reading<String>
  ) -> SafeguardFinding {
    var finding = SafeguardFinding()
    let named = logs.map { (log: $0, network: network($0)) }
    for vpc in estate.all("AWS::EC2::VPC") {
      let name = estate.ref(vpc)
      if let found = named.first(where: { $0.network.value == name }) {
        finding.hold(found.log)
        finding.ifExists(found.log)
      } else if let open = named.first(where: { !$0.network.unknowns.isEmpty }) {
        finding.doubt(open.network.unknowns, open.log)
      } else {
        finding.miss("\(lack)", vpc)
      }
    }
    return finding
  }

  // MARK: Sessions

  @Sendable private static func sessions(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    var finding = SafeguardFinding()
    for portal in estate.all("AWS::WorkSpacesWeb::Portal") {
      if portal["SessionLoggerArn"] != nil {
        finding.hold(portal, ["SessionLoggerArn"])
        logged(by: portal, estate, &finding)
        continue
      }
      let path = ["UserAccessLoggingSettingsArn"]
      switch estate.attachment(path[0], "AWS::WorkSpacesWeb::UserAccessLoggingSettings", of: portal) {
      case .known(let logging) where logging["KinesisStreamArn"] != nil: finding.hold(portal, path)
      case .known(let logging): finding.lose("it names no stream", logging)
      case .absent: finding.lose("what people open there is recorded nowhere", portal, path)
      case .unknown(let parts): finding.doubt(parts, portal)
      }
    }
    return finding
  }

  /// A logger that lists events leaves out those that it does not list, and those of later versions.
  private static func logged(
    by portal: CloudResource, _ estate: CloudEstate, _ finding: inout SafeguardFinding
  ) {
    guard let name = estate.text(portal, "SessionLoggerArn").value,
      let logger = estate.find(name, "AWS::WorkSpacesWeb::SessionLogger")
    else { return }
    if logger["EventFilter", "All"] == nil {
      finding.lose("it leaves out events of a session", logger, ["EventFilter"])
    }
  }

  // MARK: Settings

  @Sendable private static func settings(_ scene: Scene) -> SafeguardFinding {
    let estate = scene.estate
    let recorders = estate.all("AWS::Config::ConfigurationRecorder")
    guard let recorder = recorders.first else {
      return absent(
        "no recorder of settings is in the files, and whether one is elsewhere is not known",
        "nothing records settings", "AWS::Config::ConfigurationRecorder", estate)
    }
    var finding = SafeguardFinding()
    finding.addRunning(recorder, estate)
    let often = ["RecordingMode", "RecordingFrequency"]
    finding.add(
      estate.text(recorder.properties[path: often]).or("CONTINUOUS").map { $0 == "CONTINUOUS" }, recorder,
      often,
      "it records once a day what changed in between")
    let everything = ["RecordingGroup", "AllSupported"]
    let strategy = ["RecordingGroup", "RecordingStrategy", "UseOnly"]
    if estate.text(recorder.properties[path: strategy]).value == "ALL_SUPPORTED_RESOURCE_TYPES" {
      finding.hold(recorder, strategy)
    } else {
      // Without a group AWS records every type but those without a region.
      finding.add(
        recorder["RecordingGroup"] == nil ? .known(true) : estate.bool(recorder.properties[path: everything]),
        recorder, everything, "it leaves out types of resources")
    }
    let elsewhere = ["RecordingGroup", "IncludeGlobalResourceTypes"]
    finding.add(
      estate.bool(recorder.properties[path: elsewhere]), recorder, elsewhere,
      "it leaves out roles, users and policies, which have no region")
    finding.ifExists(recorder)
    if let channel = estate.all("AWS::Config::DeliveryChannel").first {
      finding.hold(channel)
    } else {
      finding.miss("it delivers what it records nowhere", recorder)
    }
    return finding
  }
}

extension SafeguardFinding {
  /// A recorder that stands still records nothing; one that a template declares is started with it.
  mutating func addRunning(_ recorder: CloudResource, _ estate: CloudEstate) {
    switch estate.bool(recorder["IsRecording"]) {
    case .known(true), .absent: break
    case .known(false): lose("it is stopped, or cannot deliver", recorder, ["IsRecording"])
    case .unknown(let parts): doubt(parts, recorder)
    }
  }

  /// What a resource does that may not be there is not known.
  mutating func ifExists(_ resource: CloudResource) {
    guard let condition = resource.condition else { return }
    doubt("\(resource.id) exists only if \(condition), which the files do not answer", resource)
  }
}
