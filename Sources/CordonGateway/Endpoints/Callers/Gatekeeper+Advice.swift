import CordonModel
import CordonPolicy

extension Gatekeeper {
  /// What somebody who was denied can do, and where the policy that denied can be read.
  func advice(_ reason: Reason, source: SourcePosition, bucket: BucketName?) -> String {
    let project = source.project
    switch reason.layer {
    case .endpoint:
      return "This endpoint serves this organization's principals and resources only; see 'cordon explain "
        + "endpoint/\(project)/\(source.endpoint.rawValue)'."
    case .resource:
      let title = bucket.map { "bucket/\($0)" } ?? "role/\(project)-workspace/trust"
      return "See 'cordon explain \(title)'."
    case .scp:
      return "No role of this organization may do this; see 'cordon explain organization/service-control'."
    case .rcp: return "See 'cordon explain organization/resource-control'."
    case .identity, .boundary: return "See 'cordon explain role/\(project)-workspace'."
    case .session: return "The policy that was passed when the session began does not include it."
    case .builtin: return "Ask the environment's operator."
    }
  }
}
