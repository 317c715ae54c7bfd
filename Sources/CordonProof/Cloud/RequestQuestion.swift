import CordonModel
import CordonPolicy

/// A layer of policies as the files give it, before one of its readings is chosen.
///
/// What was found out of it is kept by which it is, so that routes hand on the same ones.
final class LayerReading: Sendable {
  let layer: PolicyLayer
  let level: Int?
  let policies: [PolicyReading]
  let needsAllow: Bool
  /// The layer in the reading that lets through the most.
  let widest: Inquiry.Layer

  init(_ layer: PolicyLayer, level: Int? = nil, policies: [PolicyReading], needsAllow: Bool = true) {
    self.layer = layer
    self.level = level
    self.policies = policies
    self.needsAllow = needsAllow
    widest = Self.layer(layer, level, policies.map(\.widest), needsAllow)
  }

  func reading(generous: Bool) -> Inquiry.Layer {
    generous ? widest : Self.layer(layer, level, policies.map(\.narrowest), needsAllow)
  }

  private static func layer(
    _ layer: PolicyLayer, _ level: Int?, _ policies: [PolicyDocument], _ needsAllow: Bool
  ) -> Inquiry.Layer {
    Inquiry.Layer(
      layer, level: level, policies: policies, needsAllow: needsAllow,
      namesPrincipals: layer == .endpoint || layer == .resource || layer == .rcp)
  }

  var unknowns: [UnknownPart] { policies.flatMap(\.unknowns) }
}

/// A question about requests, over policies as the files give them.
struct RequestQuestion: Sendable {
  var layers: [LayerReading]
  var grants: [[LayerReading]]
  var callers: Inquiry.Callers
  var actions: AskedTexts
  var resources: AskedTexts
  var demands: Demands
  var resourceAccount: String?

  init(
    layers: [LayerReading], grants: [[LayerReading]] = [], callers: Inquiry.Callers, actions: AskedTexts,
    resources: AskedTexts = .none, demands: Demands, resourceAccount: String? = nil
  ) {
    self.layers = layers
    self.grants = grants
    self.callers = callers
    self.actions = actions
    self.resources = resources
    self.demands = demands
    self.resourceAccount = resourceAccount
  }

  init(
    layers: [LayerReading], grants: [[LayerReading]] = [], callers: Inquiry.Callers, actions: [String],
    resources: [String] = [], demands: Demands = Demands(), resourceAccount: String? = nil
  ) {
    self.init(
      layers: layers, grants: grants, callers: callers, actions: AskedTexts(actions),
      resources: AskedTexts(resources), demands: demands, resourceAccount: resourceAccount)
  }

  func inquiry(generous: Bool) -> Inquiry {
    Inquiry(
      layers: layers.map { $0.reading(generous: generous) },
      grants: grants.map { $0.map { $0.reading(generous: generous) } }, callers: callers,
      actions: actions.texts,
      resources: resources.texts, constraints: demands.constraints, absent: demands.absent,
      resourceAccount: resourceAccount)
  }

  var unknowns: [UnknownPart] { (layers + grants.flatMap(\.self)).flatMap(\.unknowns) }
}

/// What the engine says of a question, both readings asked.
enum RequestOutcome: Sendable {
  /// No such request, whatever the unknown values are.
  case none
  /// Such a request, whatever they are.
  case some(RequestWitness)
  /// It depends, or was not decided.
  case unknown([UnknownPart])
}

/// Asks the engine.
struct Prover: Sendable {
  /// What single layers let through.
  private let layers: LayerBook
  /// What was answered, and who answers the rest.
  var answers: AnswerBook { layers.answers }

  init(answers: AnswerBook) { layers = LayerBook(answers) }

  func ask(_ question: RequestQuestion) -> RequestOutcome {
    switch answers.entry(question.inquiry(generous: true)) {
    case .none: return .none
    case .unknown(let doubts): return .unknown(doubts.map(\.part) + question.unknowns)
    case .some(let witness):
      guard !question.unknowns.isEmpty else { return .some(witness) }
      if case .some(let certain) = answers.entry(question.inquiry(generous: false)) { return .some(certain) }
      return .unknown(unique(question.unknowns))
    }
  }

  /// Whether no request passes; what one layer cannot tell apart is asked once.
  func rulesOut(_ question: RequestQuestion) -> Bool {
    let asked = AskedOfLayers(question)
    if question.layers.contains(where: { layers.closes($0, asked) }) { return true }
    if case .none = ask(question) { return true }
    return false
  }

  /// Which of these layers of a question do not close it on their own.
  func leaky(_ question: RequestQuestion, among kinds: Set<PolicyLayer>) -> [LayerReading] {
    let asked = AskedOfLayers(question)
    return question.layers.filter { layer in
      kinds.contains(layer.layer) && !layers.closes(layer, asked)
    }
  }

  /// Whether a request passes; where one layer alone lets nothing through, the others are not asked.
  func passes(_ question: RequestQuestion) -> (outcome: RequestOutcome, alone: [LayerReading]) {
    let alone = closing(question).alone
    return alone.isEmpty ? (ask(question), []) : (.none, alone)
  }

  /// Which layers let nothing of the question through on their own, and which do not.
  func closing(_ question: RequestQuestion) -> (alone: [LayerReading], leaky: [LayerReading]) {
    var closing: [LayerReading] = []
    var leaky: [LayerReading] = []
    let asked = AskedOfLayers(question)
    for layer in question.layers {
      if layers.closes(layer, asked) {
        closing.append(layer)
      } else {
        leaky.append(layer)
      }
    }
    return (closing, leaky)
  }
}

extension Doubt {
  /// The doubt as a report says it.
  var part: UnknownPart {
    switch self {
    case .budget(let states): UnknownPart("the search met its budget of \(states) states")
    case .undecided(let text): UnknownPart(text)
    case .replayFailed(let text):
      UnknownPart("a witness was not let through on replay, a fault of Cordon: \(text)")
    }
  }
}

/// Each of `parts` once, in order.
func unique<Element: Hashable>(_ parts: [Element]) -> [Element] {
  var seen: Set<Element> = []
  return parts.filter { seen.insert($0).inserted }
}
