import CordonModel
import CordonPolicy

/// Our data, read from outside the network with credentials that left it, or with none of ours.
struct OutsideReadRoute: Route {
  let name = "bucket-read-outside"
  let path = EgressPath.crossAccountCopy
  let title = "a bucket of ours answers to somebody outside the network"
  let documentation = RouteDocumentation(
    """
    Credentials of a role are a few hundred characters, which can be copied off a screen. A bucket that does not ask through \
    which door a request comes gives its objects to them anywhere. Versions are read by an action of their own.
    """,
    closedBy: [
      "a bucket policy that denies s3:* unless aws:SourceVpce is ours",
      "an identity policy, boundary or service control policy that asks where the caller is",
      "a resource control policy against principals that are not ours",
    ],
    notClosedBy: [
      "a deny of s3:GetObject: s3:GetObjectVersion reads the same bytes",
      "encryption: whoever may read may decrypt",
      "block public access, against credentials of ours",
    ])

  func judge(_ scene: Scene) -> Judgement {
    var judgement = Judgement()
    let buckets = scene.estate.buckets
    for bucket in buckets {
      for role in scene.roles {
        judgement.add(own(role, bucket, .outside, scene))
        judgement.add(own(role, bucket, .foreignEndpoint, scene))
        if mayRead(role, bucket, scene), !asksWhere(bucket, role, scene) {
          judgement.lose(
            "the policy of \(bucket.resource.id) does not ask where \(role.resource.id) is", bucket.resource)
        }
      }
      judgement.doors += services(bucket, scene)
      judgement.add(stranger(.foreign, bucket, scene))
      if !scene.refusesStrangers(bucket.policies, Self.reads, [bucket.arn + "/*"]) {
        judgement.lose("the policy of \(bucket.resource.id) does not refuse strangers", bucket.resource)
      }
      judgement.add(stranger(.anonymous, bucket, scene))
      for text in BucketSecrecy(bucket, scene).lost { judgement.lose(text, bucket.resource) }
    }
    judgement.addUnseenRoles(scene)
    if buckets.isEmpty {
      judgement.add(.unknown("files", "no bucket in the files: where the data is, is not known"))
    }
    return judgement
  }

  /// What a stranger reads the bucket with, or makes it hand itself out with.
  private static let handovers = [
    "s3:List*", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl", "s3:PutReplicationConfiguration", "s3:PutInventoryConfiguration",
    "s3:PutAnalyticsConfiguration", "s3:PutBucketLogging", "s3:PutBucketNotification", "s3:PutBucketWebsite",
    "s3:PutBucketOwnershipControls", "s3:PutBucketPublicAccessBlock",
  ]
  private static let reads = ["s3:Get*", "s3:SelectObjectContent", "s3:CreateSession"]

  private func own(_ role: HeldRole, _ bucket: Bucket, _ entrance: Entrance, _ scene: Scene) -> Door {
    let estate = scene.estate
    let policies = bucket.denying
    let byPolicy = bucket.policies.flatMap { reading in
      ResourceGrant(holder: bucket.holder, service: "s3", reading: reading).ways(for: role)
    }
    let question = RequestQuestion(
      layers: role.denials(scene) + [policies], grants: [role.own] + byPolicy,
      callers: estate.callers(.own(role)), actions: Self.reads, resources: [bucket.arn + "/*"],
      demands: .of(.own(role), entrance, .own, estate), resourceAccount: estate.account)
    return scene.door("\(bucket.resource.id) to \(role.resource.id)", question, at: bucket.resource) {
      witness in
      RouteWitness(
        CommandLineCall(witness.request).text(),
        story: """
          Whoever copies the credentials of \(role.resource.id) out of the network reads objects of \(bucket.resource.id) \
          from any machine of the internet.
          """,
        fix:
          "in the policy of \(bucket.resource.id), deny s3:* unless aws:SourceVpce is an endpoint of yours",
        at: bucket.holder, "PolicyDocument", request: witness.request.members)
    }
  }

