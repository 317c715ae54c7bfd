import CordonModel

extension CloudValue {
  /// The member called `name`. What is not known above it is not known of it either.
  subscript(name: String) -> CloudValue? {
    switch content {
    case .object(let members): return members.last { $0.name == name }?.value
    case .unknown: return self
    case .oneOf(let values, let condition):
      let parts = values.map { $0[name] ?? CloudValue(.null) }
      if parts.allSatisfy({ $0.content == .null }) { return nil }
      return CloudValue(.oneOf(parts, condition: condition), at: location)
    default: return nil
    }
  }

  /// The member at the end of `path`.
  subscript(path path: [String]) -> CloudValue? {
    var value: CloudValue? = self
    for name in path { value = value?[name] }
    if case .null? = value?.content { return nil }
    return value
  }

  /// The elements of a list; a single value stands for a list of itself. Alternatives count all.
  var elements: [CloudValue] {
    switch content {
    case .list(let values): values.flatMap(\.unwrapped)
    case .null: []
    default: unwrapped
    }
  }

  private var unwrapped: [CloudValue] {
    switch content {
    case .null: []
    case .oneOf(let values, _) where values.contains(where: \.isList): values.flatMap(\.elements)
    default: [self]
    }
  }

  private var isList: Bool { if case .list = content { true } else { false } }

  /// The members of an object; none for anything else.
  var members: [Member] { if case .object(let members) = content { members } else { [] } }

  /// Every value in it, itself first, with the name of the member it stands under.
  func visit(under name: String = "", _ body: (String, CloudValue) -> Void) {
    body(name, self)
    switch content {
    case .list(let values), .joined(let values), .oneOf(let values, _):
      for value in values { value.visit(under: name, body) }
    case .object(let members):
      for member in members { member.value.visit(under: member.name, body) }
    default: break
    }
  }
}

extension CloudResource {
  /// The property at the end of `path`, nil where it is left out.
  subscript(path: String...) -> CloudValue? { properties[path: path] }

  /// Where the property stands, or the resource if it is left out.
  func place(_ path: String...) -> Location { properties[path: path]?.location ?? location }
}
