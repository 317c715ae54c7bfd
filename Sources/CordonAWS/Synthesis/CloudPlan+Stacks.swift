import CordonModel

extension CloudPlan {
  /// Every stack of the environment.
  func stacks() throws -> StackSet {
    try checkRegion()
    for project in environment.projects { try checkNames(of: project) }
    let (foundation, base) = try self.foundation()
    let (browserStack, browser) = try self.browser(base)
    var stacks = [foundation, browserStack]
    let shelf = try shelf(base)
    if let shelf { stacks.append(shelf.stack) }
    var built: [ProjectParts] = []
    for (index, project) in environment.projects.enumerated() {
      let (networkStack, network) = try self.network(of: project, index: index + 1, base)
      let (dataStack, data) = try self.data(of: project, network)
      let (registryStack, registry) = self.registry(of: project, key: data.key)
      let (identityStack, roles) = try identity(of: project, network, data, registry, browser)
      let (studioStack, domain) = studio(of: project, network, data, roles, registry)
      stacks += [networkStack, dataStack, registryStack, identityStack, studioStack]
      let (notebookStack, start) = try notebooks(of: project, network, data, roles, browser)
      stacks += [
        try monitoring(of: project, network, data, roles, base),
        try runs(of: project, network, data, roles), notebookStack,
      ].compactMap(\.self)
      if let shelf {
        stacks += try catalog(of: project, Making(domain, network, data, roles, start), shelf)
      }
      built.append(
        ProjectParts(project: project, network: network, data: data, domain: domain, roles: roles))
    }
    stacks.append(try portal(built, browser, base))
    stacks.append(try correction(base))
    if let breakGlass = try breakGlass(browser, base) { stacks.append(breakGlass) }
    stacks.append(try guardrails())
    stacks.append(try watch(base, built, over: stacks))
    for stack in stacks { try PolicySizes.check(stack) }
    var whole = try StackSet(stacks)
    whole.steps = steps
    whole.account = account
    whole.productBucket = shelf?.name.text
    return whole
  }

  /// Where AWS has everything that the stacks hold: the CloudFormation schemas of 2026-05, commercial regions.
  private static let regionsOfPortals = [
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1",
    "eu-west-1", "eu-west-2", "us-east-1", "us-west-2",
  ]
  private static let regionsWithoutPackages = ["ca-central-1"]

  private func checkRegion() throws {
    let missing =
      !Self.regionsOfPortals.contains(region)
      ? "WorkSpaces Secure Browser" : Self.regionsWithoutPackages.contains(region) ? "CodeArtifact" : nil
    guard let missing else { return }
    let some = Self.regionsOfPortals.filter { !Self.regionsWithoutPackages.contains($0) }
    throw SynthesisError.cannotExpress(
      "'\(region)' has no \(missing); use one of \(some.joined(separator: ", "))", at: "region")
  }

  /// What the spec's names become must fit: SageMaker takes 63 characters of `ENVIRONMENT-PROJECT-packages`, CodeArtifact
  /// two or more of a domain.
  private func checkNames(of project: Project) throws {
    let name = "\(environment.name)-\(project.name)"
    guard name.utf8.count <= 54 else {
      throw SynthesisError.cannotExpress(
        "'\(name)' has \(name.utf8.count) characters and AWS has room for 54; shorten the environment's or the project's name",
        at: "project \(project.name)")
    }
    guard project.name.text.utf8.count >= 2 else {
      throw SynthesisError.cannotExpress(
        "project '\(project.name)' needs a name of two characters or more on AWS",
        at: "project \(project.name)")
    }
  }
}

/// What stacks of the whole environment refer to of a project.
struct ProjectParts {
  var project: Project
  var network: NetworkParts
  var data: DataParts
  var domain: CloudHandle
  var roles: RoleParts
}
