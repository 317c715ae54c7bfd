public import CordonModel

extension Gatekeeper {
  /// The beginnings of a record about a call through a listener that takes no credentials.
  ///
  /// - Parameters:
  ///   - service: What was called, e.g. `dns.cordon`.
  ///   - resource: The part of the ARN after the account, e.g. `name/evil.test`.
  public func record(
    _ eventName: String, service: String, from source: SourcePosition, resource: String? = nil,
    path: EgressPath? = nil, route: String? = nil, requestID: String, details: [String: String] = [:]
  ) -> DecisionRecord {
    DecisionRecord(
      eventSource: service, eventName: eventName, source: source, person: person(source),
      principal: workspacePrincipal(source).arn, resources: resource.map { [arn($0)] } ?? [], path: path,
      route: route, outcome: .denied, control: "", reason: "", requestID: requestID, details: details)
  }

  /// The ARN of something that only Cordon has.
  public func arn(_ resource: String) -> String {
    "arn:aws:cordon:\(environment.region):\(environment.organization.account):\(resource)"
  }
}
