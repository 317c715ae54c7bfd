import CordonModel
import CordonPolicy

extension CloudEstate {
  /// The policy `value`, in its two readings. One that the resource may not have, because the resource exists under a
  /// condition, lets through what it allows and does not deny what it denies.
  func policy(
    _ value: CloudValue, of resource: CloudResource, named name: String, namesPrincipals: Bool
  ) -> PolicyReading {
    var reading = policy(value, named: name, namesPrincipals: namesPrincipals)
    reading.resource = resource.id
    reading.location = value.location ?? resource.location
    guard let condition = resource.condition else { return reading }
    reading.widest = reading.widest.keeping(.allow)
    reading.narrowest = reading.narrowest.keeping(.deny)
    reading.unknowns.append(
      UnknownPart(
        "\(resource.id) exists only if \(condition), which the files do not answer",
        resource: "\(resource.id)",
        location: resource.location))
    return reading
  }

  private func policy(_ value: CloudValue, named name: String, namesPrincipals: Bool) -> PolicyReading {
    if case .unknown(let unknown) = value.content {
      return .open(
        name, [gap(unknown, at: value.location)], at: value.location, namesPrincipals: namesPrincipals)
    }
    var value = value
    if case .known(let json) = text(value) {
      guard let parsed = try? JSONValue(parsing: json) else {
        return .open(
          name, [UnknownPart("\(name) is not JSON", location: value.location)], at: value.location,
          namesPrincipals: namesPrincipals)
      }
      value = CloudValue(json: parsed, at: value.location)
    }
    var wide = PolicyTranscript(self, generous: true, namesPrincipals: namesPrincipals)
    var narrow = PolicyTranscript(self, generous: false, namesPrincipals: namesPrincipals)
    guard let generous = wide.document(value), let strict = narrow.document(value) else {
      return .open(
        name, [UnknownPart("\(name) cannot be read", location: value.location)], at: value.location,
        namesPrincipals: namesPrincipals)
    }
    do {
      return PolicyReading(
        name: name, widest: try PolicyDocument(generous), narrowest: try PolicyDocument(strict),
        unknowns: wide.unknowns, resource: nil, location: value.location)
    } catch {
      return .open(
        name, [UnknownPart("\(name) cannot be read: \(error.message)", location: value.location)],
        at: value.location, namesPrincipals: namesPrincipals)
    }
  }
}

extension PolicyDocument {
  /// The document with the statements of one effect only.
  func keeping(_ effect: Statement.Effect) -> PolicyDocument {
    guard let value = try? JSONValue(parsing: json) else { return .silent }
    let members = (value.members ?? []).map { member in
      guard member.name == "Statement" else { return (member.name, member.value) }
      let kept = (member.value.elements ?? [member.value]).filter { $0["Effect"]?.text == effect.rawValue }
      return (member.name, JSONValue.array(kept))
    }
    return (try? PolicyDocument(JSONValue.object(members))) ?? .silent
  }
}

extension CloudValue {
  /// JSON text of the files, as a value of theirs.
  init(json: JSONValue, at location: Location?) {
    switch json.content {
    case .null: self.init(Content.null, at: location)
    case .bool(let flag): self.init(Content.bool(flag), at: location)
    case .number(let text): self.init(Content.number(text), at: location)
    case .string(let text): self.init(Content.string(text), at: location)
    case .array(let values):
      self.init(Content.list(values.map { CloudValue(json: $0, at: location) }), at: location)
    case .object(let members):
      self.init(
        Content.object(
          members.map {
            Member(name: $0.name, value: CloudValue(json: $0.value, at: location), location: location)
          }), at: location)
    }
  }
}
