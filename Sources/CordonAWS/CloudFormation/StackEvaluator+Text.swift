import CordonModel
import CordonPolicy

// Fn::Sub, Fn::Join and what both make: text whose parts may not be known.
extension StackEvaluator {
  /// A text as it stands, dynamic references (`{{resolve:...}}`) taken out: only AWS resolves them.
  func literal(_ text: String, at place: Location?) -> CloudValue {
    guard text.utf8.contains(UInt8(ascii: "{")), let parts = DynamicReference.parts(of: text) else {
      return CloudValue(.string(text), at: place)
    }
    let values = parts.map { part -> CloudValue in
      switch part {
      case .text(let text): CloudValue(.string(text), at: place)
      case .reference(let name): CloudValue(.unknown(.init(.dynamicReference, name)), at: place)
      }
    }
    return values.count == 1 ? values[0] : CloudValue(.joined(values), at: place)
  }

  /// One text made of parts: neighbours that are known grow together, joined parts are taken apart first.
  mutating func text(
    _ parts: [CloudValue], of function: IntrinsicFunction, at place: Location
  ) -> CloudValue {
    var grown: [CloudValue] = []
    var known = ""
    func flush(_ grown: inout [CloudValue], _ known: inout String) {
      if !known.isEmpty { grown.append(CloudValue(.string(known), at: place)) }
      known = ""
    }
    for part in parts {
      let pieces: [CloudValue] = if case .joined(let pieces) = part.content { pieces } else { [part] }
      for piece in pieces {
        if let text = piece.plainText {
          known += text
        } else if piece.isTextual {
          flush(&grown, &known)
          grown.append(piece)
        } else {
          return refuse(
            function, "text; \(piece.kindName) stands where text belongs", at: part.location ?? place)
        }
      }
    }
    guard spend(grown.reduce(known.utf8.count) { $0 + ($1.plainText?.utf8.count ?? 8) }, at: place) else {
      return wrong(at: place)
    }
    if grown.isEmpty { return literal(known, at: place) }
    flush(&grown, &known)
    return joined(grown, at: place)
  }

  private func joined(_ parts: [CloudValue], at place: Location) -> CloudValue {
    if parts.count == 1 { return CloudValue(parts[0].content, at: place) }
    // Half a dynamic reference around an unknown part: what AWS puts there is not this text.
    if parts.contains(where: { $0.plainText?.contains("{{resolve:") ?? false }) {
      return CloudValue(.unknown(.init(.dynamicReference, parts.compactMap(\.plainText).joined())), at: place)
    }
    return CloudValue(.joined(parts), at: place)
  }

  /// `Fn::Sub`: `"text ${Name} ${Resource.Attribute} ${!Literal}"`, alone or with a map of names of its own.
  mutating func sub(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    var names: [String: CloudValue] = [:]
    var template = argument
    if let items = argument.elements {
      guard items.count == 2, let map = items[1].members else {
        return refuse(.sub, "text, or a list of text and an object", at: site)
      }
      template = items[0]
      for member in map { names[member.name] = value(member.value, in: stack) }
    }
    guard let text = template.plainText else {
      return refuse(.sub, "text, or a list of text and an object", at: site)
    }
    var parts: [CloudValue] = []
    for piece in Substitution.pieces(of: text) {
      switch piece {
      case .text(let text): parts.append(CloudValue(.string(text), at: site))
      case .name(let name):
        let part = names[name] ?? substituted(name, at: site, in: stack)
        guard part.content != .null else {
          return refuse(.sub, "text; '\(name)' has no value", at: site)
        }
        parts.append(part)
      case .malformed(let name):
        return refuse(
          .sub, "names of letters, digits, '.', '_' and ':' in ${}; for the text itself write ${!\(name)}",
          at: site)
      }
    }
    return self.text(parts, of: .sub, at: site)
  }

  private mutating func substituted(_ name: String, at site: Location, in stack: Int) -> CloudValue {
    guard name.contains("."), stacks[stack].index[name] == nil else {
      return named(name, at: site, in: stack)
    }
    return attribute(of: name, at: site, in: stack)
  }

  /// `Fn::Join`: `[separator, list]`.
  mutating func join(_ argument: CloudValue, at site: Location, in stack: Int) -> CloudValue {
    guard let items = argument.elements, items.count == 2, let separator = items[0].plainText else {
      return refuse(.join, "a list of two: the separator as text, and the list to join", at: site)
    }
    let list = value(items[1], in: stack)
    switch list.content {
    case .list(let elements): return join(elements, separator, at: site)
    case .oneOf(let choices, let condition)
    where choices.allSatisfy({ $0.elements != nil || $0.content == .null }):
      let joined = choices.map { join($0.elements ?? [], separator, at: site) }
      return CloudValue(.oneOf(joined, condition: condition), at: site)
    case .unknown, .joined, .oneOf, .reference: return open(.join, because: list, at: site)
    default: return refuse(.join, "a list to join; \(list.kindName) stands there", at: list.location ?? site)
    }
  }

  private mutating func join(_ elements: [CloudValue], _ separator: String, at site: Location) -> CloudValue {
    // An element that may be taken away takes its separator with it: each case is joined for itself.
    if let index = elements.firstIndex(where: \.mayVanish),
      case .oneOf(let choices, let condition) = elements[index].content
    {
      guard elements.filter(\.mayVanish).count <= 4 else { return open(.join, at: site) }
      let joined = choices.map { choice in
        var elements = elements
        if choice.content == .null { elements.remove(at: index) } else { elements[index] = choice }
        return join(elements, separator, at: site)
      }
      return CloudValue(.oneOf(joined, condition: condition), at: site)
    }
    var parts: [CloudValue] = []
    for (index, element) in elements.enumerated() {
      if index > 0 { parts.append(CloudValue(.string(separator), at: site)) }
      parts.append(element)
    }
    return text(parts, of: .join, at: site)
  }

  /// Not known because of a part: the part's own name says more than the function's.
  func open(_ function: IntrinsicFunction, because part: CloudValue, at site: Location) -> CloudValue {
    if case .unknown(let unknown) = part.content { return CloudValue(.unknown(unknown), at: site) }
    return open(function, at: site)
  }
}

extension CloudValue {
  /// Whether it can stand in text although its text is not known.
  var isTextual: Bool {
    switch content {
    case .reference, .unknown: true
    case .oneOf(let choices, _): choices.allSatisfy { $0.plainText != nil || $0.isTextual || $0.isJoined }
    default: false
    }
  }

  var isJoined: Bool { if case .joined = content { true } else { false } }

  /// Whether it is a choice of which one case takes it away.
  var mayVanish: Bool {
    guard case .oneOf(let choices, _) = content else { return false }
    return choices.contains { $0.content == .null }
  }
}
