public import CordonPolicy

extension Answer {
  /// The verdict's name: `closed` where no such request exists, `open` where one does, else `unknown`.
  public var verdict: String {
    switch self {
    case .none: "closed"
    case .some: "open"
    case .unknown: "unknown"
    }
  }

  /// `{"verdict","witness":{"principal","action","resource","context":{}},"allowedBy":[],"unknown":[]}`, each where it applies.
  public var json: JSONValue {
    var members: [(String, JSONValue)] = [("verdict", .string(verdict))]
    switch self {
    case .none: break
    case .some(let witness):
      members.append(("witness", witness.request.json))
      members.append(("allowedBy", .array(witness.allowedBy.map(\.json))))
    case .unknown(let doubts): members.append(("unknown", .array(doubts.map { .string($0.text) })))
    }
    return .object(members)
  }
}

extension AccessRequest {
  /// The request as `cordon decide` reads it.
  public var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("principal", principal.json), ("action", .string(action)), ("resource", .string(resource)),
    ]
    if let resourceAccount { members.append(("resourceAccount", .string(resourceAccount))) }
    let facts = context.stated.map { name, values -> (String, JSONValue) in
      switch values.count {
      case 0: (name, .null)
      case 1: (name, .string(values[0]))
      default: (name, .array(values.map { .string($0) }))
      }
    }
    return .object(members + [("context", .object(facts))])
  }
}

extension Principal {
  /// The principal as `cordon decide` reads it.
  fileprivate var json: JSONValue {
    switch self {
    case .anonymous, .aws: .string(description)
    case .service(let name): .object([("Service", .string(name))])
    case .federated(let name): .object([("Federated", .string(name))])
    case .canonicalUser(let id): .object([("CanonicalUser", .string(id))])
    }
  }
}

extension Doubt {
  /// The doubt as a sentence without its full stop.
  public var text: String {
    switch self {
    case .budget(let states): "the search met its budget of \(states) states"
    case .undecided(let text): text
    case .replayFailed(let text):
      "a request was found that the evaluator does not let through (\(text)); please report this"
    }
  }
}
