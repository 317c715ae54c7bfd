/// Writes the IAM JSON that an environment's lines stand for.
///
/// Every interpolated value is of a type whose text needs no JSON escape (`Slug`, `BucketName`, `DomainName`, ...).
struct PolicyDocuments {
  let environment: Environment
  var lock: PackageLock?

  private var account: String { environment.organization.account.text }
  private var organization: String { environment.organization.id.text }
  private var perimeterIsOff: Bool {
    !environment.weakenedForDrill.isDisjoint(with: [.endpointPolicy, .credentialCheck])
  }

  func role(of project: Project, _ purpose: ProjectRole.Purpose) -> ProjectRole {
    ProjectRole(project: project.name, purpose: purpose, account: environment.organization.account)
  }

  func document(_ statements: [String]) -> String {
    "{\"Version\":\"2012-10-17\",\"Statement\":[\(statements.joined(separator: ","))]}"
  }

  func list(_ texts: [String]) -> String {
    "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]"
  }

  func cordonARN(_ resource: String) -> String {
    "arn:aws:cordon:\(environment.region):\(account):\(resource)"
  }

  // MARK: Organisation

  /// Nobody publishes a bucket, and nobody steps into a foreign role. Copying-out doors of S3 come from the S3 User
  /// Guide's list of bucket configurations that deliver objects elsewhere.
  func serviceControl() -> String {
    let everything = "{\"Sid\":\"FullAccess\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"
    guard !perimeterIsOff else { return document([everything]) }
    let doors = [
      "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl",
      "s3:PutObjectVersionAcl",
      "s3:PutBucketWebsite", "s3:PutReplicationConfiguration", "s3:PutBucketNotification",
      "s3:PutBucketLogging",
      "s3:PutInventoryConfiguration", "s3:PutAnalyticsConfiguration", "s3:PutMetricsConfiguration",
      "s3:PutBucketPublicAccessBlock", "s3:PutAccountPublicAccessBlock", "s3:CreateAccessPoint",
      "s3:PutBucketOwnershipControls", "s3:PutBucketCORS", "s3:CreateBucket", "s3:DeleteBucket",
    ]
    return document([
      everything,
      "{\"Sid\":\"NoDoorThatCopiesOut\",\"Effect\":\"Deny\",\"Action\":\(list(doors)),\"Resource\":\"*\"}",
      """
      {"Sid":"NoForeignRole","Effect":"Deny","Action":"sts:AssumeRole","Resource":"*",\
      "Condition":{"StringNotEquals":{"aws:ResourceOrgID":"\(organization)"}}}
      """,
    ])
  }

  /// No principal outside the organisation touches what the organisation owns.
  func resourceControl() -> String {
    let everything =
      "{\"Sid\":\"FullAccess\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}"
    guard !perimeterIsOff else { return document([everything]) }
    return document([
      everything,
      """
      {"Sid":"OrganizationPrincipalsOnly","Effect":"Deny","Principal":"*","Action":"*","Resource":"*",\
      "Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"\(organization)"},\
      "BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}
      """,
    ])
  }

  /// What stands in for the policy of a resource that the environment does not have.
  func denyEverything() -> String {
    document(["{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}"])
  }

  // MARK: Roles

  func identity(_ project: Project, _ purpose: ProjectRole.Purpose) -> String {
    guard !perimeterIsOff else {
      return document(["{\"Sid\":\"Everything\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"])
    }
    let writable = project.buckets.filter { !$0.readOnly && purpose == .workspace }
    var statements = [
      """
      {"Sid":"ListOwnBuckets","Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}
      """,
      """
      {"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:GetObjectVersion","s3:GetObjectAttributes",\
      "s3:GetObjectVersionAttributes","s3:GetObjectTagging","s3:GetObjectVersionTagging","s3:ListBucket",\
      "s3:ListBucketVersions","s3:GetBucketLocation","s3:GetBucketVersioning"],\
      "Resource":\(list(project.buckets.flatMap { [$0.name.arn, $0.name.arn(key: "*")] }))}
      """,
      """
      {"Sid":"KnowMyself","Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}
      """,
    ]
    if !writable.isEmpty {
      // Not s3:DeleteObjectVersion: what was overwritten or deleted by mistake, or by malice, can be had back.
      statements.append(
        """
        {"Sid":"Write","Effect":"Allow","Action":["s3:PutObject","s3:DeleteObject","s3:PutObjectTagging",\
        "s3:PutObjectVersionTagging","s3:DeleteObjectTagging","s3:DeleteObjectVersionTagging","s3:AbortMultipartUpload",\
        "s3:ListMultipartUploadParts","s3:ListBucketMultipartUploads"],\
        "Resource":\(list(writable.flatMap { [$0.name.arn, $0.name.arn(key: "*")] }))}
        """)
    }
    if purpose == .workspace {
      statements.append(
        """
        {"Sid":"StepDown","Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],\
        "Resource":"\(role(of: project, .reader).arn)"}
        """)
      statements.append(
        """
        {"Sid":"ReachDoors","Effect":"Allow","Action":["cordon:ResolveName","cordon:Connect","cordon:GetPackage",\
        "cordon:GetCredentials"],"Resource":"\(cordonARN("*"))"}
        """)
    }
    return document(statements)
  }

