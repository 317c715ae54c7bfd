import CordonModel

/// Notebooks shared with their outputs.
struct NotebookSharingRoute: Route {
  let name = "notebook-sharing"
  let path = EgressPath.notebookOutput
  let title = "a shared notebook carries its output cells to a bucket"
  let documentation = RouteDocumentation(
    """
    Studio copies a shared notebook, with its output cells if the domain or profile allows it, to an S3 path of the \
    domain's. SageMaker does it itself.
    """,
    closedBy: ["NotebookOutputOption Disabled, which is the default", "an S3OutputPath in a bucket of ours"],
    notClosedBy: ["an S3KmsKeyId: the bucket's owner may be given the key"])

  private static let places: [(type: String, path: [String])] = [
    ("AWS::SageMaker::Domain", ["DefaultUserSettings", "SharingSettings"]),
    ("AWS::SageMaker::Domain", ["DefaultSpaceSettings", "SharingSettings"]),
    ("AWS::SageMaker::UserProfile", ["UserSettings", "SharingSettings"]),
  ]

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for place in Self.places {
      for resource in estate.all(place.type) { judgement.add(door(resource, place.path, estate)) }
    }
    judgement.add(
      RolePower(
        actions: [
          "sagemaker:UpdateDomain", "sagemaker:UpdateUserProfile", "sagemaker:CreateUserProfile",
          "sagemaker:CreateDomain",
        ],
        consequence: "shared notebooks then carry their outputs to a bucket of the caller's choice."), scene)
    return judgement
  }

  private func door(_ resource: CloudResource, _ path: [String], _ estate: CloudEstate) -> Door {
    let name = "\(resource.id), \(path[0])"
    let settings = resource.properties[path: path]
    switch estate.text(settings?["NotebookOutputOption"]).or("Disabled") {
    case .known("Disabled"):
      let closing = ClosingControl(
        resource: "\(resource.id)", location: settings?.location ?? resource.location,
        layer: "NotebookOutputOption Disabled")
      return Door(name: name, finding: .closed([HeldControl(closing, .none)]))
    case .unknown(let parts): return .unknown(name, parts, resource)
    case .known, .absent:
      guard let target = settings?["S3OutputPath"] else {
        return .open(
          name,
          RouteWitness(
            "AWS_PROFILE=attacker aws s3 cp s3://sagemaker-\(estate.region)-\(estate.account)/sharing/ . --recursive",
            by: .stranger("the bucket that SageMaker names, which the files do not show"),
            story:
              "Output cells go to a bucket with a name that anyone can guess, and whose policy is not in the files.",
            fix: "set NotebookOutputOption to Disabled", at: resource, path[0]))
      }
      return Destination(target, of: resource, what: "shared notebooks", estate).door
    }
  }
}
