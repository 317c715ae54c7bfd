/// Every attack of the suite, and the paths that it does not walk yet.
public enum AttackTable {
  /// All attacks, in the order of the paths.
  public static let all: [Attack] = {
    let attacks =
      upload + stores + packages + shell + dns + network + proxy + neighbour + shared + browser
    return Path.allCases.flatMap { path in attacks.filter { $0.path == path } }
  }()

  /// Routes that the suite does not walk: they are listed, and never shown as closed.
  public static let notYetCovered: [NotYetCovered] = [
    NotYetCovered(
      path: .notebookOutput, route: "output-view", title: "data shown in a notebook and carried out"),
    NotYetCovered(path: .modelExport, route: "model-artifact", title: "a model released without review"),
  ]

  /// Attacks by id; an unknown id is an error that names its neighbours.
  static func select(_ ids: [String]) throws(DrillError) -> [Attack] {
    guard !ids.isEmpty else { return all }
    for id in ids where !all.contains(where: { $0.id == id }) {
      throw .usage("no attack is called \(id); there are: \(all.map(\.id).joined(separator: ", "))")
    }
    return all.filter { ids.contains($0.id) }
  }

  /// The attacks that must notice when a control is off.
  public static func proving(_ control: WeakenableControl) -> [Attack] {
    all.filter { $0.provesControls.contains(control) }
  }
}

/// A route that no attack walks yet.
public struct NotYetCovered: Sendable, Equatable {
  /// The path.
  public var path: Path
  /// The route's name in the table.
  public var route: String
  /// What it would be.
  public var title: String
}
