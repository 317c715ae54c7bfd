import CordonPolicy

extension Reason {
  /// The control that decided, as the ledger and the tables name it.
  var control: String {
    switch layer {
    case .rcp: "resource control policy"
    case .scp: "service control policy"
    case .endpoint: "endpoint policy"
    case .resource: "resource policy"
    case .identity: "identity policy"
    case .boundary: "permissions boundary"
    case .session: "session policy"
    case .builtin: "built-in rule"
    }
  }
}
