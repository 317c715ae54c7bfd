import CordonModel
import CordonPolicy

extension CloudEstate {
  /// Service control policies that bind our principals. Only their Denies count: what else is attached above is not in the files.
  var serviceControls: [LayerReading] { guardrails("SERVICE_CONTROL_POLICY", .scp) }

  /// Resource control policies that bind our resources, whoever calls.
  var resourceControls: [LayerReading] { guardrails("RESOURCE_CONTROL_POLICY", .rcp) }

  private func guardrails(_ type: String, _ layer: PolicyLayer) -> [LayerReading] {
    let policies = all("AWS::Organizations::Policy").filter { text($0, "Type").value == type }
    let readings = policies.compactMap { resource -> PolicyReading? in
      guard let content = resource["Content"] else { return nil }
      var reading = policy(content, of: resource, named: "\(resource.id)", namesPrincipals: layer == .rcp)
      let targets = GuardrailTargets(resource, self)
      // A policy without a target above us does not bind us.
      if targets.bind { return reading }
      guard !targets.doubts.isEmpty else { return nil }
      reading.unknowns += targets.doubts
      reading.widest = .silent
      return reading
    }
    return readings.isEmpty ? [] : [LayerReading(layer, level: 0, policies: readings, needsAllow: false)]
  }
}

/// What a policy of the organisation is attached to, as far as it is above the account that is ours.
struct GuardrailTargets {
  /// Whether it is attached to our account, or to a root or unit that is taken to be above it.
  private(set) var bind = false
  /// Why it may be.
  private(set) var doubts: [UnknownPart] = []

  init(_ policy: CloudResource, _ estate: CloudEstate) {
    let targets = estate.texts(policy["TargetIds"])
    let named = estate.stated["organization-targets"].map { $0.split(separator: ",").map(String.init) }
    let units = estate.stated["own-units"]?.split(separator: ",").map(String.init) ?? []
    for target in targets.known {
      if target == estate.account {
        bind = true
      } else if target.hasPrefix("r-") {
        bind = bind || named?.contains(target) ?? true
      } else if target.hasPrefix("ou-") {
        guard !units.contains(target), named?.contains(target) != true else {
          bind = true
          continue
        }
        // A unit that is said to be elsewhere is; of one that nobody speaks of it is not known.
        guard named == nil else { continue }
        doubts.append(
          UnknownPart(
            "whether the account is in unit \(target) is not in the files: if it is, --assume own-units=\(target)",
            resource: "\(policy.id)", location: policy["TargetIds"]?.location ?? policy.location))
      } else if estate.stated["account"] == nil, estate.deployment.account == nil {
        doubts.append(
          UnknownPart(
            "whether \(target), to which \(policy.id) is attached, is the account deployed into: --assume account=\(target)",
            resource: "\(policy.id)", location: policy["TargetIds"]?.location ?? policy.location))
      }
    }
    doubts += targets.unknown
  }
}

extension CloudEstate {
  /// That a root of the organisation is above our account is nowhere in the files.
  var targetAssumptions: [Assumption] {
    guard stated["organization-targets"] == nil else { return [] }
    let above = all("AWS::Organizations::Policy").flatMap { texts($0["TargetIds"]).known }
      .filter { $0.hasPrefix("r-") }
    guard !above.isEmpty else { return [] }
    return [
      Assumption(
        name: "organization-targets", value: unique(above).joined(separator: ","),
        reason:
          "guardrails are attached there: the account is taken to be below, and not the management account, "
          + "which none of them binds")
    ]
  }
}
