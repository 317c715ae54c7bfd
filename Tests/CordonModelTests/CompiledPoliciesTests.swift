import CordonModel
import CordonPolicy
import Testing

@Suite struct `Policies compiled from the high-level lines` {
  static let churn = Caller.workspace("churn")

  private func expect(_ outcome: Decision.Outcome, _ call: Call) throws {
    let projects = try TwoProjects()
    let decision = try call.decide(in: projects, CompiledPolicies(projects.environment))
    #expect(decision.outcome == outcome, "\(call): \(decision.because.text)")
  }

  @Test(
    arguments: [
      (.allowed, .s3(churn, "GetObject", "churn-data/a.csv")),
      (.allowed, .s3(churn, "ListBucket", "churn-data")),
      (.allowed, .s3(churn, "GetObject", "churn-store/m.pkl")),
      (.allowed, .s3(churn, "PutObject", "churn-store/m.pkl")),
      (.allowed, .s3(churn, "DeleteObject", "churn-store/m.pkl")),
      (.allowed, .s3(churn, "ListBucketMultipartUploads", "churn-store")),
      (.allowed, .s3(churn, "ListAllMyBuckets", "*")),
      (.allowed, .s3(.reader("churn"), "GetObject", "churn-store/m.pkl")),
      (.implicitlyDenied, .s3(.reader("churn"), "PutObject", "churn-store/m.pkl")),
      // A read-only bucket is read-only for every role that policies may ever be widened for.
      (.explicitlyDenied, .s3(churn, "PutObject", "churn-data/a.csv")),
      (.explicitlyDenied, .s3(churn, "DeleteObject", "churn-data/a.csv")),
      (.explicitlyDenied, .s3(churn, "DeleteObjectVersion", "churn-data/a.csv")),
      (.explicitlyDenied, .s3(churn, "PutObjectTagging", "churn-data/a.csv")),
      // Another project's bucket: by its own door, and by theirs.
      (.explicitlyDenied, .s3(churn, "GetObject", "fraud-data/a.csv")),
      (.explicitlyDenied, .s3(churn, "ListBucket", "fraud-store")),
      (.explicitlyDenied, .s3(churn, "PutObject", "fraud-store/a")),
      (.implicitlyDenied, .s3(churn, "GetObject", "fraud-data/a.csv", through: "fraud")),
      (.explicitlyDenied, .s3(churn, "GetObject", "churn-data/a.csv", through: "fraud")),
      // A bucket whose name begins alike.
      (.implicitlyDenied, .s3(churn, "PutObject", "churn-store-2/a")),
      (.implicitlyDenied, .s3(churn, "GetObject", "churn-stor/a")),
      // Without TLS.
      (.explicitlyDenied, .s3(churn, "GetObject", "churn-data/a.csv", isSecure: false)),
      // Buckets as doors.
      (.explicitlyDenied, .s3(churn, "PutBucketPolicy", "churn-store")),
      (.explicitlyDenied, .s3(churn, "PutReplicationConfiguration", "churn-store")),
      (.explicitlyDenied, .s3(churn, "PutObjectAcl", "churn-store/a")),
      (.explicitlyDenied, .s3(churn, "CreateBucket", "churn-store-3")),
      (.explicitlyDenied, .s3(churn, "DeleteBucket", "churn-store")),
      (.implicitlyDenied, .s3(churn, "PutLifecycleConfiguration", "churn-store")),
      // A session policy is a ceiling.
      (.implicitlyDenied, .s3(churn, "PutObject", "churn-store/a", session: onlyReads)),
      (.allowed, .s3(churn, "GetObject", "churn-store/a", session: onlyReads)),
    ] as [(Decision.Outcome, Call)])
  func `a project's role works on its own buckets and nowhere else`(outcome: Decision.Outcome, call: Call)
    throws
  {
    try expect(outcome, call)
  }

  private static let onlyReads =
    #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#

