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
        judgement.add(own(role, bucket, scene))
        if mayRead(role, bucket, scene), !asksWhere(bucket, role, scene) {
          judgement.lose(
            "the policy of \(bucket.resource.id) does not ask where \(role.resource.id) is", bucket.resource)
        }
      }
      judgement.add(stranger(.foreign, bucket, scene))
      if !scene.refusesStrangers(bucket.policies, Self.reads, [bucket.arn + "/*"]) {
        judgement.lose("the policy of \(bucket.resource.id) does not refuse strangers", bucket.resource)
      }
      judgement.add(stranger(.anonymous, bucket, scene))
    }
    judgement.addUnseenRoles(scene)
    if buckets.isEmpty {
      judgement.add(.unknown("files", "no bucket in the files: where the data is, is not known"))
    }
    return judgement
  }

  private static let reads = ["s3:Get*", "s3:SelectObjectContent", "s3:CreateSession"]

  private func own(_ role: HeldRole, _ bucket: Bucket, _ scene: Scene) -> Door {
    let estate = scene.estate
    let policies = LayerReading(.resource, policies: bucket.policies, needsAllow: false)
    let byPolicy = bucket.policies.flatMap { reading in
      ResourceGrant(holder: bucket.holder, service: "s3", reading: reading).ways(for: role)
    }
    let byIdentity =
      [LayerReading(.identity, policies: role.identity)]
      + (role.boundary.map { [LayerReading(.boundary, policies: [$0])] } ?? [])
    let question = RequestQuestion(
      layers: role.denials(scene) + [policies], grants: [byIdentity] + byPolicy,
      callers: estate.callers(.own(role)), actions: Self.reads, resources: [bucket.arn + "/*"],
      demands: .of(.own(role), .outside, .own, estate), resourceAccount: estate.account)
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
      layers: [LayerReading(.identity, policies: role.identity)], callers: estate.callers(.own(role)),
      actions: Self.reads, resources: [bucket.arn + "/*"], demands: .of(.own(role), .anywhere, .own, estate))
    if case .none = scene.prover.ask(question) { return false }
    return true
  }

  /// Whether the bucket's policy alone refuses the role outside.
  private func asksWhere(_ bucket: Bucket, _ role: HeldRole, _ scene: Scene) -> Bool {
    let estate = scene.estate
    guard !bucket.policies.isEmpty else { return false }
    let question = RequestQuestion(
      layers: [LayerReading(.resource, policies: bucket.policies, needsAllow: false)],
      callers: estate.callers(.own(role)), actions: Self.reads, resources: [bucket.arn + "/*"],
      demands: .of(.own(role), .outside, .own, estate), resourceAccount: estate.account)
    if case .none = scene.prover.ask(question) { return true }
    return false
  }

  private func stranger(_ caller: Credentials, _ bucket: Bucket, _ scene: Scene) -> Door {
    let estate = scene.estate
    let who = if case .anonymous = caller { "anyone" } else { "other accounts" }
    let question = RequestQuestion(
      layers: [LayerReading(.resource, policies: bucket.policies)] + scene.resourceControls,
      callers: estate.callers(caller), actions: Self.reads + ["s3:List*"],
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
