import CordonModel
import CordonPolicy

/// What a bucket's policy demands of those who may use it: that nobody reads along, and that what is written is under a key of
/// ours. Neither is a way out by itself; both are layers behind the doors.
struct BucketSecrecy {
  /// What it does not demand.
  let lost: [String]

  init(_ bucket: Bucket, _ scene: Scene) {
    guard let anyone = scene.roles.first, !bucket.policies.isEmpty else {
      lost = []
      return
    }
    let name = bucket.resource.id
    var lost: [String] = []
    if !Self.refuses(anyone, ["s3:*"], bucket, scene, ("aws:SecureTransport", "Bool", ["false"], true)) {
      lost.append("the policy of \(name) takes requests over plain HTTP")
    }
    let keys = scene.estate.all("AWS::KMS::Key", "AWS::KMS::ReplicaKey").map { scene.estate.arn($0) }
    let key = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    if let user = scene.roles.first(where: { Self.mayUse($0, bucket, scene) }),
      !Self.refuses(user, ["s3:PutObject"], bucket, scene, (key, "StringEquals", keys, false))
    {
      lost.append("the policy of \(name) takes objects that no key of ours encrypts")
    }
    self.lost = lost
  }

  /// Whether the bucket's policy alone refuses `role` every request of the kind.
  private static func refuses(
    _ role: HeldRole, _ actions: [String], _ bucket: Bucket, _ scene: Scene,
    _ demand: (key: String, operation: String, values: [String], positive: Bool)
  ) -> Bool {
    let estate = scene.estate
    var demands = KeyDemands.of(.own(role), .anywhere, .own, estate)
    demands.require(demand.key, demand.operation, demand.values, positive: demand.positive, present: true)
    let question = RequestQuestion(
      layers: [bucket.denying],
      callers: estate.callers(.own(role)), actions: actions, resources: [bucket.arn + "/*"], demands: demands,
      resourceAccount: estate.account)
    return scene.prover.rulesOut(question)
  }

  /// Whether the bucket is one that people work with, rather than one that a service writes to.
  private static func mayUse(_ role: HeldRole, _ bucket: Bucket, _ scene: Scene) -> Bool {
    let estate = scene.estate
    let question = RequestQuestion(
      layers: [role.allowing], callers: estate.callers(.own(role)),
      actions: ["s3:GetObject", "s3:PutObject"], resources: [bucket.arn + "/*"],
      demands: .of(.own(role), .anywhere, .own, estate))
    return !scene.prover.rulesOut(question)
  }
}
