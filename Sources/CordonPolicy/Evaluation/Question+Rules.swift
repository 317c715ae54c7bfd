// Rules of AWS that no policy states: who is bound by what, and which resources must themselves allow.

extension Question {
  /// `sts:GetCallerIdentity` works whatever policies say (IAM User Guide, id_credentials_temp_request).
  var isAlwaysAllowed: Bool {
    guard case .aws = request.principal else { return false }
    return request.action.isLowered("sts:getcalleridentity")
  }

  /// SCPs bind the users, roles and root user of their account, and not service-linked roles
  /// (Organizations guide, orgs_manage_policies_scps).
  var isBoundBySCPs: Bool {
    guard case .aws(let arn) = request.principal else { return false }
    return !isServiceLinkedRole(arn)
  }

  /// RCPs bind every caller but service-linked roles, and every action but `kms:RetireGrant`
  /// (Organizations guide, orgs_manage_policies_rcps).
  var isBoundByRCPs: Bool {
    if request.action.isLowered("kms:retiregrant") { return false }
    guard case .aws(let arn) = request.principal else { return true }
    return !isServiceLinkedRole(arn)
  }

  /// The path `/aws-service-role/` is reserved to service-linked roles; a session does not show its role's
  /// path, but does show the name, which then begins with `AWSServiceRoleFor`.
  private func isServiceLinkedRole(_ arn: PrincipalARN) -> Bool {
    switch arn.kind {
    case .role: return arn.text.hasResource(in: "role/aws-service-role/")
    case .assumedRole(let role, _):
      if statesPrincipalARN { return roleARN(of: arn).hasResource(in: "role/aws-service-role/") }
      return role.utf8.starts(with: "AWSServiceRoleFor".utf8)
    case .root, .user, .federatedUser, .other: return false
    }
  }

  /// Whether the resource belongs to another account than the caller. A resource whose account is unknown, as
  /// in an S3 ARN, is taken for the caller's own; see policy-0002.
  func isCrossAccount(_ arn: PrincipalARN) -> Bool {
    guard let owner = resourceAccount ?? statedResourceAccount else { return false }
    return !sameBytes(owner, arn.account)
  }

  private var statedResourceAccount: String? {
    request.context.index(of: Question.resourceAccountKey).flatMap(request.context.onlyValue)
  }

  private static let resourceAccountKey = ConditionKey("aws:ResourceAccount")

  /// A role's trust policy and a KMS key's policy must themselves allow, in one account too
  /// (IAM User Guide, evaluation-logic).
  var resourceMustAllow: Bool {
    if request.action.isLowered(prefix: "kms:") { return request.resource.isResource("kms", in: "key/") }
    guard request.action.isLowered(prefix: "sts:") else { return false }
    return request.resource.isResource("iam", in: "role/")
  }
}

extension String {
  /// Whether the string, its ASCII letters in lower case, is `word`.
  fileprivate func isLowered(_ word: String) -> Bool {
    utf8.count == word.utf8.count && isLowered(prefix: word)
  }

  /// Whether the string, its ASCII letters in lower case, begins with `prefix`.
  fileprivate func isLowered(prefix: String) -> Bool {
    let prefix = prefix.utf8Span.span
    return utf8Span.span.holds(prefix, 0, prefix.count, lowered: true)
  }

  /// Whether the string is an ARN of `service` whose sixth part begins with `prefix`.
  fileprivate func isResource(_ service: String, in prefix: String) -> Bool {
    let text = utf8Span.span
    let service = service.utf8Span.span
    guard let start = text.offset(afterColons: 2), text.holds(service, 0, service.count, at: start),
      start + service.count < text.count, text[start + service.count] == UInt8(ascii: ":")
    else { return false }
    return hasResource(in: prefix)
  }

  /// Whether the string is an ARN whose sixth part begins with `prefix`.
  fileprivate func hasResource(in prefix: String) -> Bool {
    let text = utf8Span.span
    let prefix = prefix.utf8Span.span
    guard let start = text.offset(afterColons: 5) else { return false }
    return text.holds(prefix, 0, prefix.count, at: start)
  }
}
