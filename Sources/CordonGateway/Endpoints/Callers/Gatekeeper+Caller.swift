import CordonModel
import CordonPolicy
import CordonWire

import struct FoundationEssentials.Date

extension Gatekeeper {
  /// The condition keys that the place, the caller and the moment of a service call fix, and the two header fields
  /// that every AWS service reads.
  func context(of request: GatewayRequest, caller: Caller, at now: Date) -> RequestContext {
    var context = context(of: request.source, isSecure: request.isSecure)
    setPlace(request.source, in: &context)
    setCaller(caller, in: &context)
    context["aws:CurrentTime"] = [AWSDate.extended(now)]
    context["aws:EpochTime"] = [String(Int(now.timeIntervalSince1970))]
    context["aws:ViaAWSService"] = ["false"]
    if let agent = request.header("user-agent") { context["aws:UserAgent"] = [agent] }
    if let referer = request.header("referer") { context["aws:Referer"] = [referer] }
    return context
  }

  /// The condition keys of what is asked for.
  func setResource(account: String?, in context: inout RequestContext) {
    guard let account else { return }
    context["aws:ResourceAccount"] = [account]
    guard account == environment.organization.account.text else { return }
    context["aws:ResourceOrgID"] = [environment.organization.id.text]
  }

  /// IAM User Guide, "Properties of the network": these are there for calls through a VPC endpoint only.
  private func setPlace(_ source: SourcePosition, in context: inout RequestContext) {
    let account = environment.organization.account
    context["aws:SourceVpcArn"] = ["arn:aws:ec2:\(environment.region):\(account):vpc/\(source.vpc)"]
    context["aws:VpceAccount"] = [account.text]
    context["aws:VpceOrgID"] = [environment.organization.id.text]
  }

  /// IAM User Guide, "Properties of the principal". What a caller is not must be absent, not empty.
  private func setCaller(_ caller: Caller, in context: inout RequestContext) {
    switch caller.identity {
    case .session(let session):
      context["aws:PrincipalArn"] = [session.role.arn]
      context["aws:PrincipalType"] = ["AssumedRole"]
      context["aws:PrincipalIsAWSService"] = ["false"]
      context["aws:userid"] = [session.userID]
      context["aws:TokenIssueTime"] = [AWSDate.extended(session.issued)]
      context["aws:MultiFactorAuthPresent"] = ["false"]
      for tag in session.tags { context["aws:PrincipalTag/\(tag.key)"] = [tag.value] }
    case .anonymous:
      context["aws:PrincipalOrgID"] = nil
      context["aws:PrincipalAccount"] = nil
      context["aws:PrincipalType"] = ["Anonymous"]
      context["aws:PrincipalIsAWSService"] = ["false"]
      context["aws:userid"] = ["anonymous"]
    case .foreign:
      context["aws:PrincipalOrgID"] = nil
      context["aws:PrincipalAccount"] = [ForeignAccount.id]
      context["aws:PrincipalArn"] = [ForeignAccount.principalARN]
      context["aws:PrincipalType"] = ["User"]
      context["aws:PrincipalIsAWSService"] = ["false"]
      context["aws:username"] = ["foreign"]
    }
  }
}
