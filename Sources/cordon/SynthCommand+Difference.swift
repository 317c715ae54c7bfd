import CordonAWS
import CordonModel
import Foundation

// What would change, before anything is written.
extension SynthCommand {
  /// Compares `folder`, as it was deployed, with what the spec makes now.
  func compare(_ planned: [StackTemplate], with folder: String) throws {
    let slash = folder.hasSuffix("/") ? folder : folder + "/"
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder).sorted() else {
      throw Failure("cannot read the folder \(Console.printable(folder))")
    }
    let files = try names.filter(DeploymentReader.isCandidate(name:)).map { name in
      SourceFile(name: name, bytes: try ProveCommand.source(slash + name).bytes)
    }
    let deployed = DeploymentReader.deployments(among: files)
    guard !deployed.isEmpty else { throw Failure("\(Console.printable(folder)) holds no template") }
    let difference = try StackDifference(
      from: Self.read(deployed), to: Self.read(planned.map { SourceFile(name: $0.name, text: $0.text) }))
    try show(difference)
    switch difference.worst {
    case .weaker: throw Exit.bad
    case .changed: throw Exit.unknown
    case .stronger, .neutral, nil: break
    }
  }

  private static func read(_ files: [SourceFile]) throws -> CloudDeployment {
    do { return try DeploymentReader.read(files) } catch { throw Failure("\(error)") }
  }

  private func show(_ difference: StackDifference) throws {
    guard format == .text else { return try Console.json(difference.changes.map(Row.init)) }
    for change in difference.changes {
      let property = change.property.map { ".\($0)" } ?? ""
      print(
        Console.printable(
          "\(change.direction.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)) \(change.resource)\(property)"
        ))
      print(Console.printable("          \(change.words)"))
    }
    let counts = StackDifference.Direction.allCases.map { direction in
      "\(difference.changes.count { $0.direction == direction }) \(direction.rawValue)"
    }
    print(difference.changes.isEmpty ? "nothing changes" : counts.joined(separator: ", "))
  }

  /// A change as `--format json` shows it.
  private struct Row: Encodable {
    var direction: String
    var resource: String
    var type: String
    var property: String?
    var words: String

    init(_ change: StackDifference.Change) {
      direction = change.direction.rawValue
      resource = "\(change.resource)"
      type = change.type
      property = change.property
      words = change.words
    }
  }
}
