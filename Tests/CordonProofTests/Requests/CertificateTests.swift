import CordonPolicy
import CordonProof
import Testing

@Suite struct `Certificates` {
  @Test(arguments: (0..<4).map { UInt64($0 &* 104_729 &+ 3) })
  func `a small checker accepts every certificate, and none that was tampered with`(seed: UInt64) throws {
    var dice = Dice(state: seed)
    var checked = 0
    var refused = 0
    for round in 0..<60 {
      let layers = try (0..<dice.pick([1, 2])).map { _ in
        Inquiry.Layer(.identity, policies: [try PolicyDocument(json: SmallWorld.policy(&dice))])
      }
      guard case .none(let certificate) = Engine().answer(Inquiry(layers: layers)) else { continue }
      let checker = CertificateChecker(inquiry: Inquiry(layers: layers), values: SmallWorld.everything)
      checked += 1
      let fault = checker.fault(in: certificate)
      #expect(
        fault == nil, "seed \(seed) round \(round)\n\(certificate.lines.joined(separator: "\n"))\n\(layers)")
      for tampered in certificate.tampered where checker.fault(in: tampered) != nil { refused += 1 }
      #expect(!certificate.lines.isEmpty)
    }
    #expect(checked > 0 && refused > checked, "seed \(seed): \(checked) checked, \(refused) refused")
  }

  @Test func `a certificate that leaves a case, a branch or a literal out is refused`() throws {
    let layers = [
      Inquiry.Layer(
        .identity,
        policies: [
          try policy(
            #"""
            {"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"t:text":"a"}}},
            {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringLike":{"t:text":"a*"}}}
            """#)
        ])
    ]
    let inquiry = Inquiry(layers: layers)
    guard case .none(let certificate) = Engine().answer(inquiry) else {
      Issue.record("it should be closed")
      return
    }
    let checker = CertificateChecker(inquiry: inquiry, values: SmallWorld.everything)
    #expect(checker.fault(in: certificate) == nil)
    #expect(certificate.tampered.count >= 3)
    for tampered in certificate.tampered { #expect(checker.fault(in: tampered) != nil, "\(tampered)") }
  }
}

extension Certificate {
  /// The certificate with a case left out, with a branch left out, and with a leaf that names another axis.
  fileprivate var tampered: [Certificate] {
    var all = [Certificate(cases: Array(cases.dropLast()))]
    for change in [Step.withoutBranch, Step.withoutLiteral, Step.withOtherAxis] as [(Step) -> Step?] {
      var copy = cases
      guard let changed = copy.first.flatMap({ change($0.step) }) else { continue }
      copy[0].step = changed
      all.append(Certificate(cases: copy))
    }
    return all
  }
}

extension Certificate.Step {
  fileprivate static func withoutBranch(_ step: Self) -> Self? {
    if case .allow(let layer, let branches) = step, !branches.isEmpty {
      return .allow(layer: layer, Array(branches.dropLast()))
    }
    return nil
  }

  fileprivate static func withoutLiteral(_ step: Self) -> Self? {
    switch step {
    case .unmet, .misfit: return nil
    case .deny(let place, let branches):
      return branches.isEmpty ? nil : .deny(place, Array(branches.dropLast()))
    case .allow(let layer, var branches):
      for index in branches.indices {
        guard let changed = withoutLiteral(branches[index].1) else { continue }
        branches[index].1 = changed
        return .allow(layer: layer, branches)
      }
      return nil
    }
  }

  fileprivate static func withOtherAxis(_ step: Self) -> Self? {
    switch step {
    case .unmet: return .unmet(axis: "t:nothing")
    case .misfit: return nil
    case .deny(let place, var branches):
      guard !branches.isEmpty, let changed = withOtherAxis(branches[0].1) else { return nil }
      branches[0].1 = changed
      return .deny(place, branches)
    case .allow(let layer, var branches):
      guard !branches.isEmpty, let changed = withOtherAxis(branches[0].1) else { return nil }
      branches[0].1 = changed
      return .allow(layer: layer, branches)
    }
  }
}
