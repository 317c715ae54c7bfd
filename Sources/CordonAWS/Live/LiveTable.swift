import CordonModel
import CordonPolicy

/// Every list that is read of an account, and what it becomes.
enum LiveTable {
  static let steps: [LiveStep] =
    network + gateways + names + storage + identity + learning + portals + artifacts + messages + watch
    + catalog + stores + presence + stacks

  /// What is looked for, by type; `*` where a whole description is taken. Types of which only the presence is read have none.
  static let readProperties: [String: Set<String>] = {
    var read: [String: Set<String>] = [:]
    func add(_ step: LiveStep) {
      for shape in step.shapes where !shape.isUnread {
        let names = shape.rules.flatMap { $0.properties.isEmpty ? ["*"] : $0.properties }
        read[shape.type, default: []].formUnion(names)
      }
      for child in step.children { add(child) }
    }
    for step in steps { add(step) }
    // Policies of a role's own are read with the role.
    read["AWS::IAM::Policy"] = ["*"]
    return read
  }()

  // MARK: How calls of each service look

  static func ec2(
    _ action: String, _ list: String, _ shapes: LiveShape..., hides: [String] = [],
    details: [LiveDetail] = [], isPaged: Bool = true,
    leavingOut isLeftOut: @escaping @Sendable (JSONValue) -> Bool = { _ in false }
  ) -> LiveStep {
    LiveStep(
      service: .ec2, action: action, list: list, paging: isPaged ? LivePaging("NextToken", "nextToken") : nil,
      hides: shapes.map(\.type) + hides, isLeftOut: isLeftOut, details: details, shapes: shapes)
  }

  /// A list of a service that speaks JSON.
  static func list(
    _ service: LiveService, _ action: String, _ list: String,
    _ input: [(String, LiveStep.Input)] = [], page: LivePaging? = LivePaging("NextToken"),
    target: String = "", details: [LiveDetail] = [], shapes: [LiveShape] = [], hides: [String] = [],
    children: [LiveStep] = [], absent: Set<String> = [],
    leavingOut isLeftOut: @escaping @Sendable (JSONValue) -> Bool = { _ in false }
  ) -> LiveStep {
    LiveStep(
      service: service, action: action, target: target, input: input, list: list, paging: page,
      absent: absent, hides: shapes.map(\.type) + hides, isLeftOut: isLeftOut, details: details,
      shapes: shapes, children: children)
  }

  /// One answer about one element.
  static func one(
    _ service: LiveService, _ action: String, _ input: [(String, LiveStep.Input)], target: String = "",
    permission: String? = nil, absent: Set<String> = [], hides: [String] = []
  ) -> LiveStep {
    LiveStep(
      service: service, action: action, target: target, input: input, permission: permission, absent: absent,
      hides: hides)
  }

  /// Only whether there is one.
  static func presence(
    _ service: LiveService, _ action: String, _ list: String, _ id: String, _ type: String,
    page: LivePaging? = LivePaging("NextToken"), target: String = "",
    _ input: [(String, LiveStep.Input)] = [], permission: String? = nil, absent: Set<String> = []
  ) -> LiveStep {
    var step = self.list(
      service, action, list, input, page: page, target: target,
      shapes: [LiveShape(type, id: id, isUnread: true)], absent: absent)
    step.permission = permission
    return step
  }
}
