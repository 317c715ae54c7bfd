import CordonModel
import CordonPolicy

/// What AWS Budgets does by itself when a budget is spent: it attaches a policy to roles, with the rights of another role. What is
/// attached counts in no other route, so that it may take rights away and give none.
struct BudgetAnswer {
  let resource: CloudResource
  private let estate: CloudEstate

  init(_ resource: CloudResource, _ estate: CloudEstate) {
    self.resource = resource
    self.estate = estate
  }

  /// Stopping computers gives nobody a right; a policy of the organisation may allow what another one left out.
  var door: Door {
    let name = "\(resource.id)"
    switch estate.text(resource, "ActionType") {
    case .known("RUN_SSM_DOCUMENTS"): return closed("an answer that stops computers", ["ActionType"])
    case .known("APPLY_IAM_POLICY"): break
    case .known(let other): return .unknown(name, "what \(other) lets through is not modelled", resource)
    case .absent: return .unknown(name, "what \(name) does is not given", resource)
    case .unknown(let parts): return .unknown(name, parts, resource)
    }
    let path = ["Definition", "IamActionDefinition", "PolicyArn"]
    guard let value = resource.properties[path: path] else {
      return .unknown(name, "which policy \(name) attaches is not given", resource)
    }
    let policy = estate.managedPolicy(value, of: resource)
    if policy.widest.statements.allSatisfy({ $0.effect == .deny }), policy.unknowns.isEmpty {
      return closed("an answer that takes rights away", path)
    }
    if !policy.unknowns.isEmpty { return .unknown(name, policy.unknowns, resource) }
    return .unknown(
      name,
      "what \(policy.name) allows, and to whom \(name) attaches it, counts in no route: let it deny alone",
      resource)
  }

  private func closed(_ layer: String, _ path: [String]) -> Door {
    .closed(
      "\(resource.id)",
      HeldControl(HeldControl(resource, layer: layer, property: path).closing, .none))
  }

  /// Where the role that attaches may attach something else: whoever changes the answer would have its rights.
  func lost(_ scene: Scene) -> [String] {
    guard estate.text(resource, "ActionType").value == "APPLY_IAM_POLICY",
      let arn = estate.text(resource, "ExecutionRoleArn").value,
      let role = estate.find(arn, "AWS::IAM::Role").flatMap({ estate.held($0) })
    else { return [] }
    let policies = estate.texts(
      resource.properties[path: ["Definition", "IamActionDefinition", "PolicyArn"]])
    let other = RolePower(
      actions: ["iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AttachGroupPolicy"], consequence: "",
      demands: [("iam:PolicyARN", "ArnEquals", policies.known, false, false)])
    let more = RolePower(actions: Self.never, consequence: "")
    func isBound(by layers: [LayerReading]) -> Bool {
      other.isRefused(by: layers, to: role, scene) && more.isRefused(by: layers, to: role, scene)
    }
    var lost: [String] = []
    if !isBound(by: [LayerReading(.identity, policies: role.identity)]) {
      lost.append("\(role.resource.id) may attach more than \(resource.id) says")
    }
    guard let boundary = role.boundary else { return lost + ["\(role.resource.id) has no boundary"] }
    if !isBound(by: [LayerReading(.boundary, policies: [boundary])]) {
      lost.append("the boundary of \(role.resource.id) lets it attach more than \(resource.id) says")
    }
    return lost
  }

  /// What attaching a policy does not take.
  private static let never = (PolicyChangeRoute.actions + ServiceMadeCallRoute.actions).filter {
    $0 != "iam:AttachRolePolicy" && $0 != "iam:AttachUserPolicy"
  }
}
