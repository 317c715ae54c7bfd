public import CordonPolicy

/// Keys whose values follow from who calls, and who may set the others.
public enum ImpliedKeys {
  /// Facts that the evaluator takes from the principal itself.
  static let ofPrincipal: Set<ConditionKey> = keys(
    "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName")

  /// Keys of AWS principals, which unsigned requests and services do not have.
  static let ofAWSPrincipals: Set<ConditionKey> = keys(
    "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:userid", "aws:username", "aws:TokenIssueTime",
    "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:SourceIdentity", "aws:AssumedRoot")

  /// Keys that only AWS services set, for themselves or on behalf of someone: an ordinary caller's request has them false,
  /// or lacks them (IAM User Guide, reference_policies_condition-keys).
  public static let ofServices: Set<ConditionKey> = keys(
    "aws:ViaAWSService", "aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList", "aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID",
    "aws:SourceOrgPaths")

  /// Keys that a request has only if it came through a VPC endpoint.
  public static let ofEndpoints: Set<ConditionKey> = keys(
    "aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:VpcSourceIp", "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths")

  /// Demands that hold for every request that a person or a program makes itself, rather than a service for it: it is no
  /// service, and was not called by one.
  ///
  /// An asker adds these, and `ofServices` without `aws:ViaAWSService` to `Inquiry.absent`. Left free, a policy that
  /// allows what `aws:PrincipalIsAWSService` calls would be open to everyone.
  public static var ordinaryCaller: (constraints: [Inquiry.Constraint], absent: Set<ConditionKey>) {
    guard let bool = ConditionOperator("Bool") else { return ([], ofServices) }
    let via = ConditionKey("aws:ViaAWSService")
    return (
      [Inquiry.Constraint(key: via, operation: bool, values: ["false"], mustBePresent: false)],
      ofServices.subtracting([via])
    )
  }

  private static func keys(_ names: String...) -> Set<ConditionKey> { Set(names.map { ConditionKey($0) }) }
}
