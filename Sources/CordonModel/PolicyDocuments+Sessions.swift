// What people may do at the portal, and what their browsers reach.
extension PolicyDocuments {
  /// The ceiling for everybody: what the spec switched off is refused by name, so that the reason can say so.
  func portalCeiling() -> String {
    let on = PortalAction.allCases.filter { $0.isOn(in: environment.browser) }
    let refusals = PortalAction.allCases.filter { !on.contains($0) }.map { action in
      """
      {"Sid":"\(action.word)IsOff","Effect":"Deny","Principal":"*","Action":"\(action.rawValue)","Resource":"*"}
      """
    }
    return document(
      [
        """
        {"Sid":"Portal","Effect":"Allow","Principal":"*","Action":\(list(on.map(\.rawValue))),"Resource":\
        \(list([cordonARN(PortalResource.portal), cordonARN("notebook/*")])),\
        "Condition":{"StringEquals":{"aws:PrincipalOrgID":"\(environment.organization.id)"}}}
        """
      ] + refusals)
  }

  /// What one person may do, and in which workspaces: their own, and those of their projects that are nobody's.
  func identity(of person: Person) -> String {
    var statements = [
      """
      {"Sid":"SignIn","Effect":"Allow","Action":"\(PortalAction.signIn.rawValue)",\
      "Resource":"\(cordonARN(PortalResource.portal))"}
      """
    ]
    let notebooks = notebooks(of: person)
    if !notebooks.isEmpty {
      let actions = PortalAction.allCases.filter { $0 != .signIn }.map(\.rawValue) + ["cordon:Connect"]
      statements.append(
        """
        {"Sid":"Work","Effect":"Allow","Action":\(list(actions)),"Resource":\(list(notebooks))}
        """)
      statements.append(
        """
        {"Sid":"ReachHosts","Effect":"Allow","Action":"cordon:Connect","Resource":"\(cordonARN("host/*"))"}
        """)
    }
    return document(statements)
  }

  private func notebooks(of person: Person) -> [String] {
    guard person.roles.contains(.dataScientist) else { return [] }
    return environment.workspaces.filter { project, workspace in
      person.projects.contains(project.name) && (workspace.person ?? person.name) == person.name
    }.map { cordonARN(PortalResource.notebook(project: $0.name, workspace: $1.name)) }
  }

  /// The people of a project reach its notebooks and the listed hosts; nobody else comes through.
  func browserEndpoint(_ project: Project) -> String {
    let account = environment.organization.account
    let people = environment.people.filter { person in
      person.projects.contains(project.name) && person.roles.contains(.dataScientist)
    }.map { account.arn(ofUser: $0.name) }
    guard !people.isEmpty else { return denyEverything() }
    let resources =
      [cordonARN("notebook/\(project.name)/*")]
      + resources(of: environment.browser.hosts, heldBy: .browserDoor)
    return document([
      """
      {"Sid":"OwnNotebooksAndListedHosts","Effect":"Allow","Principal":{"AWS":\(list(people))},\
      "Action":"cordon:Connect","Resource":\(list(resources)),\
      "Condition":{"StringEquals":{"aws:PrincipalOrgID":"\(environment.organization.id)"}}}
      """
    ])
  }
}
