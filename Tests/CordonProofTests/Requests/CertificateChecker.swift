import CordonPolicy
import CordonProof

/// Checks a certificate without the engine: that its branches cover every choice, and that no value of a small world meets
/// what the way to a leaf asks of the leaf's axis.
///
/// It knows nothing of cells and automata: values are enumerated, and the evaluator is asked.
struct CertificateChecker {
  let inquiry: Inquiry
  /// What a leaf's axis may hold, by its name in lower case; `nil` stands for a request that lacks it.
  let values: [String: [[String]?]]

  /// A fact on the way to a leaf.
  private struct Fact {
    var place: Certificate.Place
    var part: StatementPart
    /// What the evaluator may say of it, undecided points read in the attacker's favour.
    var admits: [Truth]
  }

  /// What is wrong with the certificate; nil where it holds.
  func fault(in certificate: Certificate) -> String? {
    let kinds = Set(certificate.cases.map { $0.isOfAccounts })
    let grants = Set(certificate.cases.map { $0.grant ?? 0 })
    guard kinds == [true, false], grants.count == max(1, inquiry.grants.count) else {
      return "a case is missing"
    }
    for each in certificate.cases {
      let layers = inquiry.layers + (each.grant.map { inquiry.grants[$0] } ?? [])
      if let fault = fault(each.step, [], layers, isOfAccounts: each.isOfAccounts) { return fault }
    }
    return nil
  }

  private func fault(
    _ step: Certificate.Step, _ facts: [Fact], _ layers: [Inquiry.Layer], isOfAccounts: Bool
  ) -> String? {
    switch step {
    case .unmet(let axis): return unmet(axis, facts, layers, isOfAccounts)
    case .misfit: return nil
    case .allow(let number, let branches):
      guard layers.indices.contains(number), layers[number].needsAllow else { return "no such layer" }
      guard Set(branches.map(\.0)) == Set(places(layers, .allow).filter { $0.layer == number }) else {
        return "an Allow of layer \(number) is missing"
      }
      for (place, next) in branches {
        let own = parts(place, layers).map { Fact(place: place, part: $0, admits: [.yes, .undecided]) }
        if let fault = fault(next, facts + own, layers, isOfAccounts: isOfAccounts) { return fault }
      }
      return nil
    case .deny(let place, let branches):
      guard places(layers, .deny).contains(place) else { return "no such Deny" }
      let missing = Set(parts(place, layers)).subtracting(branches.map(\.0))
      // What holds for every request needs no branch: it cannot fail.
      if let part = missing.first(where: { !isTrivial($0, place, layers) }) {
        return "\(part) of \(place) is missing"
      }
      var given: [Fact] = []
      for (part, next) in branches {
        let own = Fact(place: place, part: part, admits: [.no, .undecided])
        if let fault = fault(next, facts + given + [own], layers, isOfAccounts: isOfAccounts) { return fault }
        given.append(Fact(place: place, part: part, admits: [.yes]))
      }
      return nil
    }
  }

  private func places(_ layers: [Inquiry.Layer], _ effect: Statement.Effect) -> [Certificate.Place] {
    layers.enumerated().flatMap { number, layer in
      layer.policies.enumerated().flatMap { policy, document in
        document.statements.enumerated().filter { $0.element.effect == effect }.map {
          Certificate.Place(layer: number, policy: policy, statement: $0.offset)
        }
      }
    }
  }

  private func parts(_ place: Certificate.Place, _ layers: [Inquiry.Layer]) -> [StatementPart] {
    let statement = layers[place.layer].policies[place.policy].statements[place.statement]
    return [.action, .resource] + (layers[place.layer].namesPrincipals ? [.principal] : [])
      + statement.conditions.indices.map(StatementPart.condition)
  }

  private func isTrivial(_ part: StatementPart, _ place: Certificate.Place, _ layers: [Inquiry.Layer]) -> Bool
  {
    let statement = layers[place.layer].policies[place.policy].statements[place.statement]
    switch part {
    case .action: return !statement.action.isNegated && statement.action.patterns.contains { $0.text == "*" }
    case .resource:
      return statement.resource.map { !$0.isNegated && $0.patterns.contains { $0.text == "*" } } ?? true
    case .principal:
      return statement.principal.map { !$0.isNegated && $0.entries.contains(.everyone) } ?? false
    case .condition: return false
    }
  }

  // MARK: leaves

  private func unmet(
    _ axis: String, _ facts: [Fact], _ layers: [Inquiry.Layer], _ isOfAccounts: Bool
  ) -> String? {
    let own = facts.filter { self.axis(of: $0, layers) == axis.lowercased() }
    guard !own.isEmpty else { return "nothing is asked of \(axis)" }
    for value in values[axis.lowercased()] ?? [nil] {
      guard let request = request(axis.lowercased(), value, isOfAccounts: isOfAccounts) else { continue }
      let meets = own.allSatisfy { fact in
        let layer = layers[fact.place.layer]
        let truth = layer.policies[fact.place.policy].truth(
          of: fact.part, statement: fact.place.statement, for: request, in: layer.layer)
        return fact.admits.contains(truth)
      }
      if meets { return "\(axis) may be \(value ?? [])" }
    }
    return nil
  }

  private func axis(of fact: Fact, _ layers: [Inquiry.Layer]) -> String {
    switch fact.part {
    case .action: return "action"
    case .resource: return "resource"
    case .principal: return "principal"
    case .condition(let number):
      let statement = layers[fact.place.layer].policies[fact.place.policy].statements[fact.place.statement]
      let name = statement.conditions[number].key.name.lowercased()
      return ["aws:principalarn", "aws:principalaccount"].contains(name) ? "principal" : name
    }
  }

  private func request(_ axis: String, _ value: [String]?, isOfAccounts: Bool) -> AccessRequest? {
    var request = AccessRequest(principal: .anonymous, action: "", resource: "")
    switch axis {
    case "action": request.action = value?.first ?? ""
    case "resource": request.resource = value?.first ?? ""
    case "principal":
      guard let principal = try? Principal(parsing: value?.first ?? ""),
        (principal.account != nil) == isOfAccounts
      else { return nil }
      request.principal = principal
    default: request.context[axis] = value ?? []
    }
    return request
  }
}

extension SmallWorld {
  /// Everything that a leaf may hold in this world.
  static let everything: [String: [[String]?]] = {
    var all: [String: [[String]?]] = [:]
    all["action"] =
      (ActionCatalog.actions(of: "s3") + ActionCatalog.actions(of: "sqs") + ["s3:Get", "s3:xetObject"]).map {
        [$0]
      }
    all["resource"] =
      resources.values.flatMap { $0 }.map { [$0] } + words("abxy/:", 4).map { ["arn:aws:s3:::" + $0] }
    all["principal"] = principals.map { [$0] }
    for key in keys {
      var values = key.carried.map { [$0] }
      if key.isList { for one in key.carried { values += key.carried.map { [one, $0] } } }
      if key.name == texts.name { values += words("abAc", 4).map { [$0] } }
      all[key.name.lowercased()] = values.map { .some($0) } + [nil]
    }
    return all
  }()

  /// All words of these letters up to a length.
  private static func words(_ letters: String, _ longest: Int) -> [String] {
    var words = [""]
    var last = [""]
    for _ in 0..<longest {
      last = last.flatMap { word in letters.map { word + String($0) } }
      words += last
    }
    return words
  }
}
