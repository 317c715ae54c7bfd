import ArgumentParser
import CordonLinux
import CordonModel
import CordonPolicy
import CordonProof
import Foundation

/// How `cordon prove` shows a map.
enum ProveFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, sarif, junit, html
  /// The picture of the page alone.
  case svg
}

extension ProveCommand {
  func render(_ map: EgressMap) -> String {
    switch format {
    case .text: text.text(of: map)
    case .json: map.json.written(.readable) + "\n"
    case .sarif:
      map.sarif(toolVersion: CordonCommand.configuration.version, fallback: subjects.first ?? "cordon.yaml")
        .written(.readable) + "\n"
    case .junit: map.junit
    case .html: MapPage(map).html
    case .svg: MapPage(map).picture
    }
  }

  /// To the file that was named, whole or not at all; else to standard output.
  func write(_ text: String) throws {
    guard let output else { return print(text, terminator: "") }
    do {
      try Data(text.utf8).write(to: URL(filePath: output), options: .atomic)
    } catch {
      throw Failure("cannot write \(output): \(error.localizedDescription)")
    }
  }

  /// One route's proof, with its verdict as the exit code.
  func show(_ name: String, of map: EgressMap) throws {
    let found = map.paths.flatMap { path in
      path.routes.filter { $0.route == name }.map { (path: path.path, route: $0) }
    }
    guard !found.isEmpty else {
      let names = map.paths.flatMap(\.routes).map(\.route)
      let nearest = Spelling.nearest(to: name, among: names)
      throw Failure(
        "no route is called '\(Console.printable(name))'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
          + " There are: \(Console.printable(names.joined(separator: ", ")))")
    }
    try write(found.map { text.explanation(of: $0.route, on: $0.path, in: map) }.joined(separator: "\n"))
    try end(with: Verdict.worst(of: found.map(\.route.verdict)))
  }

  func end(with verdict: Verdict) throws {
    switch verdict {
    case .closed: return
    case .open: throw Exit.bad
    case .unknown: throw Exit.unknown
    }
  }

  // MARK: Baseline

  func readBaseline(_ path: String) throws -> MapBaseline {
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw Failure("cannot read the baseline \(path): \(error.localizedDescription)")
    }
    do {
      return try MapBaseline(json: String(decoding: data, as: UTF8.self))
    } catch {
      throw Failure("\(path): \(error)")
    }
  }

  /// Says what got worse, and fails for that alone.
  func judge(_ map: EgressMap, against baseline: MapBaseline) throws {
    let worse = baseline.worsenings(in: map)
    for change in worse {
      let before = change.before?.rawValue ?? "not there"
      let place = change.target == .aws ? " on AWS" : ""
      Console.progress(
        Console.printable(
          "worse than the baseline: \(change.path.rawValue) \(change.route)\(place): \(before), now \(change.now.rawValue)"
        ))
    }
    let lost = baseline.safeguardsWorse(in: map)
    for (safeguard, before) in lost {
      Console.progress(
        Console.printable(
          "worse than the baseline: safeguard \(safeguard.safeguard): \(before?.rawValue ?? "not there"), "
            + "now \(safeguard.verdict.rawValue)"))
    }
    if worse.isEmpty, lost.isEmpty { Console.progress("nothing got worse since the baseline") }
    let safeguards = lost.map { $0.safeguard.verdict == .lost ? Verdict.open : .unknown }
    try end(with: Verdict.worst(of: worse.map(\.now) + safeguards))
  }

  /// Marks the safeguards that `--require` names.
  func demand(of map: inout EgressMap) throws {
    let strange = map.require(require)
    guard let name = strange.first else { return }
    let names = ["all"] + SafeguardKind.allCases.map(\.rawValue) + EgressMap.safeguardNames
    let nearest = Spelling.nearest(to: name, among: names)
    throw Failure(
      "no safeguard is called '\(Console.printable(name))'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        + " There are: \(names.joined(separator: ", "))")
  }

  // MARK: Text

  private var text: MapText {
    let columns = output == nil ? Terminal.size(of: STDOUT_FILENO).map { Int($0.columns) } : nil
    return MapText(width: columns ?? 100, colour: output == nil && isatty(STDOUT_FILENO) == 1)
  }
}
