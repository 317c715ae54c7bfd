import CordonModel
import CordonPolicy

/// A function of ours that stands outside the network and is given the data.
struct FunctionCallRoute: Route {
  let name = "function-call"
  let path = EgressPath.crossAccountCopy
  let title = "a function outside the network is given data, and sends it on"
  let documentation = RouteDocumentation(
    """
    A function without a VPC stands in Lambda's own network, which has the internet (Lambda guide, configuration-vpc). \
    Whoever may call it, directly or by its URL, gives it data; where that goes is in its code.
    """,
    closedBy: [
      "a VpcConfig in a network without a way out, on every function",
      "no Allow of lambda:InvokeFunction and lambda:InvokeFunctionUrl on functions that are not in the files",
    ],
    notClosedBy: [
      "AuthType AWS_IAM of its URL: the caller is ours", "the function's role: the internet asks for none",
    ], alone: "what a function's code sends asks for no permission: its network alone holds it")

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    let walled = Set(estate.all("AWS::Lambda::Function").isEmpty ? [] : scene.walledSubnets)
    for function in estate.all("AWS::Lambda::Function") {
      judgement.add(self.function(function, walled, scene))
    }
    for role in scene.roles { judgement.add(others(role, scene)) }
    judgement.addUnseenRoles(scene)
    return judgement
  }

  /// The most functions of the files that a question leaves out by name.
  private static let mostLeftOut = 64

  private static let calls = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "lambda:InvokeAsync"]

  private func function(_ function: CloudResource, _ walled: Set<String>, _ scene: Scene) -> Door {
    let estate = scene.estate
    let name = "\(function.id)"
    let (subnets, unknown) = estate.texts(function["VpcConfig", "SubnetIds"])
    if !unknown.isEmpty { return .unknown(name, unknown, function) }
    if !subnets.isEmpty, subnets.allSatisfy(walled.contains) {
      return .closed(
        name, HeldControl(function, layer: "a network without a way out", property: ["VpcConfig"]))
    }
    let code = estate.text(function["Code", "ZipFile"]?.decoded)
    if let host = code.value.flatMap(StartScriptRoute.outsideHost), let caller = caller(of: function, scene) {
      return .open(
        name,
        RouteWitness(
          "aws lambda invoke --function-name \(estate.name(function)) --payload fileb://data.json out.json",
          by: Walker(
            caller: "whoever holds the credentials: a person, or code in a workspace",
            credentials: caller.arn, door: "\(function.id), in Lambda's own network"),
          story:
            "Whoever holds \(caller.resource.id) calls the function; its code calls \(host), with the internet of Lambda's own network.",
          fix: "put \(name) into a network without a way out (VpcConfig)", at: function, "VpcConfig"))
    }
    return .unknown(
      name, "what the function does with what it is given is not modelled, and no network of ours holds it",
      function)
  }

  private func caller(of function: CloudResource, _ scene: Scene) -> HeldRole? {
    scene.roles.first { role in
      if case .some = scene.prover.ask(question(role, [scene.estate.arn(function)], scene)) { return true }
      return false
    }
  }

  /// Functions of the account that are not in the files.
  private func others(_ role: HeldRole, _ scene: Scene) -> Door {
    let estate = scene.estate
    let own = estate.all("AWS::Lambda::Function").map { estate.arn($0) }
    var asked = question(
      role, ["arn:\(estate.standIn.partition):lambda:*:\(estate.account):function:*"], scene)
    // Leaving out the functions of the files costs a pattern each, so it is asked only where it matters, and of no crowd.
    if own.count <= Self.mostLeftOut, case .some = scene.prover.ask(asked) {
      var demands = KeyDemands(estate)
      demands.require("resource", "StringLike", own.flatMap { [$0, $0 + ":*"] }, positive: false)
      asked.demands = Demands(
        asked.demands.constraints + demands.constraints, absent: asked.demands.absent)
    }
    let door = scene.door("\(role.resource.id) to other functions", asked, at: role.resource) { witness in
      RouteWitness(
        CommandLineCall(witness.request).text(), story: "", fix: "", at: role.resource,
        request: witness.request.members)
    }
    guard case .open = door.finding else { return door }
    if estate.stated["other-functions"] == "none" {
      return .closed(door.name, HeldControl(absence: "no other function in the account, as assumed"))
    }
    return .unknown(
      door.name,
      "which other functions the account has is not in the files: if there is none, --assume other-functions=none",
      role.resource)
  }

  private func question(_ role: HeldRole, _ resources: [String], _ scene: Scene) -> RequestQuestion {
    RequestQuestion(
      layers: role.layers(scene), callers: scene.estate.callers(.own(role)), actions: Self.calls,
      resources: resources, demands: .of(.own(role), .anywhere, .own, scene.estate),
      resourceAccount: scene.estate.account)
  }
}
