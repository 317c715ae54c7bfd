import CordonPolicy
import Synchronization

/// Which layers let nothing of a question through on their own.
///
/// Every role is asked about through every endpoint, for every action that would carry data away. A layer sees few of these
/// differences, so that what it cannot tell apart is asked once.
final class LayerBook: Sendable {
  /// A layer as the files give it, and what is asked of it.
  private struct Asked: Hashable {
    var layer: LayerReading
    var actions: Int
    var resources: Int

    static func == (left: Self, right: Self) -> Bool {
      left.layer === right.layer && left.actions == right.actions && left.resources == right.resources
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(ObjectIdentifier(layer))
      hasher.combine(actions)
      hasher.combine(resources)
    }
  }

  private struct Seen: Hashable {
    var layer: PolicyLayer
    var needsAllow: Bool
    var namesPrincipals: Bool
    var policies: [PolicyDocument]
  }

  private struct Chosen: Hashable {
    var document: PolicyDocument
    var actions: Int
    var resources: Int
    var needsAllow: Bool
  }

  private struct Kept: Hashable {
    var document: PolicyDocument
    var places: [Int]
  }

  /// Who decides what was not asked before.
  let answers: AnswerBook
  private let asked = Remembered<Asked, LayerSight>(most: 65_536)
  /// By the statements that are left.
  private let sights = Remembered<Seen, LayerSight>(most: 16_384)
  private let chosen = Remembered<Chosen, PolicyDocument?>(most: 65_536)
  private let kept = Remembered<Kept, PolicyDocument>(most: 4_096)
  private let verdicts = Remembered<LayerKey, Bool>(most: 131_072)
  private let count = Mutex(0)

  /// A book whose questions `answers` decides.
  init(_ answers: AnswerBook) { self.answers = answers }

  /// Whether `layer` alone lets no request of the question through.
  func closes(_ layer: LayerReading, _ question: AskedOfLayers) -> Bool {
    let sight = sight(
      of: layer, for: question.actions.isASCII ? question.actions : .none,
      on: question.resources.isASCII ? question.resources : .none)
    let key = LayerKey(sight, question)
    if let known = verdicts[key] { return known }
    var closes = false
    if case .none = answers.entry(question.inquiry(of: sight)) { closes = true }
    verdicts.keep(closes, for: key)
    return closes
  }

  // MARK: sights

  private func sight(of layer: LayerReading, for actions: AskedTexts, on resources: AskedTexts) -> LayerSight
  {
    let asked = Asked(layer: layer, actions: actions.number, resources: resources.number)
    if let known = self.asked[asked] { return known }
    var left = layer.widest
    left.level = nil
    left.policies = left.policies.compactMap {
      chosen($0, for: actions, on: resources, needsAllow: layer.needsAllow)
    }
    let sight = sight(of: left)
    self.asked.keep(sight, for: asked)
    return sight
  }

  /// Sights of equal layers are one, whichever longer ones they were left of.
  private func sight(of layer: Inquiry.Layer) -> LayerSight {
    let seen = Seen(
      layer: layer.layer, needsAllow: layer.needsAllow, namesPrincipals: layer.namesPrincipals,
      policies: layer.policies)
    if let known = sights[seen] { return known }
    let number = count.withLock { count in
      count += 1
      return count
    }
    let sight = LayerSight(layer, number: number)
    sights.keep(sight, for: seen)
    return sight
  }

  /// The statements that may decide about one of the actions on one of the resources, and those that say of what kind a key is;
  /// nil where there are none. What a layer allows that needs to allow nothing decides nothing.
  private func chosen(
    _ document: PolicyDocument, for actions: AskedTexts, on resources: AskedTexts, needsAllow: Bool
  ) -> PolicyDocument? {
    let wanted = Chosen(
      document: document, actions: actions.number, resources: resources.number, needsAllow: needsAllow)
    if let known = chosen[wanted] { return known }
    let places = document.statements.indices.filter { place in
      let statement = document.statements[place]
      return statement.tellsKinds
        || (needsAllow || statement.effect == .deny) && statement.mayApply(actions.texts, resources.texts)
    }
    let left = keeping(places, of: document)
    chosen.keep(left, for: wanted)
    return left
  }

  private func keeping(_ places: [Int], of document: PolicyDocument) -> PolicyDocument? {
    if places.isEmpty { return nil }
    if places.count == document.statements.count { return document }
    let wanted = Kept(document: document, places: places)
    if let known = kept[wanted] { return known }
    let left = document.keeping(places) ?? document
    kept.keep(left, for: wanted)
    return left
  }
}

extension Statement {
  /// Whether it may apply to a request for one of these actions on one of these resources; any, where there are none. False is
  /// certain.
  fileprivate func mayApply(_ actions: [String], _ resources: [String]) -> Bool {
    guard actions.isEmpty || actions.contains(where: { action.mayMeet($0) }) else { return false }
    guard let resource, !resources.isEmpty else { return true }
    return resources.contains { resource.mayReach($0) }
  }

  /// Whether how the statement compares a key shows what the key is, which no list does: that it has several values, or of which
  /// type they are.
  fileprivate var tellsKinds: Bool {
    conditions.contains { $0.operation.quantifier != .single || GlobalKeys.kind(of: $0.key) == nil }
  }
}

/// A question as its layers meet it one by one.
struct AskedOfLayers {
  let callers: Inquiry.Callers
  let actions: AskedTexts
  let resources: AskedTexts
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
    let (demands, missing) = (demands.parts.flatMap(\.demands), demands.parts.flatMap(\.missing))
    return Inquiry(
      layers: [sight.layer], callers: callers, actions: actions.texts, resources: resources.texts,
      constraints: demands.filter { sight.sees($0) }.map(\.constraint),
      absent: Set(missing.filter { sight.sees($0.kind) }.map(\.key)), resourceAccount: resourceAccount
    )
  }
}

/// What one layer can tell of a question: two with one key it lets through, or not, alike.
struct LayerKey: Hashable {
  private let sight: Int
  private let caller: Int
  private let actions: Int
  private let resources: Int
  /// What it sees of each part of the demands, of which there are no more; 0 where there is none.
  private var demands = SIMD4<Int>(repeating: 0)
  private let resourceAccount: String?

  init(_ sight: LayerSight, _ asked: AskedOfLayers) {
    self.sight = sight.number
    caller = sight.caller(of: asked)
    actions = asked.actions.number
    resources = sight.resources(of: asked)
    resourceAccount = asked.resourceAccount
    for (place, part) in asked.demands.parts.enumerated() { demands[place] = sight.seen(of: part) }
  }
}