  @Test(
    arguments: [
      // Own credentials on a stranger's bucket that is open to all.
      (.implicitlyDenied, .s3(churn, "PutObject", "evil-bucket/a", isForeign: true)),
      (.implicitlyDenied, .s3(churn, "GetObject", "evil-bucket/a", isForeign: true)),
      // A stranger's credentials, brought inside.
      (.implicitlyDenied, .s3(.foreigner, "PutObject", "evil-bucket/a", isForeign: true)),
      (.implicitlyDenied, .s3(.foreigner, "ListAllMyBuckets", "*", isForeign: true)),
      (.explicitlyDenied, .s3(.foreigner, "GetObject", "churn-data/a.csv")),
      (.explicitlyDenied, .s3(.foreigner, "PutObject", "churn-store/a")),
      // No credentials.
      (.implicitlyDenied, .s3(.anonymous, "PutObject", "evil-bucket/a", isForeign: true)),
      (.explicitlyDenied, .s3(.anonymous, "GetObject", "churn-data/a.csv")),
    ] as [(Decision.Outcome, Call)])
  func `a stranger's key and a stranger's bucket both end at the door`(outcome: Decision.Outcome, call: Call)
    throws
  {
    try expect(outcome, call)
  }

  @Test(
    arguments: [
      (.allowed, .sts(churn, "AssumeRole", "churn-reader")),
      (.allowed, .sts(churn, "TagSession", "churn-reader")),
      (.allowed, .sts(churn, "GetCallerIdentity", "*")),
      (.explicitlyDenied, .sts(churn, "AssumeRole", "evil-role", isForeign: true)),
      (.implicitlyDenied, .sts(churn, "AssumeRole", "fraud-reader")),
      (.implicitlyDenied, .sts(churn, "AssumeRole", "fraud-workspace")),
      (.implicitlyDenied, .sts(churn, "AssumeRole", "churn-reader", through: "fraud")),
      (.implicitlyDenied, .sts(.reader("churn"), "AssumeRole", "churn-workspace")),
      (.implicitlyDenied, .sts(.workspace("fraud"), "AssumeRole", "churn-reader")),
      (.implicitlyDenied, .sts(.foreigner, "AssumeRole", "evil-role", isForeign: true)),
      (.explicitlyDenied, .sts(.foreigner, "AssumeRole", "churn-reader")),
      (.implicitlyDenied, .sts(churn, "GetFederationToken", "*")),
      (.implicitlyDenied, .sts(churn, "GetSessionToken", "*")),
    ] as [(Decision.Outcome, Call)])
  func `a workspace steps down to its own reader and into no other role`(
    outcome: Decision.Outcome, call: Call
  ) throws {
    try expect(outcome, call)
  }

  @Test(
    arguments: [
      (.allowed, .cordon("ResolveName", "name/s3.eu-west-1.amazonaws.com", .dns)),
      (.allowed, .cordon("ResolveName", "name/churn-data.s3.eu-west-1.amazonaws.com", .dns)),
      (.allowed, .cordon("ResolveName", "name/packages.cordon.internal", .dns)),
      (.allowed, .cordon("ResolveName", "name/allowed.test", .dns)),
      (.allowed, .cordon("ResolveName", "name/a.wild.test", .dns)),
      (.implicitlyDenied, .cordon("ResolveName", "name/secret.evil.test", .dns)),
      (.implicitlyDenied, .cordon("ResolveName", "name/x.allowed.test", .dns)),
      (.implicitlyDenied, .cordon("ResolveName", "name/allowed.test.evil.test", .dns)),
      (.implicitlyDenied, .cordon("ResolveName", "name/wild.test", .dns)),
      (.implicitlyDenied, .cordon("ResolveName", "name/s3.us-east-1.amazonaws.com", .dns)),
      (.allowed, .cordon("Connect", "host/allowed.test/443", .proxy)),
      (.allowed, .cordon("Connect", "host/a.b.wild.test/8443", .proxy)),
      (.implicitlyDenied, .cordon("Connect", "host/allowed.test/80", .proxy)),
      (.implicitlyDenied, .cordon("Connect", "host/a.wild.test/443", .proxy)),
      (.implicitlyDenied, .cordon("Connect", "host/evil.test/443", .proxy)),
      (.implicitlyDenied, .cordon("Connect", "host/notwild.test/8443", .proxy)),
      (.allowed, .cordon("GetPackage", "package/pypi/pandas", .packages)),
      (.implicitlyDenied, .cordon("PutPackage", "package/pypi/pandas", .packages)),
      (.implicitlyDenied, .cordon("GetPackage", "package/npm/left-pad", .packages)),
      (.allowed, .cordon("GetCredentials", "role/churn-workspace", .credentials)),
      (.implicitlyDenied, .cordon("GetCredentials", "role/fraud-workspace", .credentials)),
      (.implicitlyDenied, .cordon("GetCredentials", "role/churn-reader", .credentials)),
      // One door's action is no other door's.
      (.implicitlyDenied, .cordon("Connect", "host/allowed.test/443", .dns)),
      (.implicitlyDenied, .cordon("ResolveName", "name/allowed.test", .proxy)),
      (.implicitlyDenied, .cordon("ResolveName", "name/allowed.test", .dns, caller: .reader("churn"))),
      (.explicitlyDenied, .cordon("ResolveName", "name/allowed.test", .dns, caller: .foreigner)),
    ] as [(Decision.Outcome, Call)])
  func `names, hosts, packages and credentials are those that are listed`(
    outcome: Decision.Outcome, call: Call
  ) throws {
    try expect(outcome, call)
  }

