import CordonGateway
import CordonIdentity
import CordonModel

/// Sign-ins and what happens to accounts, as the ledger keeps them.
struct SignInLedger: SignInRecorder {
  var environment: Environment
  var log: any DecisionLog

  func record(_ record: SignInRecord) async throws {
    var details: [String: String] = [:]
    details["address"] = record.address.map { "\($0)" }
    details["portalSession"] = record.session
    if record.attempts > 1 { details["attempts"] = String(record.attempts) }
    let account = environment.organization.account
    try await log.append(
      DecisionRecord(
        eventSource: "identity.cordon", eventName: record.event.rawValue, source: .operatorOutside,
        person: record.person?.text, principal: record.person.map { account.arn(ofUser: $0) },
        resources: ["arn:aws:cordon:\(environment.region):\(account):\(PortalResource.portal)"],
        outcome: record.outcome, control: "sign-in", reason: record.reason,
        errorCode: record.outcome == .denied ? "\(record.event.rawValue)Denied" : nil,
        requestID: RequestID.random(), details: details))
  }
}
