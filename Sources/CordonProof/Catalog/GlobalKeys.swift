import CordonPolicy

/// The kinds of AWS's global condition keys (IAM User Guide, reference_policies_condition-keys); the list of actions has
/// only those of services.
enum GlobalKeys {
  /// The kind of `key`; nil where neither the table nor the service's list has it.
  static func kind(of key: ConditionKey) -> KeyKind? {
    let name = key.name.lowercased()
    if let kind = table[name] { return kind }
    if name.hasPrefix("aws:principaltag/") || name.hasPrefix("aws:resourcetag/")
      || name.hasPrefix("aws:requesttag/")
    {
      return KeyKind(.string)
    }
    guard let colon = name.firstIndex(of: ":"), name[..<colon] != "aws",
      let service = ActionCatalog.service(String(name[..<colon]))
    else { return nil }
    if let found = service.keys.first(where: { $0.name == name }) { return found.kind }
    // `s3:ExistingObjectTag/<key>` and its like have a hole.
    return service.keys.first { listed in
      guard let hole = listed.name.firstRange(of: "${") ?? listed.name.firstRange(of: "<") else {
        return false
      }
      return name.hasPrefix(listed.name[..<hole.lowerBound])
        && !listed.name[..<hole.lowerBound].hasSuffix(":")
    }?.kind
  }

  /// A value that a reader recognises, for a cell that has nothing of its own.
  static func example(of key: ConditionKey, _ kind: KeyKind) -> [String] {
    if let example = examples[key.name.lowercased()] { return [example] }
    switch kind.value {
    case .account: return ["999999999999", "888888888888", "777777777777"]
    case .arn: return ["arn:aws:sns:us-east-1:999999999999:example"]
    default: return []
    }
  }

  private static let examples: [String: String] = [
    "aws:principalorgid": "o-elsewhere0", "aws:resourceorgid": "o-elsewhere0",
    "aws:sourceorgid": "o-elsewhere0",
    "aws:vpceorgid": "o-elsewhere0", "aws:sourcevpc": "vpc-0123456789abcdef0",
    "aws:sourcevpce": "vpce-0123456789abcdef0", "aws:requestedregion": "us-east-1",
    "aws:principalorgpaths": "o-elsewhere0/r-ab12/ou-ab12-11111111/",
    "aws:resourceorgpaths": "o-elsewhere0/r-ab12/ou-ab12-11111111/",
    "aws:sourceorgpaths": "o-elsewhere0/r-ab12/ou-ab12-11111111/",
    "aws:calledvia": "athena.amazonaws.com", "aws:calledviafirst": "athena.amazonaws.com",
    "aws:calledvialast": "athena.amazonaws.com", "aws:useragent": "aws-cli/2.0",
    "aws:referer": "https://evil.test/", "aws:userid": "AIDAEXAMPLE", "aws:username": "someone",
  ]

  private static let table: [String: KeyKind] = {
    var table: [String: KeyKind] = [:]
    func add(_ kind: KeyKind, _ names: String) {
      for name in names.split(separator: " ") { table["aws:" + name.lowercased()] = kind }
    }
    add(KeyKind(.account), "PrincipalAccount ResourceAccount SourceAccount VpceAccount")
    add(KeyKind(.arn), "PrincipalArn SourceArn SourceVpcArn Ec2InstanceSourceVpcArn")
    add(
      KeyKind(.bool), "MultiFactorAuthPresent PrincipalIsAWSService SecureTransport ViaAWSService AssumedRoot"
    )
    add(KeyKind(.number), "MultiFactorAuthAge")
    add(KeyKind(.date), "CurrentTime EpochTime TokenIssueTime")
    add(KeyKind(.address), "SourceIp VpcSourceIp Ec2InstanceSourcePrivateIPv4")
    add(
      KeyKind(.string, isList: true),
      "CalledVia PrincipalOrgPaths PrincipalServiceNamesList ResourceOrgPaths SourceOrgPaths TagKeys VpceOrgPaths"
    )
    add(
      KeyKind(.string),
      """
      CalledViaFirst CalledViaLast FederatedProvider PrincipalOrgID PrincipalServiceName PrincipalType Referer \
      RequestedRegion ResourceOrgID SourceIdentity SourceOrgID SourceVpc SourceVpce UserAgent userid username VpceOrgID \
      Ec2InstanceSourceVpc ChatbotSourceArn
      """)
    return table
  }()
}