  private static let lock = PackageLock(
    packages: [("pandas", []), ("numpy", ["pandas"]), ("left-behind", []), ("needed-by-it", ["left-behind"])]
      .map {
        PackageLock.Package(name: $0.0, version: "1", uploaded: "", requiredBy: $0.1, files: [])
      })

  @Test(arguments: [
    (true, true, true, "pandas"), (true, true, true, "numpy"), (false, true, true, "left-behind"),
    (false, true, true, "needed-by-it"), (false, true, true, "evil"), (false, true, false, "numpy"),
    (true, true, false, "pandas"),
    // Without a lock what the listed packages need is not known.
    (true, false, true, "numpy"), (true, false, true, "evil"), (true, false, false, "pandas"),
    (false, false, false, "numpy"), (false, false, false, "pandas2"), (false, false, false, "pandas/../evil"),
  ])
  func `a package that no lock and no list names is denied by the policy as well`(
    isAllowed: Bool, hasLock: Bool, withDependencies: Bool, name: String
  ) throws {
    var projects = try TwoProjects()
    projects.environment.pypi?.withDependencies = withDependencies
    let policies = try CompiledPolicies(projects.environment, lock: hasLock ? Self.lock : nil)
    let call = Call.cordon("GetPackage", "package/pypi/\(name)", .packages)
    #expect(try call.decide(in: projects, policies).isAllowed == isAllowed)
    // The page that lists the names is the mirror's to fill.
    #expect(
      try Call.cordon("GetPackage", "package/pypi/", .packages).decide(in: projects, policies).isAllowed)
  }

  @Test func `no listed package is no package`() throws {
    var projects = try TwoProjects()
    projects.environment.pypi = nil
    let call = Call.cordon("GetPackage", "package/pypi/pandas", .packages)
    #expect(try !call.decide(in: projects, CompiledPolicies(projects.environment)).isAllowed)
  }

  @Test func `thousands of the longest names are compiled into several documents`() throws {
    let projects = try TwoProjects()
    let names = (0..<5_000).map { number in
      "n\(number)-" + String(repeating: "x", count: 99 - "n\(number)".utf8.count)
    }
    let lock = PackageLock(
      packages: names.map {
        PackageLock.Package(name: $0, version: "1", uploaded: "", requiredBy: ["pandas"], files: [])
      } + [PackageLock.Package(name: "pandas", version: "1", uploaded: "", requiredBy: [], files: [])])
    let policies = try CompiledPolicies(projects.environment, lock: lock)
    #expect(
      policies.titled.map(\.title).filter { $0.hasPrefix("endpoint/churn/packages") } == [
        "endpoint/churn/packages", "endpoint/churn/packages/part-2", "endpoint/churn/packages/part-3",
        "endpoint/churn/packages/part-4", "endpoint/churn/packages/part-5",
      ])
    for name in [names[0], names[2_600], names[4_999], "pandas"] {
      let call = Call.cordon("GetPackage", "package/pypi/\(name)", .packages)
      #expect(try call.decide(in: projects, policies).isAllowed)
    }
    let unlisted = Call.cordon("GetPackage", "package/pypi/\(names[7])x", .packages)
    #expect(try !unlisted.decide(in: projects, policies).isAllowed)
  }

  @Test func `a door that the environment does not have lets nothing through`() throws {
    var projects = try TwoProjects()
    let call = Call.s3(Self.churn, "GetObject", "churn-data/a.csv", through: "third")
    let decision = try call.decide(in: projects, CompiledPolicies(projects.environment))
    #expect(decision.outcome == .explicitlyDenied)
    projects.environment.allowedHosts = []
    let proxy = Call.cordon("Connect", "host/allowed.test/443", .proxy)
    #expect(
      try proxy.decide(in: projects, CompiledPolicies(projects.environment)).outcome == .explicitlyDenied)
  }

  @Test func `every document has a title of its own, in the same order each time`() throws {
    let environment = try TwoProjects().environment
    let titled = try CompiledPolicies(environment).titled
    #expect(Set(titled.map(\.title)).count == titled.count)
    #expect(titled == (try CompiledPolicies(environment).titled))
    #expect(titled.count == 3 + 2 * (2 * 2 + EndpointKind.allCases.count + 2))
    for title in [
      "organization/service-control", "role/churn-workspace", "role/fraud-reader/trust", "endpoint/churn/s3",
      "bucket/fraud-data",
    ] {
      #expect(titled.contains { $0.title == title }, "\(title)")
    }
  }

  @Test func `compiled documents are of the kind they stand for`() throws {
    for titled in try CompiledPolicies(TwoProjects().environment).titled {
      let kind: PolicyKind =
        switch titled.title {
        case "organization/service-control": .scp
        case "organization/resource-control": .rcp
        case let title where title.hasPrefix("endpoint/") || title == "portal": .endpoint
        case let title where title.hasPrefix("bucket/") || title.hasSuffix("/trust"): .resource
        default: .identity
        }
      #expect(throws: Never.self, "\(titled.title)") { try titled.document.check(as: kind) }
    }
  }
}

