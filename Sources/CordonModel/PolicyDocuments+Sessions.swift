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
        {"Sid":"Portal","Effect":"Allow","Principal":"*",\
        "Action":\(list(on.filter { !$0.isOfRecordings }.map(\.rawValue))),"Resource":\
        \(list([cordonARN(PortalResource.portal), cordonARN("notebook/*")])),\
        "Condition":{"StringEquals":{"aws:PrincipalOrgID":"\(environment.organization.id)"}}}
        """,
        """
        {"Sid":"Recordings","Effect":"Allow","Principal":"*",\
        "Action":\(list(on.filter(\.isOfRecordings).map(\.rawValue))),"Resource":"\(cordonARN("recording/*"))",\
        "Condition":{"StringEquals":{"aws:PrincipalOrgID":"\(environment.organization.id)"}}}
        """,
      ] + refusals)
  }

  /// What one person may do, and in which workspaces: their own, and those of their projects that are nobody's; and whose
  /// recordings an auditor watches.
  func identity(of person: Person) -> String {
    var statements = [
      """
      {"Sid":"SignIn","Effect":"Allow","Action":"\(PortalAction.signIn.rawValue)",\
      "Resource":"\(cordonARN(PortalResource.portal))"}
      """
    ]
    let notebooks = notebooks(of: person)
    if !notebooks.isEmpty {
      let work = PortalAction.allCases.filter { $0 != .signIn && !$0.isOfRecordings }
      let actions = work.map(\.rawValue) + ["cordon:Connect"]
      statements.append(
        """
        {"Sid":"Work","Effect":"Allow","Action":\(list(actions)),"Resource":\(list(notebooks))}
        """)
      statements.append(
        """
        {"Sid":"ReachHosts","Effect":"Allow","Action":"cordon:Connect","Resource":"\(cordonARN("host/*"))"}
        """)
    }
    let recordings = recordings(of: person)
    if !recordings.isEmpty {
      let actions = PortalAction.allCases.filter(\.isOfRecordings).map(\.rawValue)
      statements.append(
        """
        {"Sid":"Watch","Effect":"Allow","Action":\(list(actions)),"Resource":\(list(recordings))}
        """)
    }
    return document(statements)
  }

  /// What an auditor watches: the recordings of the projects that the spec names for that person, and of no other.
  private func recordings(of person: Person) -> [String] {
    guard person.roles.contains(.auditor) else { return [] }
    return person.projects.flatMap { project in
      let all = PortalResource.recordings(project: project)
      return [cordonARN(all), cordonARN(all + "/*")]
    }
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
