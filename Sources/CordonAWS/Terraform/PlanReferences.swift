import CordonModel

/// Follows the references of a plan's configuration, through variables and outputs of modules, to the resources they mean.
struct PlanReferences {
  /// A resource's name or attribute that an expression refers to.
  struct Target {
    /// The reference; nil for what is no resource of the plan.
    var value: CloudValue?
    /// The index of the resource, if it is one of several.
    var index: String?
    /// The names that the resource is known by already.
    var names: Set<String> = []
  }

  let plan: Plan

  /// How many variables and outputs a reference may pass through.
  private static let mostSteps = 32
  /// The most resources that one expression may name.
  private static let mostTargets = 512

  /// What an expression refers to, in the order it was written.
  func targets(of expression: CloudValue, for resource: Plan.Resource) -> [Target] {
    targets(of: expression, in: resource.module, for: resource, steps: Self.mostSteps)
  }

  private func targets(
    of expression: CloudValue, in module: String, for resource: Plan.Resource, steps: Int
  ) -> [Target] {
    guard steps > 0, let references = expression["references"]?.elements else { return [] }
    // More than this is nothing that a person wrote; not known is the safe answer, a part of them would not be.
    guard references.count <= Self.mostTargets else { return [Target()] }
    let names = references.compactMap(\.plainText)
    var results: [Target] = []
    for name in names {
      // Terraform lists the longest form first and the shorter ones behind it.
      guard !names.contains(where: { $0 != name && ($0.hasPrefix(name + ".") || $0.hasPrefix(name + "[")) })
      else { continue }
      if name.hasPrefix("count.") || name.hasPrefix("each.key") || name.hasPrefix("path.") { continue }
      results += follow(name, in: module, for: resource, steps: steps - 1)
      guard results.count <= Self.mostTargets else { return [Target()] }
    }
    return results
  }

  private func follow(_ name: String, in module: String, for resource: Plan.Resource, steps: Int) -> [Target]
  {
    if name.hasPrefix("var.") { return variable(name, in: module, for: resource, steps: steps) }
    if name.hasPrefix("module.") { return output(name, in: module, for: resource, steps: steps) }
    if ["local.", "data.", "each."].contains(where: name.hasPrefix) { return [Target()] }
    let parts = name.separated(by: ".")
    guard parts.count >= 2 else { return [Target()] }
    let local = "\(parts[0]).\(parts[1])"
    let attribute = parts.count > 2 ? parts[2] : nil
    if let exact = plan.byAddress[module.isEmpty ? local : "\(module).\(local)"] {
      return [target(exact, attribute)]
    }
    let found = plan.instances[module]?[Plan.withoutIndex(local)] ?? []
    return found.isEmpty || found.count > Self.mostTargets ? [Target()] : found.map { target($0, attribute) }
  }

  private func target(_ position: Int, _ attribute: String?) -> Target {
    let resource = plan.resources[position]
    guard !resource.isData else { return Target() }
    let reference = CloudReference(resource.id, attribute: PlanAttribute.name(attribute, of: resource.type))
    let names = ["id", "arn", "name", "bucket"].compactMap { resource.values[$0]?.plainText }
    return Target(value: CloudValue(.reference(reference)), index: resource.index, names: Set(names))
  }

  /// A module's variable is what the call gives it.
  private func variable(_ name: String, in module: String, for resource: Plan.Resource, steps: Int)
    -> [Target]
  {
    guard !module.isEmpty, let (parent, call) = Self.split(module) else { return [Target()] }
    let variable = name.separated(by: ".")[1]
    let calls = plan.configuration[Plan.withoutIndex(parent)]?["module_calls"]
    guard let given = calls?[Plan.withoutIndex(call)]?["expressions"]?[Plan.withoutIndex(variable)] else {
      return [Target()]
    }
    let found = targets(of: given, in: parent, for: resource, steps: steps)
    return found.isEmpty ? [Target()] : found
  }

  /// A module's output is what the module says it is.
  private func output(_ name: String, in module: String, for resource: Plan.Resource, steps: Int) -> [Target]
  {
    let parts = name.separated(by: ".")
    guard parts.count >= 3 else { return [Target()] }
    let called = module.isEmpty ? "module.\(parts[1])" : "\(module).module.\(parts[1])"
    let configuration = plan.configuration[Plan.withoutIndex(called)]
    guard let expression = configuration?["outputs"]?[Plan.withoutIndex(parts[2])]?["expression"] else {
      return [Target()]
    }
    let found = targets(of: expression, in: called, for: resource, steps: steps)
    return found.isEmpty ? [Target()] : found
  }

  /// The module above, and the name that it calls this one by.
  private static func split(_ module: String) -> (parent: String, call: String)? {
    guard let last = module.ranges(of: "module.").last else { return nil }
    let parent = module[..<last.lowerBound]
    return (String(parent.hasSuffix(".") ? parent.dropLast() : parent), String(module[last.upperBound...]))
  }
}

/// What CloudFormation calls an attribute that Terraform gives a resource.
enum PlanAttribute {
  static func name(_ attribute: String?, of type: String) -> String? {
    switch attribute {
    case nil, "id", "name", "bucket", "key_id", "user_name", "domain_id": nil
    case "arn" where arnIsRef.contains(type): nil
    case "arn": "Arn"
    case let attribute?: camel(Plan.withoutIndex(attribute))
    }
  }

  /// Types whose `Ref` is their ARN.
  private static let arnIsRef: Set<String> = [
    "aws_sns_topic", "aws_iam_policy", "aws_sfn_state_machine", "aws_codeartifact_domain",
    "aws_codeartifact_repository",
    "aws_workspacesweb_portal", "aws_workspacesweb_user_settings", "aws_workspacesweb_browser_settings",
    "aws_workspacesweb_network_settings", "aws_workspacesweb_ip_access_settings",
    "aws_workspacesweb_data_protection_settings", "aws_workspacesweb_user_access_logging_settings",
    "aws_workspacesweb_session_logger", "aws_workspacesweb_trust_store", "aws_sagemaker_model",
    "aws_sagemaker_endpoint_configuration", "aws_sagemaker_notebook_instance",
  ]

  /// `prefix_list_id` is `PrefixListId`.
  static func camel(_ name: String) -> String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
