import CordonAWS
import CordonAccount
import CordonModel
import CordonPolicy
import CordonProof
import Foundation

// What runs in an account: read now, or read earlier.
extension ProveCommand {
  func proveLive() async throws -> EgressMap {
    guard plan == nil, snapshot == nil, parameter.isEmpty, weaken.isEmpty, target != .local else {
      throw Failure(
        "--live reads an account: leave out --plan, --snapshot, --parameter, --weaken and --target local")
    }
    guard files.count <= 1 else {
      throw Failure("--live takes one environment file at most, to compare with")
    }
    let planned = try files.first.map { try self.planned($0) }
    let session = try await AccountSession(
      regions: account.region, roles: account.role, profile: account.profile)
    var estates: [LiveEstate] = []
    for place in session.places {
      do throws(LiveProblem) {
        estates.append(try await LiveReader.read(place, transport: session.transport))
      } catch {
        throw Failure(
          Console.printable("nothing was read in \(place.region): sts:GetCallerIdentity \(error.words)"))
      }
    }
    let read = LiveSnapshot(estates)
    for estate in estates { say(estate) }
    if let save = account.save { try keep(read, in: save) }
    if let planned { for estate in estates { say(LiveDrift(of: estate, from: planned), of: estate) } }
    return try prove(read, subject: estates.map(\.name).joined(separator: " + "))
  }

  func proveSnapshot(_ file: String) throws -> EgressMap {
    guard files.isEmpty, plan == nil, parameter.isEmpty, weaken.isEmpty, target != .local else {
      throw Failure(
        "--snapshot is proved alone: leave out files, --plan, --parameter, --weaken and --target local")
    }
    let source = try Self.source(file)
    let read: LiveSnapshot
    do throws(TemplateError) { read = try LiveSnapshot(source) } catch {
      throw Failure(Console.printable("\(error)"))
    }
    return try prove(read, subject: URL(filePath: file).lastPathComponent)
  }

  /// The map of every place, each route as bad as in the worst of them.
  private func prove(_ read: LiveSnapshot, subject: String) throws -> EgressMap {
    let given = try assumptions()
    var maps: [(place: String, map: EgressMap)] = []
    for (estate, deployment) in zip(read.places, read.deployments) {
      var deployment = deployment
      for name in ["account", "region", "organization"] {
        guard let stated = given[name], let known = estate.facts[name], stated != known else { continue }
        throw Failure(
          "--assume \(name)=\(Console.printable(stated)): \(estate.name) says \(Console.printable(known))")
      }
      if given["other-services"] == "none" {
        deployment.unknowns.removeAll { $0.hides == [LiveEstate.otherServices] }
      }
      let stated = estate.facts.merging(given) { _, given in given }
      var map = prove(deployment, assumptions: stated, subject: estate.name)
      map.assumptions += estate.gaps.filter(\.onlyTakesAway).map { gap in
        Assumption(
          name: "not-read", value: gap.permission,
          reason:
            "it \(gap.words.dropFirst(gap.permission.count + 1)), and could only take access away: what is "
            + "open may be closed by it")
      }
      maps.append((estate.name, map))
    }
    return EgressMap.worst(of: maps, subject: subject)
  }

  // MARK: Saying what was read

  private func say(_ estate: LiveEstate) {
    Console.progress(
      "live: \(estate.name): \(estate.resources.count) resources, \(estate.gaps.count) calls without an answer"
    )
    for gap in estate.gaps { Console.progress(Console.printable("live: not read: \(gap.words)")) }
    for item in LiveChecklist(estate).items {
      let detail = item.detail.isEmpty ? "" : " (\(item.detail))"
      Console.progress(Console.printable("live: \(item.title): \(item.finding.rawValue)\(detail)"))
    }
  }

  private func say(_ drift: LiveDrift, of estate: LiveEstate) {
    for change in drift.difference.changes {
      let property = change.property.map { ".\($0)" } ?? ""
      Console.progress(
        Console.printable(
          "drift: \(change.direction.rawValue): \(change.resource)\(property): \(change.words)"))
    }
    let counts = StackDifference.Direction.allCases.map { direction in
      "\(drift.difference.changes.count { $0.direction == direction }) \(direction.rawValue)"
    }
    let left = drift.notCompared.values.reduce(0, +)
    Console.progress(
      "drift: \(estate.name): "
        + (drift.difference.changes.isEmpty
          ? "nothing runs otherwise than the spec's stacks say" : counts.joined(separator: ", "))
        + (left > 0
          ? "; \(left) resources of \(drift.notCompared.count) types were not compared" : ""))
  }

  /// What an environment file's stacks would hold.
  private func planned(_ file: String) throws -> CloudDeployment {
    let (_, templates) = try SynthCommand.templates(of: SpecFile.load(file, account: chosen), in: file)
    do {
      return try DeploymentReader.read(templates.map { SourceFile(name: $0.name, text: $0.text) })
    } catch {
      throw Failure("what cordon synth makes of \(file) cannot be read back: \(error)")
    }
  }

  /// Readable by its owner alone: it shows where an account is weak.
  private func keep(_ read: LiveSnapshot, in file: String) throws {
    let url = URL(filePath: file)
    do {
      try Data((read.json.written(.readable) + "\n").utf8).write(to: url, options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    } catch {
      throw Failure("cannot write \(file): \(error.localizedDescription)")
    }
  }
}
