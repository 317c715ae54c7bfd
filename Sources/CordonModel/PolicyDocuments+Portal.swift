extension PolicyDocuments {
  /// What a role gives a person in the portal. Everybody may sign in; only who works with data has a workspace to open.
  func person(_ person: Person, as role: Person.Role) -> String {
    var statements = [
      """
      {"Sid":"SignIn","Effect":"Allow","Action":"cordon:SignIn","Resource":"\(cordonARN("portal"))"}
      """
    ]
    let projects = person.projects.map { cordonARN("project/\($0)") }
    switch role {
    case .dataScientist where !projects.isEmpty:
      statements.append(
        """
        {"Sid":"OwnProjects","Effect":"Allow","Action":"cordon:StartSession","Resource":\(list(projects))}
        """)
    case .dataScientist, .reviewer, .platformEngineer, .auditor: break
    }
    return document(statements)
  }

  /// What holds for everybody at the portal; nil where the spec lists no addresses.
  func portal() -> String? {
    guard let portal = environment.portal, !portal.from.isEmpty else { return nil }
    let resources = list([cordonARN("portal"), cordonARN("project/*")])
    return document([
      """
      {"Sid":"ListedAddressesOnly","Effect":"Deny","Principal":"*","Action":"cordon:*","Resource":\(resources),\
      "Condition":{"NotIpAddress":{"aws:SourceIp":\(list(portal.from.map { "\($0)" }))}}}
      """
    ])
  }
}
