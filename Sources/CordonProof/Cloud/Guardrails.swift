import CordonModel
import CordonPolicy

extension CloudEstate {
  /// Service control policies that bind our principals. Only their Denies count: what else is attached above is not in the files.
  var serviceControls: [LayerReading] { guardrails("SERVICE_CONTROL_POLICY", .scp) }

  /// Resource control policies that bind our resources, whoever calls.
  var resourceControls: [LayerReading] { guardrails("RESOURCE_CONTROL_POLICY", .rcp) }

  private func guardrails(_ type: String, _ layer: PolicyLayer) -> [LayerReading] {
    let policies = all("AWS::Organizations::Policy").filter { policy in
      // A policy without a target binds nobody.
      text(policy, "Type").value == type && !(policy["TargetIds"]?.elements ?? []).isEmpty
    }
    let readings = policies.compactMap { resource -> PolicyReading? in
      guard let content = resource["Content"] else { return nil }
      var reading = policy(content, of: resource, named: "\(resource.id)", namesPrincipals: layer == .rcp)
      let targets = texts(resource["TargetIds"])
      if targets.known.isEmpty {
        reading.unknowns += targets.unknown
        reading.widest = .silent
      }
      return reading
    }
    return readings.isEmpty ? [] : [LayerReading(layer, level: 0, policies: readings, needsAllow: false)]
  }
}
