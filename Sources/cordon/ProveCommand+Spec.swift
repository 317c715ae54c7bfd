import ArgumentParser
import CordonModel
import CordonPolicy
import CordonProof
import CordonSpec

// An environment file, as this machine would run it.
extension ProveCommand {
  func proveSpec(_ file: String) throws -> EgressMap {
    let specification = try SpecFile.load(file)
    let engine = Engine()
    do throws(PolicyError) {
      let proof = try LocalProof(
        specification.environment, places: SpecPlaces(specification, file: file),
        weakened: Set(weaken.compactMap(Control.init(rawValue:))), answer: { engine.answer($0) })
      var map = proof.map()
      if depth { map.depthLost += try proof.depth() }
      return map
    } catch {
      throw Failure("\(file): \(error)")
    }
  }

  func validate() throws {
    for name in weaken where Control(rawValue: name) == nil {
      let nearest = Spelling.nearest(to: name, among: Control.allCases.map(\.rawValue))
      throw ValidationError(
        "no control is called '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
          + " There are: \(Control.allCases.map(\.rawValue).joined(separator: ", "))")
    }
  }
}

extension SpecPlaces {
  /// The places that a specification remembers.
  init(_ specification: Specification, file: String) {
    let openings = specification.findings.compactMap { finding -> Opening? in
      switch finding.route {
      case .listedHost, .wildcardHost, .splicedHost:
        Opening(
          kind: finding.route.rawValue, subject: finding.subject, reason: finding.reason,
          location: finding.location)
      case .ownPolicy, .missingMechanism, .clipboardOut, .download, .print: nil
      }
    }
    self.init(file: file, declared: specification.places, openings: openings)
  }
}
