import CordonModel

/// A plan taken apart: its resources by address, with what is known, what is not, and where that comes from.
struct Plan {
  /// One resource or data source of the plan.
  struct Resource {
    /// The module's address; empty for the root.
    var module: String
    /// The address within the module, e.g. `aws_subnet.private[0]`.
    var local: String
    var type: String
    var isData: Bool
    /// The index of `count` or the key of `for_each`.
    var index: String?
    var values: CloudValue
    var unknown: CloudValue?
    var location: Location

    var id: ResourceID { ResourceID(stack: module, name: local) }
    var address: String { module.isEmpty ? local : "\(module).\(local)" }
    /// The address within the module without an index, as configuration writes it.
    var declared: String { Plan.withoutIndex(local) }
  }

  /// The most modules within modules.
  static let deepestModules = 24

  let file: String
  var resources: [Resource] = []
  /// Where an address stands in `resources`.
  var byAddress: [String: Int] = [:]
  /// The instances of a declaration: module's address, then the declared name.
  var instances: [String: [String: [Int]]] = [:]
  /// The configuration of modules by their address without indices.
  var configuration: [String: CloudValue] = [:]
  /// The expressions of a resource: module without indices, then the declared name.
  var expressions: [String: [String: CloudValue]] = [:]
  var variables: [String: String] = [:]
  var region: String?
  var account: String?

  init(_ value: CloudValue, file: String, problems: inout Problems) {
    self.file = file
    let start = value.location ?? Location(file: file, line: 1, column: 1)
    let states = ["planned_values", "values"].compactMap { value[$0]?["root_module"] }
    guard let root = states.first, root.members != nil else {
      problems.add(.missingKey("planned_values.root_module", in: "the plan", at: start))
      return
    }
    let unknown = Self.unknownValues(value["resource_changes"])
    if let prior = value["prior_state"]?["values"]?["root_module"] {
      collect(prior, module: "", unknown: [:], dataOnly: true, depth: 0, problems: &problems)
    }
    collect(root, module: "", unknown: unknown, dataOnly: false, depth: 0, problems: &problems)
    if let configured = value["configuration"]?["root_module"] { configure(configured, module: "", depth: 0) }
    readVariables(value["variables"])
    readPlace(value)
  }

  private static func unknownValues(_ changes: CloudValue?) -> [String: CloudValue] {
    var unknown: [String: CloudValue] = [:]
    for change in changes?.elements ?? [] {
      guard let address = change["address"]?.plainText, let after = change["change"]?["after_unknown"] else {
        continue
      }
      unknown[address] = after
    }
    return unknown
  }

  private mutating func collect(
    _ module: CloudValue, module address: String, unknown: [String: CloudValue], dataOnly: Bool, depth: Int,
    problems: inout Problems
  ) {
    let place = module.location ?? Location(file: file, line: 1, column: 1)
    guard depth <= Self.deepestModules else {
      problems.add(.tooLarge("modules nest deeper than \(Self.deepestModules) levels", at: place))
      return
    }
    for value in module["resources"]?.elements ?? [] {
      guard let type = value["type"]?.plainText, let full = value["address"]?.plainText else {
        problems.add(
          .missingKey("address and type", in: "a resource of the plan", at: value.location ?? place))
        continue
      }
      let isData = value["mode"]?.plainText == "data"
      if dataOnly, !isData { continue }
      let local =
        address.isEmpty ? full : String(full.dropFirst(full.hasPrefix(address + ".") ? address.count + 1 : 0))
      add(
        Resource(
          module: address, local: local, type: type, isData: isData, index: value["index"]?.plainText,
          values: value["values"] ?? CloudValue(.object([])), unknown: unknown[full],
          location: value.location ?? place))
    }
    for child in module["child_modules"]?.elements ?? [] {
      let name = child["address"]?.plainText ?? ""
      collect(
        child, module: name, unknown: unknown, dataOnly: dataOnly, depth: depth + 1, problems: &problems)
    }
  }

  private mutating func add(_ resource: Resource) {
    if let known = byAddress[resource.address] {
      resources[known] = resource
      return
    }
    byAddress[resource.address] = resources.count
    instances[resource.module, default: [:]][resource.declared, default: []].append(resources.count)
    resources.append(resource)
  }

  private mutating func configure(_ module: CloudValue, module address: String, depth: Int) {
    guard depth <= Self.deepestModules else { return }
    configuration[address] = module
    for resource in module["resources"]?.elements ?? [] {
      guard let name = resource["address"]?.plainText else { continue }
      expressions[address, default: [:]][name] = resource["expressions"] ?? CloudValue(.object([]))
    }
    for call in module["module_calls"]?.members ?? [] {
      guard let called = call.value["module"] else { continue }
      let name = address.isEmpty ? "module.\(call.name)" : "\(address).module.\(call.name)"
      configure(called, module: name, depth: depth + 1)
    }
  }

  private mutating func readVariables(_ written: CloudValue?) {
    for variable in written?.members ?? [] {
      if let text = variable.value["value"]?.plainText { variables[variable.name] = text }
    }
  }

  private mutating func readPlace(_ value: CloudValue) {
    let provider = value["configuration"]?["provider_config"]?["aws"]?["expressions"]
    region = provider?["region"]?["constant_value"]?.plainText
    if region == nil, let name = provider?["region"]?["references"]?.elements?.first?.plainText,
      name.hasPrefix("var.")
    {
      region = variables[String(name.dropFirst(4))]
    }
    for resource in resources where resource.isData {
      switch resource.type {
      case "aws_caller_identity": account = account ?? resource.values["account_id"]?.plainText
      case "aws_region": region = region ?? (resource.values["region"] ?? resource.values["name"])?.plainText
      default: break
      }
    }
  }

  /// An address with every `[...]` taken out.
  static func withoutIndex(_ address: String) -> String {
    guard address.utf8.contains(UInt8(ascii: "[")) else { return address }
    var kept: [UInt8] = []
    var isInside = false
    var isQuoted = false
    for byte in address.utf8 {
      switch byte {
      case UInt8(ascii: "\"") where isInside: isQuoted.toggle()
      case UInt8(ascii: "[") where !isInside: isInside = true
      case UInt8(ascii: "]") where isInside && !isQuoted: isInside = false
      default: if !isInside { kept.append(byte) }
      }
    }
    return String(decoding: kept, as: UTF8.self)
  }
}
