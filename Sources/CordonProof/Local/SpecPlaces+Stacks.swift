public import CordonModel

extension SpecPlaces {
  /// The line that says what a stack holds which was made from the spec: a project's own, the browser's, else `aws`.
  ///
  /// Stacks are called `ENVIRONMENT-CONCERN` or `ENVIRONMENT-PROJECT-CONCERN`. Of two projects, `data` and `data-lake`, the
  /// longer name counts.
  public func origin(ofStack name: String, in environment: Environment) -> Location {
    let project = environment.projects.map(\.name.text)
      .filter { name.hasPrefix("\(environment.name)-\($0)-") }
      .max { $0.utf8.count < $1.utf8.count }
    if let project { return location("project \(project)", "projects") }
    switch name.dropFirst("\(environment.name)-".count) {
    case "portal", "browser": return location("browser", "portal", "aws")
    default: return location("aws")
    }
  }
}
