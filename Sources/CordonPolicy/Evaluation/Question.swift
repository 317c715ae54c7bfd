/// A request with what follows from it, as statements are matched against it. It cannot be copied, so that
/// matching passes it on without touching a reference count.
struct Question: ~Copyable {
  let request: AccessRequest
  /// The account that owns the resource, as far as it is known: stated, or in the ARN.
  let resourceAccount: String?
  /// Whether the caller has a permissions boundary; `NotPrincipal` cares.
  let hasBoundary: Bool

  init(_ request: AccessRequest, hasBoundary: Bool) {
    self.request = request
    self.hasBoundary = hasBoundary
    resourceAccount = request.resourceAccount ?? Self.accountSegment(of: request.resource)
  }

  /// The fifth part of an ARN where it is an account number.
  private static func accountSegment(of resource: String) -> String? {
    let text = resource.utf8Span.span
    guard let start = text.offset(afterColons: 4), start + 12 < text.count,
      text[start + 12] == UInt8(ascii: ":")
    else { return nil }
    let from = resource.utf8.index(resource.utf8.startIndex, offsetBy: start)
    guard let account = String(resource.utf8[from..<resource.utf8.index(from, offsetBy: 12)]) else {
      return nil
    }
    return PrincipalARN.isAccountNumber(account) ? account : nil
  }
}

/// The value of a key that follows from the principal or the resource.
enum ImpliedValue {
  /// The request lacks the key.
  case absent
  /// The request has this value.
  case value(String)
  /// Absent by one reading of the documentation, this value by another.
  case contested(String)
}

/// The value of a key where a variable names it.
enum VariableValue {
  case none
  case one(String)
  case several
}

extension Question {
  /// The single value of `key` for a variable; a list of several is no value (IAM User Guide, variables:
  /// multivalued keys cannot be policy variables).
  func value(of key: ConditionKey) -> VariableValue {
    if let fact = request.context.index(of: key) {
      if request.context.valueCount(fact) == 0 { return .none }
      return request.context.onlyValue(fact).map(VariableValue.one) ?? .several
    }
    guard let fact = key.implied else { return .none }
    switch implied(fact) {
    case .absent: return .none
    case .value(let value): return .one(value)
    case .contested: return .several
    }
  }

  /// What the principal or the resource say about `fact`, which the context does not state.
  func implied(_ fact: ImpliedFact) -> ImpliedValue {
    if fact == .resourceAccount { return resourceAccount.map(ImpliedValue.value) ?? .absent }
    switch request.principal {
    case .aws(let arn): return implied(fact, of: arn)
    case .service(let name):
      switch fact {
      case .principalIsAWSService: return .value("true")
      case .principalServiceName: return .value(name)
      default: return .absent
      }
    case .anonymous:
      // The documentation gives unsigned requests the account `anonymous` and a type; see policy-0007.
      switch fact {
      case .principalAccount: return .contested("anonymous")
      case .principalType: return .contested("Anonymous")
      default: return .absent
      }
    case .federated, .canonicalUser: return .absent
    }
  }

  private func implied(_ fact: ImpliedFact, of arn: PrincipalARN) -> ImpliedValue {
    switch fact {
    case .principalARN: .value(arn.conditionARN)
    case .principalAccount: .value(arn.account)
    case .principalType: arn.principalType.map(ImpliedValue.value) ?? .absent
    case .principalIsAWSService: .value("false")
    case .principalServiceName, .resourceAccount: .absent
    }
  }
}
