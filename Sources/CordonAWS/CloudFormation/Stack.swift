import CordonModel

/// One deployment of a template: with parameters in force and what was learnt about it so far.
struct Stack {
  /// How its resources are told from another stack's; empty where there is one stack only.
  var name: String
  /// What the user calls it in `STACK:NAME=VALUE`.
  var scope: String
  var template: Template
  /// The values of its parameters, by name.
  var parameters: [String: CloudValue] = [:]
  /// Parameters whose values are not shown (`NoEcho`).
  var secret: Set<String> = []
  /// The resources, by name: where in `template.resources` they stand.
  var index: [String: Int]
  /// What its conditions come to.
  var answers: [String: Answer] = [:]
  /// The conditions being answered now, in their order.
  var open: [String] = []
  /// Which resource needs which other, and where.
  var needs: [String: [Need]] = [:]
  /// Stacks within it, by the resource that declares them; nil for one whose template is not given.
  var children: [String: Int?] = [:]
  /// How many stacks are above it.
  var depth: Int
  /// The stack above it.
  var parent: Int?

  /// One resource's use of another.
  struct Need {
    var name: String
    var location: Location
  }

  /// What a condition comes to; `open` where the files do not say.
  enum Answer {
    case yes, no, open
  }

  init(name: String, scope: String, template: Template, depth: Int = 0) {
    self.name = name
    self.scope = scope
    self.template = template
    self.depth = depth
    index = [:]
    reindex()
  }

  /// Notes where each resource stands.
  mutating func reindex() {
    index = [:]
    for (position, entry) in template.resources.enumerated() { index[entry.name] = position }
  }

  /// A resource's name within the deployment.
  func id(_ resource: String) -> ResourceID { ResourceID(stack: name, name: resource) }

  /// A name of this stack as messages and alternatives carry it.
  func qualified(_ name: String) -> String { self.name.isEmpty ? name : "\(self.name)/\(name)" }

  /// Everything that `Ref` can name.
  var names: [String] { template.resources.map(\.name) + template.parameters.map(\.name) }
}
