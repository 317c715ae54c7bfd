import CordonModel

/// A script that runs as root before the user comes.
struct StartScriptRoute: Route {
  let name = "start-script"
  let path = EgressPath.packageShell
  let title = "a lifecycle script fetches from, or sends to, a host outside"
  let documentation = RouteDocumentation(
    """
    Lifecycle configurations run as root, whatever RootAccess says. What they fetch runs, and what they send is gone.
    """,
    closedBy: ["scripts that name no host outside", "a network without a way out for what they name"],
    notClosedBy: ["RootAccess Disabled", "base64, which hides them from a reader only"])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    let closedNetwork =
      (InternetRoute().judge(scene).doors + DirectInternetRoute().judge(scene).doors).allSatisfy(\.isClosed)
    for (resource, value) in scripts(estate) {
      let name = "\(resource.id)"
      let text = estate.text(value.decoded)
      guard let script = text.value else {
        judgement.add(.unknown(name, text.unknowns, resource))
        continue
      }
      guard let host = Self.outsideHost(script) else {
        let closing = ClosingControl(
          resource: name, location: value.location ?? resource.location,
          layer: "a script that names no host outside")
        judgement.add(Door(name: name, finding: .closed([HeldControl(closing, .none)])))
        continue
      }
      if closedNetwork {
        judgement.lose("the start script \(name) calls \(host); only the network's walls hold it", resource)
        judgement.add(.closed(name, HeldControl(absence: "no way to \(host) from the network")))
        continue
      }
      judgement.add(
        .open(
          name,
          RouteWitness(
            host.contains(" ") ? "pip download secret-data-as-a-name" : "curl -fsS https://\(host)/",
            by: .author(of: resource, door: "the network of the workspace"),
            story: "The script of \(name) calls \(host) before the user comes.",
            fix: "fetch from the approved repository in \(name)", at: resource)))
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "no lifecycle script")))
    }
    judgement.add(
      RolePower(
        actions: [
          "sagemaker:CreateNotebookInstanceLifecycleConfig",
          "sagemaker:UpdateNotebookInstanceLifecycleConfig",
          "sagemaker:CreateStudioLifecycleConfig",
        ], consequence: "what it writes runs as root in somebody's workspace."), scene)
    return judgement
  }

  private func scripts(_ estate: CloudEstate) -> [(CloudResource, CloudValue)] {
    let notebooks = estate.all("AWS::SageMaker::NotebookInstanceLifecycleConfig").flatMap { resource in
      ["OnStart", "OnCreate"].flatMap { resource.properties.all(at: [$0, "Content"]) }.map { (resource, $0) }
    }
    let studio = estate.all("AWS::SageMaker::StudioLifecycleConfig").flatMap { resource in
      resource.properties.all(at: ["StudioLifecycleConfigContent"]).map { (resource, $0) }
    }
    return notebooks + studio
  }

  /// The first host of a URL in the script that is not one of AWS's services or of the machine itself.
  static func outsideHost(_ script: String) -> String? {
    for marker in ["://", "git@"] {
      for piece in script.split(separator: marker).dropFirst() {
        let host = piece.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" }.lowercased()
        let inside =
          host.hasSuffix(".amazonaws.com") && !SharedNames.servesAnyone(host) || host == "localhost"
          || host.hasPrefix("127.") || host.hasPrefix("169.254.") || host.isEmpty
          || host.hasSuffix(".internal")
        if !inside { return host }
      }
    }
    // Tools that have a host of their own when none is named.
    let words = script.split { $0.isWhitespace }.map(String.init)
    let usesIndex = script.contains("codeartifact login") || script.contains("index-url")
    if !usesIndex, script.contains("pip install") || script.contains("conda install") {
      return "the public package index"
    }
    if words.contains("npm"), !script.contains("codeartifact login") { return "the public package registry" }
    return nil
  }
}

extension Door {
  var isClosed: Bool { if case .closed = finding { true } else { false } }

  var isOpen: Bool { if case .open = finding { true } else { false } }

  /// The door with another line to run where it is open.
  func with(command: String) -> Door {
    guard case .open(var witness) = finding else { return self }
    witness.command = command
    return .open(name, witness)
  }
}

extension String {
  fileprivate func split(separator: String) -> [Substring] { self[...].split(separator: separator[...]) }
}