@Suite struct `The user's own documents` {
  private func outcome(_ call: Call, _ change: (inout Environment) throws -> Void) throws -> Decision.Outcome
  {
    var projects = try TwoProjects()
    try change(&projects.environment)
    return try call.decide(in: projects, CompiledPolicies(projects.environment)).outcome
  }

  private func document(_ effect: String, _ action: String, principal: Bool) throws -> PolicyDocument {
    let principal = principal ? #""Principal":"*","# : ""
    return try PolicyDocument(
      json:
        #"{"Version":"2012-10-17","Statement":{"Effect":"\#(effect)",\#(principal)"Action":"\#(action)","Resource":"*"}}"#
    )
  }

  @Test func `a denial on an endpoint, a bucket or a role denies`() throws {
    let read = Call.s3(.workspace("churn"), "GetObject", "churn-data/a.csv")
    let named = try document("Deny", "s3:GetObject", principal: true)
    let unnamed = try document("Deny", "s3:GetObject", principal: false)
    #expect(try outcome(read) { _ in } == .allowed)
    #expect(try outcome(read) { $0.ownPolicies.endpoints[.s3] = [named] } == .explicitlyDenied)
    #expect(try outcome(read) { $0.ownPolicies.roles[try Slug("churn")] = [unnamed] } == .explicitlyDenied)
    #expect(
      try outcome(read) { $0.ownPolicies.buckets[try BucketName("churn-data")] = [named] }
        == .explicitlyDenied)
  }

  @Test func `a document of one project is none of the other's`() throws {
    let read = Call.s3(.workspace("churn"), "GetObject", "churn-data/a.csv")
    let unnamed = try document("Deny", "s3:GetObject", principal: false)
    #expect(try outcome(read) { $0.ownPolicies.roles[try Slug("fraud")] = [unnamed] } == .allowed)
    let named = try document("Deny", "s3:GetObject", principal: true)
    #expect(try outcome(read) { $0.ownPolicies.buckets[try BucketName("fraud-data")] = [named] } == .allowed)
  }

  @Test func `a grant does not pass the guardrails`() throws {
    let everything = try document("Allow", "*", principal: false)
    let everybody = try document("Allow", "*", principal: true)
    let open: (inout Environment) throws -> Void = {
      $0.ownPolicies.roles[try Slug("churn")] = [everything]
      $0.ownPolicies.buckets[try BucketName("fraud-data")] = [everybody]
      $0.ownPolicies.buckets[try BucketName("churn-data")] = [everybody]
    }
    for call in [
      Call.s3(.workspace("churn"), "PutObject", "evil-bucket/a", isForeign: true),
      .s3(.workspace("churn"), "GetObject", "fraud-data/a.csv"),
      .s3(.workspace("churn"), "PutObject", "churn-data/a.csv"),
      .s3(.workspace("churn"), "PutBucketPolicy", "churn-store"),
      .s3(.foreigner, "GetObject", "churn-data/a.csv"),
      .sts(.workspace("churn"), "AssumeRole", "evil-role", isForeign: true),
      .sts(.workspace("churn"), "AssumeRole", "fraud-reader"), .cordon("ResolveName", "name/evil.test", .dns),
    ] {
      #expect(try outcome(call, open) != .allowed, "\(call)")
    }
  }
}
