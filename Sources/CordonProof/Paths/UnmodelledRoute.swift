import CordonModel

/// Resources of types that are not modelled, and could carry data on a path.
struct UnmodelledRoute: Route {
  let path: EgressPath
  var name: String { "\(path.rawValue)-unmodelled" }
  let title = "something that is not modelled carries data"
  let documentation = RouteDocumentation(
    """
    The model knows the resource types that the routes look at, and those that carry nothing. Any other type may be a way out \
    that nobody looked at.
    """,
    closedBy: ["only types that are modelled"])

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for type in estate.types where !ModelledTypes.isKnown(type) && ModelledTypes.path(of: type) == path {
      guard let resource = estate.all(type).first else { continue }
      judgement.add(.unknown(type, "resource type \(type) is not modelled", resource))
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "only resource types that are modelled")))
    }
    return judgement
  }
}