  /// Whether the role's own policies let it read the bucket from somewhere.
  private func mayRead(_ role: HeldRole, _ bucket: Bucket, _ scene: Scene) -> Bool {
    let estate = scene.estate
    let question = RequestQuestion(
      layers: [role.allowing], callers: estate.callers(.own(role)),
      actions: Self.reads, resources: [bucket.arn + "/*"], demands: .of(.own(role), .anywhere, .own, estate))
    return !scene.prover.rulesOut(question)
  }

  /// Whether the bucket's policy alone refuses the role outside.
  private func asksWhere(_ bucket: Bucket, _ role: HeldRole, _ scene: Scene) -> Bool {
    let estate = scene.estate
    guard !bucket.policies.isEmpty else { return false }
    let question = RequestQuestion(
      layers: [bucket.denying],
      callers: estate.callers(.own(role)), actions: Self.reads, resources: [bucket.arn + "/*"],
      demands: .of(.own(role), .outside, .own, estate), resourceAccount: estate.account)
    return scene.prover.rulesOut(question)
  }

  /// Services that read for whoever asks them, when the policy does not say for whom (IAM User Guide, confused-deputy).
  private func services(_ bucket: Bucket, _ scene: Scene) -> [Door] {
    let estate = scene.estate
    let entries = bucket.policies.flatMap(\.widest.statements).filter { $0.effect == .allow }
      .flatMap { $0.principal?.entries ?? [] }
    let names = entries.compactMap { entry -> String? in
      if case .service(let name) = entry { return name }
      return nil
    }
    var demands = KeyDemands(estate)
    demands.require("aws:PrincipalIsAWSService", "Bool", ["true"])
    demands.require("aws:SourceAccount", "StringEquals", [estate.account], positive: false, present: false)
    demands.require("aws:SourceOrgID", "StringEquals", [estate.organization], positive: false, present: false)
    demands.require(
      "aws:SourceArn", "StringLike", ["arn:*:*:*:\(estate.account):*"], positive: false, present: false)
    return unique(names).map { name in
      let question = RequestQuestion(
        layers: [LayerReading(.resource, policies: bucket.policies)] + scene.resourceControls,
        callers: .oneOf([.service(name)]), actions: ["s3:GetObject", "s3:GetObjectVersion"],
        resources: [bucket.arn + "/*"], demands: demands, resourceAccount: estate.account)
      let door = scene.door("\(bucket.resource.id) to \(name)", question, at: bucket.resource) { witness in
        RouteWitness(
          "AWS_PROFILE=attacker aws cloudfront create-distribution --origin-domain-name \(bucket.name).s3.amazonaws.com",
          story: "\(name) reads \(bucket.resource.id) for any account that tells it to.",
          fix: "ask for aws:SourceAccount or aws:SourceArn where the policy allows \(name)",
          at: bucket.holder,
          "PolicyDocument", request: witness.request.members)
      }
      guard case .open = door.finding, !name.hasPrefix("cloudfront.") else { return door }
      return .unknown(
        door.name, "for whose account \(name) reads is not said: ask for aws:SourceAccount", bucket.holder)
    }
  }

  private func stranger(_ caller: Credentials, _ bucket: Bucket, _ scene: Scene) -> Door {
    let estate = scene.estate
    let who = if case .anonymous = caller { "anyone" } else { "other accounts" }
    let question = RequestQuestion(
      layers: [LayerReading(.resource, policies: bucket.policies)] + scene.resourceControls,
      callers: estate.callers(caller), actions: Self.reads + Self.handovers,
      resources: [bucket.arn, bucket.arn + "/*"],
      demands: .of(caller, .outside, .own, estate), resourceAccount: estate.account)
    return scene.door("\(bucket.resource.id) to \(who)", question, at: bucket.resource) { witness in
      RouteWitness(
        CommandLineCall(witness.request).text(profile: who == "anyone" ? nil : "attacker"),
        story: "The policy of \(bucket.resource.id) lets \(who) read it from anywhere.",
        fix: "take \(who) out of the policy of \(bucket.resource.id)", at: bucket.holder, "PolicyDocument",
        request: witness.request.members)
    }
  }
}
