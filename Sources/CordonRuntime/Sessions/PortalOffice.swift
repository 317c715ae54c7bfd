import CordonGateway
import CordonModel
import CordonPolicy
import CordonPortal
import Logging

/// Where the portal asks: the environment's documents judge, the ledger keeps, and only then is there an answer.
struct PortalOffice: PortalDesk {
  var gatekeeper: Gatekeeper
  /// Where decisions are kept, within a workspace's budget of records.
  var log: any DecisionLog
  var logger: Logger

  func decide(_ request: PortalRequest) async throws -> PortalDecision {
    let action = request.action
    let decision = gatekeeper.decide(
      action, resource: Self.resource(of: request), person: request.person, facts: Self.facts(of: request))
    try await keep(request, isAllowed: decision.isAllowed, reason: decision.because.text)
    return decision.isAllowed ? .allow : .deny(reason: advice(action))
  }

  /// Records a request as refused that the documents need not be asked about.
  func refuse(_ request: PortalRequest, reason: String) async throws -> PortalDecision {
    try await keep(request, isAllowed: false, reason: reason)
    return .deny(reason: Self.whatToDo(request.action))
  }

  private func keep(_ request: PortalRequest, isAllowed: Bool, reason: String) async throws {
    let action = request.action
    var record = PortalRecord.record(
      action.word, person: request.person, project: request.project, workspace: request.workspace,
      session: request.session, details: request.details, in: gatekeeper)
    record.resources = [gatekeeper.arn(Self.resource(of: request))]
    record.outcome = isAllowed ? .allowed : .denied
    record.control = "portal policy"
    record.reason = reason
    record.path = action.path
    record.route = action.path == nil ? nil : "portal"
    if !isAllowed { record.errorCode = "\(action.word)Denied" }
    try await log.append(record)
  }

  func record(_ event: PortalEvent) async {
    var record = PortalRecord.record(
      event.kind.rawValue, person: event.person, project: event.project, workspace: nil,
      session: event.session, details: event.details, in: gatekeeper)
    let path = Self.refusedPath(of: event.kind)
    record.outcome = Self.isRefusal(event.kind) ? .denied : .allowed
    record.control = Self.isRefusal(event.kind) ? "browser policy" : "portal"
    record.reason = Self.isRefusal(event.kind) ? "the browser did not do it" : "it happened"
    record.path = path
    record.route = path == nil ? nil : "portal"
    do { try await log.append(record) } catch {
      logger.error("what happened in a session was not recorded", metadata: ["error": "\(error)"])
    }
  }

  /// Where nothing is named, the portal itself: no document lets anybody do there what belongs to a notebook.
  private static func resource(of request: PortalRequest) -> String {
    if request.action.isOfRecordings, let project = request.project {
      return request.session.map { PortalResource.recording(project: project, session: $0.text) }
        ?? PortalResource.recordings(project: project)
    }
    guard let project = request.project, let workspace = request.workspace else {
      return PortalResource.portal
    }
    return PortalResource.notebook(project: project, workspace: workspace)
  }

  /// What conditions of the user's own documents can look at.
  private static func facts(of request: PortalRequest) -> [String: String] {
    var facts: [String: String] = [:]
    facts["cordon:Bytes"] = request.details["bytes"]
    facts["aws:SourceIp"] = request.details["address"]
    return facts
  }

  private static func isRefusal(_ kind: PortalEvent.Kind) -> Bool {
    switch kind {
    case .popupRefused, .downloadRefused, .uploadRefused, .pasteRefused, .copyRefused, .printRefused:
      true
    case .sessionStarted, .sessionConnected, .sessionDisconnected, .sessionEnded, .tabOpened, .tabClosed,
      .tabCrashed, .fileTaken, .textRedacted:
      false
    }
  }

  private static func refusedPath(of kind: PortalEvent.Kind) -> EgressPath? {
    switch kind {
    case .downloadRefused: .browserDownload
    case .copyRefused, .printRefused: .clipboardPrint
    case .popupRefused: .notebookOutput
    default: nil
    }
  }

  private func advice(_ action: PortalAction) -> String {
    let rules = gatekeeper.environment.browser
    guard action.isOn(in: rules), !action.isOfRecordings else { return Self.whatToDo(action) }
    return "you do not work in this workspace; ask the platform team to add you to its project"
  }

  /// What somebody does instead of what is off.
  static func whatToDo(_ action: PortalAction) -> String {
    switch action {
    case .signIn, .startSession: "ask the platform team"
    case .pasteIn: "pasting in is off (browser.clipboard.in); put the text into the project's data"
    case .copyOut: "copying out is off (browser.clipboard.out); ask for a reviewed way out"
    case .upload: "files do not come in here (browser.upload); ask for the data to be imported"
    case .download: "files do not leave here (browser.download); ask for a reviewed way out"
    case .listRecordings, .replayRecording:
      "recordings are for the auditors of a project; ask the platform team (people[].roles, people[].projects)"
    case .print: "printing is off (browser.print); ask for a reviewed way out"
    }
  }
}

/// The beginnings of a record about what a person does at the portal.
enum PortalRecord {
  static func record(
    _ event: String, person: Slug, project: Slug?, workspace: Slug?, session: SessionID?,
    details: [String: String] = [:], in gatekeeper: Gatekeeper
  ) -> DecisionRecord {
    let environment = gatekeeper.environment
    var details = details
    details["session"] = session?.text
    details["project"] = project?.text
    // The place counts the records, so that nobody's clicks fill the ledger.
    let place = project.flatMap { project in
      (workspace ?? environment.projects.first { $0.name == project }?.workspaces.first?.name).map {
        SourcePosition(
          environment: environment.name, project: project, workspace: $0, endpoint: .browser)
      }
    }
    return DecisionRecord(
      eventSource: "portal.cordon", eventName: event, source: place, person: person.text,
      principal: environment.organization.account.arn(ofUser: person), outcome: .denied, control: "",
      reason: "", requestID: RequestID.random(), details: details)
  }
}