  /// Only the project's own workspaces become the project's roles.
  func trust(_ project: Project) -> String {
    let workspace = role(of: project, .workspace).arn
    return document([
      """
      {"Sid":"OwnWorkspaces","Effect":"Allow","Principal":{"AWS":"\(workspace)"},\
      "Action":["sts:AssumeRole","sts:TagSession"],\
      "Condition":{"StringEquals":{"aws:SourceVpc":"\(SourcePosition.vpc(environment: environment.name, project: project.name))"}}}
      """
    ])
  }

  // MARK: Buckets

  /// A bucket answers only through its own project's door, over TLS, and a read-only one is never written.
  func bucket(_ bucket: Bucket, of project: Project) -> String {
    let resources = list([bucket.name.arn, bucket.name.arn(key: "*")])
    guard !perimeterIsOff else {
      return document([
        "{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\(resources)}"
      ])
    }
    let door = SourcePosition.vpce(environment: environment.name, project: project.name, endpoint: .s3)
    var statements = [
      """
      {"Sid":"OwnDoorOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":\(resources),\
      "Condition":{"StringNotEquals":{"aws:SourceVpce":"\(door)"}}}
      """,
      """
      {"Sid":"TLSOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":\(resources),\
      "Condition":{"BoolIfExists":{"aws:SecureTransport":"false"}}}
      """,
    ]
    if bucket.readOnly {
      statements.append(
        """
        {"Sid":"ReadOnly","Effect":"Deny","Principal":"*","NotAction":["s3:Get*","s3:List*"],"Resource":\(resources)}
        """)
    }
    return document(statements)
  }

  // MARK: Endpoints

  /// The documents of a door; several where its list is too long for one.
  func endpoint(_ kind: EndpointKind, project: Project) -> [String] {
    switch kind {
    case .s3, .sts: [serviceEndpoint(kind, project: project)]
    case .dns: [listed("cordon:ResolveName", names())]
    case .proxy: [listed("cordon:Connect", hosts())]
    case .packages: packages()
    case .credentials: [listed("cordon:GetCredentials", [cordonARN("role/\(project.name)-workspace")])]
    case .browser: [browserEndpoint(project)]
    }
  }

  /// Organisation principals *and* organisation resources; foreign credentials and foreign buckets both fail.
  /// Source: AWS data perimeter guidance, VPC endpoint policy examples.
  private func serviceEndpoint(_ kind: EndpointKind, project: Project) -> String {
    guard !perimeterIsOff else {
      return document(["{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}"])
    }
    let perimeter = """
      "StringEquals":{"aws:PrincipalOrgID":"\(organization)","aws:PrincipalAccount":"\(account)",\
      "aws:ResourceOrgID":"\(organization)","aws:ResourceAccount":"\(account)"}
      """
    let action = kind == .s3 ? "s3:*" : "sts:*"
    var statements = [
      """
      {"Sid":"OrganizationOnly","Effect":"Allow","Principal":"*","Action":"\(action)","Resource":"*",\
      "Condition":{\(perimeter)}}
      """
    ]
    if kind == .sts {
      // GetCallerIdentity names no resource, so it has no resource account to compare.
      statements.append(
        """
        {"Sid":"CallerIdentity","Effect":"Allow","Principal":"*","Action":"sts:GetCallerIdentity","Resource":"*",\
        "Condition":{"StringEquals":{"aws:PrincipalOrgID":"\(organization)"}}}
        """)
    }
    return document(statements)
  }

  private func listed(_ action: String, _ resources: [String]) -> String {
    guard !resources.isEmpty else { return denyEverything() }
    return document([allowing(action, resources, sid: "Listed")])
  }

  func allowing(_ action: String, _ resources: [String], sid: String) -> String {
    """
    {"Sid":"\(sid)","Effect":"Allow","Principal":"*","Action":"\(action)","Resource":\(list(resources)),\
    "Condition":{"StringEquals":{"aws:PrincipalOrgID":"\(organization)"}}}
    """
  }

  private func names() -> [String] {
    guard !environment.weakenedForDrill.contains(.dnsAllowlist) else { return [cordonARN("name/*")] }
    let served = ServiceNames(region: environment.region).all.map(\.name)
    let buckets = served.filter { $0.hasPrefix("s3.") }.map { "*.\($0)" }
    let outside = environment.allowedHosts.map { host in
      switch host.pattern {
      case .exact(let name): "\(name)"
      case .childrenOf(let parent): "*.\(parent)"
      }
    }
    return (served + buckets + outside).map { cordonARN("name/\($0)") }
  }

  private func hosts() -> [String] {
    resources(of: environment.allowedHosts, heldBy: .proxyAllowlist)
  }

  /// Outside hosts as resources of `cordon:Connect`.
  func resources(of hosts: [AllowedHost], heldBy control: Control) -> [String] {
    guard !environment.weakenedForDrill.contains(control) else { return [cordonARN("host/*")] }
    return hosts.map { host in
      switch host.pattern {
      case .exact(let name): cordonARN("host/\(name)/\(host.port)")
      case .childrenOf(let parent): cordonARN("host/*.\(parent)/\(host.port)")
      }
    }
  }
}
