import CordonPolicy
import Synchronization

/// Which layers let nothing of a question through on their own.
///
/// Every role is asked about through every endpoint, for every action that would carry data away. A layer sees few of these
/// differences, so that what it cannot tell apart is asked once.
final class LayerBook: Sendable {
  private struct Seen: Hashable {
    var layer: PolicyLayer
    var needsAllow: Bool
    var namesPrincipals: Bool
    var policies: [PolicyDocument]
    var actions: [String]
  }

  private struct Chosen: Hashable {
    var document: PolicyDocument
    var places: [Int]
  }

  /// Who decides what was not asked before.
  let answers: AnswerBook
  private let sights = Remembered<Seen, LayerSight>(most: 65_536)
  /// By the statements that are left, with no action.
  private let narrowed = Remembered<Seen, LayerSight>(most: 16_384)
  private let documents = Remembered<Chosen, PolicyDocument>(most: 4_096)
  private let verdicts = Remembered<LayerKey, Bool>(most: 65_536)
  private let count = Mutex(0)

  /// A book whose questions `answers` decides.
  init(_ answers: AnswerBook) { self.answers = answers }

  /// Whether `layer` alone lets no request of the question through.
  func closes(_ layer: Inquiry.Layer, _ asked: AskedOfLayers) -> Bool {
    // Texts that only mean the same are equal to Swift, and two to the engine.
    let sight = sight(of: layer, for: asked.actions.allSatisfy(\.isASCII) ? asked.actions : [])
    let key = LayerKey(sight, asked)
    if let known = verdicts[key] { return known }
    var closes = false
    if case .none = answers.entry(asked.inquiry(of: sight)) { closes = true }
    verdicts.keep(closes, for: key)
    return closes
  }

  // MARK: sights

  private func sight(of layer: Inquiry.Layer, for actions: [String]) -> LayerSight {
    let seen = Seen(
      layer: layer.layer, needsAllow: layer.needsAllow, namesPrincipals: layer.namesPrincipals,
      policies: layer.policies, actions: actions)
    if let known = sights[seen] { return known }
    var left = layer
    left.level = nil
    if !actions.isEmpty { left.policies = layer.policies.compactMap { chosen($0, for: actions) } }
    let sight = sight(of: left)
    sights.keep(sight, for: seen)
    return sight
  }

  /// Sights of equal layers are one, whichever longer ones they were left of.
  private func sight(of layer: Inquiry.Layer) -> LayerSight {
    let seen = Seen(
      layer: layer.layer, needsAllow: layer.needsAllow, namesPrincipals: layer.namesPrincipals,
      policies: layer.policies, actions: [])
    if let known = narrowed[seen] { return known }
    let number = count.withLock { count in
      count += 1
      return count
    }
    let sight = LayerSight(layer, number: number)
    narrowed.keep(sight, for: seen)
    return sight
  }

  /// The statements that may apply to one of the actions, and those that say of what kind a key is; nil where there are none.
  private func chosen(_ document: PolicyDocument, for actions: [String]) -> PolicyDocument? {
    let places = document.statements.indices.filter { place in
      let statement = document.statements[place]
      return statement.tellsKinds || actions.contains { statement.action.mayMeet($0) }
    }
    if places.isEmpty { return nil }
    if places.count == document.statements.count { return document }
    let chosen = Chosen(document: document, places: places)
    if let known = documents[chosen] { return known }
    let kept = document.keeping(places) ?? document
    documents.keep(kept, for: chosen)
    return kept
  }
}

extension Statement {
  /// Whether how the statement compares a key shows what the key is, which no list does: that it has several values, or of which
  /// type they are.
  fileprivate var tellsKinds: Bool {
    conditions.contains { $0.operation.quantifier != .single || GlobalKeys.kind(of: $0.key) == nil }
  }
}

extension String {
  var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}

/// A question as its layers meet it one by one.
struct AskedOfLayers {
  let callers: Inquiry.Callers
  let actions: [String]
  let resources: [String]
  let demands: Demands
  let resourceAccount: String?

  init(_ question: RequestQuestion) {
    callers = question.callers
    actions = question.actions
    resources = question.resources
    demands = question.demands
    resourceAccount = question.resourceAccount
  }

  /// What of the question a layer is asked.
  func inquiry(of sight: LayerSight) -> Inquiry {
    Inquiry(
      layers: [sight.layer], callers: callers, actions: actions, resources: resources,
      constraints: demands.demands.filter { sight.sees($0) }.map(\.constraint),
      absent: Set(demands.missing.filter { sight.sees($0.kind) }.map(\.key)), resourceAccount: resourceAccount
    )
  }
}

/// What one layer can tell of a question: two with one key it lets through, or not, alike.
struct LayerKey: Hashable {
  private let sight: Int
  private var writer = KeyWriter()

  init(_ sight: LayerSight, _ asked: AskedOfLayers) {
    self.sight = sight.number
    add(asked.callers, sight, asked.demands)
    writer.add(asked.actions)
    writer.add(asked.resources)
    for demand in asked.demands.demands where sight.sees(demand) {
      if demand.isAlone, let signature = sight.signature(of: demand.constraint) {
        writer.append(demand.name)
        writer.add(signature)
      } else {
        writer.append(demand.written)
      }
    }
    // No demand begins so.
    writer.add(2)
    for key in asked.demands.missing where sight.sees(key.kind) {
      writer.add(true)
      writer.add(key.key.name)
    }
    writer.add(false)
    writer.add(asked.resourceAccount.map { [$0] } ?? [])
  }

  /// One caller whom the layer knows by no more than what it says of him; else the callers as they are.
  private mutating func add(_ callers: Inquiry.Callers, _ sight: LayerSight, _ demands: Demands) {
    guard case .oneOf(let principals) = callers, principals.count == 1, let principal = principals.first,
      !demands.namesPrincipal, let signature = sight.signature(of: principal)
    else {
      writer.add(false)
      return writer.add(callers)
    }
    writer.add(true)
    writer.add(signature)
    // What the demands ask of the caller himself is no part of the layer.
    let request = AccessRequest(principal: principal, action: "", resource: "")
    for demand in demands.demands where demand.isOfCaller && sight.sees(demand) {
      writer.add(true)
      writer.add(request.values(of: demand.constraint.key))
    }
    for key in demands.missing where key.isOfCaller && sight.sees(key.kind) {
      writer.add(true)
      writer.add(request.values(of: key.key))
    }
    writer.add(false)
  }
}
