/// What a person does at the portal, each by the name that the documents which judge it use.
public enum PortalAction: String, Sendable, CaseIterable, Codable {
  /// Into the portal.
  case signIn = "cordon:SignIn"
  /// Into one workspace, through a browser of its own.
  case startSession = "cordon:StartSession"
  /// From the person's clipboard into the session.
  case pasteIn = "cordon:PasteIn"
  /// From the session into the person's clipboard.
  case copyOut = "cordon:CopyOut"
  /// A file of the person's into the session.
  case upload = "cordon:Upload"
  /// A file of the session's to the person.
  case download = "cordon:Download"
  /// A page of the session's to the person's printer.
  case print = "cordon:Print"
  /// What recordings of a project's sessions there are.
  case listRecordings = "cordon:ListRecordings"
  /// A recording, to be watched.
  case replayRecording = "cordon:ReplayRecording"

  /// The action without its service, e.g. `SignIn`: what a record calls the event.
  public var word: String { String(rawValue.dropFirst("cordon:".count)) }

  /// Whether the spec lets it happen at all; who may do it, and where, is said by each person's document.
  public func isOn(in rules: BrowserRules) -> Bool {
    switch self {
    // What was recorded is there, also where nothing is recorded any more.
    case .signIn, .startSession, .listRecordings, .replayRecording: true
    case .pasteIn: rules.clipboardIn
    case .copyOut: rules.clipboardOut
    case .upload: rules.upload
    case .download: rules.download
    case .print: rules.print
    }
  }

  /// Whether it is done with recordings, and not with a notebook of the person's own.
  public var isOfRecordings: Bool {
    switch self {
    case .listRecordings, .replayRecording: true
    case .signIn, .startSession, .pasteIn, .copyOut, .upload, .download, .print: false
    }
  }

  /// The egress path on which something leaves that this lets through; nil for what leads in.
  public var path: EgressPath? {
    switch self {
    case .signIn, .startSession, .pasteIn, .upload, .listRecordings, .replayRecording: nil
    case .copyOut, .print: .clipboardPrint
    case .download: .browserDownload
    }
  }
}

/// What is acted on at the portal and through a browser's door, as the part of an ARN after the account.
public enum PortalResource {
  /// The portal itself.
  public static let portal = "portal"

  /// The notebook of a workspace.
  public static func notebook(project: Slug, workspace: Slug) -> String { "notebook/\(project)/\(workspace)" }

  /// The recordings of a project's sessions.
  public static func recordings(project: Slug) -> String { "recording/\(project)" }

  /// The recording of one session.
  public static func recording(project: Slug, session: String) -> String {
    "\(recordings(project: project))/\(session)"
  }
}

extension AccountID {
  /// A person's ARN: people are the account's users.
  public func arn(ofUser person: Slug) -> String { "arn:aws:iam::\(text):user/\(person)" }
}
