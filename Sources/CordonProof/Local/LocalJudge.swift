import CordonModel
import CordonPolicy

/// Decides which barriers hold, each once.
struct LocalJudge {
  let environment: Environment
  let places: SpecPlaces
  let inquiries: LocalInquiries
  let answer: @Sendable (Inquiry) -> Answer
  /// What came of questions so far; the same documents give the same answers.
  private(set) var answered: [LocalQuestion: Outcome] = [:]

  init(
    environment: Environment, policies: CompiledPolicies, places: SpecPlaces,
    known: [LocalQuestion: Outcome] = [:], answer: @escaping @Sendable (Inquiry) -> Answer
  ) {
    answered = known
    self.environment = environment
    self.places = places
    self.answer = answer
    inquiries = LocalInquiries(environment: environment, policies: policies, places: places)
  }

  /// What came of a barrier; each says how that was found.
  enum Outcome: Sendable {
    case holds([ClosingControl], step: String)
    case fails(Breach, step: String)
    case undecided([UnknownPart], step: String)
  }

  /// Why a barrier does not hold, and what would make it.
  struct Breach: Sendable {
    /// The request that passes, where the engine found one.
    var request: AccessRequest?
    /// The one change.
    var fix: String
    var resource: String
    var location: Location
  }

  /// Whether a barrier holds.
  mutating func outcome(of barrier: LocalBarrier) -> Outcome {
    switch barrier {
    case .control(let control): return outcome(of: control)
    case .mechanism(let mechanism): return outcome(of: mechanism)
    case .crossing(let action): return outcome(of: action)
    case .browserPolicy(let action):
      return action.isOn(in: environment.browser) ? outcome(of: action) : outcome(of: .browserPolicy)
    case .fact(let fact):
      let control = ClosingControl(
        resource: fact.rawValue, location: places.location("projects"), layer: fact.layer)
      return .holds([control], step: "\(fact.layer): \(fact.sentence)")
    case .policy(let question):
      if let known = answered[question] { return known }
      let outcome = outcome(of: question)
      answered[question] = outcome
      return outcome
    }
  }

  // MARK: Controls and mechanisms

  private func outcome(of control: Control) -> Outcome {
    let place = control.location(in: places)
    if environment.weakenedForDrill.contains(control) {
      let breach = Breach(
        request: nil, fix: "switch the control on again; no environment outside a drill runs without it",
        resource: control.rawValue, location: place)
      return .fails(breach, step: "\(control.layer): '\(control.rawValue)' is switched off")
    }
    if let mechanism = control.mechanism, case .fails(let breach, let step) = outcome(of: mechanism) {
      return .fails(breach, step: step)
    }
    let closing = ClosingControl(resource: control.rawValue, location: place, layer: control.layer)
    return .holds([closing], step: "\(control.layer): '\(control.rawValue)' is in force")
  }

  private func outcome(of mechanism: SandboxMechanism) -> Outcome {
    let name = mechanism.rawValue
    guard environment.acceptedMissingMechanisms.contains(name) else {
      let closing = ClosingControl(resource: name, location: places.location("projects"), layer: "sandbox")
      return .holds([closing], step: "sandbox: no workspace starts on a machine without '\(name)'")
    }
    let breach = Breach(
      request: nil, fix: "take '\(name)' out of sandbox.without; 'cordon doctor' says how a machine gets it",
      resource: "sandbox.without", location: places.location("sandbox"))
    return .fails(breach, step: "sandbox: the spec does without '\(name)'")
  }

  /// What the documents of the portal refuse to everybody is what the spec leaves off: one line decides both.
  private func outcome(of crossing: PortalAction) -> Outcome {
    let place = places.location("browser", "people", "projects")
    let key = Self.keys[crossing] ?? crossing.rawValue
    if crossing.isOn(in: environment.browser) {
      let breach = Breach(fix: "set \(key) to off", resource: key, location: place)
      return .fails(breach, step: "portal: the spec switches '\(key)' on")
    }
    if crossing.path != nil, environment.weakenedForDrill.contains(.portalCrossings) {
      return outcome(of: .portalCrossings)
    }
    return .holds(
      [ClosingControl(resource: Control.portalCrossings.rawValue, location: place, layer: "portal")],
      step: "portal: '\(key)' is off, and what is off is refused to everybody")
  }

