import CordonGateway
import CordonModel
import CordonPolicy
import CordonPortal

/// Which projects a person has, asked of the same documents that judge whether a session may be opened.
struct PortalProjects: ProjectSource {
  var gatekeeper: Gatekeeper
  /// The lines of the spec that opened something, by their key, e.g. `browser.clipboard.out`.
  var places: [String: String]

  func projects(of person: PortalPrincipal) async throws -> [PortalProject] {
    // A provider may give fewer roles today than the spec does.
    guard person.roles.contains(.dataScientist),
      let home = PageAddress("http://\(ServiceNames.notebook)/lab")
    else { return [] }
    let environment = gatekeeper.environment
    return environment.projects.compactMap { project in
      guard person.projects.contains(project.name), let workspace = workspace(of: person.person, in: project)
      else { return nil }
      return PortalProject(
        name: project.name, workspace: workspace, rules: environment.browser, home: home,
        crossings: crossings)
    }
  }

  /// The person's own workspace, else the first of those that are nobody's; one that has a notebook.
  private func workspace(of person: Slug, in project: Project) -> Slug? {
    let open = project.workspaces.filter { workspace in
      workspace.notebook != nil
        && gatekeeper.decide(
          .startSession,
          resource: PortalResource.notebook(project: project.name, workspace: workspace.name),
          person: person
        ).isAllowed
    }
    return (open.first { $0.person == person } ?? open.first)?.name
  }

  private var crossings: [PortalCrossing] {
    PortalAction.allCases.compactMap { action in
      guard let (name, key) = Self.names[action] else { return nil }
      let isOpen = action.isOn(in: gatekeeper.environment.browser)
      return PortalCrossing(
        name: name, isOpen: isOpen,
        reason: isOpen
          ? "the environment's owner opened it; each use is recorded" : PortalOffice.whatToDo(action),
        key: key, place: places[key])
    }
  }

  private static let names: [PortalAction: (String, String)] = [
    .pasteIn: ("Paste in", "browser.clipboard.in"), .copyOut: ("Copy out", "browser.clipboard.out"),
    .upload: ("Upload", "browser.upload"), .download: ("Download", "browser.download"),
    .print: ("Print", "browser.print"),
  ]
}
