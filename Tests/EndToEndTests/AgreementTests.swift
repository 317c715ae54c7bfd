import Foundation
import Testing

/// Proof and attack are twins: on the same spec they come to the same verdict on every route.
///
/// With CORDON_FULL_AGREEMENT set, every route is attacked under every weakened control; else those that the control has
/// a part in.
@Suite(.serialized) struct `Proof and attack` {
  @Test func `agree on every route of a spec as it is`() throws {
    let place = try Place()
    let proof = try Proof(place)
    let attack = try Attack(place)
    #expect(proof.status == 3 && attack.status == 0, "\(proof.status) \(attack.status)")
    #expect(Set(proof.verdicts.keys) == Set(attack.routes.keys))
    compare(proof, attack, without: nil)
  }

  @Test func `agree on what opens when a control is off`() async throws {
    let place = try Place()
    let whole = try Proof(place)
    let isFull = ProcessInfo.processInfo.environment["CORDON_FULL_AGREEMENT"] != nil
    let proofs = try Self.controls().map { ($0, try Proof(place, "--weaken", $0)) }
    let attack = { @Sendable (control: String, proof: Proof) in
      let concerned = Set(proof.open).union(whole.routes(closedBy: control))
      return try Attack(place, ["--weaken", control], only: isFull ? [] : concerned.sorted())
    }
    // A signal through what the kernel has one of for everybody is drowned by another attack's beside it.
    let alone = proofs.filter { $0.1.open.contains { $0.hasPrefix("neighbour-") } }
    let paired = proofs.filter { control in !alone.contains { $0.0 == control.0 } }
    // They come last, when the least runs beside these tests.
    let attacks = try await sideBySide(paired, attack) + alone.map(attack)
    for ((control, proof), attack) in zip(paired + alone, attacks) {
      #expect(!proof.open.isEmpty && proof.status == 1, "the proof does not notice that \(control) is off")
      compare(proof, attack, without: control)
      #expect(
        attack.routes.values.contains { $0.verdict == "breach" }, "\(control) is not noticed by the attack")
    }
  }

  private func compare(_ proof: Proof, _ attack: Attack, without control: String?) {
    let off = control.map { " without \($0)" } ?? ""
    for (name, route) in attack.routes.sorted(by: { $0.key < $1.key }) {
      let expected: String? =
        switch route.verdict {
        case "closed": "closed"
        case "breach": "open"
        case "not yet covered": "unknown"
        default: nil
        }
      if let expected {
        #expect(proof.verdicts[name] == expected, "\(name)\(off): attack \(route.verdict): \(route.because)")
      } else {
        // With a control off, a door may be out of everybody's reach; then the attack says nothing. It never says nothing
        // of a spec as it is.
        #expect(control != nil && route.isUnreachable, "\(name)\(off): \(route.verdict): \(route.because)")
      }
    }
  }

  /// The controls that the executable can leave out.
  private static func controls() throws -> [String] {
    let said = try Cordon.run("prove", "cordon.yaml", "--weaken", "no-such-control")
    let list = try #require(said.complaint.components(separatedBy: "There are: ").last)
    let names = list.prefix { $0 != "\n" }.components(separatedBy: ", ")
    try #require(said.status == 2 && names.count > 10, "\(said)")
    return names
  }
}

/// What `cordon prove --format json` says.
private struct Proof: Sendable {
  private struct Map: Decodable {
    struct Path: Decodable { var routes: [Route] }
    struct Route: Decodable {
      var route: String
      var verdict: String
      var controls: [Control]
    }
    struct Control: Decodable { var resource: String }
    var version: Int
    var paths: [Path]
  }

  let status: Int32
  let verdicts: [String: String]
  private let controls: [String: [String]]

  init(_ place: Place, _ words: String...) throws {
    // What is attacked is this machine.
    let local = ["--target", "local", "--format", "json"]
    let said = try run([Cordon.executable, "prove", place.spec] + local + words)
    status = said.status
    let map = try JSONDecoder().decode(Map.self, from: said.output)
    let routes = map.paths.flatMap(\.routes)
    verdicts = Dictionary(uniqueKeysWithValues: routes.map { ($0.route, $0.verdict) })
    controls = Dictionary(uniqueKeysWithValues: routes.map { ($0.route, $0.controls.map(\.resource)) })
  }

  /// The routes that are open.
  var open: [String] { verdicts.filter { $0.value == "open" }.map(\.key) }

  /// Routes in whose closing `control` has a part.
  func routes(closedBy control: String) -> [String] {
    let policies = ["endpoint-policy", "credential-check"].contains(control)
    return controls.filter { _, resources in
      resources.contains { $0 == control || (policies && $0.hasSuffix("/s3")) }
    }.map(\.key)
  }
}

/// What `cordon attack --format json` says.
private struct Attack: Sendable {
  struct Route: Decodable, Sendable {
    struct Evidence: Decodable, Sendable {
      var verdict: String
      var because: String?
    }
    var route: String
    var verdict: String
    var evidence: [Evidence]

    var because: String { evidence.compactMap(\.because).joined(separator: "; ") }
    /// Whether the attack could not even begin, because honest work does not get through either.
    var isUnreachable: Bool {
      evidence.filter { $0.verdict == "inconclusive" }.allSatisfy { $0.because?.hasPrefix("needs ") == true }
    }
  }

  private struct Report: Decodable {
    struct Path: Decodable { var routes: [Route] }
    var paths: [Path]
  }

  let status: Int32
  let routes: [String: Route]

  init(_ place: Place, _ words: [String] = [], only: [String] = []) throws {
    let chosen = only.flatMap { ["--only", $0] }
    let said = try run(
      [Cordon.executable, "attack", place.spec, "--format", "json"] + words + chosen, seconds: 600)
    status = said.status
    let report = try JSONDecoder().decode(Report.self, from: said.output)
    routes = Dictionary(uniqueKeysWithValues: report.paths.flatMap(\.routes).map { ($0.route, $0) })
  }
}
