import CordonPolicy

/// Puts a request to the concrete evaluator, layer by layer.
struct Replay {
  let inquiry: Inquiry
  let grant: [Inquiry.Layer]
  let demands: DemandDocuments
  let hasBoundary: Bool

  /// The statement that allows in each layer, or what does not let the request through.
  func check(_ request: AccessRequest) -> Result<[Reason], ReplayFault> {
    for demand in demands.parts {
      let truth = demand.document.truth(of: demand.part, statement: 0, for: request, in: .identity)
      guard truth == Truth(demand.holds) else {
        return .failure(.init("the request is not of the kind asked for"))
      }
    }
    for key in inquiry.absent where !request.values(of: key).isEmpty {
      return .failure(.init("\(key.name) must be absent"))
    }
    for demand in demands.constraints where !meets(request, demand) {
      return .failure(.init("the demand on \(demand.key.name) is not met"))
    }
    var reasons: [Reason] = []
    for layer in inquiry.layers + grant {
      switch check(request, layer) {
      case .success(let reason): reasons += reason
      case .failure(let fault): return .failure(fault)
      }
    }
    return .success(reasons)
  }

  private func meets(_ request: AccessRequest, _ demand: DemandDocuments.Constraint) -> Bool {
    var request = request
    request.context[DemandDocuments.resourceKey.name] = [request.resource]
    request.context[DemandDocuments.principalKey.name] = [request.principal.description]
    let isNull = demand.document.statements[0].conditions.first?.operation.comparison == .null
    if !isNull {
      let absent =
        demand.presence?.truth(of: .condition(0), statement: 0, for: request, in: .identity)
        ?? Truth(request.values(of: demand.key).isEmpty)
      if absent == .undecided { return false }
      if absent == .yes { return !demand.mustBePresent }
    }
    let truth = demand.document.truth(of: .condition(0), statement: 0, for: request, in: .identity)
    return truth == Truth(demand.positive)
  }

  private func check(_ request: AccessRequest, _ layer: Inquiry.Layer) -> Result<[Reason], ReplayFault> {
    var reason: Reason?
    for (number, policy) in layer.policies.enumerated() {
      for (place, statement) in policy.statements.enumerated() {
        let truth = applies(statement, place, policy, layer, request)
        switch statement.effect {
        case .deny where truth != .no:
          return .failure(
            .init("statement \(place + 1) of \(layer.layer.rawValue) policy \(number + 1) denies"))
        case .allow where truth == .yes && reason == nil:
          reason = Reason(
            .granted, in: layer.layer, level: layer.level, policy: number, statement: place,
            sid: statement.sid)
        default: continue
        }
      }
    }
    guard layer.needsAllow else { return .success([]) }
    guard let reason else { return .failure(.init("nothing in a \(layer.layer.rawValue) layer allows")) }
    return .success([reason])
  }

  private func applies(
    _ statement: Statement, _ place: Int, _ policy: PolicyDocument, _ layer: Inquiry.Layer,
    _ request: AccessRequest
  ) -> Truth {
    guard !layer.namesPrincipals, statement.principal != nil else {
      return policy.applies(statement: place, to: request, in: layer.layer, hasBoundary: hasBoundary)
    }
    let parts = [StatementPart.action, .resource] + statement.conditions.indices.map(StatementPart.condition)
    return policy.truths(
      of: parts.map { (place, $0) }, for: request, in: layer.layer, hasBoundary: hasBoundary
    )
    .reduce(.yes) { $0.and($1) }
  }
}

/// What did not let a request through.
struct ReplayFault: Error {
  var text: String
  init(_ text: String) { self.text = text }
}