  private static let keys: [PortalAction: String] = [
    .pasteIn: "browser.clipboard.in", .copyOut: "browser.clipboard.out", .upload: "browser.upload",
    .download: "browser.download", .print: "browser.print",
  ]

  // MARK: Questions

  private func outcome(of question: LocalQuestion) -> Outcome {
    var controls: [ClosingControl] = []
    var layers: [PolicyLayer] = []
    var doubts: [UnknownPart] = []
    let forms = inquiries.inquiries(question)
    for form in forms {
      switch answer(form.inquiry) {
      case .none:
        if layers.isEmpty { layers = closingLayers(form) }
        for control in closing(form, layers) where !controls.contains(control) { controls.append(control) }
      case .some(let witness):
        return .fails(
          breach(telling(form) ?? witness, form), step: "the documents let it through: \(question.sentence)")
      case .unknown(let reasons):
        doubts += reasons.map { UnknownPart($0.text, location: form.titles.first?.location) }
      }
    }
    if !doubts.isEmpty {
      return .undecided(unique(doubts), step: "not decided whether \(question.sentence)")
    }
    guard !controls.isEmpty else {
      let part = UnknownPart("there is no project with a workspace to ask about")
      return .undecided([part], step: "nothing was asked: \(question.sentence)")
    }
    // What stands for any other project has no line of its own to point at.
    if let standIn = LocalProof.standIn?.text {
      let own = controls.filter { !$0.resource.contains(standIn) }
      if !own.isEmpty { controls = own }
    }
    let count = forms.count == 1 ? "one question" : "\(forms.count) questions"
    let closing = controls.map(\.resource).joined(separator: ", ")
    return .holds(
      controls, step: "no request exists with which \(question.sentence) (\(count); closed by \(closing))")
  }

  /// A witness with a request that people know, where there is one among those that pass.
  private func telling(_ form: LocalInquiry) -> RequestWitness? {
    guard form.inquiry.actions.count != 1 || form.inquiry.actions == ["s3:*"] else { return nil }
    for action in ["s3:PutObject", "s3:GetObject", "s3:PutBucketPolicy"] {
      guard form.inquiry.actions.contains(where: { $0 == "s3:*" || $0 == action }) else { continue }
      var narrower = form.inquiry
      narrower.actions = [action]
      if case .some(let witness) = answer(narrower) { return witness }
    }
    return nil
  }

  /// The layers that close it, each by itself; all of them where only all together do.
  private func closingLayers(_ form: LocalInquiry) -> [PolicyLayer] {
    var layers = form.titles.filter { isClosed(form.alone($0)) }.map(\.layer.layer)
    if isClosed(form.grantsOnly) { layers += form.titles.filter(\.isGrant).map(\.layer.layer) }
    return layers.isEmpty ? form.titles.map(\.layer.layer) : unique(layers)
  }

  /// The same layers in another project's form of the question, where the first of them closes that one too.
  private func closing(_ form: LocalInquiry, _ layers: [PolicyLayer]) -> [ClosingControl] {
    let titles = form.titles.filter { layers.contains($0.layer.layer) }
    let holds = titles.contains { isClosed(form.alone($0)) } || isClosed(form.grantsOnly)
    return (holds ? titles : form.titles).map { title in
      ClosingControl(resource: title.title, location: title.location, layer: title.layer.layer.title)
    }
  }

  private func isClosed(_ inquiry: Inquiry) -> Bool {
    guard !inquiry.layers.isEmpty || !inquiry.grants.isEmpty else { return false }
    if case .none = answer(inquiry) { return true }
    return false
  }

  private func breach(_ witness: RequestWitness, _ form: LocalInquiry) -> Breach {
    if let control = Control.allCases.first(where: {
      [.endpointPolicy, .credentialCheck, .dnsAllowlist, .proxyAllowlist].contains($0)
        && environment.weakenedForDrill.contains($0)
    }) {
      return Breach(
        request: witness.request,
        fix: "switch the control on again; no environment outside a drill runs without it",
        resource: control.rawValue, location: control.location(in: places))
    }
    let reason = witness.allowedBy.last
    let title = form.titles.first { $0.layer.layer == reason?.layer } ?? form.titles.last
    let place = places.location("policies", "organization")
    let statement =
      reason?.sid.map { "the statement '\($0)'" } ?? "the statement that allows \(witness.request.action)"
    return Breach(
      request: witness.request, fix: "take away or narrow \(statement)",
      resource: title?.title ?? "policies", location: place)
  }
}
