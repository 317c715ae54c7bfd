import CordonModel
import CordonPolicy

extension Scene {
  /// A door that policies guard: open with the request that passes, or closed by the layers that let nothing through.
  func door(
    _ name: String, _ question: RequestQuestion, at resource: CloudResource,
    witness: (RequestWitness) -> RouteWitness
  ) -> Door {
    let (outcome, layers) = prover.passes(question)
    switch outcome {
    case .some(let request):
      var made = witness(request)
      made.walker = made.walker ?? Walker(request.request, estate)
      return .open(name, made)
    case .unknown(let parts): return .unknown(name, unique(parts), resource)
    case .none:
      let held = controls(of: layers.isEmpty ? question.layers + question.grants.flatMap(\.self) : layers)
      guard held.isEmpty else { return Door(name: name, finding: .closed(held)) }
      let fallback = HeldControl(resource, layer: "nothing grants it", property: [])
      return Door(name: name, finding: .closed([HeldControl(fallback.closing, .none)]))
    }
  }

  /// What there is to hold in `layers`, each control once.
  private func controls(of layers: [LayerReading]) -> [HeldControl] {
    if let layer = layers.first, layers.count == 1 { return controls(of: layer) }
    let held = layers.flatMap { controls(of: $0) }
    // A control is called by its layer's kind.
    return Set(layers.map(\.layer)).count == layers.count ? held : unique(held)
  }

  private func controls(of layer: LayerReading) -> [HeldControl] {
    let name = HeldLayer(layer)
    if let known = held[name] { return known }
    let found = unique(layer.policies.compactMap { control($0, layer.layer) })
    held.keep(found, for: name)
    return found
  }

  /// Of all requests that pass, one that shows what leaves: the service's call that carries data, where it passes as well.
  func telling(_ question: RequestQuestion, _ found: RequestWitness) -> RequestWitness {
    let prefix = found.request.action.split(separator: ":").first.map(String.init) ?? ""
    guard let action = TellingCall.actions[prefix], action != found.request.action else { return found }
    var narrower = question
    narrower.actions = AskedTexts([action])
    if case .some(let better) = prover.ask(narrower) { return better }
    return found
  }

  /// Whether a resource's own policy refuses strangers wherever they are, behind a door of ours as well, rather than only
  /// granting them nothing.
  func refusesStrangers(_ policies: [PolicyReading], _ actions: [String], _ resources: [String] = []) -> Bool
  {
    guard !policies.isEmpty else { return false }
    let question = RequestQuestion(
      layers: [LayerReading(.resource, policies: policies, needsAllow: false)],
      callers: estate.callers(.foreign), actions: actions, resources: resources,
      demands: .of(.foreign, .anywhere, .own, estate), resourceAccount: estate.account)
    return prover.rulesOut(question)
  }

  /// Layers that would be expected to close the question alone, and do not.
  func leaks(_ question: RequestQuestion, among layers: Set<PolicyLayer>) -> [(PolicyReading, PolicyLayer)] {
    prover.leaky(question, among: layers).flatMap { layer in
      layer.policies.map { ($0, layer.layer) }
    }
  }

  private func control(_ policy: PolicyReading, _ layer: PolicyLayer) -> HeldControl? {
    guard let id = policy.resource, let resource = estate.resource(id) else { return nil }
    let closing = ClosingControl(
      resource: "\(id)", location: policy.location ?? resource.location, layer: layer.title)
    switch layer {
    case .endpoint: return HeldControl(closing, .property(id, ["PolicyDocument"]))
    case .resource where resource.type == "AWS::S3::BucketPolicy": return HeldControl(closing, .resource(id))
    case .scp, .rcp: return HeldControl(closing, .resource(id))
    default: return HeldControl(closing, .none)
    }
  }
}

/// A layer, as the one that it is.
struct HeldLayer: Hashable, Sendable {
  private let layer: LayerReading

  init(_ layer: LayerReading) { self.layer = layer }

  static func == (left: Self, right: Self) -> Bool { left.layer === right.layer }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(layer)) }
}

extension PolicyLayer {
  /// The layer as reports call it.
  var title: String {
    switch self {
    case .rcp: "resource control policy"
    case .scp: "service control policy"
    case .endpoint: "endpoint policy"
    case .resource: "resource policy"
    case .identity: "identity policy"
    case .boundary: "permissions boundary"
    case .session: "session policy"
    case .builtin: "built-in rules"
    }
  }
}

extension RequestQuestion {
  /// A question with `demands` on its keys.
  init(
    layers: [LayerReading], grants: [[LayerReading]] = [], callers: Inquiry.Callers, actions: [String],
    resources: [String] = [], demands: KeyDemands, resourceAccount: String? = nil
  ) {
    self.init(
      layers: layers, grants: grants, callers: callers, actions: actions, resources: resources,
      demands: demands.ready, resourceAccount: resourceAccount)
  }
}
