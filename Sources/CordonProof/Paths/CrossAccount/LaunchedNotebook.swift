import CordonModel
import CordonPolicy

/// Notebook instances that a launch role might make beside those of its product's template: a later version asks for what it likes,
/// and the role is what refuses it.
enum LaunchedNotebook {
  /// Roles are handed on to SageMaker alone.
  static let handing = RolePower(
    actions: ["iam:PassRole"], consequence: "",
    demands: [("iam:PassedToService", "StringEquals", ["sagemaker.amazonaws.com"], false, false)])

  /// Ways to make one that is weaker than it should be. A key that a call leaves out stands for SageMaker's own choice.
  static func weaker(_ scene: Scene) -> [(what: String, power: RolePower)] {
    let estate = scene.estate
    let keys = estate.all("AWS::KMS::Key", "AWS::KMS::ReplicaKey").map { estate.arn($0) }
    let groups = estate.all("AWS::EC2::SecurityGroup").map { estate.ref($0) }
    return [
      ("with the internet", other(than: ["Disabled"], "sagemaker:DirectInternetAccess")),
      ("with root", other(than: ["Disabled"], "sagemaker:RootAccess")),
      (
        "that hands out credentials by a plain GET",
        other(than: ["2"], "sagemaker:MinimumInstanceMetadataServiceVersion")
      ),
      ("whose disk no key of ours encrypts", other(than: keys, "sagemaker:VolumeKmsKey")),
      ("in no network", without("sagemaker:VpcSubnets")),
      ("in a network that is not proved closed", among(scene.walledSubnets, "sagemaker:VpcSubnets")),
      ("in the network's default group", without("sagemaker:VpcSecurityGroupIds")),
      ("in a group that is not in the files", among(groups, "sagemaker:VpcSecurityGroupIds")),
    ]
  }

  private static let actions = ["sagemaker:CreateNotebookInstance"]

  private static func other(than values: [String], _ key: String) -> RolePower {
    RolePower(actions: actions, consequence: "", demands: [(key, "StringEquals", values, false, false)])
  }

  private static func without(_ key: String) -> RolePower {
    RolePower(actions: actions, consequence: "", absent: [key])
  }

  /// With a value that is none of these.
  private static func among(_ values: [String], _ key: String) -> RolePower {
    RolePower(
      actions: actions, consequence: "",
      demands: [
        values.isEmpty
          ? (key, "Null", ["false"], true, true)
          : (key, "ForAllValues:StringEquals", values, false, true)
      ])
  }
}
