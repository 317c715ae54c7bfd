import CordonModel
import Logging

/// Records what the gateway itself turned away.
struct RefusalLog: Sendable {
  let gatekeeper: Gatekeeper
  let repeats: RepeatedDecisions
  let logger: Logger
  /// Whose browser calls; nil at a workspace's own doors.
  var seat: BrowserSeat?

  /// Returns once a record stands for the refusal.
  func keep(
    _ refusal: Refusal, from source: SourcePosition, event: String, resource: String? = nil,
    requestID: String,
    details: [String: String] = [:]
  ) async throws {
    var record = gatekeeper.record(
      event, service: Self.service(source.endpoint, region: gatekeeper.environment.region), from: source,
      resource: resource, path: refusal.path, route: refusal.route, requestID: requestID, details: details)
    record.control = refusal.control
    record.reason = refusal.explanation
    record.errorCode = refusal.id
    if let seat { record.attribute(to: seat, in: gatekeeper.environment) }
    try await repeats.keep(record)
  }

  /// Tells the operator what the client is not told. A decision that was not made is not one to record.
  func failed(_ error: any Error, answering requestID: String, from source: SourcePosition) {
    logger.error(
      "request not answered", error: error,
      metadata: [
        "workspace": "\(source.workspace)", "endpoint": "\(source.endpoint.rawValue)",
        "request": "\(requestID)",
      ])
  }

  /// The service's name as CloudTrail writes it; Cordon's own services end in `.cordon`.
  static func service(_ endpoint: EndpointKind, region: Region) -> String {
    switch endpoint {
    case .s3, .sts: "\(endpoint.rawValue).amazonaws.com"
    case .dns, .proxy, .credentials, .packages, .browser: "\(endpoint.rawValue).cordon"
    }
  }
}
