import CordonModel

extension CloudPlan {
  /// Every stack of the environment.
  func stacks() throws -> StackSet {
    for project in environment.projects { try checkNames(of: project) }
    let (foundation, base) = try self.foundation()
    let (browserStack, browser) = try self.browser(base)
    var stacks = [foundation, browserStack]
    var built: [ProjectParts] = []
    for (index, project) in environment.projects.enumerated() {
      let (networkStack, network) = try self.network(of: project, index: index + 1, base)
      let (dataStack, data) = try self.data(of: project, network)
      let (registryStack, registry) = self.registry(of: project, key: data.key)
      let (identityStack, roles) = try identity(of: project, network, data, registry, browser)
      let (studioStack, domain) = studio(of: project, network, data, roles)
      stacks += [networkStack, dataStack, registryStack, identityStack, studioStack]
      built.append(ProjectParts(project: project, network: network, data: data, domain: domain))
    }
    stacks.append(try portal(built, browser, base))
    stacks.append(try guardrails())
    stacks.append(try watch(base))
    return try StackSet(stacks)
  }

  /// What the spec's names become must fit: SageMaker takes 63 characters of `ENVIRONMENT-PROJECT-packages`, CodeArtifact
  /// two or more of a domain.
  private func checkNames(of project: Project) throws {
    let name = "\(environment.name)-\(project.name)"
    guard name.utf8.count <= 54 else {
      throw SynthesisError.cannotExpress(
        "'\(name)' has \(name.utf8.count) characters and AWS has room for 54; shorten the environment's or the project's name"
      )
    }
    guard project.name.text.utf8.count >= 2 else {
      throw SynthesisError.cannotExpress(
        "project '\(project.name)' needs a name of two characters or more on AWS")
    }
  }
}

/// What stacks of the whole environment refer to of a project.
struct ProjectParts {
  var project: Project
  var network: NetworkParts
  var data: DataParts
  var domain: CloudHandle
}
