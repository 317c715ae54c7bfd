import CordonModel

/// A shell or a port that a service of AWS's opens, past the network's walls.
struct ServiceShellRoute: Route {
  let name = "service-shell"
  let path = EgressPath.tunnel
  let title = "a role of ours opens a shell or a port through a service, past the network's walls"
  let documentation = RouteDocumentation(
    """
    Session Manager carries a terminal, files and whole ports over the endpoint of Systems Manager; Run Command writes what a \
    command prints to a bucket of the caller's choice; ECS Exec and EC2 Instance Connect do the same for their machines. The \
    console's own shells (CloudShell, Cloud9) stand in a network with the internet, and download files. The machine calls \
    out to AWS, so no security group and no route sees a stranger.
    """,
    closedBy: ["no Allow for these actions, or a Deny of them in a boundary or service control policy"],
    notClosedBy: [
      "security groups without ingress: the machine's agent calls out",
      "logging of sessions: it shows afterwards what left", "the endpoint policy of ssm: the caller is ours",
    ])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    judgement.add(
      RolePower(
        actions: Self.actions,
        consequence: "a terminal or a port then leads past the portal and the network's walls."), scene)
    judgement.loseUnlessGuarded("shells and ports through a service", Self.actions, scene)
    return judgement
  }

  static let actions = [
    "ssm:StartSession", "ssm:ResumeSession", "ssm:SendCommand", "ssm:StartAutomationExecution",
    "ssm:CreateAssociation", "ssm:UpdateAssociation", "ssm:CreateActivation",
    "ssm-guiconnect:StartConnection",
    "ecs:ExecuteCommand", "ec2-instance-connect:SendSSHPublicKey", "ec2-instance-connect:OpenTunnel",
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey", "eks:AccessKubernetesApi",
    "cloudshell:CreateEnvironment", "cloudshell:CreateSession", "cloudshell:GetFileDownloadUrls",
    "cloud9:CreateEnvironmentEC2", "cloud9:CreateEnvironmentSSH", "lightsail:CreateInstances",
    "lightsail:GetInstanceAccessDetails", "workspaces:CreateWorkspaces", "appstream:CreateStreamingURL",
    "workspaces-web:CreatePortal",
  ]
}
