import CordonModel
import CordonPolicy

/// The console of somebody else's account, in our browser.
struct SignInRoute: Route {
  let name = "foreign-sign-in"
  let path = EgressPath.externalUpload
  let title = "the remote browser signs in to the console of another account"
  let documentation = RouteDocumentation(
    """
    The console has the same hosts for every account. Whoever may open it may sign in to his own and put the data there, \
    unless sign-in and console are reached through endpoints whose policies ask for the organisation.
    """,
    closedBy: [
      "endpoints for sign-in and console in the browser's network, each with aws:PrincipalOrgID or PrincipalAccount",
      "an allowlist without the console's hosts",
    ],
    notClosedBy: ["the URL allowlist: it sees the host, not the account"],
    alone: "the policies of these two endpoints alone see whose account is signed in to")

  func judge(_ scene: Scene) -> Judgement {
    var judgement = scene.portals { doors($0, scene) }
    guard !scene.estate.all("AWS::WorkSpacesWeb::Portal").isEmpty else { return judgement }
    for endpoint in scene.endpoints where endpoint.service.value?.short == "console" {
      if !staysHome(endpoint, scene) {
        judgement.lose(
          "the policy of \(endpoint.resource.id) does not ask whose resource it is", endpoint.resource)
      }
    }
    return judgement
  }

  private func doors(_ portal: CloudResource, _ scene: Scene) -> [Door] {
    let estate = scene.estate
    let settings = estate.attachment("BrowserSettingsArn", "AWS::WorkSpacesWeb::BrowserSettings", of: portal)
      .value
    if let settings, let text = estate.text(settings, "BrowserPolicy").value,
      let policy = BrowserPolicy(text),
      policy.blocksEverythingElse, !policy.allowed.contains(where: Self.reachesConsole)
    {
      return [
        .closed(
          "\(portal.id)",
          HeldControl(settings, layer: "browser policy without the console", property: ["BrowserPolicy"]))
      ]
    }
    let network = estate.attachment("NetworkSettingsArn", "AWS::WorkSpacesWeb::NetworkSettings", of: portal)
    guard let vpc = network.value.flatMap({ estate.text($0, "VpcId").value }) else {
      return [.unknown("\(portal.id)", "the network of \(portal.id) is not in the files", portal)]
    }
    return ["signin", "console"].map { door($0, vpc, portal, scene) }
  }

  /// Whether people of ours see nothing of other accounts through the console's endpoint.
  private func staysHome(_ endpoint: CloudEndpoint, _ scene: Scene) -> Bool {
    let estate = scene.estate
    guard let principal = try? PrincipalARN("arn:aws:iam::\(estate.account):role/anyone") else {
      return false
    }
    var demands = KeyDemands.of(.foreign, .endpoint(endpoint.resource), .foreign, estate)
    demands.belong()
    let question = RequestQuestion(
      layers: [endpoint.layer], callers: .oneOf([.aws(principal)]), actions: ["console:*"], demands: demands)
    if case .none = scene.prover.ask(question) { return true }
    return false
  }

  private static func reachesConsole(_ entry: String) -> Bool {
    let host = entry.lowercased()
    return host.contains("aws.amazon.com") || host.contains("signin") || host == "*"
      || host.hasPrefix("amazon.com")
  }

  private func door(_ short: String, _ vpc: String, _ portal: CloudResource, _ scene: Scene) -> Door {
    let estate = scene.estate
    let name = "\(portal.id), \(short)"
    let endpoint = scene.endpoints.first { endpoint in
      endpoint.service.value?.short == short && estate.text(endpoint.resource, "VpcId").value == vpc
    }
    guard let endpoint else {
      return .open(
        name,
        witness(
          portal, "NetworkSettingsArn",
          "The browser's network has no \(short) endpoint, so any account's \(short) opens.",
          fix: "add a \(short) endpoint with aws:PrincipalOrgID to the browser's network"))
    }
    let demands = KeyDemands.of(.foreign, .endpoint(endpoint.resource), .any, estate)
    let question = RequestQuestion(
      layers: [endpoint.layer], callers: estate.callers(.foreign), actions: ["\(short):*"], demands: demands)
    return scene.door(name, question, at: endpoint.resource) { request in
      var made = witness(
        endpoint.resource, "PolicyDocument", "The \(short) endpoint does not ask for the organisation.",
        fix: endpoint.fix)
      made.request = .object(request.request.members)
      return made
    }
  }

  private func witness(_ resource: CloudResource, _ property: String, _ why: String, fix: String)
    -> RouteWitness
  {
    RouteWitness(
      "sleep 5; xdotool key ctrl+t; xdotool type 'https://console.aws.amazon.com/'; xdotool key Return",
      by: .session,
      story: "Somebody in a session signs in to his own account and pastes the data there. \(why)", fix: fix,
      at: resource, property)
  }
}
