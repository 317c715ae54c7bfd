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
    case .some(let request): return .open(name, witness(request))
    case .unknown(let parts): return .unknown(name, unique(parts), resource)
    case .none:
      let held = (layers.isEmpty ? question.layers + question.grants.flatMap(\.self) : layers).flatMap {
        layer in
        layer.policies.compactMap { control($0, layer.layer) }
      }
      let fallback = HeldControl(resource, layer: "nothing grants it", property: [])
      return Door(
        name: name,
        finding: .closed(held.isEmpty ? [HeldControl(fallback.closing, .none)] : unique(held)))
    }
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
    if case .none = prover.ask(question) { return true }
    return false
  }

  /// Layers that would be expected to close the question alone, and do not.
  func leaks(_ question: RequestQuestion, among layers: Set<PolicyLayer>) -> [(PolicyReading, PolicyLayer)] {
    prover.closing(question).leaky.filter { layers.contains($0.layer) }.flatMap { layer in
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
      constraints: demands.constraints, absent: demands.absent, resourceAccount: resourceAccount)
  }
}

/// The line that a person runs to make a request.
struct CommandLineCall {
  let request: AccessRequest

  init(_ request: AccessRequest) { self.request = request }

  /// `aws …`, with the profile of whoever's credentials it carries.
  func text(profile: String? = nil) -> String {
    let start = profile.map { "AWS_PROFILE=\($0) aws" } ?? "aws"
    return "\(start) \(call)"
  }

  private var call: String {
    let parts = request.action.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return request.action }
    switch request.action {
    case "s3:PutObject": return "s3 cp data.csv s3://\(path)"
    case "s3:GetObject", "s3:GetObjectVersion": return "s3api get-object \(bucketAndKey) data.csv"
    case "s3:ListBucket":
      return "s3api list-objects-v2 --bucket \(bucket) --prefix \"$(head -c 500 data.csv | base64 -w0)\""
    case "sts:AssumeRole": return "sts assume-role --role-arn \(request.resource) --role-session-name s"
    default: break
    }
    let operation = Self.kebab(parts[1])
    if parts[0] == "s3" { return "s3api \(operation) \(bucketAndKey)" }
    let target = request.resource == "*" ? "" : "  # on \(request.resource)"
    return "\(Self.commands[parts[0]] ?? parts[0]) \(operation)\(target)"
  }

  private var path: String {
    request.resource.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).last.map(
      String.init)
      ?? request.resource
  }

  private var bucket: String { path.split(separator: "/").first.map(String.init) ?? path }

  private var bucketAndKey: String {
    guard let slash = path.firstIndex(of: "/") else { return "--bucket \(path)" }
    return "--bucket \(path[..<slash]) --key '\(path[path.index(after: slash)...])'"
  }

  /// Services whose command is not their prefix.
  private static let commands = [
    "states": "stepfunctions", "monitoring": "cloudwatch", "cloudwatch": "cloudwatch",
  ]

  /// `PutLogEvents` as the command line spells it.
  private static func kebab(_ name: String) -> String {
    var text = ""
    var before: Character?
    for character in name {
      if character.isUppercase, let last = before, !last.isUppercase { text += "-" }
      text += character.lowercased()
      before = character
    }
    return text
  }
}
