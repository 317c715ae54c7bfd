import CordonLinux
import CordonModel
import Glibc

// What a browser's door turns away beside policy. Texts are constant.
extension Refusal {
  static let notebookNotYours = Refusal(
    id: "notebook-not-yours", status: 403, control: "browser door policy",
    explanation: "this person does not work in this workspace",
    advice: "ask the platform team to add the person to the project in cordon.yaml")

  static let downloadIsOff = Refusal(
    id: "download-off", status: 403, control: "browser download",
    explanation: "files do not leave through the browser",
    advice: "save to the project's store; a reviewed way out is the airlock's", path: .browserDownload,
    route: "notebook-download")

  static let notWebSocket = Refusal(
    id: "not-websocket", status: 403, control: "browser door rules",
    explanation: "a tunnel to the notebook carries a WebSocket and nothing else",
    advice: "use the notebook in the browser", path: .tunnel, route: "raw-bytes")

  static let foreignOrigin = Refusal(
    id: "websocket-foreign-origin", status: 403, control: "browser door rules",
    explanation: "a WebSocket to the notebook is opened by the notebook's own page only",
    advice: "use the notebook in the browser", path: .notebookOutput, route: "foreign-page")

  static let webSocketNotAccepted = Refusal(
    id: "websocket-not-accepted", status: 502, control: "notebook",
    explanation: "the notebook did not accept the WebSocket", advice: "load the page again")

  /// What does not belong there stands where the notebook listens, or somebody else listens on it.
  static let ingressSwapped = Refusal(
    id: "ingress-swapped", status: 403, control: "ingress check",
    explanation: "what stands in the notebook's place is not a socket of this workspace's own",
    advice: "start the notebook again; if this comes back, tell the platform team", path: .tunnel,
    route: "ingress-swap")

  static let notebookAway = Refusal(
    id: "notebook-away", status: 503, control: "notebook", explanation: "the notebook does not run",
    advice: "wait some seconds, then load the page again")

  static let notebookBusy = Refusal(
    id: "notebook-busy", status: 503, control: "notebook",
    explanation: "the notebook takes no further connection",
    advice: "wait some seconds, then load the page again")

  /// Why a workspace's notebook was not connected to.
  static func ingress(_ error: SystemError) -> Refusal {
    switch error.code {
    case ENOTSOCK, EPERM: .ingressSwapped
    case EAGAIN: .notebookBusy
    default: .notebookAway
    }
  }
}
