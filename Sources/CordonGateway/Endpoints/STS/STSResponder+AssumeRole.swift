import CordonModel
import CordonPolicy
import CordonWire

extension STSResponder {
  /// Steps into a role: judged by the caller's identity and the role's trust policy, for `sts:TagSession` as well
  /// where tags are passed.
  func assumeRole(_ call: Call) async throws -> GatewayResponse {
    let inherited = call.caller.session?.tags.filter(\.isTransitive) ?? []
    let parameters: AssumeRoleParameters
    do {
      parameters = try AssumeRoleParameters(call.query, inherited: inherited)
    } catch {
      return try await refuse(
        call.request, error, control: "request rules", name: call.action, principal: call.caller.arn,
        accessKeyID: call.caller.accessKeyID)
    }
    let target = role(arn: parameters.roleARN)
    var action = "sts:AssumeRole"
    var decision = try decide(action, call, parameters, target: target)
    if decision.isAllowed, parameters.tags.count > inherited.count {
      action = "sts:TagSession"
      decision = try decide(action, call, parameters, target: target)
    }
    guard decision.isAllowed, let target else {
      return try await deny(call, action, parameters.roleARN, isOwn: target != nil, decision)
    }
    return try await issue(target, parameters, call, decision)
  }

  private func decide(
    _ action: String, _ call: Call, _ parameters: AssumeRoleParameters, target: ProjectRole?
  ) throws -> Decision {
    let account = try? PrincipalARN(parameters.roleARN).account
    let access = AccessRequest(
      principal: try call.caller.principal(), action: action, resource: parameters.roleARN,
      resourceAccount: account, context: context(call, parameters, account: account))
    let session = call.caller.session?.policies ?? []
    let door = call.request.source
    // A role that the environment does not have, has no trust policy either; the rest of the layers still judge.
    let layers =
      target.map {
        gatekeeper.policies.layersToAssume($0, as: call.caller.role, door: door, session: session)
      }
      ?? gatekeeper.policies.layers(role: call.caller.role, door: door, session: session)
    return layers.decide(access)
  }

  /// Service Authorization Reference, "Condition keys for AWS Security Token Service".
  private func context(_ call: Call, _ parameters: AssumeRoleParameters, account: String?) -> RequestContext {
    var context = gatekeeper.context(of: call.request, caller: call.caller, at: call.moment)
    gatekeeper.setResource(account: account, in: &context)
    context["sts:RoleSessionName"] = [parameters.sessionName]
    if let externalID = parameters.externalID { context["sts:ExternalId"] = [externalID] }
    for tag in parameters.tags { context["aws:RequestTag/\(tag.key)"] = [tag.value] }
    if !parameters.tags.isEmpty { context["aws:TagKeys"] = parameters.tags.map(\.key) }
    let transitive = parameters.tags.filter(\.isTransitive).map(\.key)
    if !transitive.isEmpty { context["sts:TransitiveTagKeys"] = transitive }
    return context
  }

  private func deny(
    _ call: Call, _ action: String, _ roleARN: String, isOwn: Bool, _ decision: Decision
  ) async throws -> GatewayResponse {
    // A policy that allows a role which does not exist gets the answer of one that denies it.
    let denial =
      decision.isAllowed
      ? Decision(outcome: .implicitlyDenied, because: Reason(.notGranted, in: .resource)) : decision
    try await keep(
      denial, call, resources: [roleARN], route: isOwn ? "sts-assume-role" : "sts-foreign-role",
      errorCode: "AccessDenied")
    let message = self.denial(call, action: action, resource: roleARN, denial)
    return STSAnswer.failure(AWSError("AccessDenied", 403, message), requestID: call.request.requestID)
  }

  private func issue(
    _ role: ProjectRole, _ parameters: AssumeRoleParameters, _ call: Call, _ decision: Decision
  ) async throws -> GatewayResponse {
    let session = issuer.issue(
      SessionRequest(
        role: role, name: parameters.sessionName, source: call.request.source, seconds: parameters.seconds,
        policies: parameters.policy.map { [$0] } ?? [], tags: parameters.tags))
    try await keep(
      decision, call, resources: [role.arn], route: "sts-assume-role",
      details: [
        "assumedRole": session.arn, "issuedAccessKeyID": session.accessKeyID,
        "expires": AWSDate.extended(session.expires),
      ])
    return STSAnswer.assumedRole(
      session, packedPolicySize: parameters.packedPolicySize, requestID: call.request.requestID)
  }

  /// The project's role of that ARN, byte for byte; nil where the environment has none.
  private func role(arn: String) -> ProjectRole? {
    let account = gatekeeper.environment.organization.account
    for project in gatekeeper.environment.projects {
      for purpose in ProjectRole.Purpose.allCases {
        let role = ProjectRole(project: project.name, purpose: purpose, account: account)
        if role.arn.utf8.elementsEqual(arn.utf8) { return role }
      }
    }
    return nil
  }
}
